"""Accounts: people, their browser sessions and their API keys; the queries on people."""

from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    ForeignKey,
    LargeBinary,
    SQLColumnExpression,
    Text,
    cast,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.dml import ReturningDelete

from domain.accounts import UserRole
from domain.errors import Conflict
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session
from persistence.notifications import REVOKED

FIRST_ACCOUNT_LOCK = 0x7061726C6579
"""Advisory lock of all who make an account: only one of them can be the first."""


class UserRow(Base):
    """A person. `email` is stored in lower case; `memory_enabled` says whether they want to be remembered.

    Whoever has `disabled_at` cannot sign in. Who has `left_at` as well is gone for everybody, and what they had is
    being removed.
    """

    __tablename__ = "users"
    id: Mapped[Key]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    role: Mapped[UserRole] = mapped_column(Word(UserRole))
    memory_enabled: Mapped[bool] = mapped_column(server_default="true")
    created_at: Mapped[Created]
    disabled_at: Mapped[Moment | None]
    left_at: Mapped[Moment | None]


ACTIVE_ADMIN = (UserRow.role == UserRole.ADMIN) & UserRow.disabled_at.is_(None)
"""Who manages the server."""


class SessionRow(Base):
    """One signed-in browser. Only the SHA-256 of its token is stored."""

    __tablename__ = "sessions"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Created]
    last_seen_at: Mapped[Created]
    expires_at: Mapped[Moment]
    user_agent: Mapped[str | None]
    ip_address: Mapped[str | None]


class ApiKeyRow(Base):
    """One key of a program. Only the SHA-256 of its secret is stored; `prefix` tells keys apart in a list."""

    __tablename__ = "api_keys"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    prefix: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment | None]
    last_used_at: Mapped[Moment | None]


async def any_exist(session: Session) -> bool:
    """Whether anybody has an account here."""
    return bool(await session.scalar(select(select(UserRow.id).exists())))


def is_admin(user_id: UUID | SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether this person manages the server, as a condition of another query."""
    return select(UserRow.id).where(UserRow.id == user_id, ACTIVE_ADMIN).exists()


async def lock_first(session: Session) -> None:
    """Until this block ends nobody else makes an account, so that `any_exist` stays true to its answer."""
    await session.execute(select(func.pg_advisory_xact_lock(FIRST_ACCOUNT_LOCK)))


async def lock(session: Session, user_id: UUID) -> None:
    """Until this block ends nobody else changes what this person owns under this lock."""
    await session.execute(select(UserRow.id).where(UserRow.id == user_id).with_for_update())


async def add(session: Session, *, email: str, name: str, password_hash: str | None, role: UserRole) -> UserRow:
    """A new person, who without a password signs in elsewhere; Conflict when the address has an account."""
    values = {"email": email, "name": name, "password_hash": password_hash, "role": role}
    query = insert(UserRow).values(values).on_conflict_do_nothing(index_elements=[UserRow.email])
    row: UserRow | None = await session.scalar(query.returning(UserRow))
    if row is None:
        raise Conflict("There already is an account with this e-mail address.")
    return row


async def by_email(session: Session, email: str) -> UserRow | None:
    """The person with this address, which must be in lower case."""
    row: UserRow | None = await session.scalar(select(UserRow).where(UserRow.email == email))
    return row


async def by_ids(session: Session, user_ids: list[UUID]) -> dict[UUID, UserRow]:
    """People by key; unknown keys are absent."""
    rows = await session.scalars(select(UserRow).where(UserRow.id.in_(user_ids)))
    return {row.id: row for row in rows}


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, UserRow]:
    """The viewer's own row if it is among the ids: people do not see each other."""
    return await by_ids(session, [user_id]) if user_id in ids else {}


async def change(session: Session, user_id: UUID, **values: Any) -> UserRow | None:
    """Give a person another name, or switch their memory on or off; None when the person is gone."""
    query = update(UserRow).where(UserRow.id == user_id).values(values).returning(UserRow)
    row: UserRow | None = await session.scalar(query)
    return row


async def replace_password(session: Session, user_id: UUID, *, old: str, new: str) -> UserRow | None:
    """Store another hash if `old` is still the stored one, and hold the row until this block ends.

    Whoever signs in does this too, with the hash that was verified: nobody enters with a password that is
    being changed at this very moment, or with an account that is being disabled.
    """
    same = (UserRow.id == user_id) & (UserRow.password_hash == old) & UserRow.disabled_at.is_(None)
    query = update(UserRow).where(same).values(password_hash=new).returning(UserRow)
    row: UserRow | None = await session.scalar(query)
    return row


async def set_password(session: Session, user_id: UUID, *, new: str | None) -> None:
    """Store another hash, or none, whatever was there."""
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(password_hash=new))


async def revoke(session: Session, removal: ReturningDelete[Any]) -> list[UUID]:
    """Run a DELETE that returns ids, and tell every process about each of them once this block commits."""
    gone: CTE = removal.cte("gone")
    rows = await session.execute(select(gone.c.id, _told(gone.c.id)))
    return [row[0] for row in rows]


async def disconnect(session: Session, user_id: UUID) -> None:
    """Let every socket of this person close once this block commits. What they signed in with stays as it is."""
    for kind in (SessionRow, ApiKeyRow):
        await session.execute(select(_told(kind.id)).where(kind.user_id == user_id))


def _told(ended: SQLColumnExpression[UUID]) -> ColumnElement[Any]:
    return func.pg_notify(REVOKED, func.replace(cast(ended, Text), "-", ""))
