"""The watching side of the run-event log: cursors instead of queues, one query for all watchers of a process."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from domain.runs import RunEvent
from orchestration.runs.log import fold
from persistence import events
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

PAGE = 500
"""Events read at once; a replay of any length goes in pages of this size."""
KEPT = 1_000
"""Events of a watched run kept in memory; a watcher further behind reads from the log."""
SWEEP = 2.0
"""Seconds after which a quiet feed is looked at again, in case its notification got lost."""


class Feed:
    """The newest events of one watched run. `stored` is the last sequence known; None before the first look."""

    def __init__(self) -> None:
        self.watchers = 0
        self.stored: int | None = None
        self.ended = False
        self.recent: deque[RunEvent] = deque(maxlen=KEPT)
        self.changed = asyncio.Event()

    def add(self, news: Sequence[RunEvent]) -> bool:
        """Take events that follow on from the last known one; False when there is a gap before them."""
        if self.stored is None:
            return False
        fresh = [event for event in news if event.sequence > (self.stored or 0)]
        if fresh and fresh[0].sequence != self.stored + 1:
            return False
        if fresh:
            self.recent.extend(fresh)
            self.stored = fresh[-1].sequence
            self.ended = fresh[-1].is_last
            self.wake()
        return True

    def after(self, sequence: int) -> list[RunEvent] | None:
        """Events after a sequence; None when they are no longer (or not yet) in memory."""
        if self.stored is None or sequence > self.stored:
            return None
        if sequence == self.stored:
            return []
        if not self.recent or self.recent[0].sequence > sequence + 1:
            return None
        fresh: list[RunEvent] = []
        for event in reversed(self.recent):  # most watchers are one batch behind
            if event.sequence <= sequence:
                break
            fresh.append(event)
        return fresh[::-1]

    def wake(self) -> None:
        """Each waiter holds the event it took before it looked, so no news falls between looking and waiting."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


class Feeds:
    """All runs that somebody in this process watches."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._feeds: dict[UUID, Feed] = {}
        self._behind: set[UUID] = set()
        self._wake = asyncio.Event()

    def stored(self, news: Sequence[RunEvent]) -> None:
        """This process has stored events: hand them on without another look at the log."""
        by_run: dict[UUID, list[RunEvent]] = {}
        for event in news:
            if event.run_id in self._feeds:
                by_run.setdefault(event.run_id, []).append(event)
        for run_id, fresh in by_run.items():
            if not self._feeds[run_id].add(fresh):
                self._look_at(run_id)

    def notified(self, payload: str) -> None:
        """Some process has stored events: `run:sequence,…`."""
        for said in payload.split(","):
            name, _, sequence = said.partition(":")
            run_id = UUID(hex=name)
            feed = self._feeds.get(run_id)
            if feed is not None and (feed.stored is None or int(sequence) > feed.stored):
                self._look_at(run_id)

    def look_again(self) -> None:
        """Notifications may have been lost: look at every run."""
        for run_id, feed in self._feeds.items():
            if not feed.ended:
                self._behind.add(run_id)
        self._wake.set()

    def _look_at(self, run_id: UUID) -> None:
        self._behind.add(run_id)
        self._wake.set()

    async def serve(self) -> None:
        """Fetch for all feeds that are behind, in one query at a time, for ever."""
        while True:
            try:
                async with asyncio.timeout(SWEEP):
                    await self._wake.wait()
            except TimeoutError:
                self.look_again()
            self._wake.clear()
            behind, self._behind = self._behind, set()
            seen = {
                run_id: feed.stored
                for run_id in behind
                if (feed := self._feeds.get(run_id)) is not None and feed.stored is not None
            }
            if seen:
                await self._fetch(seen)

    async def _fetch(self, seen: dict[UUID, int]) -> None:
        try:
            async with self._db.read() as session:
                news = await events.after_many(session, seen, limit=PAGE)
        except Unavailable as error:
            log.warning("the feeds cannot reach the database (%s)", error)
            return
        counts: dict[UUID, int] = {}
        for event in news:
            counts[event.run_id] = counts.get(event.run_id, 0) + 1
        self.stored(news)
        for run_id, count in counts.items():
            if count == PAGE:
                self._look_at(run_id)

    async def watch(self, run_id: UUID, after: int) -> AsyncIterator[list[RunEvent]]:
        """A run's events after a sequence, in order, in folded batches; ends after the terminal one.

        Holds no connection while it waits, and no queue: a slow reader finds its backlog folded.
        """
        feed = self._feeds.setdefault(run_id, Feed())
        feed.watchers += 1
        cursor = after
        try:
            while True:
                changed = feed.changed
                batch = feed.after(cursor)
                if batch is None:
                    batch = await self._page(run_id, feed, cursor)
                if not batch:
                    if feed.ended and cursor >= (feed.stored or 0):
                        return
                    await changed.wait()
                    continue
                cursor = batch[-1].sequence
                yield fold(batch)
                if batch[-1].is_last:
                    return
        finally:
            feed.watchers -= 1
            if not feed.watchers:
                self._feeds.pop(run_id, None)

    async def _page(self, run_id: UUID, feed: Feed, cursor: int) -> list[RunEvent]:
        async with self._db.read() as session:
            page = await events.after(session, run_id, cursor, limit=PAGE)
            newest = page[-1] if page else await events.newest(session, run_id)
        if feed.stored is None and len(page) < PAGE:
            feed.stored, feed.ended = (newest.sequence, newest.is_last) if newest else (0, False)
            self._look_at(run_id)
        return page
