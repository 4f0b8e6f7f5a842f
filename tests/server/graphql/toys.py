"""A small schema with every kind of field that the executor treats differently."""

import asyncio
import enum
import math
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated, Any, cast

import strawberry
from strawberry.types import Info

from domain.errors import NotFound, Unauthenticated
from tests.server.graphql.toy_contexts import TOKEN, Clock, ToyContext, identity, opaque, toy_context

__all__ = [
    "SECRET", "TOKEN", "TYPES", "Clock", "Mutation", "Query", "Subscription", "ToyContext", "identity", "opaque",
    "toy_context",
]  # fmt: skip

SECRET = "password=hunter2"


@strawberry.enum
class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


@strawberry.interface
class Node:
    id: strawberry.ID


@strawberry.type
class Leafy(Node):
    name: str
    count: int
    ratio: float
    colour: Colour
    at: datetime
    note: str | None = None
    tags: list[str] = strawberry.field(default_factory=list)
    strict: str = "ok"


@strawberry.type
class Branch(Node):
    leaf: Leafy
    maybe: Leafy | None
    leaves: list[Leafy]
    holes: list[Leafy | None]

    @strawberry.field
    def twice(self, times: int = 2) -> str:
        return str(self.id) * times

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return "later"

    @strawberry.field
    async def failing(self) -> str | None:
        raise ValueError(SECRET)

    @strawberry.field
    def failing_hard(self) -> str:
        raise ValueError(SECRET)


Thing = Annotated[Leafy | Branch, strawberry.union("Thing")]


def leafy(number: int = 1, **changed: Any) -> Leafy:
    fields: dict[str, Any] = {
        "id": strawberry.ID(f"leaf-{number}"), "name": f"leaf {number}", "count": number, "ratio": number / 2,
        "colour": Colour.RED if number % 2 else Colour.BLUE, "at": datetime(2026, 1, 1, tzinfo=UTC), "note": None,
    }  # fmt: skip
    return Leafy(**{**fields, **changed})


def branch(number: int = 1, **changed: Any) -> Branch:
    fields: dict[str, Any] = {
        "id": strawberry.ID(f"branch-{number}"), "leaf": leafy(number), "maybe": None,
        "leaves": [leafy(n) for n in range(3)], "holes": [leafy(1), None],
    }  # fmt: skip
    return Branch(**{**fields, **changed})


class Broken(Leafy):
    """Not what its type promises: reading `name` fails."""

    @property
    def name(self) -> str:
        raise ValueError(SECRET)

    @name.setter
    def name(self, value: str) -> None: ...


def broken() -> Leafy:
    return Broken(**vars(leafy(9)) | {"name": ""})


async def eventually(value: Any) -> Any:
    await asyncio.sleep(0)
    return value


def _oddities() -> list[Leafy]:
    """Leaves of which one, and only one, cannot go out as it is."""
    return [leafy(1), leafy(2, count="not a number"), leafy(3)]


@strawberry.input
class Wish:
    name: str
    count: int = 1


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "world"

    @strawberry.field
    def echo(self, text: str | None = None) -> str | None:
        return text

    @strawberry.field
    def wish(self, input: Wish) -> str:
        return f"{input.count} {input.name}"

    @strawberry.field
    def things(self) -> list[Thing]:
        return [leafy(1), branch(2)]

    @strawberry.field
    def nodes(self, count: int = 3) -> list[Node]:
        return [leafy(n) if n % 2 else branch(n) for n in range(count)]

    @strawberry.field
    def branch(self) -> Branch:
        return branch()

    @strawberry.field
    async def branches(self, count: int = 2) -> list[Branch]:
        return [branch(n) for n in range(count)]

    @strawberry.field
    def leaves(self, count: int = 3) -> list[Leafy]:
        return [leafy(n) for n in range(count)]

    @strawberry.field
    def generated(self) -> list[Leafy]:
        return cast("list[Leafy]", (leafy(n) for n in range(3)))

    @strawberry.field
    def oddities(self) -> list[Leafy] | None:
        return _oddities()

    @strawberry.field
    def not_numbers(self) -> list[Leafy | None]:
        return [leafy(1, ratio=math.nan), leafy(2, ratio=math.inf), leafy(3, count=2**31), leafy(4, ratio=4)]

    @strawberry.field
    def nulls(self) -> list[Leafy | None] | None:
        return [leafy(1), None, leafy(2, name=None)]

    @strawberry.field
    def broken(self) -> Leafy | None:
        return broken()

    @strawberry.field
    def broken_ones(self) -> list[Leafy | None]:
        return [leafy(1), broken(), leafy(2, name=ValueError(SECRET)), leafy(3, name=eventually("late"))]

    @strawberry.field
    def foreign(self) -> Leafy | None:
        return cast("Leafy", {"name": "a dict"})

    @strawberry.field
    def missing(self) -> str | None:
        raise NotFound("There is no such thing.")

    @strawberry.field
    def failing(self) -> str | None:
        raise ValueError(SECRET)

    @strawberry.field
    def huge(self) -> strawberry.scalars.JSON:
        return cast("strawberry.scalars.JSON", {"number": 2**80, "not a number": float("nan"), "half": "\ud800"})

    @strawberry.field
    async def who(self, info: Info[ToyContext, None]) -> str | None:
        return info.context.identity.email if info.context.identity else None

    @strawberry.field
    async def now(self, info: Info[ToyContext, None]) -> int:
        return cast("int", await info.context.now())


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def tick(self, info: Info[ToyContext, None]) -> int:
        info.context.clock.now += 1
        return info.context.clock.now


@strawberry.interface
class Event:
    sequence: int


@strawberry.type
class Delta(Event):
    text: str


@strawberry.type
class Grown(Event):
    branch: Branch


@strawberry.type
class Ticked(Event):
    @strawberry.field
    async def now(self, info: Info[ToyContext, None]) -> int:
        return cast("int", await info.context.now())


def event_of(number: int) -> Event:
    """Mostly plain events; every fifth has objects in it."""
    return Grown(sequence=number, branch=branch(number)) if number % 5 == 4 else Delta(sequence=number, text="token ")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def events(self, count: int = 3) -> AsyncGenerator[Event, None]:
        for number in range(count):
            yield event_of(number)

    @strawberry.subscription
    async def ticks(self, info: Info[ToyContext, None], count: int = 3) -> AsyncGenerator[Event, None]:
        for number in range(count):
            info.context.clock.now += 1
            yield Ticked(sequence=number)

    @strawberry.subscription
    async def numbers(self, count: int = 3) -> AsyncGenerator[int, None]:
        for number in range(count):
            yield number

    @strawberry.subscription
    async def odd(self) -> AsyncGenerator[Leafy | None, None]:
        yield leafy(1)
        for one in _oddities()[1:2]:
            yield one
        yield None
        yield broken()

    @strawberry.subscription
    async def breaking(self) -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError(SECRET)

    @strawberry.subscription
    async def refused(self) -> AsyncGenerator[int, None]:
        if SECRET:
            raise Unauthenticated("Sign in first.")
        yield 1

    @strawberry.subscription
    async def endless(self, info: Info[ToyContext, None], quiet: bool = True) -> AsyncGenerator[int, None]:
        try:
            yield 0
            while quiet:
                await asyncio.Event().wait()
            while True:
                yield 1
        finally:
            info.context.clock.left.set()


TYPES = [Delta, Grown, Ticked]
