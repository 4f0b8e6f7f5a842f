"""The selector of one process: the choice with what the whole server knows just now."""

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from domain.models import Selection
from domain.selection import Beliefs, Policy
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection.choosing import Mind, choose
from orchestration.inference.selection.task import Task
from persistence import selection
from persistence.database import Database, Unavailable
from persistence.model_stats import ModelFacts

if TYPE_CHECKING:
    from orchestration.inference.selection.predictor import Predictor

log = logging.getLogger(__name__)

FRESH = 2.0
"""Seconds for which policy and beliefs are used again."""

Broken = (ArithmeticError, LookupError, OSError, TypeError, ValueError, AttributeError)
"""What wrong tables, a wrong prompt or a wrong belief could make of the prediction."""


class Ready(NamedTuple):
    """What is known of the models just now: with it a choice waits for nothing."""

    pool: Sequence[ModelFacts]
    mind: Mind

    def choose(self, task: Task) -> Selection:
        """The model that should answer; RunFailure when none can.

        When the prediction fails, the priors decide: `source` is then `default`, the confidence 0, and the log
        says why.
        """
        try:
            return choose(task, self.pool, self.mind)
        except Broken:
            log.exception("the selection failed; the priors decide")
            return choose(task, self.pool, Mind(Policy()))


class Selector:
    def __init__(self, db: Database, pool: ModelPool) -> None:
        self._db, self._pool = db, pool
        self._policy, self._beliefs = Policy(), Beliefs()
        self._read_at, self._news = float("-inf"), 0
        self._reading = asyncio.Lock()
        self._loading: asyncio.Task[Predictor | None] | None = None

    async def choose(self, task: Task) -> Selection:
        """As `Ready.choose`, when everything has been read that it needs."""
        return (await self.ready()).choose(task)

    async def ready(self) -> Ready:
        """What choices are made with, at most two seconds old."""
        pool = await self._pool.facts()
        await self._refresh()
        return Ready(pool, Mind(self._policy, self._beliefs, await self._predictor()))

    def changed(self, _: str = "") -> None:
        """Policy or beliefs are new, here or in another process."""
        self._read_at, self._news = float("-inf"), self._news + 1

    async def _refresh(self) -> None:
        if time.monotonic() - self._read_at < FRESH:
            return
        async with self._reading:
            if time.monotonic() - self._read_at >= FRESH:
                started, news = time.monotonic(), self._news
                try:
                    async with self._db.read() as session:
                        self._policy = await selection.active_policy(session)
                        self._beliefs = await selection.beliefs(session, self._policy.half_life_days)
                except Unavailable as error:
                    log.warning("what was learned cannot be read (%s); going on with what is known", error)
                if news == self._news:  # else something has changed meanwhile, and is read next time
                    self._read_at = started

    def warm(self) -> None:
        """Begin to read the predictor in a thread, so that neither the start nor the loop waits for numpy."""
        if self._loading is None:
            self._loading = asyncio.create_task(asyncio.to_thread(_load), name="predictor")

    async def close(self) -> None:
        """Wait for a thread that still reads."""
        if self._loading is not None:
            await asyncio.wait({self._loading})

    async def _predictor(self) -> "Predictor | None":
        self.warm()
        assert self._loading is not None  # noqa: S101 - it was begun above
        return await asyncio.shield(self._loading)


def _load() -> "Predictor | None":
    try:
        from orchestration.inference.selection.predictor import load  # noqa: PLC0415 - numpy takes its time

        return load()
    except (ImportError, *Broken):
        log.exception("the predictor cannot be read; priors decide until the next start")
        return None
