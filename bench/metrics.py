"""What figures over a month cost: the sums with what they lack, beside adding up the ledger itself.

`python -m bench.metrics [MILLIONS]` seeds a scratch database with so many million calls of 30 days, two by default.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psutil
import uvloop
from sqlalchemy import text

from bench.month import AGENTS, MODELS, PEOPLE, at_length, seed, sum_up
from domain.accounts import Scope, UserRole
from domain.metrics import TimeBucket, Window
from persistence.database import Database, connect
from persistence.migrating import migrate
from resolvers.context import Context
from schema.context import Identity
from server.app import schema
from server.embedded.postgres import EmbeddedPostgres

LARGEST = 10
"""Millions of calls; about 8 GB of disk."""
ROUNDS = 7
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
