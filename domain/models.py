"""Models and providers: tiers, health, capabilities, and what a selection says."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class ModelTier(StrEnum):
    """Where a model is: loaded, unloaded but warm, on disk, or behind somebody's endpoint."""

    RAM = "RAM"
    SWAP = "SWAP"
    STORAGE = "STORAGE"
    REMOTE = "REMOTE"


class HealthState(StrEnum):
    HEALTHY = "HEALTHY"
    DEGRADED = "DEGRADED"
    DOWN = "DOWN"
    UNKNOWN = "UNKNOWN"


class ProviderKind(StrEnum):
    """All but LOCAL speak OpenAI's chat-completions API; they differ in address, headers and what they list."""

    OPENAI = "openai"
    """OpenAI itself, and any compatible endpoint."""
    AZURE = "azure"
    OPENROUTER = "openrouter"
    GROQ = "groq"
    TOGETHER = "together"
    MISTRAL = "mistral"
    GEMINI = "gemini"
    ANTHROPIC = "anthropic"
    VLLM = "vllm"
    OLLAMA = "ollama"
    LLAMACPP = "llamacpp"
    LMSTUDIO = "lmstudio"
    LOCAL = "local"
    """Weights in the models folder, served by the embedded engine."""


class CallOutcome(StrEnum):
    """How one request to a model ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


CAPABILITIES = frozenset({"tools", "vision", "reasoning", "json"})


@dataclass(frozen=True, slots=True)
class Preference:
    """How much each side of the trade counts; weights from 0 to 1, only their ratio matters."""

    quality: float = 0.5
    cost: float = 0.25
    latency: float = 0.25


@dataclass(frozen=True, slots=True)
class Reason:
    code: str
    weight: float
    text: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """One model as the selection saw it; `excluded_because` says why it could not be chosen.

    `cost`, `wait` and `errors` are what the score subtracts, each from 0 to 1 before its weight; `trust` is how far
    public results or evidence of this server carry the expected quality.
    """

    model_id: UUID
    score: float | None = None
    expected_quality: float | None = None
    expected_cost_usd: Decimal | None = None
    expected_ttft_ms: float | None = None
    excluded_because: str | None = None
    trust: float | None = None
    cost: float | None = None
    wait: float | None = None
    errors: float | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Which model answers and why.

    `confidence` is the probability, from 0 to 1, that its answer is at least as good as the runner-up's; `source` is
    policy, sticky, explored, pinned, only_one or default. `fallbacks` are the next best, best first; `propensity` is
    the probability with which the policy takes this model for this task.
    """

    model_id: UUID
    confidence: float
    reasoning: str
    source: str
    policy_version: str
    duration_ms: float
    task_type: str | None = None
    reasons: list[Reason] = field(default_factory=list)
    candidates: list[Candidate] = field(default_factory=list)
    fallbacks: list[UUID] = field(default_factory=list)
    propensity: float = 1.0


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens and money of one call or of a whole run; `cost_usd` is exact, in US dollars."""

    requests: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: Decimal = Decimal(0)

    def __add__(self, other: "TokenUsage") -> "TokenUsage":
        return TokenUsage(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.cached_input_tokens + other.cached_input_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
            self.cost_usd + other.cost_usd,
        )
