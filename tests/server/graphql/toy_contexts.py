"""Whom the toy schema is served to, and what its resolvers can reach."""

import asyncio
from typing import Any, cast

from starlette.requests import HTTPConnection
from starlette.responses import Response
from strawberry.dataloader import DataLoader

from domain.accounts import UserRole
from domain.errors import Unauthenticated
from domain.ids import new_id
from persistence.database import Database
from resolvers.errors import public as opaque
from schema.context import FieldContext, Identity

__all__ = ["TOKEN", "Clock", "ToyContext", "identity", "opaque", "toy_context"]

TOKEN = "let-me-in"


class Clock:
    """What the loader of `now` reads, and what streams tell the tests."""

    def __init__(self) -> None:
        self.now, self.left = 0, asyncio.Event()


class ToyContext(FieldContext):
    def __init__(self, clock: Clock, identity: Identity | None, connection: HTTPConnection | None = None) -> None:
        super().__init__(db=cast("Database", None), identity=identity)
        self.clock, self.connection = clock, connection

    def now(self) -> Any:
        loader = self.live.setdefault(cast("Any", "now"), DataLoader(self._now))
        return loader.load(0)

    async def _now(self, keys: list[int]) -> list[int]:
        return [self.clock.now for _ in keys]


def identity() -> Identity:
    return Identity(
        user_id=new_id(), email="toy@example.org", name="Toy", role=UserRole.MEMBER, scopes=frozenset(),
        api_key_id=new_id(),
    )  # fmt: skip


async def toy_context(
    clock: Clock, connection: HTTPConnection, response: Response | None, authorization: str | None
) -> FieldContext:
    """Whoever knows the token is somebody, whoever says nothing is nobody, and the rest is refused."""
    stated = connection.headers.get("authorization") if authorization is None else authorization
    if stated is not None and stated != f"Bearer {TOKEN}":
        raise Unauthenticated("This key is not known.")
    if response is not None:
        response.set_cookie("toy", "1")
    return ToyContext(clock, identity() if stated else None, connection)
