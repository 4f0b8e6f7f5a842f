"""Watching the change feed: what of a viewer's changed, in order, from any cursor on."""

import asyncio
import logging
from collections.abc import AsyncIterator
from uuid import UUID

from persistence import changes
from persistence.changes import ChangeRow
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

PAGE = 200
SWEEP = 5.0
"""Seconds after which quiet feeds are looked at again, in case a notification got lost."""


class Viewer:
    """What all watchers of one person share. `seen` is the position up to which those who wait have seen all."""

    def __init__(self) -> None:
        self.watchers = 0
        self.seen: int | None = None
        self.changed = asyncio.Event()

    def saw(self, position: int) -> None:
        self.seen = position if self.seen is None else min(self.seen, position)

    def wake(self) -> None:
        """Each waiter holds the event it took before it looked, so no news falls between looking and waiting."""
        changed, self.changed, self.seen = self.changed, asyncio.Event(), None
        changed.set()


class ChangeFeeds:
    """Wakes the watchers of a viewer when something of theirs changed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._viewers: dict[UUID, Viewer] = {}

    def notified(self, payload: str) -> None:
        if (viewer := self._viewers.get(UUID(hex=payload))) is not None:
            viewer.wake()

    def look_again(self) -> None:
        for viewer in self._viewers.values():
            viewer.wake()

    async def serve(self) -> None:
        """Sweep again and again, for ever."""
        while True:
            await asyncio.sleep(SWEEP)
            await self.sweep()

    async def sweep(self) -> None:
        """Wake those who wait although there is something new: one look for all of this process."""
        seen = {user_id: viewer.seen for user_id, viewer in self._viewers.items() if viewer.seen is not None}
        if not seen:
            return
        try:
            async with self._db.read() as session:
                late = await changes.with_news(session, seen)
        except Unavailable as error:
            log.warning("the feeds of changes cannot reach the database (%s)", error)
            return
        for user_id in late:
            if (viewer := self._viewers.get(user_id)) is not None:
                viewer.wake()

    async def watch(self, user_id: UUID, after: int | None) -> AsyncIterator[list[ChangeRow]]:
        """Changes after a position in pages, for ever; without one, only what happens from now on."""
        viewer = self._viewers.setdefault(user_id, Viewer())
        viewer.watchers += 1
        try:
            if after is None:
                async with self._db.read() as session:
                    after = await changes.position_of(session, user_id)
            while True:
                changed = viewer.changed
                async with self._db.read() as session:
                    page = await changes.after(session, user_id, after, limit=PAGE)
                if page:
                    after = page[-1].position
                    yield page
                    continue
                viewer.saw(after)
                await changed.wait()
        finally:
            viewer.watchers -= 1
            if not viewer.watchers:
                self._viewers.pop(user_id, None)
