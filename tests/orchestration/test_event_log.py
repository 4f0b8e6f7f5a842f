"""The log under one writer after another and readers of another process, while Redis forgets what it likes."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from redis.asyncio import Redis
from sqlalchemy import text

from domain.ids import Kind, key_of
from domain.runs import DELTAS, EventKind, RunEvent
from orchestration.runs.feeds import Feeds
from orchestration.runs.log import EventLog, RunLog
from persistence import events, notifications, runs
from persistence.appending import RESERVE
from persistence.database import Database, connect, conninfo
from persistence.event_logs import ALL, LogStore, Page, PostgresLog
from persistence.streamed_log import StreamedLog
from server.settings import Settings
from tests.conftest import running
from tests.people import sign_up
from tests.redis_servers import RedisServer

BREAK = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%WITH said AS%' AND state = 'idle'"
)


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


@pytest.mark.parametrize("seed", range(6))
async def test_readers_get_everything_once_whatever_redis_forgets(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer, seed: int
) -> None:
    chance = random.Random(seed)
    writer = Writer(db, redis, *queued)
    await writer.claim()
    async with watching(db, redis.url) as feeds, Redis.from_url(redis.url) as client:
        readers = {0: asyncio.create_task(read(feeds, writer.run_id, 0))}
        for _ in range(150):
            match chance.choices(["speak", "flush", "transact", "forget", "claim", "read"], [60, 40, 4, 4, 3, 4])[0]:
                case "speak":
                    writer.speak()
                case "flush":
                    await writer.events.flush()
                case "transact":
                    await writer.transact(EventKind.STATUS)
                case "forget":
                    await client.flushall()
                case "claim":
                    await writer.leave()
                    await writer.claim()
                case "read" if writer.log.sequence not in readers:
                    await writer.events.flush()
                    after = writer.log.sequence
                    readers[after] = asyncio.create_task(read(feeds, writer.run_id, after))
        await writer.transact(EventKind.FINISHED)
        async with asyncio.timeout(30):
            logs = {after: await reader for after, reader in readers.items()}
        whole = await read(feeds, writer.run_id, 0)
        await writer.leave()

    assert text_of(logs[0]) == writer.text == text_of(whole)
    for after, log in logs.items():
        numbers = [event.sequence for event in log]
        assert numbers == sorted(set(numbers))
        assert numbers[0] > after
        assert log[-1].is_last


async def test_a_reader_elsewhere_sees_words_at_once_after_redis_forgot_the_ones_before(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer
) -> None:
    writer = Writer(db, redis, *queued)
    await writer.claim()
    async with watching(db, redis.url) as feeds, Redis.from_url(redis.url) as client:
        log: list[RunEvent] = []
        batches = feeds.watch(writer.run_id, 0)
        for _ in range(4):
            for _ in range(3):
                writer.speak()
                await writer.events.flush()
            await client.flushall()
        writer.speak()
        await writer.events.flush()
        async with asyncio.timeout(10):
            while text_of(log) != writer.text:
                log += await anext(batches)
    await writer.leave()


@pytest.mark.parametrize("store", ["postgres", "redis"])
async def test_a_connection_to_postgresql_that_breaks_loses_and_repeats_nothing(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer, store: str
) -> None:
    writer = Writer(db, redis, *queued)
    await writer.claim()
    if store == "postgres":
        await writer.leave()
        writer.store = PostgresLog(db)
        writer.events = EventLog(writer.store, lambda news: None)
        writer.log = writer.events.open(writer.run_id, writer.log.attempt, writer.log.sequence)
    for _ in range(5):
        writer.speak()
        await writer.log.barrier()
        async with db.write() as session:
            await session.execute(BREAK)
    await writer.transact(EventKind.FINISHED)
    async with watching(db, redis.url) as feeds:
        log = await read(feeds, writer.run_id, 0)

    assert text_of(log) == writer.text == "<1><2><3><4><5>"
    await writer.leave()


@contextlib.asynccontextmanager
async def refusing(postgres: str, db: Database) -> AsyncIterator[None]:
    """PostgreSQL closes the writer's connection and takes no new one while this block is open."""
    name = db.engine.url.database
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as admin:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        try:
            async with db.write() as session:
                await session.execute(BREAK)
            yield
        finally:
            await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


