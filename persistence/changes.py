"""The change feed: what of a viewer's changed, and when, as one ordered cursor.

Each object has one row that moves to the newest position, so the feed is as long as the viewer has objects and no
cursor ever becomes too old. The viewer's clock is a row lock taken last in a transaction: positions become visible
in their order.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, select
from sqlalchemy.orm import Mapped, mapped_column

from persistence import chats
from persistence.base import Base, Word, as_json
from persistence.database import Session, run


class ChangeKind(StrEnum):
    CHAT = "chat"
    CHAT_DELETED = "chat_deleted"
    MESSAGE = "message"
    RUN = "run"
    APPROVAL = "approval"


class ClockRow(Base):
    __tablename__ = "change_clocks"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger)


class ChangeRow(Base):
    __tablename__ = "changes"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    object_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(Word(ChangeKind))
    chat_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_changes_user_id_position", "user_id", "position", unique=True),)


class Change(NamedTuple):
    kind: ChangeKind
    object_id: UUID
    chat_id: UUID


RECORD = """
    WITH clock AS (
        INSERT INTO change_clocks AS c (user_id, position) VALUES (%(user_id)s, %(count)s)
        ON CONFLICT (user_id) DO UPDATE SET position = c.position + %(count)s
        RETURNING position
    ), moved AS (
        INSERT INTO changes (user_id, object_id, kind, chat_id, position)
        SELECT %(user_id)s, u.object_id, u.kind, u.chat_id, clock.position - %(count)s + u.nth
        FROM clock, json_to_recordset(%(changes)s::json) AS u (object_id uuid, kind text, chat_id uuid, nth int)
        ON CONFLICT (user_id, object_id) DO UPDATE
            SET kind = excluded.kind, chat_id = excluded.chat_id, position = excluded.position
    )
    SELECT pg_notify('parley_changes', %(told)s)
"""
WITH_NEWS = """
    SELECT seen.user_id FROM unnest(%(users)s::uuid[], %(positions)s::bigint[]) AS seen (user_id, position)
    WHERE EXISTS (SELECT FROM changes WHERE changes.user_id = seen.user_id AND changes.position > seen.position)
"""


async def record(session: Session, user_id: UUID, changed: Iterable[Change]) -> None:
    """Move objects to the front of the viewer's feed. Late in a transaction: it takes the viewer's clock, and who
    has that may wait for no other lock."""
    newest = {change.object_id: change for change in changed}
    if not newest:
        return
    values = {
        "user_id": user_id,
        "count": len(newest),
        "changes": as_json([{**change._asdict(), "nth": nth} for nth, change in enumerate(newest.values(), 1)]),
        "told": user_id.hex,
    }
    await run(session, RECORD, values)


async def hold_clock(session: Session, user_id: UUID) -> None:
    """Take the viewer's clock without a change: what is decided under it is decided by one transaction at a time."""
    await session.execute(select(ClockRow.position).where(ClockRow.user_id == user_id).with_for_update())


async def after(session: Session, user_id: UUID, position: int, *, limit: int) -> list[ChangeRow]:
    """What changed after a position, in order; an object that changed twice comes once, at its newest place.
    Of a chat that was deleted only that comes."""
    query = select(ChangeRow).where(ChangeRow.user_id == user_id, ChangeRow.position > position)
    query = query.where((ChangeRow.kind == ChangeKind.CHAT_DELETED) | chats.kept(ChangeRow.chat_id))
    return list(await session.scalars(query.order_by(ChangeRow.position).limit(limit)))


async def with_news(session: Session, seen: Mapping[UUID, int]) -> list[UUID]:
    """The viewers whose feed goes on after the position that was seen of it."""
    values = {"users": list(seen), "positions": list(seen.values())}
    return [user_id for (user_id,) in await run(session, WITH_NEWS, values)]


async def position_of(session: Session, user_id: UUID) -> int:
    """The viewer's clock now; 0 when nothing ever changed."""
    return await session.scalar(select(ClockRow.position).where(ClockRow.user_id == user_id)) or 0
