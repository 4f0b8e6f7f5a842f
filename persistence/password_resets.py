"""Links with which a person sets a new password, and every query on them."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from persistence.base import Base, Created, Moment
from persistence.database import Session


class PasswordResetRow(Base):
    """The one link of a person that works. Only the SHA-256 of its token is stored."""

    __tablename__ = "password_resets"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]


async def put(session: Session, user_id: UUID, *, token_hash: bytes, lifetime: timedelta) -> PasswordResetRow:
    """A link for this person, instead of any they had."""
    now = func.now()
    values = {"token_hash": token_hash, "created_at": now, "expires_at": now + lifetime}
    query = insert(PasswordResetRow).values(user_id=user_id, **values)
    query = query.on_conflict_do_update(index_elements=[PasswordResetRow.user_id], set_=values)
    return (await session.execute(query.returning(PasswordResetRow))).scalar_one()


async def take(session: Session, token_hash: bytes) -> UUID:
    """Whose link this is; nobody can use it again once this block commits. NotFound when it does not work."""
    living = (PasswordResetRow.token_hash == token_hash) & (PasswordResetRow.expires_at > func.now())
    user_id: UUID | None = await session.scalar(
        delete(PasswordResetRow).where(living).returning(PasswordResetRow.user_id)
    )
    if user_id is None:
        raise NotFound("This link does not work: it was used, has expired, or is not complete. Ask for another one.")
    return user_id


async def forget(session: Session, user_id: UUID) -> None:
    """No link of this person works any more."""
    await session.execute(delete(PasswordResetRow).where(PasswordResetRow.user_id == user_id))


async def expire(session: Session) -> None:
    await session.execute(delete(PasswordResetRow).where(PasswordResetRow.expires_at <= func.now()))
