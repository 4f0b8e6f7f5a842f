"""Relay connections over keyset pages."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import strawberry

from domain.errors import BadUserInput

DEFAULT_PAGE = 50
LARGEST_PAGE = 200

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more follows after `endCursor`.")
    has_previous_page: bool = strawberry.field(description="Whether more precedes `startCursor`.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge.")


@strawberry.type(description="One item of a list and where it stands.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Pass as `after` or `before` to continue from here.")
    node: T = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list. Pages are stable while the list grows.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    count: strawberry.Private[Callable[[], Awaitable[int]]]

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


def cursor(place: str) -> str:
    """An opaque cursor for a place in a list."""
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def place(name: str, cursor: str) -> str:
    """The place behind a cursor; BadUserInput on the argument `name` when it is not one of ours."""
    try:
        return base64.urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)).decode()
    except (ValueError, binascii.Error, UnicodeDecodeError):
        raise BadUserInput({name: "is not a cursor of this list"}) from None
