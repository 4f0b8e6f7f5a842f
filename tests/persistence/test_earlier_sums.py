"""Sums as they were before version 0026: an upgrade loses none of them, and figures stay the same while they move."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import psycopg
import pytest

from domain.metrics import TimeBucket, Window
from orchestration.metrics import roll_up, roll_up_once
from persistence import earlier_sums
from persistence.database import Database, Session, connect, conninfo, sqlalchemy_url
from persistence.ledgers import AGENTS, CALLS, TOOLS, Ledger
from persistence.metrics import Tally, figures
from schema.call_stats import percentiles_of
from tests.graphql.test_ledger_races import waiting
from tests.ledgers import spread
from tests.persistence.test_migrations import alembic

MIDNIGHT = datetime(2026, 1, 2, tzinfo=UTC)
YESTERDAY = MIDNIGHT - timedelta(days=1)
PEOPLE, MODELS, BOTS = ([UUID(int=10 * kind + n) for n in range(2)] for kind in (1, 2, 3))


class Call(NamedTuple):
    at: datetime
    user_id: UUID
    model: int
    agent: int
    tokens: int
    cost: Decimal
    duration: float


def calls_of(dice: random.Random, count: int) -> list[Call]:
    """Calls of two people within two hours before midnight and two after."""
    return [
        Call(
            MIDNIGHT + timedelta(seconds=dice.uniform(-7_200, 7_200)), dice.choice(PEOPLE), dice.randrange(2),
            dice.randrange(2), dice.randrange(2, 999), Decimal(dice.randrange(10**6)) / 10**8,
            dice.lognormvariate(8, 1) + 400,
        )
        for _ in range(count)
    ]  # fmt: skip


# Each of these calls has all measures, so that their entries make an array of two dimensions.
CROSSED = f"""
    INSERT INTO rollups (kind, user_id, grain, start, subject_id, name, agent_id, calls, errors, input_tokens,
        output_tokens, cost_usd, histogram)
    SELECT 'call', user_id, grain, start, subject_id, name, agent_id, calls, 0, tokens, tokens, cost, ARRAY(
        SELECT (entry >> 32 << 32) + count(*) FROM unnest(entries) AS entry GROUP BY entry >> 32 ORDER BY 1
    ) FROM (
        SELECT pile.user_id, grain, date_trunc(grain, at, 'UTC') AS start, subject_id, name, agent_id,
            count(*) AS calls, sum(output_tokens) AS tokens, sum(cost_usd) AS cost, array_agg(entries) AS entries
        FROM (SELECT {CALLS.lines}, agent_id FROM model_calls) AS line, LATERAL (VALUES
            (NULL::uuid, 'minute'), (NULL, 'hour'), (NULL, 'day'), (NULL, 'millennium'), (line.user_id, 'day')
        ) AS pile(user_id, grain)
        GROUP BY pile.user_id, grain, start, subject_id, name, agent_id
    ) AS crossed
"""
TOOL = """
    INSERT INTO rollups SELECT 'tool', NULL, grain, date_trunc(grain, timestamptz '2026-01-01 22:00Z', 'UTC'),
        '00000000-0000-0000-0000-000000000001', 'clock', '00000000-0000-0000-0000-000000000000', 5, 1, 0, 0, 0, '{}'
    FROM unnest(ARRAY['minute', 'hour', 'day', 'millennium']) AS grain
"""
ENTER = """
    INSERT INTO model_calls (id, user_id, model_id, model_name, agent_id, attempt, outcome, input_tokens,
        output_tokens, cost_usd, ttft_ms, duration_ms, started_at, counted)
    VALUES (%s, %s, %s, %s, %s, 1, 'succeeded', %s, %s, %s, 100, %s, %s, %s)
