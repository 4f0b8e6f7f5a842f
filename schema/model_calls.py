"""Calls to models, as the ledger has them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

import strawberry

from persistence import model_calls
from persistence.models import ModelCallRow
from schema.context import FieldInfo
from schema.enums import CallOutcome, RunErrorCode
from schema.loading import Loader
from schema.models import Model, model_by_id

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

    @strawberry.field(description="The model; null once it has been removed.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.model_key is None else await info.context.load(model_by_id, self.model_key)
        return None if row is None else Model.from_row(row)

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
        )
