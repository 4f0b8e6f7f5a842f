"""Figures in the background: sums that are kept up to date, and what is going on just now for all who watch."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from persistence import earlier_sums, live_metrics, rollups
from persistence.database import Database, Unavailable
from persistence.ledgers import TABLES
from persistence.live_metrics import Activity

log = logging.getLogger(__name__)

EVERY = 10.0
"""Seconds between two looks for lines of the ledgers that the sums do not have."""
LINES = 5_000
"""Lines in one transaction."""
BREATH = 0.5
"""Seconds between two steps with sums of an earlier version."""
TICK = 1.0
"""Seconds between two looks at what is going on."""
LATELY = timedelta(minutes=1)
"""How far back calls are counted."""


async def roll_up(db: Database) -> None:
    """For ever. Any number of processes may do this; nobody waits for it, because what is not in the sums yet is read
    from the ledgers."""
    behind = True
    while True:
        try:
            await roll_up_once(db)
            behind = behind and await catch_up(db)
        except Unavailable as error:
            log.warning("the sums cannot be kept up to date (%s)", error)
        await asyncio.sleep(BREATH if behind else EVERY)


async def roll_up_once(db: Database) -> None:
    """Add all that is there by now."""
    for ledger, *_ in TABLES:
        added = LINES
        while added == LINES:
            async with db.write() as session:
                added = await rollups.roll(session, ledger, limit=LINES)


async def catch_up(db: Database) -> bool:
    """One step from the sums of an earlier version to those of this one; whether there may be more."""
    async with db.write() as session:
        return await earlier_sums.step(session)


class Seen(NamedTuple):
    """What each person had going on at a moment."""

    at: datetime
    people: Mapping[UUID, Activity]

    def of(self, user_id: UUID | None) -> Activity:
        """One person's part, or everybody's for None."""
        if user_id is not None:
            return self.people.get(user_id, Activity())
        return sum(self.people.values(), Activity())


class LiveMetrics:
    """One reader for all who watch in this process; it looks only while somebody does."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._watching = 0
        self._reading: asyncio.Task[None] | None = None
        self._next: asyncio.Future[Seen] | None = None

    async def watch(self) -> AsyncGenerator[Seen, None]:
        """What is going on, once a second, for ever. Whoever is slow misses what has become old meanwhile."""
        self._watching += 1
        try:
            while True:
                yield await asyncio.shield(self._coming())
        finally:
            self._watching -= 1
            if not self._watching:
                self.stop()

    def stop(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
        self._reading = self._next = None

    def _coming(self) -> asyncio.Future[Seen]:
        if self._next is None:
            self._next = asyncio.get_running_loop().create_future()
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name="live metrics")
        return self._next

    async def _read(self) -> None:
        while True:
            try:
                seen = await self.look()
            except Unavailable as error:
                log.warning("what is going on cannot be read (%s)", error)
            else:
                if self._next is not None:
                    self._next.set_result(seen)
                    self._next = None
            await asyncio.sleep(TICK)

    async def look(self) -> Seen:
        at = datetime.now(UTC)
        async with self._db.read() as session:
            return Seen(at, await live_metrics.now(session, at - LATELY))
