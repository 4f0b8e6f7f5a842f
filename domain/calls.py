"""Calls to models and tools: what one cost, how it ended, and what it says about the model's health."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode, ToolCallStatus

MILLION = Decimal(1_000_000)


class BreakerState(StrEnum):
    """CLOSED lets calls through, OPEN keeps them away, HALF_OPEN lets one through to see."""

    CLOSED = "CLOSED"
    OPEN = "OPEN"
    HALF_OPEN = "HALF_OPEN"


class DownloadState(StrEnum):
    """QUEUED waits for its turn; PAUSED and FAILED keep what has come; COMPLETED is a file in the models folder."""

    QUEUED = "QUEUED"
    DOWNLOADING = "DOWNLOADING"
    VERIFYING = "VERIFYING"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens, as they were when the call was made; `id` names that version."""

    input_usd: Decimal
    output_usd: Decimal
    cached_input_usd: Decimal | None = None
    id: UUID | None = None

    def cost(self, *, input_tokens: int, output_tokens: int, cached_input_tokens: int = 0) -> Decimal:
        """Exact. Input that came from the provider's cache has its own price where there is one."""
        cached = min(cached_input_tokens, input_tokens)
        cached_usd = self.input_usd if self.cached_input_usd is None else self.cached_input_usd
        fresh = (input_tokens - cached) * self.input_usd
        return (fresh + cached * cached_usd + output_tokens * self.output_usd) / MILLION


class Blame(StrEnum):
    """What a failed call says about the model that was called."""

    NOBODY = "nobody"
    """The request was at fault, or the one who left; the model is as well as it was."""
    MODEL = "model"
    """It failed; a few such calls in a row open its breaker."""
    COOL = "cool"
    """It wants to be left alone for a while: its breaker opens at once."""
    KEY = "key"
    """The provider refuses the key: all its models are off until the key is changed or a call succeeds."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a failed call bears on the model's breaker. `rest` is how long it should be left alone, if known."""

    blame: Blame = Blame.NOBODY
    reason: str = ""
    rest: timedelta | None = None


class CallPurpose(StrEnum):
    """What a call to a model was made for."""

    ANSWER = "answer"
    SUMMARY = "summary"
    EMBEDDING = "embedding"


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call to one model, as the ledger keeps it. `estimated` tells that the provider did not count; `step_id` is
    the step of a run that made it. `model_id` is empty for a model that is not in the pool.
    """

    id: UUID
    model_id: UUID | None
    model_name: str
    outcome: CallOutcome
    started_at: datetime
    duration_ms: float
    ttft_ms: float | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)
    estimated: bool = False
    price_id: UUID | None = None
    error_code: RunErrorCode | None = None
    verdict: Verdict = field(default_factory=Verdict)
    step_id: UUID | None = None
    purpose: CallPurpose = CallPurpose.ANSWER


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call to one tool, as the ledger keeps it. `tool_key` is what stays the same about the tool; `server` is the
    name of the MCP server that it comes from."""

    id: UUID
    tool_key: UUID
    name: str
    server: str | None
    status: ToolCallStatus
    started_at: datetime
    duration_ms: float
