"""What the addresses take and give, as OpenAPI describes it; the words are those of the GraphQL schema."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from domain.messages import CONTENT_LIMIT, MessageRole, MessageStatus
from domain.models import HealthState, ModelTier
from domain.runs import RunErrorCode, RunStatus, ThinkingMode, WhenBusy

T = TypeVar("T")

Money = Annotated[str, Field(description="US dollars as an exact decimal.", examples=["0.00125"])]


class Shown(BaseModel):
    """Something that is given."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Given(BaseModel):
    """Something that is taken; what nobody knows is refused, so that a slip does not go unnoticed."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="forbid")

    @property
    def input(self) -> dict[str, Any]:
        """What was given of it, as the schema's inputs name it."""
        return self.model_dump(by_alias=True, exclude_unset=True, mode="json")


class Problem(BaseModel):
    """A failure (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = Field(description="What was wrong and what would be right.")
    code: str = Field(description="Stable code, the same as in GraphQL.", examples=["NOT_FOUND"])
    fields: dict[str, str] | None = Field(None, description="What is wrong with each part of the input.")
    errorId: str | None = Field(None, description="Where the server's log knows more.")  # noqa: N815 - as in GraphQL


class Page(Shown, Generic[T]):
    """One page of a list; it stays right while the list grows."""

    items: list[T]
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None = Field(description="Pass as `before` for what precedes.")
    end_cursor: str | None = Field(description="Pass as `after` for what follows.")


class Chat(Shown):
    id: str
    title: str
    head_id: str | None = Field(description="The newest message of the branch that is shown.")
    pinned: bool
    archived: bool
    message_count: int
    created_at: datetime
    updated_at: datetime


class NewChat(Given):
    title: str | None = None
    agent_id: str | None = Field(None, description="The agent that answers in it.")


class ChatChange(Given):
    title: str | None = None
    pinned: bool | None = None
    archived: bool | None = None
    head_id: str | None = Field(None, description="A message of the branch to show.")


class Message(Shown):
    id: str
    chat_id: str
    parent_id: str | None
    role: MessageRole
    content: str = Field(description="The whole text as Markdown; empty while the answer is in progress.")
    status: MessageStatus
    model_used: str | None
    agent_id: str | None
    created_at: datetime


class NewMessage(Given):
    content: str = Field(min_length=1, max_length=CONTENT_LIMIT, description="The message, as Markdown.")
    parent_id: str | None = Field(None, description="The message to answer below; without one the chat's head.")
    sibling_of: str | None = Field(None, description="The message that this one is an edit of.")
    model: str | None = Field(None, description="Id or name of the model; without one the server chooses.")
    agent_id: str | None = Field(None, description="The agent that answers.")
    thinking: ThinkingMode | None = None
    when_busy: WhenBusy | None = None
    idempotency_key: str | None = Field(None, description="The same key gives the same run.")
    max_cost_usd: Decimal | None = Field(None, ge=0, description="Most that the answer may cost.")
    local_only: bool | None = None


class RunError(Shown):
    code: RunErrorCode
    message: str
    retryable: bool


class Usage(Shown):
    requests: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    cost_usd: Money


class Selection(Shown):
    model_id: str
    confidence: float
    reasoning: str
    source: str


class Named(Shown):
    id: str
    name: str


class Run(Shown):
    id: str
    chat_id: str
    message_id: str | None = Field(description="The answer.")
    status: RunStatus
    attempt: int
    thinking: ThinkingMode
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    first_token_ms: float | None
    error: RunError | None
    usage: Usage
    selection: Selection | None
    model: Named | None


class Sent(Shown):
    """The message is stored, and its answer under way."""

    message: Message
    reply: Message
    run: Run


class Health(Shown):
    state: HealthState
    reason: str | None
    error_rate: float | None


class Model(Shown):
    id: str
    name: str
    display_name: str
    enabled: bool
    available: bool
    local: bool
    tier: ModelTier
    capabilities: list[str]
    context_window: int | None
    max_output_tokens: int | None
    input_usd_per_million: Money | None
    output_usd_per_million: Money | None
    health: Health


class Percentiles(Shown):
    p50: float | None
    p95: float | None
    p99: float | None


class Stats(Shown):
    calls: int
    errors: int
    error_rate: float | None
    input_tokens: float
    output_tokens: float
    cost_usd: Money
    ttft_ms: Percentiles
    duration_ms: Percentiles
    output_tokens_per_second: Percentiles


class Feedback(Shown):
    up: int
    down: int


class ModelMetrics(Shown):
    model_id: str | None
    model_name: str
    stats: Stats
    feedback: Feedback


class Metrics(Shown):
    totals: Stats
    by_model: list[ModelMetrics]


class Session(Shown):
    id: str
    current: bool
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip_address: str | None
    user_agent: str | None
