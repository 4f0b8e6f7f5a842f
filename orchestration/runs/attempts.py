"""One attempt at a run: what it stands on, what it has said, and what it has paid."""

import time
from dataclasses import dataclass, field
from typing import Any, NoReturn

from domain.calls import ModelCall
from domain.models import Selection
from domain.runs import EventKind, RunFailure, RunStatus
from orchestration.inference.chain import Chain
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending
from orchestration.runs.log import Fenced, RunLog
from persistence import model_calls, progress, runs
from persistence.agents import AgentRow
from persistence.database import Session
from persistence.messages import MessageRow
from persistence.models import stored_selection
from persistence.runs import RunRow

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

    def stored(self) -> dict[str, Any]:
        return {
            "format": FORMAT, "turn": self.turn, "sequence": self.sequence, "parts": self.parts,
            "state": self.state, "attempt": self.attempt,
        }  # fmt: skip

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> "Kept":
        return cls(stored["turn"], stored["sequence"], stored["parts"], stored["state"], stored["attempt"])


def tool_key(call_id: str) -> str:
    """Where the journal has a tool call."""
    return f"tool:{call_id}"


def _sequence(kept: Kept) -> int:
    return kept.sequence


class Attempt:
    """Says to the log and adds to the draft; calls that were paid wait here for a transaction that enters them."""

    def __init__(
        self, run: RunRow, agent: AgentRow, path: list[MessageRow], log: RunLog, kept: Kept,
        journal: dict[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        self.run, self.agent, self.path, self.log = run, agent, path, log
        self.kept, self.journal = kept, journal
        latest = max([kept, *(Kept.from_stored(entry["kept"]) for entry in journal.values())], key=_sequence)
        self.turn, self.sequence, self.progressed = kept.turn, latest.sequence, latest.attempt
        self.draft = Draft(latest.parts)
        self.model: Chain | None = None
        self.edited: dict[str, str] = {}
        self.granted: set[str] = set()
        self.first_token_ms = run.first_token_ms
        self._asked = time.perf_counter()
        self._paid: list[ModelCall] = []
        self._settling: list[ModelCall] = []

    @property
    def model_name(self) -> str:
        return self.model.name if self.model else "the model"

    def position(self, state: dict[str, Any] | None = None, *, turn: int | None = None) -> Kept:
        """What is durable once the caller has stored this; everything said so far must be stored already."""
        turn = self.turn if turn is None else turn
        return Kept(turn, self.log.sequence, self.draft.parts(), state, self.run.attempt)

    def stand_on(self, kept: Kept) -> None:
        """A turn has become durable, with the model calls that it made."""
        self.kept, self.turn, self.sequence = kept, kept.turn, kept.sequence
        self.settled()

    def asked(self) -> None:
        """A model is being called."""
        self._asked = time.perf_counter()

    def heard(self, kind: EventKind, words: str) -> None:
        """The model has said something."""
        if self.first_token_ms is None:
            waited = self.model.waited if self.model else 0.0
            self.first_token_ms = (time.perf_counter() - self._asked - waited) * 1000
        self.say(kind, words)

    def say(self, kind: EventKind, words: str) -> None:
        self.draft.add(kind, words)
        self.log.stream(kind, self.run.message_id, words)

    def tool(self, kind: EventKind, data: dict[str, Any]) -> None:
        """A tool call has begun or ended."""
        self.draft.call(data)
        self.log.say(kind, self.run.message_id, **data)

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
        name = self.model.name if self.model else None
        return Ending(status, self.draft.text, self.draft.typed_parts(), failure, self.first_token_ms, name)
