"""What a chain holds on to between the calls of one run: local models stay loaded until it is over."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from orchestration.inference.chat_client import Endpoint
from persistence.model_stats import ModelFacts

Ready = Callable[[ModelFacts], AbstractAsyncContextManager[Endpoint]]
"""Where a model can be asked, for as long as the block lasts; RunFailure when it cannot."""


@dataclass(slots=True)
class Held:
    endpoint: Endpoint
    opened: AbstractAsyncContextManager[Endpoint]
    users: int = 0


class Holding:
    """A model that has answered is kept; one that failed is let go of, and so is an idle one when another is needed:
    a run that waits for room must not be what takes it."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._held: dict[UUID, Held] = {}
        self._taking = asyncio.Lock()

    @asynccontextmanager
    async def of(self, facts: ModelFacts) -> AsyncIterator[Endpoint]:
        held = await self._take(facts)
        try:
            yield held.endpoint
        except GeneratorExit:  # whoever listened has all that they wanted
            held.users -= 1
            raise
        except BaseException:
            held.users -= 1
            await self._let_go(facts.model.id)
            raise
        held.users -= 1

    async def close(self) -> None:
        for held in list(self._held.values()):
            await held.opened.__aexit__(None, None, None)
        self._held.clear()

    async def _take(self, facts: ModelFacts) -> Held:
        async with self._taking:
            key = facts.model.id
            if key not in self._held:
                for other in list(self._held):
                    await self._let_go(other)
                opened = self._ready(facts)
                self._held[key] = Held(await opened.__aenter__(), opened)
            self._held[key].users += 1
            return self._held[key]

    async def _let_go(self, key: UUID) -> None:
        held = self._held.get(key)
        if held is not None and not held.users:
            del self._held[key]
            await held.opened.__aexit__(None, None, None)
