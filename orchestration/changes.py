"""Watching the change feed: what of a viewer's changed, in order, from any cursor on."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

from persistence import changes
from persistence.changes import ChangeRow
from persistence.database import Database

PAGE = 200
SWEEP = 5.0
"""Seconds after which a quiet feed is looked at again, in case its notification got lost."""


class ChangeFeeds:
    """Wakes the watchers of a viewer when something of theirs changed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: dict[UUID, asyncio.Event] = {}

    def notified(self, payload: str) -> None:
        if (waiting := self._waiting.pop(UUID(hex=payload), None)) is not None:
            waiting.set()

    def look_again(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for event in waiting.values():
            event.set()

    async def watch(self, user_id: UUID, after: int | None) -> AsyncIterator[list[ChangeRow]]:
        """Changes after a position in pages, for ever; without one, only what happens from now on."""
        if after is None:
            async with self._db.read() as session:
                after = await changes.position_of(session, user_id)
        while True:
            changed = self._waiting.setdefault(user_id, asyncio.Event())
            async with self._db.read() as session:
                page = await changes.after(session, user_id, after, limit=PAGE)
            if page:
                after = page[-1].position
                yield page
                continue
            try:
                async with asyncio.timeout(SWEEP):
                    await changed.wait()
            except TimeoutError:
                continue
