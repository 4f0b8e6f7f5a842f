"""Doors to budgets: everybody sees their own, administrators see and set all."""

from decimal import Decimal

import strawberry

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any, key_of
from persistence import budgets
from persistence.budgets import BudgetRow
from resolvers.context import Info
from schema.budgets import Budget, SetBudgetInput, SetBudgetPayload
from schema.pages import Connection, Page, cursor, forward, key_place

MOST_USD = Decimal(1_000_000_000)


@strawberry.type
class BudgetQueries:
    @strawberry.field(
        description="Budgets, the oldest first: the viewer's own; of an ADMIN everybody's, or those of one person. At "
        "most 200 a page."
    )
    async def budgets(
        self, info: Info, first: int | None = None, after: str | None = None, user_id: strawberry.ID | None = None
    ) -> Connection[Budget]:
        viewer = info.context.require(Scope.READ)
        mine = None if viewer.role is UserRole.ADMIN else viewer.user_id
        of = key_if_any(Kind.USER, user_id)
        page, start = Page.of(first, after), key_place("after", after)
        async with info.context.db.read() as session:
            rows = await budgets.page(session, mine, user_id=of, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await budgets.count(session, mine, user_id=of)

        return forward(page, rows, cursor_of=_cursor, node_of=Budget.from_row, count=count)


@strawberry.type
class BudgetMutations:
    @strawberry.mutation(
        description="Limit what a person, or one of their API keys, may spend in a day or a month. Only an ADMIN may. "
        "What was spent in the period already counts. Other processes hear of it within five seconds."
    )
    async def set_budget(self, info: Info, input: SetBudgetInput) -> SetBudgetPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        _check(input)
        user_id, api_key_id = key_of(Kind.USER, input.user_id), key_if_any(Kind.API_KEY, input.api_key_id)
        async with info.context.db.write() as session:
            row = await budgets.put(
                session, user_id, api_key_id, input.period, most_tokens=input.max_tokens, most_usd=input.max_usd
            )
        info.context.engine.pool.budgets.changed()
        return SetBudgetPayload(budget=None if row is None else Budget.from_row(row))


def _check(input: SetBudgetInput) -> None:
    wrong = {}
    if input.max_tokens is not None and input.max_tokens < 0:
        wrong["input.maxTokens"] = "must not be negative"
    if input.max_usd is not None and not (input.max_usd.is_finite() and 0 <= input.max_usd <= MOST_USD):
        wrong["input.maxUsd"] = f"must be a number from 0 to {MOST_USD:,}"
    if wrong:
        raise BadUserInput(wrong)


def _cursor(row: BudgetRow) -> str:
    return cursor(row.id.hex)
