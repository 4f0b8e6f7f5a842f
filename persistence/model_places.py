"""Places for calls to a model that takes only so many at once, shared by all processes.

A place is an advisory lock of a session, not a row: PostgreSQL frees it when the process that holds it dies.
"""

import asyncio
import logging
from typing import Any
from uuid import UUID

import psycopg

from persistence.database import Database
from persistence.notifications import PLACES

log = logging.getLogger(__name__)

LONGEST_CONNECT = 10.0
"""Seconds."""

Held = tuple[UUID, int]
"""A model, and which of its places, counted from 1."""

# One lock is tried after the other, and none after the first that was free: a plain LIMIT does not promise that.
TAKE = """WITH RECURSIVE tried (n, got) AS (
  SELECT 0, false
  UNION ALL
  SELECT n + 1, pg_try_advisory_lock(hashtextextended(%(model)s || ':' || (%(places)s::int[])[n + 1], 0))
  FROM tried WHERE NOT got AND n < cardinality(%(places)s::int[]))
SELECT (%(places)s::int[])[n] FROM tried WHERE got"""
LEAVE = """SELECT pg_advisory_unlock(hashtextextended(%(model)s || ':' || %(place)s::int, 0)),
  pg_notify(%(channel)s, %(model)s)"""


class ModelPlaces:
    """The places that this process holds, on one connection of its own that is made when it is first needed."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._held: set[Held] = set()
        self._using = asyncio.Lock()

    async def take(self, model_id: UUID, limit: int) -> Held | None:
        """One of the places 1…`limit` that nobody holds; None when all are taken, or nobody can say just now."""
        async with self._using:
            # A session gets its own locks as often as it asks for them, so it must not ask for those it holds.
            places = [place for place in range(1, limit + 1) if (model_id, place) not in self._held]
            row = await self._tried(model_id, places) if places else None
            if row is None:
                return None
            held = model_id, int(row[0])
            self._held.add(held)
            return held

    async def leave(self, held: Held) -> None:
        """Free a place, and tell every process that waits. A connection that is lost has freed it already."""
        async with self._using:
            self._held.discard(held)
            if self._connection is None:
                return
            try:
                await self._ask(LEAVE, model=str(held[0]), place=held[1], channel=PLACES)
            except (psycopg.Error, OSError) as error:
                log.warning("a place was freed by losing the connection (%s)", error)
                await self._drop()

    async def close(self) -> None:
        async with self._using:
            await self._drop()

    async def _tried(self, model_id: UUID, places: list[int]) -> tuple[Any, ...] | None:
        for _ in range(2):  # the connection may have broken long ago, and only says so now
            try:
                return await self._ask(TAKE, model=str(model_id), places=places)
            except (psycopg.Error, OSError) as error:
                log.warning("no place can be taken (%s)", error)
                await self._drop()
        return None

    async def _ask(self, statement: str, **values: Any) -> tuple[Any, ...] | None:
        if self._connection is None:
            async with asyncio.timeout(LONGEST_CONNECT):
                self._connection = await self._db.connect()
            await self._take_back()
        cursor = await self._connection.execute(statement.encode(), values)
        row: tuple[Any, ...] | None = await cursor.fetchone()
        return row

    async def _take_back(self) -> None:
        """After a broken connection: calls of ours still run, so hold their places again unless others have them."""
        for model_id, place in self._held:
            await self._ask(TAKE, model=str(model_id), places=[place])

    async def _drop(self) -> None:
        broken, self._connection = self._connection, None
        if broken is not None:
            await broken.close()
