"""What figures over a month cost: the sums with what they lack, beside adding up the ledger itself.

`python -m bench.metrics [MILLIONS]` seeds a scratch database with so many million calls of 30 days, two by default.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop
from sqlalchemy import text

from domain.metrics import TimeBucket, Window
from orchestration.metrics import roll_up_once
from persistence import metrics, rollups
from persistence.database import Database, connect
from persistence.ledgers import CALLS
from persistence.migrating import migrate
from schema.call_stats import stats_of
from server.embedded.postgres import EmbeddedPostgres

LARGEST = 10
"""Millions of calls; about 8 GB of disk."""
PEOPLE, MODELS, AGENTS = 200, 8, 4
ROUNDS = 7
SLICE = 20_000
LINES = 10_000
"""Calls that are summed in one transaction here."""

SEED = f"""
    WITH people AS (
        INSERT INTO users (id, email, name, role)
        SELECT md5('user' || n)::uuid, 'bench' || n, 'bench', 'MEMBER' FROM generate_series(1, {PEOPLE}) n
    ), provider AS (
        INSERT INTO providers (id, name, kind, source) VALUES (gen_random_uuid(), 'bench', 'openai', 'user')
        RETURNING id
    ), pool AS (
        INSERT INTO models (id, provider_id, name, display_name, capabilities)
        SELECT md5('model' || n)::uuid, provider.id, 'model-' || n, 'Model ' || n, '{{}}'
        FROM provider, generate_series(1, {MODELS}) n
    )
    INSERT INTO agents (id, name, description, instructions)
    SELECT md5('agent' || n)::uuid, 'agent', '', '' FROM generate_series(1, {AGENTS}) n
"""
# Spread evenly over 30 days, in the order of time, as a ledger is written; a few people and models have most calls.
CALL = text(f"""
    INSERT INTO model_calls (id, user_id, model_id, model_name, agent_id, attempt, outcome, input_tokens, output_tokens,
                             cost_usd, ttft_ms, duration_ms, started_at)
    SELECT gen_random_uuid(), md5('user' || 1 + floor({PEOPLE} * power(a, 3)))::uuid, md5('model' || model)::uuid,
        'model-' || model, md5('agent' || 1 + n % {AGENTS})::uuid, 1,
        CASE WHEN b < 0.03 THEN 'failed' ELSE 'succeeded' END, 2000 * b, 600 * a, 0.001 * a, ttft, ttft + 9000 * b, at
    FROM (
        SELECT n, random() AS a, random() AS b, 1 + floor({MODELS} * power(random(), 2))::int AS model,
            exp(6 + random_normal()) AS ttft, cast(:start AS timestamptz) + n * cast(:step AS interval) AS at
        FROM generate_series(cast(:low AS int), cast(:high AS int)) n
    ) AS drawn
""")
PLAIN = """
    SELECT m.id, c.model_name, count(*), count(*) FILTER (WHERE outcome = 'failed'), sum(input_tokens),
        sum(output_tokens), sum(cost_usd),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY ttft_ms) FILTER (WHERE outcome = 'succeeded'),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY duration_ms)
            FILTER (WHERE outcome = 'succeeded'),
        percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
            ORDER BY CASE WHEN output_tokens > 1 THEN output_tokens / nullif(duration_ms - ttft_ms, 0) * 1000 END
        ) FILTER (WHERE outcome = 'succeeded')
    FROM model_calls c LEFT JOIN models m ON m.id = c.model_id
    WHERE started_at >= :start AND started_at < :end {whose} GROUP BY 1, 2
