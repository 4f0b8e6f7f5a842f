"""Sweeping files that were sent and never became part of a message."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

from persistence import files
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

EVERY = 3_600.0
GRACE = timedelta(days=1)
AT_ONCE = 100
"""Files in one transaction: each may have megabytes."""


async def sweep_files(db: Database) -> None:
    """For ever; any number of processes may do it."""
    while True:
        try:
            await sweep_once(db, datetime.now(UTC) - GRACE)
        except Unavailable as error:
            log.warning("the sweep of files cannot reach the database (%s)", error)
        await asyncio.sleep(EVERY)


async def sweep_once(db: Database, before: datetime) -> int:
    """Delete the files that came before a moment and belong to no message; returns how many."""
    gone = 0
    while True:
        async with db.write() as session:
            swept = await files.sweep(session, before, limit=AT_ONCE)
        gone += swept
        if swept < AT_ONCE:
            return gone
