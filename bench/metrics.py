"""What figures over a month cost: the sums with what they lack, beside adding up the ledger itself.

`python -m bench.metrics [MILLIONS]` seeds a scratch database with so many million calls of 30 days, two by default.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import orjson
import psutil
import uvloop
from sqlalchemy import text

from domain.accounts import Scope, UserRole
from domain.metrics import TimeBucket, Window
from persistence.database import Database, Session, connect
from persistence.ledgers import AGENTS as BY_AGENT
from persistence.ledgers import CALLS, NOBODY
from persistence.migrating import migrate
from persistence.rollups import EVER, KEYS, ranked, summed
from resolvers.context import Context
from schema.context import Identity
from server.app import schema
from server.embedded.postgres import EmbeddedPostgres

LARGEST = 10
"""Millions of calls; about 8 GB of disk."""
PEOPLE, MODELS, AGENTS = 200, 8, 4
ROUNDS = 7
SLICE = 500_000
PART = 6
"""Hours that are summed at once."""

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


_SUMS: LiteralString = "calls, errors, input_tokens, output_tokens, cost_usd"
_ENTER: LiteralString = f"""
    INSERT INTO rollups ({KEYS}, {_SUMS}, histogram, percentiles)
    SELECT start, nullif(user_id, {NOBODY}), subject_id, grain, kind, name, {_SUMS}, coalesce(histogram, '{{}}'),
        {ranked("kind, grain", "histogram")}
    FROM sums LEFT JOIN bins USING (pile)
"""
# What a server does with 5,000 lines at a time, here with those of some hours, and from grain to grain: the same sums.
FIRST = text(f"""
    WITH keyed AS (
        SELECT pile.kind, pile.user_id, pile.grain, date_trunc(pile.grain, at, 'UTC') AS start, pile.subject_id,
            pile.name, errors, input_tokens, output_tokens, cost_usd, entries
        FROM (
            SELECT {CALLS.lines}, {BY_AGENT.subject} AS agent_id, {BY_AGENT.name} AS agent_name FROM model_calls
            WHERE started_at >= :low AND started_at < :high
        ) line, LATERAL (VALUES
            ('call', {NOBODY}, 'minute', subject_id, line.name), ('call', user_id, 'hour', subject_id, line.name),
            ('agent', {NOBODY}, 'minute', agent_id, agent_name), ('agent', user_id, 'hour', agent_id, agent_name)
        ) AS pile (kind, user_id, grain, subject_id, name)
    ), {summed(KEYS)} {_ENTER}
""")
NEXT = text(f"""
    WITH keyed AS (
        SELECT date_trunc(:grain, start, 'UTC') AS start, coalesce(user_id, {NOBODY}) AS user_id, subject_id,
            cast(:grain AS text) AS grain, kind, name, {_SUMS}, histogram AS entries
        FROM rollups WHERE (user_id IS NULL) = :everybody AND grain = :finer AND start >= :low AND start < :high
    ), {summed(KEYS, calls="sum(calls)", count="sum(entry & 4294967295)::bigint")} {_ENTER}
