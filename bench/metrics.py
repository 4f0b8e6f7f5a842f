"""What figures over a month cost: the sums with what they lack, beside adding up the ledger itself.

`python -m bench.metrics [MILLIONS]` seeds a scratch database with so many million calls of 30 days, two by default.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import LiteralString, NamedTuple

import psutil
import uvloop
from sqlalchemy import text

from domain.metrics import TimeBucket, Window
from persistence import metrics
from persistence.database import Database, Session, connect
from persistence.ledgers import CALLS, NOBODY
from persistence.migrating import migrate
from persistence.rollups import EVER, summed
from schema.call_stats import stats_of
from server.embedded.postgres import EmbeddedPostgres

LARGEST = 10
"""Millions of calls; about 8 GB of disk."""
PEOPLE, MODELS, AGENTS = 200, 8, 4
ROUNDS = 7
SLICE = 100_000

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
                             cost_usd, ttft_ms, duration_ms, started_at, counted)
    SELECT uuidv7(), md5('user' || 1 + floor({PEOPLE} * power(a, 3)))::uuid, md5('model' || model)::uuid,
        'model-' || model, md5('agent' || 1 + n % {AGENTS})::uuid, 1,
        CASE WHEN b < 0.03 THEN 'failed' ELSE 'succeeded' END, 2000 * b, 600 * a, 0.001 * a, ttft,
        ttft + 9000 * b, at, true
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


_SUMS: LiteralString = "calls, errors, input_tokens, output_tokens, cost_usd, histogram"
_WHAT: LiteralString = "subject_id, name, agent_id"
# What a server does with 5,000 lines at a time, with those of a day and from grain to grain: the same sums, sooner.
FIRST = text(f"""
    WITH keyed AS (
        SELECT pile.user_id, pile.grain, date_trunc(pile.grain, at, 'UTC') AS start, {_WHAT}, errors, input_tokens,
            output_tokens, cost_usd, entries
        FROM (
            SELECT {CALLS.lines} FROM model_calls WHERE started_at >= :low AND started_at < :high
        ) line, LATERAL (VALUES ({NOBODY}, 'minute'), (line.user_id, 'day')) AS pile (user_id, grain)
    ), {summed(f"user_id, grain, start, {_WHAT}")}
    INSERT INTO rollups (kind, user_id, grain, start, {_WHAT}, {_SUMS})
    SELECT 'call', nullif(user_id, {NOBODY}), grain, start, {_WHAT}, calls, errors, input_tokens, output_tokens,
        cost_usd, coalesce(histogram, '{{}}')
    FROM sums LEFT JOIN bins USING (user_id, grain, start, {_WHAT})
""")
NEXT = text(f"""
    WITH finer AS (
        SELECT date_trunc(:grain, start, 'UTC') AS start, {_WHAT}, {_SUMS} FROM rollups
        WHERE user_id IS NULL AND kind = 'call' AND grain = :finer
    ), sums AS (
        SELECT start, {_WHAT}, sum(calls) AS calls, sum(errors) AS errors, sum(input_tokens) AS input_tokens,
            sum(output_tokens) AS output_tokens, sum(cost_usd) AS cost_usd
        FROM finer GROUP BY 1, 2, 3, 4
    ), bins AS (
        SELECT start, {_WHAT}, array_agg((bin << 32) + count ORDER BY bin) AS histogram FROM (
            SELECT start, {_WHAT}, entry >> 32 AS bin, sum(entry & 4294967295)::bigint AS count
            FROM finer, unnest(histogram) AS entry GROUP BY 1, 2, 3, 4, 5
        ) binned GROUP BY 1, 2, 3, 4
    )
    INSERT INTO rollups (kind, grain, start, {_WHAT}, {_SUMS})
    SELECT 'call', :grain, start, {_WHAT}, calls, errors, input_tokens, output_tokens, cost_usd,
        coalesce(histogram, '{{}}')
    FROM sums LEFT JOIN bins USING (start, {_WHAT})
