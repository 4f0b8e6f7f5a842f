"""Batched reads whose cache lives exactly as long as one operation or one streamed event."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from persistence.database import Database, Session

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, eq=False)
class Loader(Generic[K, V]):
    """`fetch` answers many keys in one query; `missing` stands in for the keys it left out."""

    fetch: Callable[[Session, list[K]], Awaitable[Mapping[K, V]]]
    missing: Callable[[], V]

    async def batch(self, db: Database, keys: list[K]) -> list[V]:
        async with db.read() as session:
            found = await self.fetch(session, keys)
        return [found[key] if key in found else self.missing() for key in keys]
