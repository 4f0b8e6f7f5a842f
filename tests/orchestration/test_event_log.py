"""The log under one writer after another and readers of another process, while Redis forgets what it likes."""

import asyncio
import random
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import UUID

import pytest
from redis.asyncio import Redis
from sqlalchemy import delete

from domain.runs import EventKind, RunEvent
from orchestration.runs.feeds import Feeds
from persistence import events
from persistence.appending import RESERVE
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.event_logs import ALL, Page, PostgresLog
from tests.orchestration.logs import Writer, queued, read, text_of, watching
from tests.redis_servers import RedisServer

__all__ = ["queued"]


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


async def test_a_watcher_of_a_removed_run_is_let_go_however_busy_the_feeds_are(
    queued: tuple[UUID, UUID], db: Database
) -> None:
    feeds = Feeds(db, PostgresLog(db))

    async def news() -> None:
        while True:
            feeds.look_again()
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(feeds.serve()), asyncio.create_task(news())]
    batches = feeds.watch(queued[0], 0)
    try:
        async with asyncio.timeout(10):
            first = await anext(batches)
            async with db.write() as session:
                await session.execute(delete(ChatRow))
            rest = [batch async for batch in batches]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    assert [event.kind for event in first] == [EventKind.STATUS]
    assert rest == []
