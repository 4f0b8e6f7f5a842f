"""What administrators see of people and change about them: every query on it."""

from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from domain.accounts import UserRole
from domain.errors import Conflict, NotFound
from persistence import accounts
from persistence.accounts import ACTIVE_ADMIN, SessionRow, UserRow
from persistence.database import Session
from persistence.shares import ShareRow

_HERE = UserRow.left_at.is_(None)


def _matching(text: str | None) -> ColumnElement[bool]:
    if text is None:
        return _HERE
    wanted = text.lower()
    return _HERE & (UserRow.email.contains(wanted, autoescape=True) | UserRow.name.icontains(wanted, autoescape=True))


async def page(session: Session, *, text: str | None, limit: int, after: UUID | None) -> list[UserRow]:
    """Up to `limit` people, oldest account first, whose name or address contains `text` in any case."""
    query = select(UserRow).where(_matching(text))
    if after is not None:
        query = query.where(UserRow.id > after)
    return list(await session.scalars(query.order_by(UserRow.id).limit(limit)))


async def count(session: Session, *, text: str | None) -> int:
    return (await session.execute(select(func.count()).select_from(UserRow).where(_matching(text)))).scalar_one()


async def locked(session: Session, user_id: UUID) -> UserRow:
    """This person, held until the block ends; NotFound when there is none."""
    row: UserRow | None = await session.scalar(
        select(UserRow).where(UserRow.id == user_id, _HERE).with_for_update(key_share=True)
    )
    if row is None:
        raise NotFound("There is no such user.")
    return row


async def hold_admins(session: Session) -> None:
    """Until this block ends nobody else takes an administrator away, so that the last one cannot go twice at once."""
    await session.execute(select(UserRow.id).where(ACTIVE_ADMIN).order_by(UserRow.id).with_for_update(key_share=True))


async def keep_an_admin(session: Session, *, but: UUID) -> None:
    """Conflict unless somebody besides `but` can manage the server. Call `hold_admins` before."""
    others = select(select(UserRow.id).where(ACTIVE_ADMIN, UserRow.id != but).exists())
    if not await session.scalar(others):
        raise Conflict("This is the last administrator. Make somebody else one first.")


async def change_role(session: Session, user_id: UUID, role: UserRole) -> None:
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(role=role))
    if role is not UserRole.ADMIN:  # an open socket still knows the role of before
        await accounts.disconnect(session, user_id)


async def disable(session: Session, user_id: UUID) -> None:
    """Nobody signs in to this account any more: its sessions end, and its keys stop to work until it is enabled."""
    now = func.now()
    await session.execute(
        update(UserRow).where(UserRow.id == user_id).values(disabled_at=func.coalesce(UserRow.disabled_at, now))
    )
    await accounts.disconnect(session, user_id)
    await accounts.revoke(session, delete(SessionRow).where(SessionRow.user_id == user_id).returning(SessionRow.id))


async def enable(session: Session, user_id: UUID) -> None:
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(disabled_at=None))


async def leave(session: Session, user_id: UUID) -> None:
    """From now on the account is gone for everybody, and its address is free; `departures` removes what it had."""
    await disable(session, user_id)
    gone = {"left_at": func.now(), "email": f"left:{user_id}", "name": "", "password_hash": None}
    await session.execute(update(UserRow).where(UserRow.id == user_id).values(gone))
    await session.execute(delete(ShareRow).where(ShareRow.owner_id == user_id))  # links that strangers have
