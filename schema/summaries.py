"""Summaries of branches, and how full a context is, as the API shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import context_use, summaries
from persistence.context_use import Asked, ContextUse
from persistence.summaries import SummaryRow
from schema.loading import Loader
from schema.nodes import Node

summary_on = Loader[UUID, SummaryRow | None](fetch=summaries.on_messages, missing=lambda: None)
use_of_context = Loader[Asked, ContextUse | None](fetch=context_use.of_branches, missing=lambda: None)


@strawberry.type(description="What models are told instead of the older part of a branch, when that does not fit.")
class Summary(Node):
    text: str = strawberry.field(description="The summary.")
    message_id: strawberry.ID = strawberry.field(description="The message up to which it reaches, that one included.")
    base_id: strawberry.ID | None = strawberry.field(description="The earlier summary that it goes on from.")
    model_used: str | None = strawberry.field(description="Name of the model that wrote it.")
    cost_usd: Decimal = strawberry.field(description="What its calls cost.")
    created_at: datetime = strawberry.field(description="When it was made.")

    @classmethod
    def from_row(cls, row: SummaryRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.SUMMARY, row.id)),
            text=row.text,
            message_id=strawberry.ID(global_id(Kind.MESSAGE, row.message_id)),
            base_id=None if row.base_id is None else strawberry.ID(global_id(Kind.SUMMARY, row.base_id)),
            model_used=row.model_used,
            cost_usd=row.cost_usd,
            created_at=row.made_at or row.created_at,
        )


@strawberry.type(name="ContextUse", description="How much of a model's context window a branch takes. An estimate.")
class Use:
    used_tokens: int = strawberry.field(
        description="Tokens of all that would go with the next question: instructions, pinned memories, the summary "
        "and the messages after it. Estimated from above, without the definitions of tools. When it is more than fits, "
        "tool results and the oldest messages are left out."
    )
    window_tokens: int | None = strawberry.field(
        description="Tokens of the model's window; null when it is not known, or nobody has answered yet."
    )
    summarized_up_to: strawberry.ID | None = strawberry.field(
        description="The message up to which the branch is summarised; see `Message.summary`."
    )

    @classmethod
    def of(cls, use: ContextUse) -> Self:
        up_to = use.summarized_up_to
        return cls(
            used_tokens=use.used_tokens,
            window_tokens=use.window_tokens,
            summarized_up_to=None if up_to is None else strawberry.ID(global_id(Kind.MESSAGE, up_to)),
        )


@strawberry.type(description="Result of removeSummary.")
class RemoveSummaryPayload:
    id: strawberry.ID = strawberry.field(description="The summary that is gone, with those that went on from it.")
