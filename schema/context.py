"""What every field can see: who asks, and batched reads. It cannot act."""

import copy
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.dataloader import DataLoader

from domain.accounts import Scope, UserRole
from domain.errors import Unauthenticated
from domain.rates import Allowance
from domain.tools import ToolFacts
from persistence.database import Database
from schema.loading import K, Loader, V


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks, as authentication found it: through a session of a browser or an API key of a program."""

    user_id: UUID
    email: str
    name: str
    role: UserRole
    scopes: frozenset[Scope]
    session_id: UUID | None = None
    api_key_id: UUID | None = None


@dataclass(eq=False)
class FieldContext:
    """`allowance` is what the request cost and left; `tools` are those of this process, by key; `live` holds the
    loaders of one operation, and a copy with an empty `live` serves the next one."""

    db: Database
    identity: Identity | None
    allowance: Allowance | None = None
    tools: Mapping[UUID, ToolFacts] = field(default_factory=dict)
    live: dict[Loader[Any, Any], DataLoader[Any, Any]] = field(default_factory=dict)

    @property
    def viewer_id(self) -> UUID:
        if self.identity is None:
            raise Unauthenticated("Sign in, or send an API key as `Authorization: Bearer …`.")
        return self.identity.user_id

    def fresh(self) -> Self:
        """The same context with empty caches, for the next operation or the next event of a stream."""
        own = copy.copy(self)
        own.live = {}
        return own

    def load(self, loader: Loader[K, V], key: K) -> Awaitable[V]:
        return self._live(loader).load(key)

    def load_all(self, loader: Loader[K, V], keys: Sequence[K]) -> Awaitable[Sequence[V]]:
        return self._live(loader).load_many(keys)

    def _live(self, loader: Loader[K, V]) -> DataLoader[K, V]:
        if loader not in self.live:
            self.live[loader] = DataLoader(partial(loader.batch, self.db))
        return self.live[loader]


FieldInfo = strawberry.Info[FieldContext, None]
