"""The audit log: what happened to accounts and to the server's safety, by whom, from where; and every query on it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Index, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.accounts import AuditKind
from domain.ids import id_at, tick_of
from persistence import accounts
from persistence.base import Base, Created, Key, Word
from persistence.database import Session

STEP = 2_000
"""Events that one transaction removes when they are too old."""


class AuditEventRow(Base):
    """One event. `actor_id` did it and `subject_id` is whose account it is about: no foreign keys, for the log outlives
    them. `subject` is that account's address at the time."""

    __tablename__ = "audit_events"
    id: Mapped[Key]
    created_at: Mapped[Created]
    kind: Mapped[AuditKind] = mapped_column(Word(AuditKind))
    actor_id: Mapped[UUID | None]
    actor: Mapped[str | None]
    subject_id: Mapped[UUID | None]
    subject: Mapped[str | None]
    ip_address: Mapped[str | None]
    user_agent: Mapped[str | None]
    details: Mapped[dict[str, Any]] = mapped_column(server_default="{}")


Index("ix_audit_events_actor_id_id", AuditEventRow.actor_id, AuditEventRow.id.desc())
Index("ix_audit_events_subject_id_id", AuditEventRow.subject_id, AuditEventRow.id.desc())


class AuditFilter(NamedTuple):
    """What is wanted of the log; an empty field wants everything. `user_id` is who did it or whose account it is;
    `own` is the person who may see nothing but what is about them."""

    kinds: Sequence[AuditKind] = ()
    user_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    own: UUID | None = None


async def record(session: Session, **event: Any) -> None:
    """Write an event in the transaction that makes it true: neither is without the other."""
    await session.execute(insert(AuditEventRow).values(event))


def _wanted(filter: AuditFilter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if filter.own is not None:
        wanted.append(AuditEventRow.subject_id == filter.own)
    if filter.kinds:
        wanted.append(AuditEventRow.kind.in_(filter.kinds))
    if filter.user_id is not None:
        wanted.append(or_(AuditEventRow.actor_id == filter.user_id, AuditEventRow.subject_id == filter.user_id))
    if filter.since is not None:
        wanted.append(AuditEventRow.created_at >= filter.since)
    if filter.until is not None:
        wanted.append(AuditEventRow.created_at < filter.until)
    return wanted


async def page(session: Session, filter: AuditFilter, *, limit: int, after: UUID | None) -> list[AuditEventRow]:
    """Up to `limit` events, newest first."""
    query = select(AuditEventRow).where(*_wanted(filter))
    if after is not None:
        query = query.where(AuditEventRow.id < after)
    return list(await session.scalars(query.order_by(AuditEventRow.id.desc()).limit(limit)))


async def visible(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, AuditEventRow]:
    """Those of the events that are about this person; all of them for an administrator."""
    mine = or_(AuditEventRow.subject_id == user_id, accounts.is_admin(user_id))
    rows = await session.scalars(select(AuditEventRow).where(AuditEventRow.id.in_(ids), mine))
    return {row.id: row for row in rows}


async def count(session: Session, filter: AuditFilter) -> int:
    query = select(func.count()).select_from(AuditEventRow).where(*_wanted(filter))
    return (await session.execute(query)).scalar_one()


async def expire(session: Session, *, older_than: datetime) -> int:
    """Remove up to STEP events from before a moment; how many there were."""
    oldest = select(AuditEventRow.id).where(AuditEventRow.id < id_at(tick_of(older_than)))
    some = oldest.order_by(AuditEventRow.id).limit(STEP).with_for_update(skip_locked=True)
    removed = delete(AuditEventRow).where(AuditEventRow.id.in_(some)).returning(AuditEventRow.id)
    return len((await session.execute(removed)).all())