"""


async def enter(connection: psycopg.AsyncConnection, calls: list[Call], *, counted: bool) -> None:
    rows = [
        (uuid4(), call.user_id, MODELS[call.model], f"m{call.model}", BOTS[call.agent], call.tokens, call.tokens,
         call.cost, call.duration, call.at, counted)
        for call in calls
    ]  # fmt: skip
    await connection.cursor().executemany(ENTER, rows)


async def before_0026(connection: psycopg.AsyncConnection, calls: list[Call]) -> None:
    """All calls are summed, and yesterday's have gone from the ledger."""
    provider = uuid4()
    await connection.execute(
        "INSERT INTO providers (id, name, kind, source) VALUES (%s, 'p', 'openai', 'user')", [provider]
    )
    for n in range(2):
        for statement, key in (
            ("INSERT INTO users (id, email, name, role) VALUES (%s, %s, '', 'MEMBER')", PEOPLE[n]),
            ("INSERT INTO agents (id, name, description, instructions) VALUES (%s, %s, '', '')", BOTS[n]),
        ):
            await connection.execute(statement.encode(), [key, f"m{n}"])
        await connection.execute(
            "INSERT INTO models (id, provider_id, name, display_name, capabilities) VALUES (%s, %s, %s, '', '{}')",
            [MODELS[n], provider, f"m{n}"],
        )
    await enter(connection, calls, counted=True)
    for statement in (CROSSED, TOOL):
        await connection.execute(statement.encode())
    await connection.execute("DELETE FROM model_calls WHERE started_at < %s", [MIDNIGHT])


class Earlier(NamedTuple):
    """A database at revision 0025: its address, and its tables as they are."""

    url: str
    connection: psycopg.AsyncConnection


@pytest.fixture
async def earlier(postgres: str) -> AsyncIterator[Earlier]:
    name = f"earlier_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as connection:
        await connection.execute(f'CREATE DATABASE "{name}"'.encode())
        url = sqlalchemy_url(postgres).set(database=name).render_as_string(hide_password=False)
        await asyncio.to_thread(alembic, url, "0025")
        async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as inside:
            yield Earlier(url, inside)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@pytest.fixture
async def upgraded(earlier: Earlier) -> AsyncIterator[Database]:
    db = connect(earlier.url)
    yield db
    await db.close()


def asked() -> Iterator[tuple[Window, TimeBucket | None]]:
    """What is still there: everybody's minutes, each person's days, and what is in the ledger."""
    for bucket in (None, *TimeBucket):
        yield Window(None, MIDNIGHT - timedelta(minutes=113), MIDNIGHT + timedelta(minutes=91)), bucket
    for person in PEOPLE:
        for bucket in (None, TimeBucket.DAY):
            yield Window(person, YESTERDAY, MIDNIGHT + timedelta(minutes=91, seconds=5)), bucket
        for bucket in (None, *TimeBucket):
            yield Window(person, MIDNIGHT, MIDNIGHT + timedelta(minutes=91, seconds=5)), bucket


async def check(session: Session, calls: list[Call]) -> None:
    """Sums are exact, by model and by agent, and percentiles as close as bins are."""
    subjects: dict[Ledger, Callable[[Call], UUID]] = {CALLS: lambda c: MODELS[c.model], AGENTS: lambda c: BOTS[c.agent]}
    for window, bucket in asked():
        for ledger, subject in subjects.items():
            meant = defaultdict[Any, list[Call]](list)
            for call in calls:
                if window.start <= call.at < window.end and window.user_id in (None, call.user_id):
                    meant[start_of(call.at, bucket), subject(call)].append(call)
            found = await figures(session, window, ledger, bucket=bucket)
            assert {(one.start, one.subject_id) for one in found} == meant.keys()
            assert len(found) == len(meant)
            for tally, (_, durations, _) in zip(found, percentiles_of(found), strict=True):
                of_it = meant[tally.start, tally.subject_id]
                assert sums(tally) == added_up(of_it)
                exact = spread(call.duration for call in of_it)
                assert {name: getattr(durations, name) for name in exact} == pytest.approx(exact, rel=0.0200001)
    [tools] = await figures(session, Window(None, YESTERDAY, MIDNIGHT), TOOLS)
    assert (tools.name, tools.calls, tools.errors) == ("clock", 5, 1)


