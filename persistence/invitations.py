"""Invitations: links with which somebody makes an account, and every query on them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, LargeBinary, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.accounts import UserRole
from domain.errors import Conflict, NotFound
from persistence import accounts
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session

MOST_INVITATIONS = 1_000
"""Invitations of the server that nobody has accepted yet."""


class InvitationRow(Base):
    """A link that makes one account. Only the SHA-256 of its token is stored; with an `email` it is for that one."""

    __tablename__ = "invitations"
    id: Mapped[Key]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    email: Mapped[str | None]
    role: Mapped[UserRole] = mapped_column(Word(UserRole))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]


def _open() -> ColumnElement[bool]:
    """Whether somebody can use it now: whoever has invited must still manage the server."""
    return (InvitationRow.expires_at > func.now()) & accounts.is_admin(InvitationRow.invited_by)


async def add(
    session: Session, *, token_hash: bytes, email: str | None, role: UserRole, invited_by: UUID, expires_at: datetime
) -> InvitationRow:
    """A new invitation; Conflict when there are MOST_INVITATIONS, or an account with this address."""
    await accounts.lock_first(session)  # two at once must not both be the last one allowed
    await expire(session)
    if (await session.execute(select(func.count()).select_from(InvitationRow))).scalar_one() >= MOST_INVITATIONS:
        raise Conflict(f"There are {MOST_INVITATIONS:,} open invitations. Revoke some that are no longer wanted.")
    if email is not None and await accounts.by_email(session, email) is not None:
        raise Conflict("There already is an account with this e-mail address.")
    values = {
        "token_hash": token_hash, "email": email, "role": role, "invited_by": invited_by, "expires_at": expires_at,
    }  # fmt: skip
    return (await session.execute(insert(InvitationRow).values(values).returning(InvitationRow))).scalar_one()


async def behind(session: Session, token_hash: bytes) -> InvitationRow:
    """What a link invites to; NotFound when it was used or revoked, has expired or never was one."""
    named = InvitationRow.token_hash == token_hash
    row: InvitationRow | None = await session.scalar(select(InvitationRow).where(named, _open()))
    if row is None:
        raise _nowhere()
    return row


async def take(session: Session, token_hash: bytes) -> InvitationRow:
    """The same, and nobody can use the link again once this block commits."""
    used = delete(InvitationRow).where(InvitationRow.token_hash == token_hash, _open()).returning(InvitationRow)
    row: InvitationRow | None = await session.scalar(used)
    if row is None:
        raise _nowhere()
    return row


async def page(session: Session, *, limit: int, after: UUID | None) -> list[InvitationRow]:
    """Up to `limit` open invitations, newest first."""
    query = select(InvitationRow).where(_open())
    if after is not None:
        query = query.where(InvitationRow.id < after)
    return list(await session.scalars(query.order_by(InvitationRow.id.desc()).limit(limit)))


async def count(session: Session) -> int:
    query = select(func.count()).select_from(InvitationRow).where(_open())
    return (await session.execute(query)).scalar_one()


async def visible(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, InvitationRow]:
    """Those of the open invitations, for an administrator; nothing for others."""
    wanted = InvitationRow.id.in_(ids), _open(), accounts.is_admin(user_id)
    rows = await session.scalars(select(InvitationRow).where(*wanted))
    return {row.id: row for row in rows}


async def revoke(session: Session, invitation_id: UUID) -> None:
    """End this invitation; NotFound when there is none."""
    ended = delete(InvitationRow).where(InvitationRow.id == invitation_id).returning(InvitationRow.id)
    if await session.scalar(ended) is None:
        raise NotFound("There is no such invitation.")


async def expire(session: Session) -> None:
    await session.execute(delete(InvitationRow).where(InvitationRow.expires_at <= func.now()))


def _nowhere() -> NotFound:
    return NotFound("This invitation leads nowhere: it was used or revoked, has expired, or is not complete.")
