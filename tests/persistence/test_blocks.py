"""Blocks: one transaction whoever speaks in it, on one connection, of which nothing is left behind."""

import asyncio
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DataError

from persistence.database import Database, Unavailable, is_away, run
from persistence.retention import RetentionRow

ADD = "INSERT INTO retention (kind, up_to) VALUES (%(kind)s, gen_random_uuid())"

ASLEEP = """SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event = 'PgSleep'"""


def orm() -> RetentionRow:
    return RetentionRow(kind="orm", up_to=UUID(int=1))


async def kinds(db: Database) -> set[str]:
    async with db.read() as session:
        return set(await session.scalars(select(RetentionRow.kind)))


async def sleepers(db: Database) -> int:
    async with db.read() as session:
        [(count,)] = await run(session, ASLEEP, {})
    return int(count)


async def test_the_driver_and_the_orm_are_in_one_transaction(db: Database) -> None:
    async def fail() -> None:
        async with db.write() as session:
            await run(session, ADD, {"kind": "before"})
            session.add(orm())
            await session.flush()
            await run(session, ADD, {"kind": "after"})
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    failed = await kinds(db)
    async with db.write() as session:
        await run(session, ADD, {"kind": "before"})
        session.add(orm())
        [(seen,)] = await run(session, "SELECT count(*) FROM retention", {})
        await run(session, ADD, {"kind": "after"})

    assert failed == set()
    assert seen == 2, "the driver sees what the ORM had not sent yet"
    assert await kinds(db) == {"before", "orm", "after"}


@pytest.mark.parametrize("joined", [False, True])
async def test_a_cancelled_block_leaves_neither_rows_nor_a_connection_behind(db: Database, joined: bool) -> None:
    async def wait() -> None:
        async with db.write() as session:
            if joined:
                await session.execute(text("SELECT 1"))
            await run(session, ADD, {"kind": "lost"})
            await run(session, "SELECT pg_sleep(60)", {})

    waiting = asyncio.create_task(wait())
    while not await sleepers(db):
        pass
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    assert db.connections["write"][0] == 0
    async with db.write() as session:
        await run(session, ADD, {"kind": "kept"})
    assert await kinds(db) == {"kept"}


@pytest.mark.parametrize("joined", [False, True])
async def test_a_block_fails_for_its_own_reason_when_its_connection_is_closed(db: Database, joined: bool) -> None:
    async def fail() -> None:
        async with db.write() as session:
            if joined:
                await session.execute(text("SELECT 1"))
            (await session.driver()).pgconn.finish()
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    assert db.connections["write"][0] == 0
    async with db.write() as session:
        await run(session, ADD, {"kind": "kept"})
    assert await kinds(db) == {"kept"}


@pytest.mark.parametrize("joined", [False, True])
@pytest.mark.parametrize("commits", [False, True])
async def test_a_block_that_was_held_up_has_lost_its_connection(db: Database, joined: bool, commits: bool) -> None:
    async def be_held_up() -> None:
        async with db.write() as session:
            if joined:
                await session.execute(text("SELECT 1"))
            await run(session, "SET LOCAL idle_in_transaction_session_timeout = 1", {})
            backend = (await session.driver()).info.backend_pid
            while await is_there(other, backend):
                pass
            if not commits:
                await (session.execute(text("SELECT 1")) if joined else run(session, "SELECT 1", {}))

    other = await db.connect()
    async with other:
        with pytest.raises(Unavailable) as lost:
            await be_held_up()

    assert is_away(lost.value)
    assert db.connections["write"][0] == 0
    async with db.write() as session:
        await run(session, ADD, {"kind": "kept"})
    assert await kinds(db) == {"kept"}


async def is_there(connection: psycopg.AsyncConnection[Any], backend: int) -> bool:
    found = await connection.execute("SELECT FROM pg_stat_activity WHERE pid = %s", [backend])
    return await found.fetchone() is not None


async def test_blocks_do_not_nest_and_reading_ones_do_not_write(db: Database) -> None:
    with pytest.raises(RuntimeError, match="leave the open database block"):
        async with db.read(), db.write():
            pass
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with db.read() as session:
            await run(session, ADD, {"kind": "lost"})

    assert await kinds(db) == set()


async def test_what_a_log_gets_of_a_statement_that_fails_are_not_its_values(db: Database) -> None:
    async def fail() -> None:
        async with db.read() as session:
            await session.execute(text("SELECT 1 / length(:words), cast(:words AS text)"), {"words": ""})

    with pytest.raises(DataError) as failed:
        await fail()

    assert "length(" in str(failed.value)
    assert "words" not in str(failed.value).replace("%(words)s", "")
