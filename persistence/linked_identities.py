"""Who people are at the provider through which they sign in, and every query on it."""

from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from persistence.accounts import UserRow
from persistence.base import Base, Created
from persistence.database import Session


class LinkedIdentityRow(Base):
    """One subject of one issuer (OpenID Connect Core, section 2: never given to another person) is one account here."""

    __tablename__ = "linked_identities"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[Created]


async def user_behind(session: Session, *, issuer: str, subject: str) -> UserRow | None:
    query = select(UserRow).join(LinkedIdentityRow, LinkedIdentityRow.user_id == UserRow.id)
    same = (LinkedIdentityRow.issuer == issuer) & (LinkedIdentityRow.subject == subject)
    row: UserRow | None = await session.scalar(query.where(same))
    return row


async def has_one(session: Session, user_id: UUID, *, issuer: str) -> bool:
    """Whether somebody of this issuer signs in to the account already."""
    mine = (LinkedIdentityRow.user_id == user_id) & (LinkedIdentityRow.issuer == issuer)
    return bool(await session.scalar(select(select(LinkedIdentityRow.subject).where(mine).exists())))


async def link(session: Session, user_id: UUID, *, issuer: str, subject: str) -> None:
    """From now on this subject signs in to this account."""
    query = insert(LinkedIdentityRow).values(issuer=issuer, subject=subject, user_id=user_id)
    await session.execute(query.on_conflict_do_nothing())
