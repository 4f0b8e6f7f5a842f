"""What tests of the run-event log have in common: a run that no worker takes, its writer, and readers elsewhere."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from domain.ids import Kind, key_of
from domain.runs import DELTAS, EventKind, RunEvent
from orchestration.runs.feeds import Feeds
from orchestration.runs.log import EventLog, RunLog
from persistence import events, notifications, runs
from persistence.database import Database, connect
from persistence.event_logs import LogStore
from persistence.streamed_log import StreamedLog
from server.settings import Settings
from tests.conftest import running
from tests.people import sign_up
from tests.redis_servers import RedisServer


@pytest.fixture
async def queued(settings: Settings, database_url: str, db: Database) -> AsyncIterator[tuple[UUID, UUID]]:
    """A run that no worker takes, and its message."""
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as served, sign_up(served, "ada@example.org", "Ada") as ada:
        sent = await ada.send("Hello?")
        yield key_of(Kind.RUN, sent["run"]["id"]), key_of(Kind.MESSAGE, sent["reply"]["id"])


class Writer:
    """A worker's side of one run: claims it, says words, and knows what a reader must end up with."""

    def __init__(self, db: Database, redis: RedisServer, run_id: UUID, message_id: UUID) -> None:
        self.db, self.run_id, self.message_id = db, run_id, message_id
        self.text = ""
        self._url = redis.url
        self._words = 0
        self.store: LogStore
        self.events: EventLog
        self.log: RunLog

    async def claim(self) -> None:
        """A new process takes the run; what the old one had in memory is gone."""
        async with self.db.write() as session:
            run = await runs.claim(session, self.run_id)
            assert run is not None
            position = await events.position(session, self.run_id)
        self.store = StreamedLog(self.db, self._url)
        self.events = EventLog(self.store, lambda news: None)
        self.log = self.events.open(self.run_id, run.attempt, position)
        if run.attempt > 1:
            self.log.say(EventKind.MESSAGE_DISCARDED, self.message_id, reason="test")
        self.text = ""

    async def leave(self) -> None:
        await self.store.close()

    def speak(self) -> None:
        self._words += 1
        self.text += f"<{self._words}>"
        self.log.stream(EventKind.TEXT, self.message_id, f"<{self._words}>")

    async def transact(self, kind: EventKind) -> None:
        """An event in a transaction of its own, as approvals and endings are."""
        await self.log.barrier()
        async with self.db.write() as session:
            await events.add(session, [self.log.event(kind, None, {"status": "IN_PROGRESS"})])


def text_of(log: list[RunEvent]) -> str:
    words: list[str] = []
    for event in log:
        if event.kind in DELTAS:
            words.append(event.text or "")
        elif event.kind is EventKind.MESSAGE_DISCARDED:
            words.clear()
    return "".join(words)


@contextlib.asynccontextmanager
async def watching(db: Database, url: str) -> AsyncIterator[Feeds]:
    """The reading side of another process."""
    store = StreamedLog(db, url)
    feeds = Feeds(db, store)
    tasks = [
        asyncio.create_task(feeds.serve()),
        asyncio.create_task(store.listen(feeds.notified, feeds.look_again)),
        asyncio.create_task(
            notifications.listen(db, {notifications.RUNS: feeds.notified}, feeds.look_again),
        ),
    ]
    yield feeds
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    await store.close()


async def read(feeds: Feeds, run_id: UUID, after: int) -> list[RunEvent]:
    return [event async for batch in feeds.watch(run_id, after) for event in batch]
