"""Budgets: what people and their API keys may spend, and how much of it is left."""

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

import strawberry

from domain.budgets import Spending
from domain.ids import Kind, global_id
from persistence import budgets
from persistence.budgets import BudgetRow
from schema.context import FieldInfo
from schema.enums import BudgetPeriod
from schema.loading import Loader
from schema.nodes import Node

LARGEST_INT = 2**31 - 1
spending_of = Loader[UUID, Spending | None](fetch=budgets.spending_of, missing=lambda: None)


@strawberry.type(
    description="What was spent in the present period, by the ledger, and what calls at work may still spend. Tokens "
    "are those in and out together, up to 2147483647."
)
class BudgetUse:
    spent_tokens: int = strawberry.field(description="Tokens of calls that have ended.")
    spent_usd: Decimal = strawberry.field(description="US dollars of calls that have ended.")
    reserved_tokens: int = strawberry.field(description="Most tokens that calls at work may use.")
    reserved_usd: Decimal = strawberry.field(description="Most US dollars that calls at work may cost.")
    resets_at: datetime = strawberry.field(description="When the next period begins.")

    @classmethod
    def of(cls, spending: Spending) -> Self:
        return cls(
            spent_tokens=min(spending.spent.tokens, LARGEST_INT),
            spent_usd=spending.spent.usd,
            reserved_tokens=min(spending.reserved.tokens, LARGEST_INT),
            reserved_usd=spending.reserved.usd,
            resets_at=spending.resets_at,
        )


@strawberry.type(
    description="Most that a person may spend in a day or a month; with a key, most of it through that key."
)
class Budget(Node):
    key: strawberry.Private[UUID]
    user_id: strawberry.ID = strawberry.field(description="The person.")
    api_key_id: strawberry.ID | None = strawberry.field(description="The API key; null for all that the person does.")
    period: BudgetPeriod = strawberry.field(description="How long it lasts.")
    max_tokens: int | None = strawberry.field(description="Tokens in a period; null is without a limit.")
    max_usd: Decimal | None = strawberry.field(description="US dollars in a period; null is without a limit.")

    @strawberry.field(description="How it stands now; null when it was removed meanwhile.")
    async def use(self, info: FieldInfo) -> BudgetUse | None:
        spending = await info.context.load(spending_of, self.key)
        return None if spending is None else BudgetUse.of(spending)

    @classmethod
    def from_row(cls, row: BudgetRow) -> Self:
        key = row.api_key_id
        return cls(
            id=strawberry.ID(global_id(Kind.BUDGET, row.id)),
            key=row.id,
            user_id=strawberry.ID(global_id(Kind.USER, row.user_id)),
            api_key_id=None if key is None else strawberry.ID(global_id(Kind.API_KEY, key)),
            period=row.period,
            max_tokens=row.most_tokens,
            max_usd=row.most_usd,
        )


@strawberry.input(description="Input of setBudget. Without `maxTokens` and `maxUsd` the budget is removed.")
class SetBudgetInput:
    user_id: strawberry.ID = strawberry.field(description="The person.")
    period: BudgetPeriod = strawberry.field(description="How long it lasts.")
    api_key_id: strawberry.ID | None = strawberry.field(
        description="One of the person's API keys; without it, all that the person does counts.", default=None
    )
    max_tokens: int | None = strawberry.field(description="Tokens in a period, 0 or more.", default=None)
    max_usd: Decimal | None = strawberry.field(description="US dollars in a period, 0 or more.", default=None)


@strawberry.type(description="Result of setBudget.")
class SetBudgetPayload:
    budget: Budget | None = strawberry.field(description="The budget as it is now; null when it was removed.")
