"""Objects of the toy schema that show rows, and pages of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import strawberry

from domain.ids import Kind
from schema.loading import together
from schema.pages import Connection
from schema.rows import column, reads
from tests.server.graphql.toy_types import SECRET, Colour, Moment, Text


@dataclass(frozen=True)
class LeafRow:
    id: Any
    name: Any
    colour: Any = Colour.RED
    above: Any = None
    at: Any = datetime(2026, 1, 1, 0, 0, 0, 7, tzinfo=UTC)

    def only(self, columns: frozenset[str] | None) -> Any:
        """Without the columns that nobody asked for: to read one of them fails."""
        return self if columns is None else Some({name: getattr(self, name) for name in columns})


class Some:
    def __init__(self, values: dict[str, Any]) -> None:
        self.__dict__.update(values)


@strawberry.type
class Shown:
    row: strawberry.Private[Any]
    id: strawberry.ID = column("id", "", kind=Kind.FILE)
    name: str = column("name", "")
    colour: Colour | None = column("colour", "")
    above: strawberry.ID | None = column("above", "", kind=Kind.CHAT)
    at: datetime = column("at", "")

    @strawberry.field
    @reads("name")
    def loud(self) -> str:
        return f"{self.row.name}!"

    @strawberry.field
    def undeclared(self) -> str:
        return f"{self.row.name} {self.row.colour}"

    @strawberry.field
    @reads("id")
    async def later(self) -> str:
        await asyncio.sleep(0)
        return str(self.row.id)

    @strawberry.field
    def failing(self) -> str | None:
        raise ValueError(SECRET)

    @classmethod
    def from_row(cls, row: Any) -> Shown:
        return cls(row=row)


@strawberry.type
class Sign:
    name: str

    @classmethod
    def from_row(cls, row: Any) -> Sign:
        return cls(name=row.name)


FIRST, SECOND = UUID(int=1), UUID(int=2**127)
ROWS: list[list[LeafRow]] = [
    [],
    [LeafRow(FIRST, "a"), LeafRow(SECOND, "b", None, FIRST, datetime(1, 1, 1, tzinfo=UTC))],
    [LeafRow(FIRST, "a", at=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))), LeafRow(SECOND, Text("x"))],
    [LeafRow(FIRST, "a", at=Moment(2026, 1, 1, tzinfo=UTC)), LeafRow(SECOND, 7, colour=Colour.BLUE)],
    [LeafRow(FIRST, ValueError(SECRET)), LeafRow(SECOND, "b")],
    [LeafRow(FIRST, None), LeafRow(SECOND, "b", "no colour")],
]
"""Rows that can be read, and some in which there is what should not be."""


def rows_page(number: int, show: Callable[[Any], Any], columns: frozenset[str] | None = None) -> Connection[Any]:
    rows = ROWS[number]

    async def count() -> int:
        return len(rows)

    return Connection(
        rows=[row.only(columns) for row in rows], show=show, mark=lambda _: f"at {len(rows)}",
        more_after=False, more_before=True, count=count,
    )  # fmt: skip


def louder(row: Any) -> Shown:
    return Shown(row=replace(row, name=f"{row.name}?"))


async def _shown(shelves: Sequence[Shelf], columns: frozenset[str] | None) -> list[Connection[Shown]]:
    return [rows_page(shelf.number, Shown.from_row, columns) for shelf in shelves]


@strawberry.type
class Shelf:
    number: int

    @strawberry.field
    @together(_shown)
    async def shown(self) -> Connection[Shown]:
        return rows_page(self.number, Shown.from_row)

    @strawberry.field
    def changed(self) -> Connection[Shown]:
        return rows_page(self.number % 2, louder)

    @strawberry.field
    def signs(self) -> Connection[Sign]:
        return rows_page(self.number, Sign.from_row)
