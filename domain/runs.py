"""Runs: states, failures and the events that a run is made of."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID


class RunStatus(StrEnum):
    """OpenAI's run states; the last four absorb."""

    QUEUED = "QUEUED"
    IN_PROGRESS = "IN_PROGRESS"
    REQUIRES_ACTION = "REQUIRES_ACTION"
    CANCELLING = "CANCELLING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


TERMINAL = frozenset({RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.CANCELLED, RunStatus.EXPIRED})
ACTIVE = frozenset(RunStatus) - TERMINAL


class RunErrorCode(StrEnum):
    MODEL_UNAVAILABLE = "MODEL_UNAVAILABLE"
    MODEL_RATE_LIMITED = "MODEL_RATE_LIMITED"
    MODEL_AUTH_FAILED = "MODEL_AUTH_FAILED"
    CONTEXT_TOO_LONG = "CONTEXT_TOO_LONG"
    CONTENT_FILTERED = "CONTENT_FILTERED"
    TOOL_FAILED = "TOOL_FAILED"
    MAX_TURNS = "MAX_TURNS"
    TIMED_OUT = "TIMED_OUT"
    BUDGET_EXCEEDED = "BUDGET_EXCEEDED"
    INTERNAL = "INTERNAL"


class RunFailure(Exception):
    """A run cannot go on. It is data for the client (`run.error`), never a broken subscription."""

    def __init__(self, code: RunErrorCode, message: str, *, retryable: bool = False) -> None:
        super().__init__(message)
        self.code, self.message, self.retryable = code, message, retryable


class ThinkingMode(StrEnum):
    IMMEDIATE = "IMMEDIATE"
    STRATEGIC = "STRATEGIC"
    FUTURE = "FUTURE"


class WhenBusy(StrEnum):
    """What a message does when its branch already has an active run."""

    ENQUEUE = "ENQUEUE"
    REJECT = "REJECT"
    STEER = "STEER"
    INTERRUPT = "INTERRUPT"
    ROLLBACK = "ROLLBACK"


class StepKind(StrEnum):
    """What a step does. EXPLORE finds approaches, PROJECT thinks one of them through, JUDGE chooses. The last five are
    steps of workflows."""

    MODEL_CALL = "MODEL_CALL"
    TOOL_CALL = "TOOL_CALL"
    AGENT = "AGENT"
    PLAN = "PLAN"
    CHECK = "CHECK"
    EXPLORE = "EXPLORE"
    PROJECT = "PROJECT"
    JUDGE = "JUDGE"
    PANEL = "PANEL"
    TOOL = "TOOL"
    APPROVAL = "APPROVAL"
    CONDITION = "CONDITION"
    LOOP = "LOOP"


class Limit(StrEnum):
    """What a run may use."""

    TOKENS = "TOKENS"
    COST = "COST"
    TIME = "TIME"


class StepStatus(StrEnum):
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ToolCallStatus(StrEnum):
    PENDING = "PENDING"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    REJECTED = "REJECTED"


class ApprovalDecision(StrEnum):
    APPROVE = "APPROVE"
    REJECT = "REJECT"


class Remember(StrEnum):
    """How far an approval of a tool reaches."""

    CALL = "CALL"
    RUN = "RUN"
    CHAT = "CHAT"
    ALWAYS = "ALWAYS"


class EventKind(StrEnum):
    """Kinds of run events as they are stored."""

    STATUS = "status"
    SELECTION = "selection"
    AGENT = "agent"
    MESSAGE_STARTED = "message_started"
    TEXT = "text"
    REASONING = "reasoning"
    MESSAGE_DISCARDED = "message_discarded"
    PLAN = "plan"
    TOOL_STARTED = "tool_started"
    TOOL_PROGRESS = "tool_progress"
    TOOL_FINISHED = "tool_finished"
    APPROVAL = "approval"
    FINISHED = "finished"


DELTAS = frozenset({EventKind.TEXT, EventKind.REASONING})


@dataclass(frozen=True, slots=True)
class RunEvent:
    """One entry of a run's log; deltas carry `text`, the others `data`.

    `sequence` rises by one from event to event of an attempt; a new attempt may begin further up. Several deltas
    joined into one have the `sequence` of the last, and `pieces` are the lengths of what each of them said.
    """

    run_id: UUID
    sequence: int
    kind: EventKind
    created_at: datetime
    message_id: UUID | None = None
    text: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    pieces: tuple[int, ...] = ()

    @property
    def is_last(self) -> bool:
        return self.kind is EventKind.FINISHED

    @property
    def first(self) -> int:
        """The sequence of the first delta that was joined into this one."""
        return self.sequence - len(self.pieces) + 1 if self.pieces else self.sequence

    @property
    def lengths(self) -> tuple[int, ...]:
        return self.pieces or (len(self.text or ""),)

    def after(self, sequence: int) -> "RunEvent | None":
        """What a reader who has seen up to `sequence` has not seen of this event."""
        if sequence >= self.sequence:
            return None
        seen = sequence - self.first + 1
        if seen <= 0:
            return self
        text = (self.text or "")[sum(self.pieces[:seen]) :]
        return replace(self, text=text, pieces=self.pieces[seen:])
