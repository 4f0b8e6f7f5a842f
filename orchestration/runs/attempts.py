"""One attempt at a run: what it stands on, and what it has said and spent so far."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from domain.models import CallOutcome, TokenUsage
from domain.runs import EventKind, RunErrorCode, RunFailure, RunStatus
from orchestration.inference.pool import OpenedModel
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending
from orchestration.runs.log import Fenced, RunLog
from persistence import models, runs
from persistence.agents import AgentRow
from persistence.database import Session
from persistence.messages import MessageRow
from persistence.runs import RunRow

FORMAT = 1
"""Of what is stored in `runs.state` and in the journal."""


@dataclass(slots=True)
class ModelCall:
    """One request to a model; without an outcome it is still under way."""

    started_at: datetime
    began: float
    outcome: CallOutcome | None = None
    error_code: RunErrorCode | None = None
    usage: TokenUsage = field(default_factory=lambda: TokenUsage(requests=1))
    ttft_ms: float | None = None
    duration_ms: float = 0.0

    def end(self, outcome: CallOutcome, error_code: RunErrorCode | None = None) -> None:
        self.outcome, self.error_code = outcome, error_code
        self.duration_ms = (time.perf_counter() - self.began) * 1000


@dataclass(slots=True)
class Kept:
    """What of a run is durable, by which attempt. Anything that was said after `sequence` is said anew."""

    turn: int = 0
    sequence: int = 0
    parts: list[dict[str, Any]] = field(default_factory=list)
    usage: TokenUsage = field(default_factory=TokenUsage)
    state: dict[str, Any] | None = None
    attempt: int = 0

    def stored(self) -> dict[str, Any]:
        usage = {name: getattr(self.usage, name) for name in TokenUsage.__slots__}
        return {
            "format": FORMAT, "turn": self.turn, "sequence": self.sequence, "parts": self.parts,
            "usage": usage | {"cost_usd": str(self.usage.cost_usd)}, "state": self.state,
            "attempt": self.attempt,
        }  # fmt: skip

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> "Kept":
        usage = TokenUsage(**stored["usage"] | {"cost_usd": Decimal(stored["usage"]["cost_usd"])})
        return cls(stored["turn"], stored["sequence"], stored["parts"], usage, stored["state"], stored["attempt"])


def tool_key(call_id: str) -> str:
    """Where the journal has a tool call."""
    return f"tool:{call_id}"


def _sequence(kept: Kept) -> int:
    return kept.sequence


class Attempt:
    """Says to the log and adds to the draft; model calls wait here until a transaction enters them in the ledger."""

    def __init__(
        self, run: RunRow, agent: AgentRow, path: list[MessageRow], log: RunLog, kept: Kept,
        journal: dict[str, dict[str, Any]],
    ) -> None:  # fmt: skip
        self.run, self.agent, self.path, self.log = run, agent, path, log
        self.kept, self.journal = kept, journal
        latest = max([kept, *(Kept.from_stored(entry["kept"]) for entry in journal.values())], key=_sequence)
        self.turn, self.sequence, self.progressed = kept.turn, latest.sequence, latest.attempt
        self.draft, self.usage = Draft(latest.parts), latest.usage
        self.model: OpenedModel | None = None
        self.edited: dict[str, str] = {}
        self.granted: set[str] = set()
        self.first_token_ms = run.first_token_ms
        self._calls: list[ModelCall] = []
        self._settling: list[ModelCall] = []

    @property
    def model_name(self) -> str:
        return self.model.name if self.model else "the model"

    def position(self, state: dict[str, Any] | None = None, *, turn: int | None = None) -> Kept:
        """What is durable once the caller has stored this; everything said so far must be stored already."""
        turn = self.turn if turn is None else turn
        return Kept(turn, self.log.sequence, self.draft.parts(), self.usage, state, self.run.attempt)

    def stand_on(self, kept: Kept) -> None:
        """A turn has become durable, with the model calls that it made."""
        self.kept, self.turn, self.sequence = kept, kept.turn, kept.sequence
        self.settled()

    def heard(self, kind: EventKind, words: str) -> None:
        """The model has said something."""
        call = self._calls[-1] if self._calls else None
        if call is not None and call.ttft_ms is None:
            call.ttft_ms = (time.perf_counter() - call.began) * 1000
            if self.first_token_ms is None:
                self.first_token_ms = call.ttft_ms
        self.say(kind, words)

    def say(self, kind: EventKind, words: str) -> None:
        self.draft.add(kind, words)
        self.log.stream(kind, self.run.message_id, words)

    def tool(self, kind: EventKind, data: dict[str, Any]) -> None:
        """A tool call has begun or ended."""
        self.draft.call(data)
        self.log.say(kind, self.run.message_id, **data)

    def begin_call(self) -> ModelCall:
        call = ModelCall(datetime.now(UTC), time.perf_counter())
        self._calls.append(call)
        return call

    def spent(self, call: ModelCall, usage: TokenUsage) -> None:
        call.usage = usage
        self.usage += usage

    async def held(self, session: Session) -> RunRow:
        """The run with its row locked; raises Fenced when another attempt owns it or it has ended."""
        row = await runs.held(session, self.run.id, self.run.attempt)
        if row is None:
            self.log.fenced.set()
            raise Fenced
        return row

    async def settle(self, session: Session) -> None:
        """Enter the model calls that have ended in the ledger, in a transaction that holds the run's row."""
        model_id = self.run.model_id
        ended = [call for call in self._calls if call.outcome is not None]
        for call in ended:
            if model_id is not None:
                await models.record_call(
                    session, run_id=self.run.id, model_id=model_id, user_id=self.run.user_id,
                    attempt=self.run.attempt, outcome=call.outcome or CallOutcome.FAILED, error_code=call.error_code,
                    usage=call.usage, ttft_ms=call.ttft_ms, duration_ms=call.duration_ms, started_at=call.started_at,
                )  # fmt: skip
        self._settling = ended

    def settled(self) -> None:
        """The transaction of `settle` has committed."""
        self._calls = [call for call in self._calls if call not in self._settling]
        self._settling = []

    def ending(self, status: RunStatus, failure: RunFailure | None = None) -> Ending:
        """The end of the run. A model call that is under way ends with it."""
        outcomes = {RunStatus.COMPLETED: CallOutcome.SUCCEEDED, RunStatus.CANCELLED: CallOutcome.CANCELLED}
        for call in self._calls:
            if call.outcome is None:
                call.end(outcomes.get(status, CallOutcome.FAILED), failure.code if failure else None)
        return Ending(
            status,
            self.draft.text,
            self.draft.typed_parts(),
            failure,
            self.usage,
            self.first_token_ms,
            self.model.name if self.model else None,
        )
