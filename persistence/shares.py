"""Shares: what people who have a link may read of a chat, and every query on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import Conflict, NotFound
from persistence import accounts
from persistence.base import Base, Created, Key, Moment
from persistence.chats import ChatRow
from persistence.database import Session, run

MOST_SHARES = 500
"""Shares of one person, those that have expired included."""


class ShareRow(Base):
    """The branch that ended in `head_id`, and the title, at the time of sharing. Only the token's hash is stored."""

    __tablename__ = "shares"
    id: Mapped[Key]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    head_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    title: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[Created]
    expires_at: Mapped[Moment | None]


Index("ix_shares_owner_id_id", ShareRow.owner_id, ShareRow.id.desc())

# The path to the head, and of it the last message above the first one that is still being written.
WHOLE = """
    WITH RECURSIVE spans AS (
        SELECT tip.branch_id, first.depth AS start, tip.depth AS stop, first.parent_id
        FROM messages tip JOIN messages first ON first.id = tip.branch_id WHERE tip.id = %(head)s
        UNION ALL
        SELECT tip.branch_id, first.depth, tip.depth, first.parent_id
        FROM spans JOIN messages tip ON tip.id = spans.parent_id JOIN messages first ON first.id = tip.branch_id
    ), path AS (
        SELECT m.id, m.depth, m.status
        FROM spans JOIN messages m ON m.branch_id = spans.branch_id AND m.depth BETWEEN spans.start AND spans.stop
    )
    SELECT id FROM path
    WHERE depth < coalesce((SELECT min(depth) FROM path WHERE status = 'IN_PROGRESS'), 2147483647)
    ORDER BY depth DESC LIMIT 1
"""


async def add(session: Session, chat: ChatRow, *, token_hash: bytes, expires_at: datetime | None) -> ShareRow:
    """Share what the chat shows now, as far as it is whole: a share never changes.

    Conflict when that is nothing, or when the person has MOST_SHARES already.
    """
    await accounts.lock(session, chat.owner_id)  # two at once must not both be the last one allowed
    count = select(func.count()).select_from(ShareRow).where(ShareRow.owner_id == chat.owner_id)
    if (await session.execute(count)).scalar_one() >= MOST_SHARES:
        raise Conflict(f"You already have {MOST_SHARES} shares. Revoke one that is no longer used.")
    whole = await run(session, WHOLE, {"head": chat.head_id})
    if not whole:
        raise Conflict("There is nothing to share in this chat yet.")
    values = {
        "owner_id": chat.owner_id, "chat_id": chat.id, "head_id": whole[0][0], "title": chat.title,
        "token_hash": token_hash, "expires_at": expires_at,
    }  # fmt: skip
    return (await session.execute(insert(ShareRow).values(values).returning(ShareRow))).scalar_one()


async def behind(session: Session, token_hash: bytes) -> ShareRow:
    """What a link leads to, whoever follows it; NotFound when it was revoked, has expired or never was one."""
    living = or_(ShareRow.expires_at.is_(None), ShareRow.expires_at > func.now())
    if (row := await session.scalar(select(ShareRow).where(ShareRow.token_hash == token_hash, living))) is None:
        raise NotFound("This link leads nowhere: it was revoked, has expired, or is not complete.")
    return row


async def page(session: Session, owner_id: UUID, *, limit: int, after: UUID | None) -> list[ShareRow]:
    """Up to `limit` shares of one person, newest first, expired ones included."""
    query = select(ShareRow).where(ShareRow.owner_id == owner_id)
    if after is not None:
        query = query.where(ShareRow.id < after)
    return list(await session.scalars(query.order_by(ShareRow.id.desc()).limit(limit)))


async def count(session: Session, owner_id: UUID) -> int:
    query = select(func.count()).select_from(ShareRow).where(ShareRow.owner_id == owner_id)
    return (await session.execute(query)).scalar_one()


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, ShareRow]:
    """Those of the shares that are the viewer's."""
    mine = ShareRow.owner_id == user_id
    rows = await session.scalars(select(ShareRow).where(ShareRow.id.in_(ids), mine))
    return {row.id: row for row in rows}


async def revoke(session: Session, share_id: UUID, *, owner_id: UUID) -> None:
    """End this share; NotFound when the person has no such share."""
    mine = (ShareRow.id == share_id) & (ShareRow.owner_id == owner_id)
    if await session.scalar(delete(ShareRow).where(mine).returning(ShareRow.id)) is None:
        raise NotFound("You have no such share.")
