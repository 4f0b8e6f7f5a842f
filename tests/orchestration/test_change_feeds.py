"""Feeds of changes whose notifications got lost: one look for all watchers of a process finds what is new."""

import asyncio
from contextlib import aclosing
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import event

from orchestration.changes import ChangeFeeds
from persistence import changes
from persistence.changes import Change, ChangeKind
from persistence.database import Database
from resolvers.registration import create_user
from tests.people import PASSWORD

TABS = 5


async def change(db: Database, user_id: UUID) -> UUID:
    """A change of which no feed here is notified."""
    chat_id = uuid4()
    async with db.write() as session:
        await changes.record(session, user_id, [Change(ChangeKind.CHAT_DELETED, chat_id, chat_id)])
    return chat_id


async def test_one_statement_finds_what_no_watcher_was_told_of(db: Database) -> None:
    ada, bob = [(await create_user(db, f"{name}@example.org", name, PASSWORD)).id for name in ("ada", "bob")]
    feeds, heard, statements = ChangeFeeds(db), asyncio.Queue[tuple[UUID, UUID]](), list[str]()

    async def listen(user_id: UUID) -> None:
        async with aclosing(cast("Any", feeds.watch(user_id, 0))) as pages:
            async for page in pages:
                for row in page:
                    heard.put_nowait((user_id, row.object_id))

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    async with asyncio.TaskGroup() as tabs:
        old = [(user_id, await change(db, user_id)) for user_id in (ada, bob)]
        tasks = [tabs.create_task(listen(user_id)) for user_id in (ada, bob) for _ in range(TABS)]
        caught_up = [await heard.get() for _ in tasks]
        assert sorted(caught_up) == sorted(old * TABS)
        while any(viewer.seen is None for viewer in feeds._viewers.values()):
            await asyncio.sleep(0)
        for engine in db.engines:
            event.listen(engine.sync_engine, "before_cursor_execute", hear)
        await feeds.sweep()
        assert sum("unnest" in statement for statement in statements) == 1

        new = await change(db, ada)
        await feeds.sweep()

        assert [await heard.get() for _ in range(TABS)] == [(ada, new)] * TABS
        for engine in db.engines:
            event.remove(engine.sync_engine, "before_cursor_execute", hear)
        for task in tasks:
            task.cancel()
    assert heard.empty()
    assert not feeds._viewers
