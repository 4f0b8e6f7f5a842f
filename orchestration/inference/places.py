"""Waiting for a place at a model that takes only so many calls at once: in order, and on nobody's account."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from domain.runs import RunErrorCode, RunFailure
from persistence.database import Database
from persistence.model_places import Held, ModelPlaces
from persistence.model_stats import ModelFacts

LOOK_AGAIN = 1.0
"""Seconds after which a place is asked for again without a word: a process that died could not tell."""
PATIENCE = 600.0
"""Seconds that one call waits at most."""


class Place:
    """Leave for one call, until `leave`; that is safe to repeat, and waits for nothing. `waited` is in seconds."""

    def __init__(self, waited: float = 0.0, leave: Callable[[], None] | None = None) -> None:
        self.waited, self._leave = waited, leave

    @property
    def taken(self) -> bool:
        return self._leave is not None

    def leave(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            leave()


Enter = Callable[[ModelFacts], Awaitable[Place]]
"""Gives a place at a model, sooner or later."""


async def unlimited(_: ModelFacts) -> Place:
    """A place for everybody."""
    return Place()


class Places:
    """The callers of this process, each model's in the order in which they came. Which process gets the next free
    place is the database's word alone: here, too, a waiting caller only tries when the word is out.
    """

    def __init__(self, db: Database) -> None:
        self._shared = ModelPlaces(db)
        self._lines: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._freed: defaultdict[UUID, asyncio.Event] = defaultdict(asyncio.Event)
        self._leaving: set[asyncio.Task[None]] = set()

    async def enter(self, facts: ModelFacts) -> Place:
        """A place at this model; RunFailure when there was none for a long time."""
        limit = facts.model.max_concurrency
        if limit is None:
            return Place()
        began = time.monotonic()
        held = await self._wait(facts, limit)
        return Place(time.monotonic() - began, partial(self._leave, held))

    def freed(self, model_id: str) -> None:
        """Some process has left a place at this model."""
        if (event := self._freed.get(UUID(model_id))) is not None:
            event.set()

    async def close(self) -> None:
        await asyncio.gather(*self._leaving)
        await self._shared.close()

    async def _wait(self, facts: ModelFacts, limit: int) -> Held:
        model_id, freed = facts.model.id, self._freed[facts.model.id]
        try:
            async with asyncio.timeout(PATIENCE), self._lines[model_id]:
                while True:
                    freed.clear()
                    if (held := await self._take(model_id, limit)) is not None:
                        return held
                    try:
                        async with asyncio.timeout(LOOK_AGAIN):
                            await freed.wait()
                    except TimeoutError:
                        continue
        except TimeoutError:
            message = f"{facts.model.display_name} is busy: it takes {limit} calls at once. Try again later."
            raise RunFailure(RunErrorCode.MODEL_RATE_LIMITED, message, retryable=True) from None

    async def _take(self, model_id: UUID, limit: int) -> Held | None:
        """A place, or none; a caller who goes in the middle of this leaves none behind."""
        taking = asyncio.create_task(self._shared.take(model_id, limit))
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(self._not_wanted)
            raise

    def _not_wanted(self, taking: asyncio.Task[Held | None]) -> None:
        if not taking.cancelled() and taking.exception() is None and (held := taking.result()) is not None:
            self._leave(held)

    def _leave(self, held: Held) -> None:
        """At once, and without a wait that somebody could cancel."""
        task = asyncio.create_task(self._shared.leave(held))
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
