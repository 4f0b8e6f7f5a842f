"""Batched reads whose cache lives exactly as long as one operation or one streamed event."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from persistence.database import Database, Session

K = TypeVar("K")
V = TypeVar("V")
Resolver = TypeVar("Resolver", bound=Callable[..., Any])

TOGETHER = "together"


def together(answer: Callable[..., Awaitable[Sequence[Any]]]) -> Callable[[Resolver], Resolver]:
    """For a resolver on long lists: `answer` gives for many objects, in their order, what it gives for each. It takes
    the list of them, the same keyword arguments, and `columns`: those that are read of the rows in its answer. Where
    anything is unusual the resolver itself is called."""

    def marked(resolver: Resolver) -> Resolver:
        setattr(resolver, TOGETHER, answer)
        return resolver

    return marked


@dataclass(frozen=True, eq=False)
class Loader(Generic[K, V]):
    """`fetch` answers many keys in one query; `missing` stands in for the keys it left out."""

    fetch: Callable[[Session, list[K]], Awaitable[Mapping[K, V]]]
    missing: Callable[[], V]

    async def batch(self, db: Database, keys: list[K]) -> list[V]:
        async with db.read() as session:
            found = await self.fetch(session, keys)
        return [found[key] if key in found else self.missing() for key in keys]
