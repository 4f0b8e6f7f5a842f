"""A small schema with every kind of field that the executor treats differently."""

import asyncio
import math
from collections.abc import AsyncGenerator
from typing import cast

import strawberry
from strawberry.types import Info

from domain.errors import NotFound, Unauthenticated
from tests.server.graphql.toy_contexts import TOKEN, Clock, ToyContext, identity, opaque, toy_context
from tests.server.graphql.toy_rows import ROWS, Shelf
from tests.server.graphql.toy_types import (
    ODD,
    SECRET,
    Branch,
    Item,
    Leafy,
    Node,
    Paged,
    Thing,
    Wish,
    branch,
    broken,
    eventually,
    leafy,
    oddities,
)

__all__ = [
    "SECRET", "TOKEN", "TYPES", "Clock", "Mutation", "Query", "Subscription", "ToyContext", "identity", "opaque",
    "toy_context",
]  # fmt: skip


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
    def page(self, count: int = 3) -> Paged[Leafy]:
        return Paged(items=[Item(place=n, node=leafy(n)) for n in range(count)])

    @strawberry.field
    async def branch_page(self, count: int = 3) -> Paged[Branch]:
        return Paged(items=[Item(place=n, node=branch(n)) for n in range(count)])

    @strawberry.field
    async def branches(self, count: int = 2) -> list[Branch]:
        return [branch(n) for n in range(count)]

    @strawberry.field
    def shelves(self) -> list[Shelf]:
        return [Shelf(number=number) for number in range(len(ROWS))]

    @strawberry.field
    def shelf(self, number: int) -> Shelf | None:
        return Shelf(number=number)

    @strawberry.field
    def leaves(self, count: int = 3) -> list[Leafy]:
        return [leafy(n) for n in range(count)]

    @strawberry.field
    def generated(self) -> list[Leafy]:
        return cast("list[Leafy]", (leafy(n) for n in range(3)))

    @strawberry.field
    def oddities(self) -> list[Leafy] | None:
        return oddities()

    @strawberry.field
    def odd_ones(self, number: int) -> list[Leafy | None] | None:
        return [leafy(1), leafy(2, **ODD[number]), leafy(3)]

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
        for one in oddities()[1:2]:
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
