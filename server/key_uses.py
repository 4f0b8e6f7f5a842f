"""That API keys are in use, written down for many of them at once: a program's request must not wait for a write."""

import asyncio
import logging
from uuid import UUID

from persistence import api_keys
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

WRITTEN_EVERY = 5.0
"""Seconds; what is known of a key is a minute old at most."""


class KeyUses:
    """Let `serve` run for ever, and call `write` once more at the end."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._used = set[UUID]()

    def note(self, key_id: UUID) -> None:
        self._used.add(key_id)

    async def serve(self) -> None:
        """Write for ever, also while the database is away now and then."""
        while True:
            await asyncio.sleep(WRITTEN_EVERY)
            await self.write()

    async def write(self) -> None:
        """Write down what has been noted; what cannot be written stays noted."""
        if not (used := set(self._used)):
            return
        try:
            async with self._db.write() as session:
                await api_keys.note_used(session, used)
        except Unavailable as error:
            log.warning("the use of API keys cannot be written down (%s)", error)
        else:
            self._used -= used
