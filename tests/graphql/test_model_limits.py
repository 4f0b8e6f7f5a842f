"""Models that take only so many calls at once, through the front door."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.people import EVENTS, Person
from tests.upstream import Upstream

MODELS = "query { models { id name maxConcurrency } }"
EDIT = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { maxConcurrency } } }"
ABOUT_PLACES = """datname = current_database() AND pid <> pg_backend_pid()
    AND query ~ 'pg_(try_advisory_lock|advisory_unlock)[(]hashtextextended'"""
CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { status } } }"


async def limit(person: Person, most: int | None) -> None:
    [model] = (await person.gql(MODELS))["models"]
    edited = await person.gql(EDIT, input={"id": model["id"], "maxConcurrency": most})
    assert edited["updateModel"]["model"]["maxConcurrency"] == most


@asynccontextmanager
async def asked(person: Person, content: str) -> AsyncIterator[tuple[str, asyncio.Task[list[dict[str, Any]]]]]:
    """A run whose model has been chosen, so that it calls it or waits for it; and its events up to the end."""
    run_id = (await person.send(content))["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run_id, after=0)) as events:
        seen: list[dict[str, Any]] = []
        async for data in events:
            seen.append(data["runEvents"])
            if seen[-1]["__typename"] == "MessageStarted":
                break

        async def rest() -> list[dict[str, Any]]:
            return [*seen, *[data["runEvents"] async for data in events]]

        yield run_id, asyncio.create_task(rest())


def ended(events: list[dict[str, Any]]) -> str:
    status: str = events[-1]["run"]["status"]
    return status


def questions(upstream: Upstream) -> list[str]:
    return [request["messages"][-1]["content"] for request in upstream.requests]


async def at_once(db: Database) -> int:
    """The most calls that were under way at the same time, by the ledger's times."""
    async with db.read() as session:
        query = """SELECT started_at AS at, 1 AS step FROM model_calls UNION ALL
            SELECT started_at + make_interval(secs => duration_ms / 1000), -1 FROM model_calls ORDER BY at, step"""
        steps = [int(row.step) for row in await session.execute(text(query))]
    return max(itertools.accumulate(steps))


async def asked_for_places(db: Database) -> bool:
    """Whether any connection's last statement was about places."""
    async with db.read() as session:
        return bool(await session.scalar(text(f"SELECT count(*) FROM pg_stat_activity WHERE {ABOUT_PLACES}")))


async def places(db: Database) -> int:
    """Places that are taken."""
    joined = "pg_locks JOIN pg_stat_activity USING (pid)"
    held = f"SELECT count(*) FROM {joined} WHERE locktype = 'advisory' AND {ABOUT_PLACES}"
    async with db.read() as session:
        return int(await session.scalar(text(held)) or 0)


async def test_further_calls_wait_in_order_and_the_wait_is_not_the_models_time(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    await limit(ada, 1)
    upstream.hold()

    async with asked(ada, "1") as (_, first), asked(ada, "2") as (_, second), asked(ada, "3") as (_, third):
        upstream.release()
        ends = [ended(await one) for one in (first, second, third)]

    assert ends == ["COMPLETED"] * 3
    assert questions(upstream) == ["1", "2", "3"]
    async with db.read() as session:
        outcomes = await session.scalars(text("SELECT outcome FROM model_calls"))
        assert outcomes.all() == ["succeeded"] * 3
    assert await at_once(db) == 1  # the time of a call begins when it has its place


async def test_all_servers_on_one_database_share_the_limit(
    ada: Person, upstream: Upstream, settings: Settings, database_url: str, db: Database
) -> None:
    await limit(ada, 2)
    for _ in range(20):
        upstream.reply("one two three", delay=0.01)
    async with running(settings, connect(database_url)) as other:
        people = [ada, Person(ada.http, other.url, ada.email)]
        asking = [people[n % 2].ask(f"question {n}") for n in range(20)]
        answers = await asyncio.gather(*asking)

    assert {ended(events) for _, events in answers} == {"COMPLETED"}
    assert await at_once(db) == 2


async def test_a_run_that_is_cancelled_while_it_waits_makes_no_call_and_keeps_no_place(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    await limit(ada, 1)
    upstream.hold()

    async with asked(ada, "1") as (_, first), asked(ada, "2") as (second_id, second):
        await ada.gql(CANCEL, id=second_id)
        assert ended(await second) == "CANCELLED"
        async with asked(ada, "3") as (_, third):
            upstream.release()
            assert (ended(await first), ended(await third)) == ("COMPLETED", "COMPLETED")

    assert questions(upstream) == ["1", "3"]
    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM model_calls")) == 2


async def test_a_call_that_fails_or_is_cancelled_leaves_its_place(ada: Person, upstream: Upstream) -> None:
    await limit(ada, 1)
    upstream.fail(400, "what is this?")
    assert ended((await ada.ask("fails"))[1]) == "FAILED"
    upstream.hold()
    async with asked(ada, "cancelled") as (run_id, events):
        await asyncio.wait_for(upstream.holding.wait(), 10)
        await ada.gql(CANCEL, id=run_id)
        assert ended(await events) == "CANCELLED"
    upstream.release()

    assert ended((await ada.ask("answered"))[1]) == "COMPLETED"


async def test_a_model_without_a_limit_costs_no_statement(ada: Person, upstream: Upstream, db: Database) -> None:
    await ada.ask("hi")
    assert not await asked_for_places(db)
    await limit(ada, 1)
    await ada.ask("hi")
    assert await asked_for_places(db)
    await limit(ada, None)


@pytest.mark.parametrize("most", [0, -1, 1001])
async def test_a_limit_must_make_sense(ada: Person, most: int) -> None:
    [model] = (await ada.gql(MODELS))["models"]

    error = await ada.gql_error(EDIT, input={"id": model["id"], "maxConcurrency": most})

    assert error["extensions"]["fields"]["input.maxConcurrency"] == "must be from 1 to 1000 calls"


async def test_places_are_taken_again_when_their_connection_breaks(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    await limit(ada, 2)
    upstream.hold()
    async with asked(ada, "1") as (_, first):
        await asyncio.wait_for(upstream.holding.wait(), 10)
        async with db.write() as session:
            broken = f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {ABOUT_PLACES}"
            assert await session.scalar(text(broken)) == 1
        upstream.holding.clear()
        async with asked(ada, "2") as (_, second):
            await asyncio.wait_for(upstream.holding.wait(), 10)
            assert await places(db) == 2
            upstream.release()
            assert (ended(await first), ended(await second)) == ("COMPLETED", "COMPLETED")
    assert ended((await ada.ask("3"))[1]) == "COMPLETED"


async def test_a_run_of_several_calls_needs_one_place_at_a_time(ada: Person, upstream: Upstream, db: Database) -> None:
    await limit(ada, 1)
    for _ in range(2):
        upstream.fail(500)

    _, events = await ada.ask("hi", model="mock")

    assert ended(events) == "COMPLETED"
    assert len(upstream.requests) == 3
    assert await at_once(db) == 1