""")
DOCUMENT = """query ($range: TimeRangeInput!) {{ metrics(range: $range) {{ {} }} }}"""
STATS = """stats { calls errors errorRate inputTokens outputTokens costUsd ttftMs { p50 p95 p99 }
    durationMs { p50 p95 p99 } outputTokensPerSecond { p50 p95 p99 } }"""
BY_MODEL = f"totals {STATS[5:]} byModel {{ modelName {STATS} }}"
BY_AGENTS = f"byAgent {{ {STATS} }}"
SUMS_ALONE = "totals { calls errors costUsd }"
POINTS = f"series(bucket: {{}}) {{{{ start modelName {STATS.replace('{', '{{').replace('}', '}}')} }}}}"
FEW_POINTS = "series(bucket: {}) {{ start modelName stats {{ calls costUsd }} }}"
SERIES = (
    (TimeBucket.DAY, timedelta(days=30)), (TimeBucket.HOUR, timedelta(days=30)),
    (TimeBucket.MINUTE, timedelta(hours=20)),
)  # fmt: skip

NEXT_GRAINS = (("minute", "hour", True), ("hour", "day", True), ("hour", "day", False))
INDEXES = text("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'model_calls' AND indexname LIKE 'ix%'")


async def seed(db: Database, calls: int, start: datetime, step: timedelta) -> None:
    """Indexes are made when all lines are there, which takes a fraction of the time."""
    async with db.write() as session:
        await session.execute(text(SEED))
        indexes = (await session.execute(INDEXES)).all()
        for name, _ in indexes:
            await session.execute(text(f"DROP INDEX {name}"))
    for low in range(0, calls, SLICE):
        part = {"start": start, "step": step, "low": low, "high": min(low + SLICE, calls) - 1}
        async with at_length(db) as session:
            # Keys are right as they are made; checking each of them would take most of the time.
            await session.execute(text("SET LOCAL session_replication_role = replica"))
            await session.execute(CALL, part)
    for _, definition in indexes:
        async with at_length(db) as session:
            await session.execute(text(definition))


async def sum_up(db: Database, start: datetime) -> float:
    """Seconds until all calls are in the sums."""
    began, midnight = time.perf_counter(), start.replace(hour=0, minute=0, second=0)
    days = [midnight + timedelta(days=day) for day in range(31)]
    async with db.write() as session:
        await session.execute(text("CREATE INDEX ix_bench ON rollups (grain, start)"))
    for day in days:
        for low in (day + timedelta(hours=hours) for hours in range(0, 24, PART)):
            async with at_length(db) as session:
                await session.execute(FIRST, {"low": low, "high": low + timedelta(hours=PART)})
        for finer, grain, everybody in NEXT_GRAINS:
            values = {"finer": finer, "grain": grain, "everybody": everybody}
            async with at_length(db) as session:
                await session.execute(NEXT, values | {"low": day, "high": day + timedelta(days=1)})
    async with at_length(db) as session:
        values = {"finer": "day", "grain": EVER, "everybody": True}
        await session.execute(NEXT, values | {"low": days[0], "high": days[-1] + timedelta(days=1)})
        await session.execute(text("DROP INDEX ix_bench"))
    return time.perf_counter() - began


@asynccontextmanager
async def at_length(db: Database) -> AsyncIterator[Session]:
    """A write block for statements that take as long as they take."""
    async with db.write() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text("SET LOCAL work_mem = '256MB'"))
        await session.execute(text("SET LOCAL maintenance_work_mem = '512MB'"))
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
    """PostgreSQL counts in hundredths of a second, so its part is the mean of all rounds. Of several there is one
    before that does not count."""
    async with db.read() as session:
        backend = (await session.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    postgres = psutil.Process(backend).parent()
    assert postgres is not None
    if rounds > 1:
        await what()
    rows, before = 0, used(postgres)
    times, here = list[float](), list[float]()
    for _ in range(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        rows = await what()
        times.append((time.perf_counter() - began) * 1000)
        here.append((time.process_time() - cpu) * 1000)
    return Took(min(times), min(here), (used(postgres) - before) / rounds, rows)


def answering(db: Database, window: Window, fields: str) -> Callable[[], Awaitable[int]]:
    """A whole request for figures, from its text to the JSON of its answer; gives the number of points in a series."""
    user_id = window.user_id or UUID(int=0)
    role = UserRole.ADMIN if window.user_id is None else UserRole.MEMBER
    nobody: Any = None
    context = Context(
        db=db, identity=Identity(user_id, "", "", role, frozenset(Scope)), engine=nobody, doors=nobody, keys=nobody,
        connection=nobody,
    )  # fmt: skip
    span = {"from": window.start.isoformat(), "to": window.end.isoformat()}

    async def answer() -> int:
        result = await schema.execute(
            DOCUMENT.format(fields), variable_values={"range": span}, context_value=context.fresh()
        )
        assert result.data is not None, result.errors
        orjson.dumps(result.data)
        return len(result.data["metrics"].get("series", ()))

    return answer


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
    gc.freeze()  # as a server does when it has started
    print(f"  ledger {ledger:.0f} MB, sums {sums:.0f} MB in {rows:,} rows")
    # Neither end stands on the edge of anything, as with a person who asks for the last 30 days.
    end = start + timedelta(days=30)
    async with db.read() as session:
        busiest = (await session.execute(text("SELECT md5('user1')::uuid"))).scalar_one()
    for name, user_id in (("everybody", None), ("the busiest person", busiest)):
        await compare(db, name, Window(user_id, start + step, end))


async def compare(db: Database, name: str, window: Window) -> None:
    sums, plain = await timed(db, answering(db, window, BY_MODEL)), await timed(db, adding(db, window), rounds=1)
    print(f"  {name}: 30 days by model {sums}")
    print(f"    in one statement from the ledger {plain}")
    hours = window._replace(start=on_the_hour(window.start), end=on_the_hour(window.end))
    for what, fields in (("by model", BY_MODEL), ("by agent", BY_AGENTS), ("sums alone", SUMS_ALONE)):
        print(f"    between full hours, {what} {await timed(db, answering(db, hours, fields))}")
    for bucket, length in SERIES:
        part = hours._replace(start=hours.end - length)
        for what, fields in (("", POINTS), (", calls and cost alone", FEW_POINTS)):
            took = await timed(db, answering(db, part, fields.format(bucket.name)))
            span = str(length).removesuffix(", 0:00:00")
            print(f"    series by {bucket.value} of {span}{what} {took}, {took.rows:,} points")


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
