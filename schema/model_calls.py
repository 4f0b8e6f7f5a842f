"""Calls to models, as the ledger has them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

import strawberry

from persistence import model_calls
from persistence.models import ModelCallRow
from schema.agents import Agent, agent_by_id
from schema.context import FieldInfo
from schema.enums import CallOutcome, RunErrorCode
from schema.loading import Loader
from schema.models import Model, model_by_id

if TYPE_CHECKING:
    from schema.runs import Run

calls_of_run = Loader[UUID, list[ModelCallRow]](fetch=model_calls.of_runs, missing=list)


@strawberry.type(description="One call to a model: what it used, what it cost, how it ended.")
class ModelCall:
    model_name: str = strawberry.field(description="What the model's provider calls it.")
    outcome: CallOutcome = strawberry.field(description="How it ended.")
    error_code: RunErrorCode | None = strawberry.field(description="Why it failed.")
    input_tokens: int = strawberry.field(description="Tokens sent.")
    cached_input_tokens: int = strawberry.field(description="Of these, tokens that the provider had cached.")
    output_tokens: int = strawberry.field(description="Tokens received.")
    reasoning_tokens: int = strawberry.field(description="Of these, tokens of reasoning.")
    estimated: bool = strawberry.field(description="Whether we estimated the tokens, because nobody has counted them.")
    cost_usd: Decimal = strawberry.field(description="Money, at the price of its moment.")
    ttft_ms: float | None = strawberry.field(description="Time to the first token in milliseconds.")
    duration_ms: float = strawberry.field(description="Time to its end in milliseconds.")
    started_at: datetime = strawberry.field(description="When it began.")
    model_key: strawberry.Private[UUID | None]
    agent_key: strawberry.Private[UUID | None]
    run_key: strawberry.Private[UUID | None]
    user_key: strawberry.Private[UUID]

    @strawberry.field(description="The model; null once it has been removed.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.model_key is None else await info.context.load(model_by_id, self.model_key)
        return None if row is None else Model.from_row(row)

    @strawberry.field(description="The agent that made it; null without one, and once it has been removed.")
    async def agent(self, info: FieldInfo) -> Agent | None:
        row = None if self.agent_key is None else await info.context.load(agent_by_id, self.agent_key)
        return None if row is None else Agent.from_row(row)

    @strawberry.field(
        description="The run that made it, if that is the viewer's; null for completions and tests, and once gone."
    )
    async def run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")] | None:
        return await own_run(info, self.user_key, self.run_key)

    @classmethod
    def from_row(cls, row: ModelCallRow) -> Self:
        return cls(
            model_name=row.model_name,
            outcome=row.outcome,
            error_code=row.error_code,
            input_tokens=row.input_tokens,
            cached_input_tokens=row.cached_input_tokens,
            output_tokens=row.output_tokens,
            reasoning_tokens=row.reasoning_tokens,
            estimated=row.estimated,
            cost_usd=row.cost_usd,
            ttft_ms=row.ttft_ms,
            duration_ms=row.duration_ms,
            started_at=row.started_at,
            model_key=row.model_id,
            agent_key=row.agent_id,
            run_key=row.run_id,
            user_key=row.user_id,
        )


async def own_run(info: FieldInfo, user_key: UUID, run_key: UUID | None) -> Run | None:
    """The run behind a line of a ledger, unless it is somebody else's: figures are everybody's, chats are not."""
    from schema.runs import Run, run_by_id  # noqa: PLC0415 - the types name each other

    if run_key is None or user_key != info.context.viewer_id:
        return None
    row = await info.context.load(run_by_id, run_key)
    return None if row is None else Run.from_row(row)


@strawberry.input(description="Which calls to models are wanted; an empty field wants all.")
class ModelCallFilter:
    model_id: strawberry.ID | None = strawberry.field(description="Calls to this model.", default=None)
    model_name: str | None = strawberry.field(
        description="Calls to models that their providers call so, which also finds removed ones.", default=None
    )
    agent_id: strawberry.ID | None = strawberry.field(description="Calls that this agent made.", default=None)
    has_agent: bool | None = strawberry.field(
        description="Only calls that an agent made, or only the others: those of the row without an agent in "
        "`metrics.byAgent`.",
        default=None,
    )
    failed: bool | None = strawberry.field(description="Only calls that failed, or only the others.", default=None)