async def test_words_go_on_while_only_postgresql_is_away_and_are_settled_later(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer, postgres: str
) -> None:
    writer = Writer(db, redis, *queued)
    await writer.claim()
    writer.speak()
    await writer.events.flush()
    log: list[RunEvent] = []
    async with watching(db, redis.url) as feeds:
        batches = feeds.watch(writer.run_id, 0)
        log += await anext(batches)
        async with refusing(postgres, db), asyncio.timeout(20):
            for _ in range(4):
                writer.speak()
                await writer.events.flush()
            while text_of(log) != "<1><2><3><4><5>":
                log += await anext(batches)
            finishing = asyncio.create_task(writer.transact(EventKind.FINISHED))
            done, _ = await asyncio.wait({finishing}, timeout=0.2)
            assert not done  # the end waits for PostgreSQL
        await finishing
        whole = await read(feeds, writer.run_id, 0)
    await writer.leave()

    assert text_of(whole) == writer.text == "<1><2><3><4><5>"


async def test_words_of_a_superseded_worker_are_refused(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer
) -> None:
    old, new = Writer(db, redis, *queued), Writer(db, redis, *queued)
    await old.claim()
    old.speak()
    await old.events.flush()
    await new.claim()
    for _ in range(2):
        new.speak()
        await new.events.flush()

    old.speak()
    await old.events.flush()

    page = await new.store.read({new.run_id: 0}, {new.run_id: ALL}, limit=100)
    assert old.log.fenced.is_set()
    assert text_of(page.events[new.run_id]) == "<1><2>"
    await old.leave()
    await new.leave()


async def test_a_superseded_worker_uses_no_number_of_its_successor(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer
) -> None:
    old, new = Writer(db, redis, *queued), Writer(db, redis, *queued)
    await old.claim()
    old.speak()
    await old.events.flush()
    async with db.read() as session:
        position = await events.position(session, old.run_id)
    await new.claim()
    for _ in range(RESERVE + 10):  # more than it may without asking PostgreSQL, which refuses
        old.log.say(EventKind.STATUS, status="IN_PROGRESS")
        if old.log.sequence % 500 == 0:
            await old.events.flush()
    await old.events.flush()

    page = await new.store.read({new.run_id: 1}, {new.run_id: ALL}, limit=2 * RESERVE)

    assert old.log.fenced.is_set()
    assert max(event.sequence for event in page.events[new.run_id]) <= position
    await old.leave()
    await new.leave()


async def test_long_streams_are_cut_and_still_read_whole(
    queued: tuple[UUID, UUID], db: Database, redis: RedisServer
) -> None:
    writer = Writer(db, redis, *queued)
    await writer.claim()
    for number in range(3 * RESERVE):
        writer.log.say(EventKind.STATUS, status="IN_PROGRESS", number=number)
        if number % 200 == 0:
            await writer.events.flush()
    await writer.transact(EventKind.FINISHED)
    async with watching(db, redis.url) as feeds, Redis.from_url(redis.url) as client:
        assert await client.xlen(f"parley:run:{writer.run_id.hex}") < 2.5 * RESERVE
        log = await read(feeds, writer.run_id, 0)
    await writer.leave()

    assert [event.sequence for event in log] == list(range(1, 3 * RESERVE + 3))
    assert datetime.now(UTC) >= log[-1].created_at


class Between(PostgresLog):
    """A log in which something is stored right after somebody has looked and found nothing."""

    def __init__(self, db: Database, run_id: UUID) -> None:
        super().__init__(db)
        self._own, self._run_id, self._stored = db, run_id, False

    async def read(self, seen: Mapping[UUID, int], wanted: Mapping[UUID, int], *, limit: int) -> Page:
        page = await super().read(seen, wanted, limit=limit)
        if not self._stored:
            self._stored = True
            last = RunEvent(self._run_id, 2, EventKind.FINISHED, datetime.now(UTC), None, None, {})
            async with self._own.write() as session:
                await events.add(session, [last])
        return page


async def test_a_watcher_gets_the_end_that_is_stored_between_its_two_looks(
    queued: tuple[UUID, UUID], db: Database
) -> None:
    feeds = Feeds(db, Between(db, queued[0]))
    serving = asyncio.create_task(feeds.serve())
    try:
        async with asyncio.timeout(10):
            seen = [event.kind async for batch in feeds.watch(queued[0], 1) for event in batch]
    finally:
        serving.cancel()

    assert seen == [EventKind.FINISHED]
