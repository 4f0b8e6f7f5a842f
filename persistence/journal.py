"""The journal of a run's turn in progress: what has been paid for or done and must not happen twice."""

import json
import zlib
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base, Created
from persistence.database import Session


class JournalRow(Base):
    """`key` names a model response or a tool call of the turn; `value` is packed JSON."""

    __tablename__ = "run_journal"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Created]


def packed(value: dict[str, Any]) -> bytes:
    """JSON in a fifth of its size; also text that PostgreSQL's own JSON refuses, such as NUL, survives."""
    return zlib.compress(json.dumps(value, separators=(",", ":")).encode(), 1)


def unpacked(data: bytes) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(zlib.decompress(data))
    return value


async def put(session: Session, run_id: UUID, key: str, value: dict[str, Any]) -> None:
    """Enter or replace one entry, in a transaction that holds the run's row."""
    data = packed(value)
    entry = insert(JournalRow).values(run_id=run_id, key=key, value=data)
    await session.execute(entry.on_conflict_do_update(index_elements=["run_id", "key"], set_={"value": data}))


async def of(session: Session, run_id: UUID) -> dict[str, dict[str, Any]]:
    rows = await session.scalars(select(JournalRow).where(JournalRow.run_id == run_id))
    return {row.key: unpacked(row.value) for row in rows}


async def clear(session: Session, run_id: UUID, *, keep: Collection[str] = ()) -> None:
    """The turn is part of the run's state now, or the run has ended. Entries to `keep` stay."""
    await session.execute(delete(JournalRow).where(JournalRow.run_id == run_id, JournalRow.key.not_in(keep)))


async def remove(session: Session, run_id: UUID, keys: Sequence[str]) -> None:
    """Entries that have become part of something else."""
    await session.execute(delete(JournalRow).where(JournalRow.run_id == run_id, JournalRow.key.in_(keys)))