""")
GRAINS = (("minute", "hour"), ("hour", "day"), ("day", EVER))


async def seed(db: Database, calls: int, start: datetime, step: timedelta) -> None:
    async with db.write() as session:
        await session.execute(text(SEED))
    for low in range(0, calls, SLICE):
        part = {"start": start, "step": step, "low": low, "high": min(low + SLICE, calls) - 1}
        async with at_length(db) as session:
            # Keys are right as they are made; checking each of them would take most of the time.
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(CALL, part)


async def sum_up(db: Database, start: datetime) -> float:
    """Seconds until all calls are in the sums."""
    began, midnight = time.perf_counter(), start.replace(hour=0, minute=0, second=0)
    for day in range(32):
        low = midnight + timedelta(days=day)
        async with at_length(db) as session:
            await session.execute(FIRST, {"low": low, "high": low + timedelta(days=1)})
    for finer, grain in GRAINS:
        async with at_length(db) as session:
            await session.execute(NEXT, {"finer": finer, "grain": grain})
    return time.perf_counter() - began


@asynccontextmanager
async def at_length(db: Database) -> AsyncIterator[Session]:
    """A write block for statements that take as long as they take."""
    async with db.write() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text("SET LOCAL work_mem = '256MB'"))
        yield session


class Took(NamedTuple):
    """Milliseconds of the best round, by the clock and of CPU, here and in PostgreSQL; and the rows that came."""

    clock: float
    here: float
    there: float
    rows: int

    def __str__(self) -> str:
        cpu = f"{self.here + self.there:.0f} ms of CPU, {self.here:.0f} of them in Python"
        return f"{self.clock:.0f} ms, {cpu}"


def used(postgres: psutil.Process) -> float:
    """Milliseconds of CPU that PostgreSQL has taken since it started."""
    seconds = sum(postgres.cpu_times()[:4])
    for process in postgres.children():
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:2])
    return seconds * 1000


async def timed(db: Database, what: Callable[[], Awaitable[int]], rounds: int = ROUNDS) -> Took:
    """PostgreSQL counts in hundredths of a second, so its part is the mean of all rounds but the first."""
    async with db.read() as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    postgres = psutil.Process(backend).parent()
    assert postgres is not None
    rows, before = await what(), used(postgres)
    times, here = list[float](), list[float]()
    for _ in range(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        await what()
        times.append((time.perf_counter() - began) * 1000)
        here.append((time.process_time() - cpu) * 1000)
    return Took(min(times), min(here), (used(postgres) - before) / rounds, rows)


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
        async with at_length(db) as session:
            return len((await session.execute(query, window._asdict())).all())

    return read


async def measure(db: Database, calls: int) -> None:
    start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
    step = timedelta(days=30) / calls
    began = time.perf_counter()
    await seed(db, calls, start, step)
    print(f"{calls:,} calls of 30 days: {PEOPLE} people, {MODELS} models, {AGENTS} agents")
    print(f"  seeded in {time.perf_counter() - began:.0f} s, summed in {await sum_up(db, start):.0f} s")
    async with db.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("SET statement_timeout = 0"))
        await plain.execute(text("VACUUM ANALYZE"))
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
    sums, plain = await timed(db, reading(db, window)), await timed(db, adding(db, window), rounds=1)
    print(f"  {name}: 30 days by model {sums}")
    print(f"    from the ledger {plain}: {(plain.here + plain.there) / (sums.here + sums.there):.0f} times as much")
    hours = window._replace(start=on_the_hour(window.start), end=on_the_hour(window.end))
    print(f"    between full hours, by model {await timed(db, reading(db, hours))}")
    for bucket, days in ((TimeBucket.DAY, 30), (TimeBucket.HOUR, 30), (TimeBucket.MINUTE, 1)):
        part = hours._replace(start=hours.end - timedelta(days=days))
        took = await timed(db, reading(db, part, bucket))
        print(f"    series by {bucket.value:6} of {days:2} days {took}, {took.rows - 1:,} points")


def on_the_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


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
