"""Relay connections over keyset pages."""

import base64
import binascii
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry

from domain.errors import BadUserInput
from domain.messages import storable
from schema.rows import items_of

DEFAULT_PAGE = 50
LARGEST_PAGE = 200

T = TypeVar("T")
R = TypeVar("R")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether more precedes `startCursor`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@strawberry.type(description="One item of a list and where it stands.")
class Edge(Generic[T]):
    node: T = strawberry.field(description="The item.")
    cursor: str = strawberry.field(description="Pass as `after` or `before` to continue from here.")


@strawberry.type(description="One page of a list. Pages are stable while the list grows.")
class Connection(Generic[T]):
    """`show` makes the item of a row, `mark` the cursor of its place."""

    rows: strawberry.Private[Sequence[Any]]
    show: strawberry.Private[Callable[[Any], Any]]
    mark: strawberry.Private[Callable[[Any], str]]
    more_after: strawberry.Private[bool]
    more_before: strawberry.Private[bool]
    count: strawberry.Private[Callable[[], Awaitable[int]]]

    @strawberry.field(description="The items of this page.")
    @items_of("rows", node="show", cursor="mark")
    def edges(self) -> list[Edge[T]]:
        return [Edge(node=self.show(row), cursor=self.mark(row)) for row in self.rows]

    @strawberry.field(description="Where this page stands.")
    def page_info(self) -> PageInfo:
        return PageInfo(
            has_next_page=self.more_after,
            has_previous_page=self.more_before,
            start_cursor=self.mark(self.rows[0]) if self.rows else None,
            end_cursor=self.mark(self.rows[-1]) if self.rows else None,
        )

    @strawberry.field(description="How long the whole list is; counted only when it is asked for.")
    async def total_count(self) -> int:
        return await self.count()


@dataclass(frozen=True, slots=True)
class Page:
    """A checked page request: `limit` items after or before a place, forward or backward."""

    limit: int
    backward: bool
    after: str | None
    before: str | None

    @staticmethod
    def of(first: int | None, after: str | None, last: int | None = None, before: str | None = None) -> "Page":
        """Relay's four arguments; BadUserInput unless they make sense together."""
        if first is not None and last is not None:
            raise BadUserInput({"last": "cannot be combined with `first`"})
        name, limit = ("last", last) if last is not None else ("first", DEFAULT_PAGE if first is None else first)
        if not 0 <= limit <= LARGEST_PAGE:
            raise BadUserInput({name: f"must be between 0 and {LARGEST_PAGE}, not {limit}"})
        return Page(limit, last is not None, after, before)


def forward(
    page: Page,
    rows: Sequence[R],
    *,
    cursor_of: Callable[[R], str],
    node_of: Callable[[R], T],
    count: Callable[[], Awaitable[int]],
) -> Connection[T]:
    """A page that was read forward, out of its rows and of one more where more follows."""
    return Connection(
        rows=rows[: page.limit],
        show=node_of,
        mark=cursor_of,
        more_after=len(rows) > page.limit,
        more_before=page.after is not None,
        count=count,
    )


@lru_cache(maxsize=1024)  # places on branches are small numbers, the same in all chats
def cursor(place: str) -> str:
    """An opaque cursor for a place in a list."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place(name: str, cursor: str) -> str:
    """The place behind a cursor; BadUserInput on the argument `name` when it is not one of ours."""
    try:
        return storable(base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode())
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise BadUserInput({name: "is not a cursor of this list"}) from None


def key_place(name: str, cursor: str | None) -> UUID | None:
    """The key behind a cursor of a list that is ordered by keys; None without a cursor, BadUserInput for any other."""
    try:
        return None if cursor is None else UUID(hex=place(name, cursor))
    except ValueError:
        raise BadUserInput({name: "is not a cursor of this list"}) from None


def timed_place(name: str, cursor: str | None) -> tuple[datetime, UUID] | None:
    """The moment and the key behind a cursor of `timed_cursor`; None without one, BadUserInput for any other."""
    if cursor is None:
        return None
    try:
        moment, key = place(name, cursor).split(" ")
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(hex=key)
    except (ValueError, OverflowError):
        raise BadUserInput({name: "is not a cursor of this list"}) from None


def timed_cursor(moment: datetime, key: UUID) -> str:
    """A cursor for a list that is ordered by moments and then by keys."""
    return cursor(f"{moment.isoformat()} {key.hex}")


def number_place(name: str, cursor: str) -> int:
    """The number behind a cursor of a list that is ordered by small numbers; BadUserInput for any other."""
    found = place(name, cursor)
    if not found.isdecimal() or len(found) > 9:
        raise BadUserInput({name: "is not a cursor of this list"})
    return int(found)
