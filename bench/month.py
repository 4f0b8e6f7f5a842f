"""A month of calls for benchmarks: made, and summed as a server sums them."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import LiteralString

from sqlalchemy import text

from persistence.database import Database, Session
from persistence.ledgers import AGENTS as BY_AGENT
from persistence.ledgers import CALLS, NOBODY
from persistence.rollups import EVER, KEYS, ranked, summed

PEOPLE, MODELS, AGENTS = 200, 8, 4
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
