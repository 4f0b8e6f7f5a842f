"""What the ledger of model calls says of each model lately: errors, times, speed."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Float, Select, Text, case, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from domain.calls import BreakerState
from domain.models import CallOutcome, HealthState
from persistence import model_breakers
from persistence.database import Session
from persistence.model_breakers import Breaker, ModelBreakerRow
from persistence.models import ModelCallRow, ModelRow, ProviderRow

MEASURED = timedelta(hours=6)
"""How far back times are measured."""
JUDGED = timedelta(minutes=15)
"""How far back the error rate looks."""
MOST_CALLS = 200
"""Calls of one model that are looked at, the newest ones; so the cost does not grow with the ledger."""


class Quantiles(NamedTuple):
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


class CallStats(NamedTuple):
    """What the ledger says of one model. `streak` counts faults since the last success; times are in ms."""

    calls: int = 0
    judged: int = 0
    faults: int = 0
    streak: int = 0
    streak_since: datetime | None = None
    last_fault_at: datetime | None = None
    last_fault: str | None = None
    last_success_at: datetime | None = None
    first_at: datetime | None = None
    read_at: datetime | None = None
    ttft_ms: Quantiles = Quantiles()
    tokens_per_second: Quantiles = Quantiles()
    breaker: Breaker | None = None


class Health(NamedTuple):
    """A judgement, since when it holds, the share of failed calls, and the reason if it is not HEALTHY."""

    state: HealthState
    since: datetime | None = None
    error_rate: float | None = None
    reason: str | None = None


DEGRADED_RATE = 0.2
DEGRADED_CALLS = 5
"""Calls below which a rate says nothing."""


def health(stats: CallStats) -> Health:
    """DOWN while the breaker is open; else HEALTHY or DEGRADED from recent calls, UNKNOWN without any."""
    rate = stats.faults / stats.judged if stats.judged else None
    breaker = stats.breaker
    if breaker is not None and breaker.state is BreakerState.OPEN:
        return Health(HealthState.DOWN, breaker.since, rate, _resting(breaker, stats.read_at))
    if breaker is not None and breaker.state is BreakerState.HALF_OPEN:
        return Health(HealthState.DEGRADED, breaker.since, rate, f"{breaker.reason} The next call tries it again.")
    if stats.streak and stats.last_fault_at is not None and stats.read_at is not None:
        age = stats.read_at - stats.last_fault_at
        word = "call" if stats.streak == 1 else f"{stats.streak} calls in a row"
        why = f"The last {word} failed ({stats.last_fault}), most recently {age.total_seconds():.0f} s ago."
        if age < JUDGED:
            return Health(HealthState.DEGRADED, stats.streak_since, rate, why)
    if stats.calls == 0:
        return Health(HealthState.UNKNOWN)
    if rate is not None and stats.judged >= DEGRADED_CALLS and rate >= DEGRADED_RATE:
        why = f"{stats.faults} of the last {stats.judged} calls failed ({stats.last_fault})."
        return Health(HealthState.DEGRADED, stats.last_fault_at, rate, why)
    if stats.last_success_at is None:
        return Health(HealthState.UNKNOWN, error_rate=rate)
    return Health(HealthState.HEALTHY, stats.last_fault_at or stats.first_at, rate)


def _resting(breaker: Breaker, now: datetime | None) -> str:
    many = f"The last {breaker.failures} calls in a row failed. " if breaker.failures > 1 else ""
    if breaker.until is None or now is None:
        return many + breaker.reason
    return f"{many}{breaker.reason} It is tried again in {max((breaker.until - now).total_seconds(), 0):.0f} s."


class ModelFacts(NamedTuple):
    """A model with everything that a choice needs."""

    model: ModelRow
    provider: ProviderRow
    stats: CallStats


def _recent() -> Any:
    """The newest calls of the model in the outer query, each with the time of the last success among them."""
    call = ModelCallRow
    succeeded = call.outcome == CallOutcome.SUCCEEDED
    spoken = call.duration_ms - call.ttft_ms
    newest = (
        select(
            call.started_at,
            call.error_code,
            call.outcome,
            call.blamed.label("fault"),
            case((succeeded, call.ttft_ms)).label("ttft_ms"),
            case((succeeded & (spoken > 0) & (call.output_tokens > 1), call.output_tokens / (spoken / 1000))).label(
                "speed"
            ),
            func.max(call.started_at).filter(succeeded).over().label("last_success_at"),
        )
        .where(call.model_id == ModelRow.id, call.started_at > func.now() - MEASURED)
        .correlate(ModelRow)
        .order_by(call.started_at.desc())
        .limit(MOST_CALLS)
        .subquery("newest")
    )
    return newest.c


def _stats() -> Any:
    """One row of statistics for the model in the outer query."""
    call = _recent()
    judged = call.started_at > func.now() - JUDGED
    streak = call.fault & or_(call.last_success_at.is_(None), call.started_at > call.last_success_at)
    shares = literal([0.5, 0.95, 0.99], ARRAY(Float))
    codes = func.array_agg(aggregate_order_by(call.error_code, call.started_at.desc()), type_=ARRAY(Text))
    columns = [
        func.count().filter(call.outcome != CallOutcome.CANCELLED).label("calls"),
        func.count().filter(judged & (call.outcome != CallOutcome.CANCELLED)).label("judged"),
        func.count().filter(judged & call.fault).label("faults"),
        func.count().filter(streak).label("streak"),
        func.min(call.started_at).filter(streak).label("streak_since"),
        func.max(call.started_at).filter(call.fault).label("last_fault_at"),
        codes.filter(call.fault).label("fault_codes"),
        func.max(call.last_success_at).label("last_success_at"),
        func.min(call.started_at).label("first_at"),
        func.now().label("read_at"),
        func.percentile_cont(shares, type_=ARRAY(Float)).within_group(call.ttft_ms).label("ttft"),
        func.percentile_cont(shares, type_=ARRAY(Float)).within_group(call.speed).label("speeds"),
    ]
    return select(*columns).lateral("stats")


def _stats_of(row: Any) -> CallStats:
    codes = row.fault_codes
    breaker = None
    if row.breaker_state is not None:
        breaker = Breaker(
            BreakerState(row.breaker_state), row.breaker_failures, row.breaker_since, row.breaker_until,
            row.breaker_reason,
        )  # fmt: skip
    return CallStats(
        row.calls, row.judged, row.faults, row.streak, row.streak_since, row.last_fault_at,
        codes[0] if codes else None, row.last_success_at, row.first_at, row.read_at,
        Quantiles(*(row.ttft or ())), Quantiles(*(row.speeds or ())), breaker,
    )  # fmt: skip


def _with_stats(*columns: Any) -> Select[Any]:
    """The columns, and beside them what ledger and breaker say of each model."""
    stats, breaker = _stats(), ModelBreakerRow
    query = select(*columns, *stats.c, *model_breakers.columns()).select_from(ModelRow)
    return query.join(stats, true()).outerjoin(breaker, breaker.model_id == ModelRow.id)


async def pool_facts(session: Session) -> list[ModelFacts]:
    """All models with their providers and what the ledger says of them lately, in one statement; by
    provider.
    """
    return [ModelFacts(row[0], row[1], _stats_of(row)) for row in await session.execute(_facts())]


@cache  # every process asks this every two seconds, and to put it together costs more than to execute it
def _facts() -> Select[Any]:
    query = _with_stats(ModelRow, ProviderRow).join(ProviderRow, ProviderRow.id == ModelRow.provider_id)
    return query.order_by(ProviderRow.id, ModelRow.name, ModelRow.id)


async def stats_of(session: Session, ids: list[UUID]) -> dict[UUID, CallStats]:
    """What the ledger says of these models lately, in one statement."""
    query = _with_stats(ModelRow.id).where(ModelRow.id.in_(ids))
    return {row.id: _stats_of(row) for row in await session.execute(query)}