"""


async def seed(db: Database, calls: int, start: datetime, step: timedelta) -> None:
    async with db.write() as session:
        await session.execute(text(SEED))
    for low in range(0, calls, SLICE):
        part = {"start": start, "step": step, "low": low, "high": min(low + SLICE, calls) - 1}
        async with db.write() as session:
            await session.execute(CALL, part)


async def sum_up(db: Database) -> float:
    """Seconds until all calls are in the sums."""
    began, added = time.perf_counter(), LINES
    while added == LINES:
        async with db.write() as session:
            added = await rollups.roll(session, CALLS, limit=LINES)
    await roll_up_once(db)
    return time.perf_counter() - began


async def timed(what: Callable[[], Awaitable[int]], rounds: int = ROUNDS) -> tuple[float, int]:
    """Milliseconds of the best round, and the rows that came."""
    times, rows = list[float](), 0
    for _ in range(rounds):
        began = time.perf_counter()
        rows = await what()
        times.append((time.perf_counter() - began) * 1000)
    return min(times), rows


def reading(db: Database, window: Window, bucket: TimeBucket | None = None) -> Callable[[], Awaitable[int]]:
    """What `metrics` does for a window, percentiles included."""

    async def read() -> int:
        async with db.read() as session:
            tallies = await metrics.figures(session, window, bucket=bucket)
        by_model = metrics.grouped(tallies, lambda tally: (tally.start, tally.subject_id, tally.name))
        return len(stats_of([metrics.together(tallies), *by_model.values()]))

    return read


def adding(db: Database, window: Window) -> Callable[[], Awaitable[int]]:
    """The same from the ledger alone, in one plain statement."""
    query = text(PLAIN.format(whose="" if window.user_id is None else "AND user_id = :user_id"))

    async def read() -> int:
        async with db.write() as session:
            await session.execute(text("SET LOCAL statement_timeout = 0"))
            return len((await session.execute(query, window._asdict())).all())

    return read


async def measure(db: Database, calls: int) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    step = timedelta(days=30) / calls
    began = time.perf_counter()
    await seed(db, calls, start, step)
    print(f"{calls:,} calls of 30 days: {PEOPLE} people, {MODELS} models, {AGENTS} agents")
    print(f"  seeded in {time.perf_counter() - began:.0f} s, summed in {await sum_up(db):.0f} s")
    async with db.engine.connect() as connection:
        await (await connection.execution_options(isolation_level="AUTOCOMMIT")).execute(text("VACUUM ANALYZE"))
        sizes = "SELECT pg_total_relation_size('model_calls') / 1e6, pg_total_relation_size('rollups') / 1e6,"
        ledger, sums, rows = (await connection.execute(text(f"{sizes} (SELECT count(*) FROM rollups)"))).one()
    print(f"  ledger {ledger:.0f} MB, sums {sums:.0f} MB in {rows:,} rows")
    # Neither end stands on the edge of anything, as with a person who asks for the last 30 days.
    end = start + timedelta(days=30)
    async with db.read() as session:
        busiest = (await session.execute(text("SELECT md5('user1')::uuid"))).scalar_one()
    for name, user_id in (("everybody", None), ("the busiest person", busiest)):
        await compare(db, name, Window(user_id, start + step, end))


async def compare(db: Database, name: str, window: Window) -> None:
    sums, _ = await timed(reading(db, window))
    plain, _ = await timed(adding(db, window), rounds=3)
    print(f"  {name}: 30 days by model {sums:7.1f} ms; from the ledger {plain:9.0f} ms, {plain / sums:5.0f} times")
    for bucket, days in ((TimeBucket.DAY, 30), (TimeBucket.HOUR, 30), (TimeBucket.MINUTE, 1)):
        part = window._replace(start=window.end - timedelta(days=days))
        took, rows = await timed(reading(db, part, bucket))
        print(f"    series by {bucket.value:6} of {days:2} days {took:7.1f} ms, {rows - 1:,} points")


async def main(millions: float = 2.0) -> None:
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as folder:
        embedded = EmbeddedPostgres(Path(folder))
        await embedded.start()
        await asyncio.to_thread(migrate, embedded.url)
        db = connect(embedded.url)
        try:
            await measure(db, int(min(millions, LARGEST) * 1_000_000))
        finally:
            await db.close()
            await embedded.stop()


if __name__ == "__main__":
    uvloop.run(main(*map(float, sys.argv[1:2])))
