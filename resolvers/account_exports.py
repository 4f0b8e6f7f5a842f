"""An account as one JSON file, written while it is read, so that its size does not matter."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from domain.archives import parley
from domain.errors import Conflict, NotFound
from domain.ids import Kind, global_id
from persistence import archives, belongings, chats, departures
from persistence.database import Database

FORMAT, VERSION = "parley-account", 1
CHATS_AT_ONCE = 100


async def written(db: Database, user_id: UUID) -> AsyncIterator[bytes]:
    """`{"format", "version", "exportedAt", "chats": [chats as importChats takes them], "tables": {name: [rows]}}`."""
    head = {"format": FORMAT, "version": VERSION, "exportedAt": datetime.now(UTC)}
    yield orjson.dumps(head)[:-1] + b',"chats":['
    async for piece in _joined(_chats(db, user_id)):
        yield piece
    yield b'],"tables":{'
    for number, (table, owners) in enumerate(belongings.tables()):
        yield (b"," if number else b"") + orjson.dumps(table.name) + b":["
        async for piece in _joined(belongings.rows(db, table, owners, user_id)):
            yield piece
        yield b"]"
    yield b"}}\n"


async def _joined(items: AsyncIterator[dict[str, Any]]) -> AsyncIterator[bytes]:
    """Items of a JSON array, each on a line of its own."""
    before = b"\n"
    async for item in items:
        yield before + orjson.dumps(item, default=str)
        before = b",\n"


async def _chats(db: Database, user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Each chat; of one that is too large for an archive only what it is called."""
    after: UUID | None = None
    while True:
        async with db.read() as session:
            keys = await departures.chats_of(session, user_id, limit=CHATS_AT_ONCE, after=after)
        for key in keys:
            if (chat := await _chat(db, user_id, key)) is not None:
                yield chat
        if len(keys) < CHATS_AT_ONCE:
            return
        after = keys[-1]


async def _chat(db: Database, user_id: UUID, key: UUID) -> dict[str, Any] | None:
    try:
        async with db.read() as session:
            return parley.written(await archives.whole(session, await chats.visible_to(session, key, user_id)))
    except NotFound:  # deleted meanwhile
        return None
    except Conflict as problem:
        return {"format": parley.FORMAT, "id": global_id(Kind.CHAT, key), "problem": problem.message}
