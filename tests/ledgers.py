"""Lines of the ledgers as tests want them, and what they must add up to."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import select

from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode
from persistence import models
from persistence.accounts import UserRow
from persistence.database import Database
from persistence.models import ModelRow
from tests.people import Person

OUTCOMES = [CallOutcome.SUCCEEDED] * 6 + [CallOutcome.FAILED] * 2 + [CallOutcome.CANCELLED]


@dataclass(frozen=True, slots=True)
class Line:
    """One call to a model, as it is entered."""

    user_id: UUID
    model_id: UUID
    model_name: str
    outcome: CallOutcome
    usage: TokenUsage
    ttft_ms: float | None
    duration_ms: float
    started_at: datetime

    @property
    def succeeded(self) -> bool:
        return self.outcome is CallOutcome.SUCCEEDED

    @property
    def speed(self) -> float | None:
        if self.ttft_ms is None or self.duration_ms <= self.ttft_ms or self.usage.output_tokens < 2:
            return None
        return self.usage.output_tokens / ((self.duration_ms - self.ttft_ms) / 1000)


async def id_of(db: Database, person: Person) -> UUID:
    async with db.read() as session:
        return (await session.execute(select(UserRow.id).where(UserRow.email == person.email))).scalar_one()


async def pool_of(db: Database) -> list[tuple[UUID, str]]:
    async with db.read() as session:
        return [(row.id, row.name) for row in await session.scalars(select(ModelRow).order_by(ModelRow.name))]


def random_line(dice: random.Random, people: Sequence[UUID], pool: Sequence[tuple[UUID, str]], since: datetime) -> Line:
    """A call at some moment of the ten days that began with `since`; every tenth on the very edge of a minute."""
    at = since + timedelta(seconds=dice.uniform(0, 864_000))
    model_id, name = dice.choice(pool)
    ttft = dice.lognormvariate(6, 1.5)
    return Line(
        user_id=dice.choice(people),
        model_id=model_id,
        model_name=name,
        outcome=dice.choice(OUTCOMES),
        usage=TokenUsage(
            1, dice.randrange(5_000), 0, dice.randrange(2_000), 0, Decimal(dice.randrange(10**9)) / 10**10
        ),
        ttft_ms=None if dice.random() < 0.1 else ttft,
        duration_ms=ttft + dice.lognormvariate(8, 1),
        started_at=at.replace(second=0, microsecond=0) if dice.random() < 0.1 else at,
    )


async def enter(db: Database, lines: Iterable[Line]) -> None:
    async with db.write() as session:
        for line in lines:
            code = RunErrorCode.TIMED_OUT if line.outcome is CallOutcome.FAILED else None
            await models.record_call(
                session, run_id=None, model_id=line.model_id, model_name=line.model_name, user_id=line.user_id,
                attempt=1, outcome=line.outcome, error_code=code, usage=line.usage,
                ttft_ms=line.ttft_ms, duration_ms=line.duration_ms, started_at=line.started_at,
            )  # fmt: skip


def added_up(lines: Sequence[Line]) -> dict[str, Any]:
    """Sums as `metrics` must answer them."""
    errors = sum(line.outcome is CallOutcome.FAILED for line in lines)
    return {
        "calls": len(lines),
        "errors": errors,
        "errorRate": errors / len(lines) if lines else None,
        "inputTokens": sum(line.usage.input_tokens for line in lines),
        "outputTokens": sum(line.usage.output_tokens for line in lines),
        "costUsd": sum((line.usage.cost_usd for line in lines), Decimal(0)),
    }


def spread(values: Iterable[float | None]) -> dict[str, float | None]:
    """Exact percentiles: the value of the rank below."""
    measured = [value for value in values if value is not None]
    shares = {"p50": 50, "p95": 95, "p99": 99}
    return {
        name: float(np.percentile(measured, share, method="lower")) if measured else None
        for name, share in shares.items()
    }


def days_ago(days: int) -> datetime:
    """A moment on no edge of anything."""
    return (datetime.now(UTC) - timedelta(days=days)).replace(minute=17, second=23, microsecond=456_789)
