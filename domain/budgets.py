"""Budgets: how many tokens and dollars a person, or one of their API keys, may spend in a day or a month."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class BudgetPeriod(StrEnum):
    """A day or a month of the calendar, in UTC."""

    DAY = "DAY"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Amount:
    """Tokens, in and out together, and US dollars."""

    tokens: int = 0
    usd: Decimal = Decimal(0)

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.tokens + other.tokens, self.usd + other.usd)


@dataclass(frozen=True, slots=True)
class Spending:
    """A budget in its present period: what the ledger says was spent, and what calls at work may still spend. Without
    a limit on tokens or on dollars, any amount of them may be spent."""

    period: BudgetPeriod
    most_tokens: int | None
    most_usd: Decimal | None
    spent: Amount
    reserved: Amount
    resets_at: datetime
    of_key: bool = False

    def lacks(self, wanted: Amount) -> str | None:
        """What there is not enough of for so much more, in words; None when there is enough."""
        taken = self.spent + self.reserved
        whose, period = "this API key" if self.of_key else "you", self.period.lower()
        if self.most_tokens is not None and taken.tokens + wanted.tokens > self.most_tokens:
            left = max(self.most_tokens - taken.tokens, 0)
            return f"Of the {self.most_tokens:,} tokens that {whose} may use in a {period}, {left:,} are left."
        if self.most_usd is not None and taken.usd + wanted.usd > self.most_usd:
            rest = max(self.most_usd - taken.usd, Decimal(0))
            return f"Of the ${self.most_usd:f} that {whose} may spend in a {period}, ${rest:.4f} are left."
        return None
