"""The types of the toy schema, and objects of them: whole ones, and ones that are not what their type promises."""

import asyncio
import enum
import math
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from schema.loading import together

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


async def _shouts(branches: Sequence["Branch"], columns: object, times: int = 1) -> list[str]:
    await asyncio.sleep(0)
    return [f"{branch.id}!" * times for branch in branches]


async def _nothing(branches: Sequence["Branch"], columns: object) -> list[str]:
    raise ValueError(SECRET)


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
    def colours(self) -> list[list[Colour | None]]:
        return [[Colour.RED, None], [], [Colour.BLUE]]

    @strawberry.field
    async def later(self) -> str:
        await asyncio.sleep(0)
        return "later"

    @strawberry.field
    @together(_shouts)
    async def shout(self, times: int = 1) -> str:
        return f"{self.id}!" * times

    @strawberry.field
    @together(_nothing)
    async def picky(self) -> str | None:
        if self.id == "branch-1":
            raise ValueError(SECRET)
        return "fine"

    @strawberry.field
    async def failing(self) -> str | None:
        raise ValueError(SECRET)

    @strawberry.field
    def failing_hard(self) -> str:
        raise ValueError(SECRET)


T = TypeVar("T")


@strawberry.type
class Item(Generic[T]):
    place: int
    node: T


@strawberry.type
class Paged(Generic[T]):
    items: list[Item[T]]


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


def oddities() -> list[Leafy]:
    """Leaves of which one, and only one, cannot go out as it is."""
    return [leafy(1), leafy(2, count="not a number"), leafy(3)]


class Text(str):
    """Not exactly a text."""

    __slots__ = ()


class Moment(datetime):
    """Not exactly a moment."""


ODD: list[dict[str, Any]] = [
    {"id": 7}, {"id": 2.5}, {"name": Text("x")}, {"name": 7}, {"name": True}, {"name": b"x"},
    {"name": strawberry.UNSET},
    {"count": True}, {"count": 2.0}, {"count": 2.5}, {"count": "3"}, {"count": 2**31 - 1}, {"count": -(2**31) - 1},
    {"ratio": 1}, {"ratio": True}, {"ratio": math.nan}, {"ratio": -math.inf}, {"ratio": 1e308}, {"ratio": "1.5"},
    {"colour": "red"}, {"colour": "RED"}, {"colour": None}, {"at": "2026-01-01"}, {"at": date(2026, 1, 1)},
    {"at": Moment(2026, 1, 1, 0, 0, 0, 1)}, {"at": datetime(1, 1, 1, microsecond=5)},  # noqa: DTZ001 - without a zone
    {"note": 5}, {"note": ValueError(SECRET)}, {"tags": ("a", "b")}, {"tags": ["a", None]}, {"tags": [1, True]},
    {"tags": "ab"}, {"tags": None}, {"tags": [ValueError(SECRET)]}, {"tags": 5}, {"strict": None},
]  # fmt: skip
"""What leaves may have that they should not, or that does not go out as it is."""


@strawberry.input
class Wish:
    name: str
    count: int = 1