def start_of(at: datetime, bucket: TimeBucket | None) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch if bucket is None else epoch + (at - epoch) // bucket.length * bucket.length


def sums(tally: Tally) -> tuple[int, int, int, Decimal]:
    return tally.calls, tally.input_tokens, tally.output_tokens, tally.cost_usd


def added_up(calls: list[Call]) -> tuple[int, int, int, Decimal]:
    tokens = sum(call.tokens for call in calls)
    return len(calls), tokens, tokens, sum((call.cost for call in calls), Decimal(0))


async def test_figures_are_the_same_before_while_and_after_earlier_sums_move(
    earlier: Earlier, upgraded: Database
) -> None:
    dice = random.Random(3)
    calls = calls_of(dice, 900)
    await before_0026(earlier.connection, calls)

    await asyncio.to_thread(alembic, earlier.url, "head")

    more, steps = True, 0
    while more:
        async with upgraded.read() as session:
            await check(session, calls)
        late = calls_of(dice, 9)
        await enter(earlier.connection, late, counted=False)
        calls += late
        if steps % 2:
            await roll_up_once(upgraded)
        async with upgraded.write() as session:
            more = await earlier_sums.step(session, sums=500, lines=150)
        steps += 1
    async with upgraded.read() as session:
        await check(session, calls)

    assert steps > 7
    assert not await left(earlier)


async def left(earlier: Earlier) -> int:
    found = await earlier.connection.execute("SELECT FROM earlier_rollups UNION ALL SELECT FROM hours_to_sum")
    return found.rowcount


async def test_a_worker_moves_them_all(earlier: Earlier, upgraded: Database) -> None:
    calls = calls_of(random.Random(4), 300)
    await before_0026(earlier.connection, calls)
    await asyncio.to_thread(alembic, earlier.url, "head")

    working = asyncio.create_task(roll_up(upgraded))
    while await left(earlier):
        assert not working.done()
    working.cancel()

    async with upgraded.read() as session:
        await check(session, calls)


async def test_an_account_may_go_while_its_hours_are_summed(earlier: Earlier, upgraded: Database) -> None:
    calls = calls_of(random.Random(6), 100)
    await before_0026(earlier.connection, calls)
    await asyncio.to_thread(alembic, earlier.url, "head")
    async with upgraded.write() as session:
        await earlier_sums.step(session)

    async def sum_hours() -> None:
        async with upgraded.write() as session:
            await earlier_sums.step(session)

    async with earlier.connection.transaction():
        await earlier.connection.execute("DELETE FROM users WHERE id = %s", [PEOPLE[0]])
        summing = asyncio.create_task(sum_hours())
        while not await waiting(upgraded):
            assert not summing.done()
    await summing

    theirs, others = (Window(person, MIDNIGHT, MIDNIGHT + timedelta(hours=2)) for person in PEOPLE)
    async with upgraded.read() as session:
        assert await figures(session, theirs) == []
        assert sum(tally.calls for tally in await figures(session, others)) == sum(
            others.start <= call.at and call.user_id == PEOPLE[1] for call in calls
        )


async def test_the_way_back_keeps_what_models_were_called_for(earlier: Earlier, upgraded: Database) -> None:
    calls = calls_of(random.Random(5), 200)
    await before_0026(earlier.connection, calls)
    by_model = """SELECT kind, user_id, grain, start, name, sum(calls), sum(cost_usd),
        (SELECT sum(entry & 4294967295) FROM rollups AS same, unnest(histogram) AS entry
         WHERE (same.kind, same.grain, same.start, same.name) = (r.kind, r.grain, r.start, r.name)
             AND same.user_id IS NOT DISTINCT FROM r.user_id)
        FROM rollups AS r GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"""
    before = await (await earlier.connection.execute(by_model)).fetchall()

    await asyncio.to_thread(alembic, earlier.url, "head")
    async with upgraded.write() as session:
        await earlier_sums.step(session, sums=300)
    await asyncio.to_thread(alembic, earlier.url, "downgrade", down_to="0025")

    assert await (await earlier.connection.execute(by_model)).fetchall() == before
