"""Stopping runs from any process, in whatever state they are."""

import asyncio
import time

from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.graphql.threads import CANCEL, busy, said, until
from tests.people import Person
from tests.upstream import Upstream

LOST = "UPDATE runs SET status = 'CANCELLING', cancel_requested_at = now(), attempt = 9"
GIVEN_BACK = "UPDATE procrastinate_jobs SET status = 'todo', abort_requested = false"


async def test_a_cancel_from_another_process_ends_the_run_within_a_second(
    ada: Person, upstream: Upstream, settings: Settings, database_url: str
) -> None:
    _, sent = await busy(ada, upstream)
    apart = settings.model_copy(update={"parley_worker": False})

    async with running(apart, connect(database_url)) as other:
        elsewhere = Person(ada.http, other.url, ada.email)
        watching = asyncio.create_task(elsewhere.events(sent[0]["run"]["id"]))
        started = time.perf_counter()
        await elsewhere.gql(CANCEL, id=sent[0]["run"]["id"])
        events = await watching
        took = time.perf_counter() - started
    upstream.release()

    assert events[-1]["run"]["status"] == "CANCELLED"
    assert took < 1.0


async def test_cancelling_at_the_same_time_from_everywhere_is_one_cancel(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")

    for one in sent[::-1]:
        answers = await asyncio.gather(*(ada.gql(CANCEL, id=one["run"]["id"]) for _ in range(5)))
        assert {answer["cancelRun"]["run"]["status"] for answer in answers} <= {"CANCELLING", "CANCELLED"}
    ends = [await ada.events(one["run"]["id"]) for one in sent]
    upstream.release()

    assert [[e["__typename"] for e in events].count("RunFinished") for events in ends] == [1, 1]
    assert await said(ada, chat_id) == ["first", "first"]


async def test_a_run_on_its_way_to_another_worker_ends_at_once_with_what_it_has_said(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    _, sent = await busy(ada, upstream)
    async with db.write() as session:
        await session.execute(text(GIVEN_BACK))

    cancelled = await ada.gql(CANCEL, id=sent[0]["run"]["id"])
    events = await ada.events(sent[0]["run"]["id"])
    upstream.release()

    assert cancelled["cancelRun"]["run"]["status"] == "CANCELLED"
    assert events[-1]["message"]["content"] == "first"


async def test_a_cancelled_run_whose_worker_dies_is_ended_by_another(
    ada: Person, db: Database, upstream: Upstream, settings: Settings, database_url: str
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as other:
        elsewhere = Person(ada.http, other.url, ada.email)
        upstream.hold()
        sent = await elsewhere.send("one")
        await until(elsewhere, sent["run"]["id"], "MessageStarted")
        # What a worker leaves behind that was killed after it had heard of the cancel.
        async with db.write() as session:
            await session.execute(
                text("UPDATE runs SET status = 'CANCELLING', cancel_requested_at = now(), attempt = 9")
            )
            await session.execute(text("DELETE FROM procrastinate_jobs"))
        events = await elsewhere.events(sent["run"]["id"])
        upstream.release()

    assert events[-1]["run"]["status"] == "CANCELLED"
