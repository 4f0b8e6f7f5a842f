"""How many runs of one person are at work, which go first, and that none is left behind."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.threads import CANCEL, questions, settled, until
from tests.people import Person, sign_up
from tests.upstream import Upstream

Sent = dict[str, Any]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"parley_runs_per_person": 1})


@pytest.fixture
async def idle(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that carries no runs on."""
    async with running(settings.model_copy(update={"parley_worker": False}), connect(database_url)) as started:
        yield started


async def held(person: Person, upstream: Upstream, content: str) -> Sent:
    """A run whose answer is held in the middle."""
    upstream.reply("one two three", held_after=2)
    sent = await person.send(content)
    await until(person, sent["run"]["id"], "TextDelta")
    return sent


async def at_work(db: Database) -> int:
    """Runs that have a job and have not ended."""
    async with db.read() as session:
        counted = "SELECT count(*) FROM runs WHERE job_id IS NOT NULL AND finished_at IS NULL"
        return int((await session.execute(text(counted))).scalar_one())


async def test_what_exceeds_the_limit_waits_for_room_whatever_chat_it_is_in(
    ada: Person, bob: Person, db: Database, upstream: Upstream
) -> None:
    sent = [await held(ada, upstream, "one")]
    sent += await asyncio.gather(*(ada.send(content) for content in ("two", "three")))
    counted = await at_work(db)
    theirs = await bob.send("mine")
    at_once = await at_work(db)

    upstream.release()
    ends = await settled(ada, sent)

    assert counted == 1
    assert at_once == 2  # the limit is each person's own
    assert ends == ["COMPLETED"] * 3
    assert (await bob.events(theirs["run"]["id"]))[-1]["run"]["status"] == "COMPLETED"


async def test_no_more_than_the_limit_begin_when_many_come_at_once(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    upstream.hold()
    sent = await asyncio.gather(*(ada.send(str(number)) for number in range(8)))

    counted = await at_work(db)
    upstream.release()
    ends = await settled(ada, list(sent))

    assert counted == 1
    assert ends == ["COMPLETED"] * 8


async def test_a_parked_run_can_be_cancelled_and_makes_no_gap(ada: Person, upstream: Upstream) -> None:
    one = await held(ada, upstream, "one")
    two, three = await ada.send("two"), await ada.send("three")

    cancelled = await ada.gql(CANCEL, id=two["run"]["id"])
    upstream.release()

    assert cancelled["cancelRun"]["run"]["status"] == "CANCELLED"
    assert await settled(ada, [one, two, three]) == ["COMPLETED", "CANCELLED", "COMPLETED"]


async def test_a_cancelled_run_makes_room_for_the_next(ada: Person, upstream: Upstream) -> None:
    one = await held(ada, upstream, "one")
    two = await ada.send("two")

    await ada.gql(CANCEL, id=one["run"]["id"])
    upstream.release()

    assert await settled(ada, [one, two]) == ["CANCELLED", "COMPLETED"]


async def test_a_deleted_chat_makes_room_for_the_next(ada: Person, upstream: Upstream) -> None:
    one = await held(ada, upstream, "one")
    two = await ada.send("two")

    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=one["chat"]["id"])
    upstream.release()

    assert await settled(ada, [two]) == ["COMPLETED"]


async def test_what_nobody_waits_for_is_answered_last(ada: Person, upstream: Upstream) -> None:
    one = await held(ada, upstream, "one")
    background = await ada.send("background", background=True)
    chat = await ada.send("chat")

    upstream.release()
    await settled(ada, [one, background, chat])

    assert questions(upstream) == [["one"], ["chat"], ["background"]]


async def test_workers_take_chats_before_the_background(
    idle: Running, settings: Settings, database_url: str, upstream: Upstream
) -> None:
    async with sign_up(idle, "ada@example.org", "Ada") as ada, sign_up(idle, "bob@example.org", "Bob") as bob:
        sent = [await ada.send("background", background=True)]
        await bob.send("chat")
        one_by_one = settings.model_copy(update={"parley_worker_concurrency": 1})
        async with running(one_by_one, connect(database_url)) as server:
            await settled(Person(ada.http, server.url, ada.email), sent)

    assert questions(upstream) == [["chat"], ["background"]]


async def test_a_run_left_parked_is_found_by_the_workers(
    idle: Running, settings: Settings, database_url: str, upstream: Upstream
) -> None:
    async with sign_up(idle, "ada@example.org", "Ada") as ada:
        sent = [await ada.send("one"), await ada.send("two"), await ada.send("three")]
        # No limit any more: no run has to end before the parked ones begin.
        upstream.hold()
        without = settings.model_copy(update={"parley_runs_per_person": 0})
        async with running(without, connect(database_url)) as server:
            there = Person(ada.http, server.url, ada.email)
            for one in sent:
                await until(there, one["run"]["id"], "MessageStarted")
            upstream.release()
            ends = await settled(there, sent)

    assert ends == ["COMPLETED"] * 3
