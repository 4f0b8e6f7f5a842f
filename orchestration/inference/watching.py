"""Watching the pool: each model once, then again whenever its health, its tier or its presence changes."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

from persistence.model_stats import ModelFacts, health

SWEEP = 2.0
"""Seconds between two looks when nobody tells of a change: health also changes by the mere passing of time."""

Facts = Callable[[], Awaitable[list[ModelFacts]]]


class Watchers:
    """Wakes everybody who watches the pool."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    def wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def watch(self, facts: Facts) -> AsyncIterator[list[ModelFacts]]:
        """What is new or different, in batches, for ever; the first one is everything. Holds no connection."""
        seen: dict[UUID, object] = {}
        while True:
            changed = self._changed
            found = await facts()
            now = {one.model.id: _seen(one) for one in found}
            different = [one for one in found if seen.get(one.model.id) != now[one.model.id]]
            seen = now
            if different:
                yield different
            try:
                async with asyncio.timeout(SWEEP):
                    await changed.wait()
            except TimeoutError:
                continue


def _seen(facts: ModelFacts) -> object:
    """What of a model a watcher is told about; seconds that pass are no news."""
    row, judged, breaker = facts.model, health(facts.stats), facts.stats.breaker
    known = (row.name, row.display_name, row.enabled, row.available, row.details.get("tier"))
    return known, judged.state, judged.since, breaker and (breaker.state, breaker.until)
