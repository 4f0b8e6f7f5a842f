"""Waiting for a place at a model that takes only so many calls at once: in order, and on nobody's account."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import UUID

from domain.runs import RunErrorCode, RunFailure
from persistence.database import Database
from persistence.model_slots import ModelSlots, Slot
from persistence.model_stats import ModelFacts

log = logging.getLogger(__name__)

LOOK_AGAIN = 1.0
"""Seconds after which a place is asked for again without a word: a process that died could not tell."""
PATIENCE = 600.0
"""Seconds that one call waits at most."""

Room = Callable[[ModelFacts], AbstractAsyncContextManager[float]]
"""A place for one call while the block lasts; gives the seconds that were waited for it."""


@asynccontextmanager
async def unlimited(_: ModelFacts) -> AsyncIterator[float]:
    """Room for everybody."""
    yield 0.0


class Rooms:
    """The callers of this process, each model's in the order in which they came. Which process gets the next free
    place is the database's word alone: here, too, a waiting caller only tries when the word is out.
    """

    def __init__(self, db: Database) -> None:
        self._slots = ModelSlots(db)
        self._lines: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._freed: defaultdict[UUID, asyncio.Event] = defaultdict(asyncio.Event)
        self._leaving: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def of(self, facts: ModelFacts) -> AsyncIterator[float]:
        """Room at this model; RunFailure when there was none for a long time."""
        limit = facts.model.max_concurrency
        if limit is None:
            yield 0.0
            return
        began = time.monotonic()
        slot = await self._wait(facts, limit)
        try:
            yield time.monotonic() - began
        finally:
            self._leave(slot)

    def freed(self, model_id: str) -> None:
        """Some process has left a place at this model."""
        if (event := self._freed.get(UUID(model_id))) is not None:
            event.set()

    async def close(self) -> None:
        await asyncio.gather(*self._leaving)
        await self._slots.close()

    async def _wait(self, facts: ModelFacts, limit: int) -> Slot:
        model_id, freed = facts.model.id, self._freed[facts.model.id]
        try:
            async with asyncio.timeout(PATIENCE), self._lines[model_id]:
                while True:
                    freed.clear()
                    if (slot := await self._take(model_id, limit)) is not None:
                        return slot
                    try:
                        async with asyncio.timeout(LOOK_AGAIN):
                            await freed.wait()
                    except TimeoutError:
                        continue
        except TimeoutError:
            message = f"{facts.model.display_name} is busy: it takes {limit} calls at once. Try again later."
            raise RunFailure(RunErrorCode.MODEL_RATE_LIMITED, message, retryable=True) from None

    async def _take(self, model_id: UUID, limit: int) -> Slot | None:
        """A place, or none; a caller who goes in the middle of this leaves none behind."""
        taking = asyncio.create_task(self._slots.take(model_id, limit))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(self._not_wanted)
            raise

    def _not_wanted(self, taking: asyncio.Task[Slot | None]) -> None:
        if not taking.cancelled() and taking.exception() is None and (slot := taking.result()) is not None:
            self._leave(slot)

    def _leave(self, slot: Slot) -> None:
        """At once, and without a wait that somebody could cancel."""
        task = asyncio.create_task(self._slots.leave(slot))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
