"""Compaction of the log in the background: some time after a run has ended, its deltas are joined in the database."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from uuid import UUID

from persistence import compacting
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks for runs that are due."""
RUNS, ROWS = 20, 1_000
"""Runs in one transaction, and rows of each: what is read at once stays small, however long runs are."""


class Compaction:
    """Any number of processes may do this; each leaves alone what another has at work."""

    def __init__(self, db: Database, grace: timedelta) -> None:
        self._db, self._grace = db, grace

    async def serve(self) -> None:
        while True:
            try:
                await self.compact()
            except Unavailable as error:
                log.warning("compaction cannot reach the database (%s)", error)
            await asyncio.sleep(EVERY)

    async def compact(self) -> int:
        """Compact the runs that ended before the grace; returns how many were looked at."""
        ended_before = datetime.now(UTC) - self._grace
        looked_at: set[UUID] = set()
        while True:
            async with self._db.read() as session:
                progress = await compacting.due(session, ended_before, limit=RUNS)
            if progress.keys() <= looked_at:  # none, or none that no other process has at work
                return len(looked_at)
            looked_at |= progress.keys()
            while progress:
                async with self._db.write() as session:
                    progress = await compacting.compact(session, progress, limit=ROWS)
