"""What runs and their steps use, and why they fail."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Self

import strawberry

from persistence.models import ModelCallRow
from persistence.runs import RunRow
from schema.enums import RunErrorCode


@strawberry.type(description="Why a run failed, in words for people and a code for programs.")
class RunError:
    code: RunErrorCode = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What was wrong and what to do.")
    retryable: bool = strawberry.field(description="Whether trying again may help.")

    @classmethod
    def of(cls, code: RunErrorCode | None, message: str | None, *, retryable: bool = False) -> Self | None:
        return None if code is None else cls(code=code, message=message or "", retryable=retryable)


@strawberry.type(description="Tokens and money that a run took.")
class Usage:
    requests: int = strawberry.field(description="Model calls.")
    input_tokens: int = strawberry.field(description="Tokens sent.")
    cached_input_tokens: int = strawberry.field(description="Of these, tokens that the provider had cached.")
    output_tokens: int = strawberry.field(description="Tokens received.")
    reasoning_tokens: int = strawberry.field(description="Of these, tokens of reasoning.")
    cost_usd: Decimal = strawberry.field(description="Cost in US dollars at the prices of the time.")

    @classmethod
    def of_run(cls, row: RunRow) -> Self:
        return cls(
            requests=row.requests,
            input_tokens=row.input_tokens,
            cached_input_tokens=row.cached_input_tokens,
            output_tokens=row.output_tokens,
            reasoning_tokens=row.reasoning_tokens,
            cost_usd=plain(row.cost_usd),
        )

    @classmethod
    def of_calls(cls, calls: Iterable[ModelCallRow]) -> Self:
        """The sum of some lines of the ledger."""
        rows = list(calls)
        return cls(
            requests=len(rows),
            input_tokens=sum(row.input_tokens for row in rows),
            cached_input_tokens=sum(row.cached_input_tokens for row in rows),
            output_tokens=sum(row.output_tokens for row in rows),
            reasoning_tokens=sum(row.reasoning_tokens for row in rows),
            cost_usd=plain(sum((row.cost_usd for row in rows), Decimal(0))),
        )


def plain(amount: Decimal) -> Decimal:
    """The same amount without trailing zeros and without an exponent: 0E-10 becomes 0."""
    return Decimal(format(amount.normalize(), "f"))
