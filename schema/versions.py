"""What agents, workflows, and whatever else is kept in versions share in the API."""

from collections.abc import Callable
from typing import Any, TypeVar

import strawberry

from persistence.versions import VersionedRow, VersionPage, VersionRow
from schema.context import FieldInfo
from schema.loading import Loader
from schema.pages import Connection, Page, cursor, forward, number_place

NEWEST = 2**31 - 1
V = TypeVar("V", bound=VersionRow)
T = TypeVar("T")


class Fields:
    """An input of which fields may be left out."""

    def given(self, name: str) -> Any:
        """A field's value; None when it is left out."""
        value = getattr(self, name)
        return None if value is strawberry.UNSET else value

    def says(self, name: str) -> bool:
        """Whether a field is there, be it with null."""
        return getattr(self, name) is not strawberry.UNSET


def visible(info: FieldInfo, row: VersionedRow) -> bool:
    """Whether the viewer may look into a thing, and not only see that it was used."""
    return row.owner_id is None or row.shared or row.owner_id == info.context.viewer_id


async def versions(
    info: FieldInfo, row: VersionedRow, page: Page, loader: Loader[VersionPage, list[V]], node_of: Callable[[V], T]
) -> Connection[T]:
    """A page of a thing's versions, newest first; empty for whom it does not belong to."""
    below = NEWEST if page.after is None else number_place("after", page.after)
    mine = row.owner_id == info.context.viewer_id
    rows = await info.context.load(loader, VersionPage(row.id, page.limit + 1, below)) if mine else []

    async def count() -> int:
        return row.version if mine else 0

    return forward(page, rows, cursor_of=lambda one: cursor(str(one.version)), node_of=node_of, count=count)
