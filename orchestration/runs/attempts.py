"""One attempt at a run: what it stands on, what it has said, and what it has paid."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID

from domain.calls import ModelCall
from domain.messages import storable
from domain.models import Selection
from domain.runs import EventKind, RunFailure, RunStatus, ToolCallStatus
from domain.tools import Standing
from orchestration.inference.chain import Chain
from orchestration.memory.background import Background
from orchestration.memory.context import Gathered, Given
from orchestration.runs import nesting
from orchestration.runs.budgets import Budget
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending
from orchestration.runs.log import Fenced, RunLog
from orchestration.tools.tool import Progress, Tool
from persistence import model_calls, progress, runs
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow
from persistence.database import Session
from persistence.growing import Beside
from persistence.models import stored_selection
from persistence.runs import RunRow
from persistence.workflows import WorkflowRow

BETWEEN_REPORTS = 0.5
"""Seconds between two words on the progress of one tool call."""
LONGEST_REPORT = 500
FORMAT = 1
"""Of what is stored in `runs.state` and in the journal."""


@dataclass(slots=True)
class Kept:
    """What of a run is durable, by which attempt. Anything that was said after `sequence` is said anew."""

    turn: int = 0
    sequence: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    state: dict[str, Any] | None = None
    attempt: int = 0
    agent: str | None = None
    """Key of the agent at work; None in what earlier versions have stored."""

    def stored(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "turn": self.turn, "sequence": self.sequence, "parts": self.parts,
            "state": self.state, "attempt": self.attempt, "agent": self.agent,
        }  # fmt: skip

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> "Kept":
        said = stored["turn"], stored["sequence"], stored["parts"], stored["state"], stored["attempt"]
        return cls(*said, stored.get("agent"))


TOOL = "tool:"
"""Keys of the journal that begin with this are those of tool calls."""


def tool_key(call_id: str) -> str:
    """Where the journal has a tool call of the work of the moment."""
    return TOOL + nesting.path_of(call_id)


def _sequence(kept: Kept) -> int:
    return kept.sequence


class Attempt:
    """Says to the log and adds to the draft; calls that were paid wait here for a transaction that enters them.

    `agent` is the one that the run was started with, `team` all that may work on it, `speaker` the one at work.
    `selection` is the model that the claim has chosen, `chains` are the models of those that have their own, `tools`
    what models may call, by the names they know.
    A `workflow` is what the run goes by instead of an agent; `beside` are answers that stay beside its own, and
    `credited` names the model whose words the answer is when nobody has written it for the run itself.
    `approved` are decisions of people that let a call run, by its id; each is for one time.
    `handed` are handoffs of the turn in progress: to whom, and when.
    Whoever stores something while other steps of the run are at work holds `storing`.
    """

    def __init__(
        self, run: RunRow, team: Sequence[AgentRow], gathered: Gathered, log: RunLog, kept: Kept,
        journal: dict[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        self.run, self.team, self.log = run, team, log
        self.gathered, self.path = gathered, gathered.path
        self.given = Given([], Background(), [])
        self.wished = False
        self.agent = team[0]
        self.speaker = next((row for row in team if row.id.hex == kept.agent), self.agent)
        self.kept, self.journal = kept, journal
        latest = max([kept, *(Kept.from_stored(entry["kept"]) for entry in journal.values())], key=_sequence)
        self.turn, self.sequence, self.progressed = kept.turn, latest.sequence, latest.attempt
        self.draft = Draft(latest.parts)
        self.selection: Selection | None = None
        self.model: Chain | None = None
        self.chains: Mapping[UUID, Chain] = {}
        self.workflow: WorkflowRow | None = None
        self.beside: dict[UUID, Beside] = {}
        self.credited: str | None = None
        self.approved: dict[str, ApprovalRow] = {}
        self.standing = Standing()
        self.tools: Mapping[str, Tool] = {}
        self.budget, self.storing = Budget.of(run), asyncio.Lock()
        self.first_token_ms = run.first_token_ms
        self._asked = time.perf_counter()
        self.handed: list[tuple[str, datetime]] = []
        self._declined: set[str] = set()
        self._paid: list[ModelCall] = []
        self._settling: list[ModelCall] = []

    @property
    def with_own_models(self) -> Sequence[AgentRow]:
        """Agents whose own models count: that of the run's agent is the run's, but a workflow belongs to no agent."""
        return self.team[1:] if self.workflow is None else self.team

    @property
    def model_name(self) -> str:
        return self.model.name if self.model else "the model"

    def position(self, state: dict[str, Any] | None = None, *, turn: int | None = None) -> Kept:
        """What is durable once the caller has stored this; everything said so far must be stored already."""
        turn = self.turn if turn is None else turn
        return Kept(turn, self.log.sequence, self.draft.parts(), state, self.run.attempt, self.speaker.id.hex)

    def stand_on(self, kept: Kept) -> None:
        """A turn has become durable, with the model calls that it made."""
        self.kept, self.turn, self.sequence = kept, kept.turn, kept.sequence
        self.handed.clear()
        self.settled()

    def hand_to(self, agent: AgentRow) -> None:
        """Another agent goes on with the answer."""
        self.speaker = agent
        self.handed.append((agent.name, datetime.now(UTC)))
        self.say_agent()

    def say_agent(self) -> None:
        self.log.say(EventKind.AGENT, agent_id=str(self.speaker.id), name=self.speaker.name)

    def asked(self, model: Chain) -> None:
        """A model is being called. The one that writes the answer is not the one of an agent that serves as a tool."""
        if not nesting.depth():
            self.model, self._asked = model, time.perf_counter()

    def heard(self, kind: EventKind, words: str) -> None:
        """A model has said something; what an agent says that serves as a tool is no part of the answer."""
        if nesting.depth():
            return
        if self.first_token_ms is None:
            waited = self.model.waited if self.model else 0.0
            self.first_token_ms = (time.perf_counter() - self._asked - waited) * 1000
        self.say(kind, words)

    def say(self, kind: EventKind, words: str) -> None:
        self.draft.add(kind, words)
        self.log.stream(kind, self.run.message_id, words)

    def take_back(self, reason: str) -> None:
        """What was said of the answer does not count."""
        self.draft = Draft()
        self.log.say(EventKind.MESSAGE_DISCARDED, self.run.message_id, reason=reason)

    def tool(self, kind: EventKind, data: dict[str, Any]) -> None:
        """A tool call has begun or ended."""
        self.draft.call(data)
        self.log.say(kind, self.run.message_id, **data)

    def reporting(self, path: str) -> Callable[[Progress], None]:
        """Who tells watchers how far a tool call is: at once, and then not more often than anybody can read."""
        told_at = 0.0

        def report(progress: Progress) -> None:
            nonlocal told_at
            if (now := time.monotonic()) - told_at >= BETWEEN_REPORTS:
                told_at = now
                words = storable(progress.words)[:LONGEST_REPORT]
                data = {"id": path, "progress": progress.done, "total": progress.total, "message": words}
                self.log.say(EventKind.TOOL_PROGRESS, self.run.message_id, **data)

        return report

    def declined(self, call_id: str, name: str, arguments: dict[str, Any], reason: str) -> None:
        """People did not let a tool call of the work of the moment run; it is told once, however often it is met."""
        path = nesting.path_of(call_id)
        if path not in self._declined:
            self._declined.add(path)
            shown = {"id": path, "parent_id": nesting.parent(), "name": name, "arguments": arguments}
            ended = {"status": ToolCallStatus.REJECTED.value, "duration_ms": 0.0, "output": None, "error": reason}
            self.tool(EventKind.TOOL_FINISHED, shown | ended)

    def begun(self, call_id: str) -> dict[str, Any]:
        """What the journal notes of a call of the moment whose outcome may stay unknown, before it is made."""
        row = self.approved.get(nesting.scoped(call_id))
        return {"begun": True, "call_id": call_id, "approval": None if row is None else row.id.hex}

    def arguments(self, call_id: str, raw: str) -> str:
        """The arguments of a call of the moment: the model's, unless a person has put others in their place."""
        row = self.approved.get(nesting.scoped(call_id))
        return raw if row is None or row.edited is None else json.dumps(row.edited)

    async def held(self, session: Session) -> RunRow:
        """The run with its row locked; raises Fenced when another attempt owns it or it has ended."""
        row = await runs.held(session, self.run.id, self.run.attempt)
        return self._lost() if row is None else row

    async def hold(self, session: Session) -> None:
        """Lock the run's row as `held` does, without reading it all; raises Fenced likewise."""
        message_id = await runs.hold(session, self.run.id, self.run.attempt)
        if message_id is None:
            self._lost()
        else:
            self.run.message_id = message_id

    def _lost(self) -> NoReturn:
        self.log.fenced.set()
        raise Fenced

    async def choose(self, session: Session, selection: Selection) -> None:
        """Note the model that answers, and begin the step that calls it; raises Fenced likewise."""
        stored, run = stored_selection(selection), self.run
        if not await progress.choose(session, run, stored, selection.model_id, step=self.agent.name):
            self._lost()
        run.model_id = selection.model_id

    def paid(self, call: ModelCall) -> None:
        """A model has answered. The transaction that stores what comes of it enters the call in the ledger."""
        self._paid.append(call)

    async def settle(self, session: Session) -> None:
        """Enter what was paid in the ledger, in a transaction that holds the run's row; `settled` when it commits."""
        self._settling = list(self._paid)
        for call in self._settling:
            await model_calls.enter(
                session, call, user_id=self.run.user_id, run_id=self.run.id, run_attempt=self.run.attempt
            )

    def settled(self) -> None:
        """The transaction of `settle` has committed."""
        self._paid = [call for call in self._paid if call not in self._settling]

    def unsettled(self) -> list[ModelCall]:
        """What was paid and is in no transaction of the run: another attempt has taken it over."""
        return self._paid

    def ending(self, status: RunStatus, failure: RunFailure | None = None) -> Ending:
        name = self.model.name if self.model else self.credited
        return Ending(
            status, self.draft.text, self.draft.typed_parts(), failure, self.first_token_ms, name, self.speaker.id,
            self.given.memory_ids, list(self.beside.values()),
        )  # fmt: skip
