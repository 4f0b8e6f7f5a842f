"""The short way: the process that takes a message begins with its run at once, where nothing stands in the way."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import LiteralString
from uuid import UUID

import pytest
from sqlalchemy import text

from domain.ids import Kind, key_of
from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, both_stores, running
from tests.graphql.threads import CANCEL, settled, until
from tests.people import Person, sign_up
from tests.upstream import Upstream

JOB = """
    SELECT j.status, r.attempt,
        EXISTS (SELECT FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'deferred')
    FROM runs r JOIN procrastinate_jobs j ON j.id = r.job_id WHERE r.id = :id
"""


@pytest.fixture
async def idle(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that carries no runs on."""
    async with running(settings.model_copy(update={"parley_worker": False}), connect(database_url)) as started:
        yield started


async def job(db: Database, run_id: str) -> tuple[str, int, bool]:
    """How the job of a run stands, the run's attempt, and whether the job has ever been in the queue."""
    async with db.read() as session:
        status, attempt, queued = (await session.execute(text(JOB), {"id": key_of(Kind.RUN, run_id)})).one()
        return status, attempt, queued


@contextlib.asynccontextmanager
async def locked(db: Database, query: LiteralString, key: UUID) -> AsyncIterator[None]:
    async with await db.connect() as connection, connection.transaction():
        await connection.execute(query, [key])
        yield


@contextlib.asynccontextmanager
async def overlooked(db: Database, sent: dict[str, dict[str, str]]) -> AsyncIterator[None]:
    """The job of a run stays in the queue, as when its worker is just about to take it."""
    lock = "SELECT FROM procrastinate_jobs WHERE id = (SELECT job_id FROM runs WHERE id = %s) FOR UPDATE"
    async with locked(db, lock, key_of(Kind.RUN, sent["run"]["id"])):
        yield


def there(server: Running, person: Person) -> Person:
    return Person(person.http, server.url, person.email)


@both_stores
async def test_a_run_is_begun_by_the_transaction_that_stores_it(ada: Person, db: Database, upstream: Upstream) -> None:
    upstream.hold()
    sent = await ada.send("Hello?")
    begun = await job(db, sent["run"]["id"])
    upstream.release()
    events = await ada.events(sent["run"]["id"], after=0)

    assert begun == ("doing", 1, False)
    assert [event["sequence"] for event in events][:5] == [1, 2, 3, 4, 5]
    assert [event.get("status") for event in events[:2]] == ["QUEUED", "IN_PROGRESS"]
    assert events[-1]["run"]["status"] == "COMPLETED"


async def test_a_question_that_is_answered_again_is_begun_likewise(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    sent, _ = await ada.ask("Hello?")
    upstream.hold()
    again = await ada.gql(
        "mutation ($input: RegenerateInput!) { regenerate(input: $input) { run { id } } }",
        input={"messageId": sent["reply"]["id"]},
    )
    begun = await job(db, again["regenerate"]["run"]["id"])
    upstream.release()

    assert begun == ("doing", 1, False)
    assert await settled(ada, [again["regenerate"]]) == ["COMPLETED"]


async def test_a_run_begun_this_way_is_cancelled_at_once(ada: Person, db: Database, upstream: Upstream) -> None:
    upstream.reply("one two three", held_after=2)
    sent = await ada.send("Count!")
    await until(ada, sent["run"]["id"], "TextDelta")

    await ada.gql(CANCEL, id=sent["run"]["id"])
    ends = await settled(ada, [sent])
    upstream.release()

    assert ends == ["CANCELLED"]


async def test_nobody_passes_a_run_that_waits_for_a_worker(
    idle: Running, settings: Settings, database_url: str, db: Database, upstream: Upstream
) -> None:
    async with sign_up(idle, "ada@example.org", "Ada") as ada:
        chat = await ada.send("chat")
        overlooking = contextlib.AsyncExitStack()
        await overlooking.enter_async_context(overlooked(db, chat))
        async with running(settings, connect(database_url)) as server:
            here = there(server, ada)
            await here.ask("first")
            upstream.hold()
            behind = await here.send("behind")
            _, _, queued = await job(db, behind["run"]["id"])
            await overlooking.aclose()
            upstream.release()
            ends = await settled(here, [chat, behind])

    assert queued
    assert ends == ["COMPLETED"] * 2


async def test_a_chat_passes_what_may_take_its_time(
    idle: Running, settings: Settings, database_url: str, db: Database, upstream: Upstream
) -> None:
    async with sign_up(idle, "ada@example.org", "Ada") as ada:
        background = await ada.send("background", background=True)
        async with overlooked(db, background), running(settings, connect(database_url)) as server:
            here = there(server, ada)
            await here.ask("first")
            upstream.hold()
            chat = await here.send("chat")
            begun = await job(db, chat["run"]["id"])
            upstream.release()
            ends = await settled(here, [chat])

    assert begun == ("doing", 1, False)
    assert ends == ["COMPLETED"]


async def test_a_worker_begins_with_no_more_runs_than_it_has_room_for(
    settings: Settings, database_url: str, db: Database, upstream: Upstream
) -> None:
    two = settings.model_copy(update={"parley_worker_concurrency": 2})
    async with running(two, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        upstream.hold()
        sent = await asyncio.gather(*(ada.send(str(number)) for number in range(8)))
        async with db.read() as session:
            doing = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"))
        asked = len(upstream.requests)
        upstream.release()
        ends = await settled(ada, list(sent))

    assert doing == 2
    assert asked <= 2
    assert ends == ["COMPLETED"] * 8
