"""Everything that is stored about one person, table by table, so that an export misses no table to come."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Select, Table, or_, select, tuple_

from persistence import chats
from persistence.accounts import UserRow
from persistence.audit_events import AuditEventRow
from persistence.base import Base
from persistence.database import Database
from persistence.runs import RunRow

STEP = 500
SECRET = {"password_hash"}
"""Columns that would help somebody in who finds the file. All bytes stay out too: hashes, sealed secrets, states."""

ELSEWHERE = {"chats", "changes", "change_clocks", "rollups", "earlier_rollups"}
"""Chats are exported whole, with what is in them; changes only say where clients are in a feed; rollups are sums of
the ledgers, which are here."""


def tables() -> Iterator[tuple[Table, list[Column[Any]]]]:
    """Each table with a column that says whose a row is, and those columns; the person's own row comes first."""
    users: Table = Base.metadata.tables[UserRow.__tablename__]
    yield users, [users.c.id]
    for table in Base.metadata.sorted_tables:
        owners = [column for column in table.columns if any(key.column is users.c.id for key in column.foreign_keys)]
        if owners and table.name not in ELSEWHERE:
            yield table, owners
    audit: Table = Base.metadata.tables[AuditEventRow.__tablename__]
    yield audit, [audit.c.subject_id]


async def rows(db: Database, table: Table, owners: list[Column[Any]], user_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """The person's rows of a table, in the order of its key and a few at a time. No block is open while it waits."""
    key, shown = list(table.primary_key.columns), _shown(table)
    after: tuple[Any, ...] | None = None
    while True:
        query: Select[Any] = select(*key, *shown).where(or_(*(owner == user_id for owner in owners)))
        if table is RunRow.__table__:
            query = query.where(chats.kept(table.c.chat_id))
        if after is not None:
            query = query.where(tuple_(*key) > after)
        async with db.read() as session:
            found = (await session.execute(query.order_by(*key).limit(STEP))).all()
        for row in found:
            yield {column.name: value for column, value in zip(shown, row[len(key) :], strict=True)}
        if len(found) < STEP:
            return
        after = tuple(found[-1][: len(key)])


def _shown(table: Table) -> list[Column[Any]]:
    return [
        column for column in table.columns if not isinstance(column.type, LargeBinary) and column.name not in SECRET
    ]
