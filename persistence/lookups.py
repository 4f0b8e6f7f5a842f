"""Rows of a table by their ids, to be read and nothing else."""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, LiteralString, TypeVar
from uuid import UUID

from persistence.base import Base, columns, seen
from persistence.database import Session, run

R = TypeVar("R", bound=Base)


def rows_of(kind: type[R]) -> Callable[[Session, list[UUID]], Awaitable[dict[UUID, R]]]:
    """What answers for many ids of a table in one statement; unknown ids are absent. No check of who asks: the ids come
    from rows that the viewer may see."""

    async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, R]:
        rows: list[Any] = seen(kind, await run(session, _by_ids(kind), {"ids": ids}))
        return {row.id: row for row in rows}

    return by_ids


@cache
def _by_ids(kind: type[Base]) -> LiteralString:
    return f"SELECT {columns(kind, 't')} FROM {kind.__tablename__} t WHERE t.id = ANY(%(ids)s)"
