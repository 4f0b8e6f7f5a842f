"""What the ledger of calls makes of models, and of the choice between them."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy import update

from domain.calls import BreakerState
from domain.models import CallOutcome, HealthState, Preference
from domain.runs import RunErrorCode
from orchestration.inference.pool import ModelPool
from orchestration.inference.register import (
    register_local_models,
)
from orchestration.inference.selection import Selector, Task
from persistence import model_stats, models
from persistence.database import Database
from persistence.models import ModelRow
from tests.conftest import statements_of
from tests.orchestration.pools import KEY, TINY, a_run, join, let_rest, model_named, record
from tests.upstream import Upstream


@pytest.fixture
async def pool(db: Database) -> AsyncIterator[ModelPool]:
    pool = ModelPool(db, secret_key=KEY)
    await pool.start()
    yield pool
    await pool.close()


async def test_health_follows_the_ledger(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["m"])
    row = await model_named(db, "m")

    async def health() -> model_stats.Health:
        async with db.read() as session:
            return model_stats.health((await model_stats.stats_of(session, [row.id]))[row.id])

    assert (await health()).state is HealthState.UNKNOWN
    await record(db, row, CallOutcome.SUCCEEDED, times=3, ttft=100)
    assert (await health()).state is HealthState.HEALTHY
    await record(db, row, CallOutcome.FAILED, code=RunErrorCode.CONTEXT_TOO_LONG)
    await record(db, row, CallOutcome.CANCELLED, times=4)
    assert (await health()).error_rate == 0
    await record(db, row, CallOutcome.FAILED, code=RunErrorCode.MODEL_UNAVAILABLE)
    assert (await health()).state is HealthState.DEGRADED
    await record(db, row, CallOutcome.FAILED, times=2, code=RunErrorCode.TIMED_OUT)
    down = await health()
    assert down.state is HealthState.DOWN
    assert down.reason is not None
    assert "3 calls in a row" in down.reason
    assert "TIMED_OUT" in down.reason
    await record(db, row, CallOutcome.SUCCEEDED, ttft=100)
    assert (await health()).state is HealthState.DEGRADED  # three of the last eight failed


async def test_a_model_that_was_down_gets_another_chance_after_a_minute(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["m"])
    row = await model_named(db, "m")
    await record(db, row, CallOutcome.FAILED, times=3, code=RunErrorCode.TIMED_OUT)

    await let_rest(db)

    async with db.read() as session:
        stats = (await model_stats.stats_of(session, [row.id]))[row.id]
    assert stats.breaker is not None
    assert stats.breaker.state is BreakerState.HALF_OPEN
    assert model_stats.health(stats).state is HealthState.DEGRADED


async def test_times_are_measured_in_one_statement_for_all_models(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=[f"m{number}" for number in range(20)])
    row = await model_named(db, "m7")
    run = await a_run(db)
    for ttft in range(1, 101):
        await record(db, row, CallOutcome.SUCCEEDED, ttft=float(ttft), run=run)

    with statements_of(db) as statements:
        await pool.refresh()

        assert len(statements) == 1
        stats = next(f.stats for f in await pool.facts() if f.model.id == row.id)
        assert stats.ttft_ms == pytest.approx((50.5, 95.05, 99.01))
        assert stats.tokens_per_second.p50 == pytest.approx(50.5)
        assert len(statements) == 1


async def test_a_selection_survives_its_storage(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await register_local_models(db, [TINY])
    await join(pool, db, upstream, model_names=["gpt-4o-mini", "gpt-4o"])
    async with db.write() as session:
        await session.execute(
            update(ModelRow).values(input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(2))
        )

    selection = await Selector(db, pool).choose(Task(prompt="hi", question="hi"))

    assert models.selection_from(models.stored_selection(selection)) == selection
    assert len(selection.candidates) == 3
    assert selection.duration_ms > 0


async def test_a_dead_model_is_passed_over_and_the_others_go_on(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o", "gpt-4o-mini"])
    quality = Preference(quality=1, cost=0, latency=0)
    selector = Selector(db, pool)
    best = await model_named(db, "gpt-4o")
    assert (await selector.choose(Task(prompt="hi", preference=quality))).model_id == best.id

    await record(db, best, CallOutcome.FAILED, times=3, code=RunErrorCode.MODEL_UNAVAILABLE)
    pool.changed()
    selection = await selector.choose(Task(prompt="hi", preference=quality))

    assert selection.model_id != best.id
    assert selection.source == "only_one"
    excluded = {candidate.model_id: candidate.excluded_because for candidate in selection.candidates}
    assert "it is down: The last 3 calls in a row failed" in (excluded[best.id] or "")


@pytest.mark.parametrize("named", ["gpt-4o", "GPT-4o", "Test/gpt-4o"])
async def test_a_model_is_found_by_its_names(named: str, pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o"])

    async with db.read() as session:
        found = await models.wanted(session, named)
    assert found == (await model_named(db, "gpt-4o")).id
