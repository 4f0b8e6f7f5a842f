"""The log while connections to PostgreSQL break, or it is away."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text

from domain.runs import EventKind, RunEvent
from orchestration.runs.log import EventLog
from persistence.database import Database, conninfo
from persistence.event_logs import PostgresLog
from tests.orchestration.logs import Writer, queued, read, text_of, watching
from tests.redis_servers import RedisServer

__all__ = ["queued"]

BREAK = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND query LIKE '%WITH said AS%' AND state = 'idle'"
)


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
