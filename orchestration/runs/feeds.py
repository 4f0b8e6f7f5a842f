"""The watching side of the run-event log: cursors instead of queues, one look for all watchers of a process."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from domain.folding import fold, unread
from domain.runs import RunEvent
from persistence import events, runs
from persistence.database import Database, Unavailable
from persistence.event_logs import ALL, LogStore

log = logging.getLogger(__name__)

PAGE = 500
"""Events read at once; a replay of any length goes in pages of this size."""
KEPT = 1_000
"""Events of a watched run kept in memory; a watcher further behind reads from the log."""
KEPT_TEXT = 262_144
"""Characters of a watched run kept in memory, likewise."""
SWEEP = 2.0
"""Seconds after which a quiet feed is looked at again: its notification may be lost, or its run be gone."""

BREATH = 0.002
"""Seconds between hearing of events and looking for them. What this process has stored it also shows by itself, but
PostgreSQL's word of it may come before the end of the transaction: then a look would find nothing new."""

AGAIN = 0.5
"""Seconds after which a watcher asks a database again that was away."""


class Feed:
    """The newest events of one watched run. `stored` is the last sequence known; None before the first look, while
    which `told` is the last one that news have named."""

    def __init__(self) -> None:
        self.watchers = 0
        self.stored: int | None = None
        self.told = 0
        self.ended = False
        self.gone = False
        self.changed = asyncio.Event()
        self._recent: deque[RunEvent] = deque()
        self._size = 0

    def add(self, news: Sequence[RunEvent], *, whole: bool) -> bool:
        """Take events that follow on from the last known one; False when one may be missing before them.

        `whole` news come from a look at the log: no event is missing, whatever their numbers.
        """
        if self.stored is None:
            return False
        fresh = unread(news, self.stored)
        if fresh and not whole and fresh[0].first != self.stored + 1:
            return False
        if fresh:
            self._keep(fresh)
            self.stored = fresh[-1].sequence
            self.ended = fresh[-1].is_last
            self.wake()
        return True

    def _keep(self, fresh: Sequence[RunEvent]) -> None:
        self._recent.extend(fresh)
        self._size += sum(len(event.text or "") for event in fresh)
        while len(self._recent) > KEPT or self._size > KEPT_TEXT:
            self._size -= len(self._recent.popleft().text or "")

    def after(self, sequence: int) -> list[RunEvent] | None:
        """Events after a sequence; None when they are no longer (or not yet) in memory."""
        if self.stored is None or sequence > self.stored:
            return None
        if sequence == self.stored:
            return []
        if not self._recent or self._recent[0].first > sequence + 1:
            return None
        fresh: list[RunEvent] = []
        for event in reversed(self._recent):  # most watchers are one batch behind
            if event.sequence <= sequence:
                break
            fresh.append(event)
        return unread(fresh[::-1], sequence)

    def wake(self) -> None:
        """Each waiter holds the event it took before it looked, so no news falls between looking and waiting."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()


class Feeds:
    """All runs that somebody in this process watches."""

    def __init__(self, db: Database, store: LogStore) -> None:
        self._db, self._store = db, store
        self._feeds: dict[UUID, Feed] = {}
        self._behind: dict[UUID, int] = {}
        self._wake = asyncio.Event()

    def stored(self, news: Sequence[RunEvent]) -> None:
        """This process has stored events: hand them on without another look at the log."""
        by_run: dict[UUID, list[RunEvent]] = {}
        for event in news:
            if event.run_id in self._feeds:
                by_run.setdefault(event.run_id, []).append(event)
        for run_id, fresh in by_run.items():
            if not self._feeds[run_id].add(fresh, whole=False):
                self._look_at(run_id, fresh[-1].sequence)

    def notified(self, payload: str) -> None:
        """Some process has stored events: `run:sequence,…`."""
        for said in payload.split(","):
            name, _, sequence = said.partition(":")
            run_id = UUID(hex=name)
            feed = self._feeds.get(run_id)
            if feed is not None and (feed.stored is None or int(sequence) > feed.stored):
                self._look_at(run_id, int(sequence))

    def look_again(self) -> None:
        """Notifications may have been lost: look at every run."""
        for run_id, feed in self._feeds.items():
            if not feed.ended:
                self._look_at(run_id, ALL)

    def _look_at(self, run_id: UUID, wanted: int) -> None:
        self._behind[run_id] = max(wanted, self._behind.get(run_id, 0))
        self._wake.set()

    async def serve(self) -> None:
        """Fetch for all feeds that are behind, one look at a time, for ever."""
        now = asyncio.get_running_loop().time
        sweep_at = now() + SWEEP
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(sweep_at):
                    await self._wake.wait()
            await asyncio.sleep(BREATH)
            if now() >= sweep_at:  # also where there is always one that is behind
                await self._leave_those_gone()
                self.look_again()
                sweep_at = now() + SWEEP
            self._wake.clear()
            behind, self._behind = self._behind, {}
            if seen := self._seen(behind):
                await self._fetch(seen, behind)

    def _seen(self, behind: Mapping[UUID, int]) -> dict[UUID, int]:
        """What is known of the feeds that are behind. One that has not been looked at yet only notes how far it is."""
        seen: dict[UUID, int] = {}
        for run_id, wanted in behind.items():
            if (feed := self._feeds.get(run_id)) is None:
                continue
            if feed.stored is None:
                feed.told = max(feed.told, wanted)
            elif feed.stored < wanted:
                seen[run_id] = feed.stored
        return seen

    async def _leave_those_gone(self) -> None:
        """Let go of watchers whose run was removed together with its chat: there is no event that says so."""
        watched = [run_id for run_id, feed in self._feeds.items() if not feed.ended]
        if not watched:
            return
        try:
            async with self._db.read() as session:
                left = await runs.existing(session, watched)
        except Unavailable as error:
            log.warning("the feeds cannot reach the database (%s)", error)
            return
        for run_id in set(watched) - left:
            if (feed := self._feeds.get(run_id)) is not None:
                feed.gone = True
                feed.wake()

    async def _fetch(self, seen: Mapping[UUID, int], wanted: Mapping[UUID, int]) -> None:
        try:
            page = await self._store.read(seen, wanted, limit=PAGE)
        except Unavailable as error:
            log.warning("the feeds cannot reach the database (%s)", error)
            return
        for run_id, news in page.events.items():
            if (feed := self._feeds.get(run_id)) is not None:
                feed.add(news, whole=True)
        for run_id in page.more:
            self._look_at(run_id, wanted[run_id])

    async def watch(self, run_id: UUID, after: int) -> AsyncIterator[list[RunEvent]]:
        """A run's events after a sequence, in order, in folded batches; ends after the terminal one, or soon after the
        run was removed.

        Holds no connection while it waits, and no queue: a slow reader finds its backlog folded.
        """
        feed = self._feeds.setdefault(run_id, Feed())
        feed.watchers += 1
        cursor = after
        try:
            while True:
                changed = feed.changed
                if feed.gone:
                    return
                batch = feed.after(cursor)
                if batch is None:
                    batch = await self._patiently(run_id, feed, cursor)
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

    async def _patiently(self, run_id: UUID, feed: Feed, cursor: int) -> list[RunEvent]:
        """As `_page`, through an outage of the database: it is no reason to end a stream."""
        while True:
            try:
                return await self._page(run_id, feed, cursor)
            except Unavailable as error:
                log.warning("a watcher waits for the database (%s)", error)
                await asyncio.sleep(AGAIN)

    async def _page(self, run_id: UUID, feed: Feed, cursor: int) -> list[RunEvent]:
        found = await self._store.read({run_id: cursor}, {run_id: ALL}, limit=PAGE)
        page = found.events.get(run_id, [])
        newest = page[-1] if page else await self._newest(run_id)
        if not page and newest is not None and newest.sequence > cursor:
            return await self._page(run_id, feed, cursor)  # it was stored between the two looks
        if feed.stored is None and run_id not in found.more:
            feed.stored, feed.ended = (newest.sequence, newest.is_last) if newest else (0, False)
            if feed.told > feed.stored:
                self._look_at(run_id, feed.told)
        return page

    async def _newest(self, run_id: UUID) -> RunEvent | None:
        async with self._db.read() as session:
            return await events.newest(session, run_id)
