"""Memories: what a person wants to be known in every chat, and every query on it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import Conflict, NotFound
from domain.ids import Kind, global_id
from domain.memories import LONGEST_PINNED, MOST_MEMORIES, MemorySource
from persistence import accounts
from persistence.accounts import UserRow
from persistence.base import Base, Created, Key, Word, columns, loose
from persistence.database import Session, run


class MemoryRow(Base):
    """`vector` says what the text means, to the model `vector_by`: numbers of two bytes, of length 1 together."""

    __tablename__ = "memories"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    text: Mapped[str]
    pinned: Mapped[bool] = mapped_column(server_default="false")
    source: Mapped[MemorySource] = mapped_column(Word(MemorySource))
    vector: Mapped[bytes | None] = mapped_column(LargeBinary)
    vector_by: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    __table_args__ = (UniqueConstraint("user_id", "text"),)


OF_PERSON = f"""
    SELECT {columns(MemoryRow, "m")} FROM memories m JOIN users u ON u.id = m.user_id
    WHERE m.user_id = %(user_id)s AND u.memory_enabled ORDER BY m.pinned DESC, m.id DESC
"""


async def usable(session: Session, user_id: UUID) -> list[MemoryRow]:
    """All memories of a person, pinned ones first, then the newest; none when they have switched memory off."""
    return [loose(MemoryRow, row) for row in await run(session, OF_PERSON, {"user_id": user_id})]


async def enabled(session: Session, user_id: UUID) -> bool:
    """Whether a person wants to be remembered at all."""
    return bool(await session.scalar(select(UserRow.memory_enabled).where(UserRow.id == user_id)))


async def page(session: Session, user_id: UUID, *, limit: int, after: UUID | None) -> list[MemoryRow]:
    """Up to `limit` memories of a person, newest first, after one of them."""
    query = select(MemoryRow).where(MemoryRow.user_id == user_id)
    if after is not None:
        query = query.where(MemoryRow.id < after)
    return list(await session.scalars(query.order_by(MemoryRow.id.desc()).limit(limit)))


async def count(session: Session, user_id: UUID) -> int:
    query = select(func.count()).select_from(MemoryRow).where(MemoryRow.user_id == user_id)
    return (await session.execute(query)).scalar_one()


async def add(session: Session, *, user_id: UUID, text: str, pinned: bool, source: MemorySource) -> MemoryRow:
    """A memory; the one that there is when its text is known already, pinned if either is. Conflict when the person
    has too many, or too much that is pinned."""
    await accounts.lock(session, user_id)
    statement = insert(MemoryRow).values(user_id=user_id, text=text, pinned=pinned, source=source)
    known = statement.on_conflict_do_update(
        index_elements=["user_id", "text"], set_={"pinned": MemoryRow.pinned | pinned, "updated_at": func.now()}
    )
    row: MemoryRow = (await session.scalars(known.returning(MemoryRow))).one()
    await _check_limits(session, user_id)
    return row


async def change(
    session: Session, memory_id: UUID, *, user_id: UUID, text: str | None, pinned: bool | None
) -> MemoryRow:
    """Change what is given of one of the person's memories; NotFound otherwise, Conflict as for `add`."""
    await accounts.lock(session, user_id)
    row = await session.scalar(select(MemoryRow).where(MemoryRow.id == memory_id, MemoryRow.user_id == user_id))
    if row is None:
        raise _unknown(memory_id)
    if text is not None and text != row.text:
        same = select(MemoryRow.id).where(MemoryRow.user_id == user_id, MemoryRow.text == text)
        if await session.scalar(same) is not None:
            raise Conflict("There already is a memory with this text.")
        row.text, row.vector, row.vector_by = text, None, None
    if pinned is not None:
        row.pinned = pinned
    row.updated_at = datetime.now(row.created_at.tzinfo)
    await session.flush()
    await _check_limits(session, user_id)
    return row


async def forget(session: Session, memory_id: UUID, *, user_id: UUID) -> None:
    """Remove one of the person's memories for good; NotFound otherwise."""
    query = delete(MemoryRow).where(MemoryRow.id == memory_id, MemoryRow.user_id == user_id)
    if await session.scalar(query.returning(MemoryRow.id)) is None:
        raise _unknown(memory_id)


async def put_vector(session: Session, row: MemoryRow, *, vector: bytes, vector_by: str) -> None:
    """Store what a text means, unless the text has changed or gone meanwhile."""
    same = (MemoryRow.id == row.id) & (MemoryRow.text == row.text)
    await session.execute(update(MemoryRow).where(same).values(vector=vector, vector_by=vector_by))


async def by_ids(session: Session, keys: list[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], MemoryRow]:
    """Memories by owner and id, so that nobody sees somebody else's."""
    rows = await session.scalars(select(MemoryRow).where(tuple_(MemoryRow.user_id, MemoryRow.id).in_(keys)))
    return {(row.user_id, row.id): row for row in rows}


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, MemoryRow]:
    """Those of the memories that are the viewer's."""
    return {key: row for (_, key), row in (await by_ids(session, [(user_id, one) for one in ids])).items()}


async def _check_limits(session: Session, user_id: UUID) -> None:
    """Conflict when a person keeps too much; the caller holds the person's row."""
    pinned = func.coalesce(func.sum(func.octet_length(MemoryRow.text)).filter(MemoryRow.pinned), 0)
    query = select(func.count(), pinned).select_from(MemoryRow).where(MemoryRow.user_id == user_id)
    number, size = (await session.execute(query)).one()
    if number > MOST_MEMORIES:
        raise Conflict(f"A person has at most {MOST_MEMORIES} memories. Forget some first.")
    if size > LONGEST_PINNED:
        raise Conflict(
            f"Pinned memories go with every question: together they may have {LONGEST_PINNED:,} bytes, and would have "
            f"{size:,}. Unpin or shorten some first."
        )


def _unknown(memory_id: UUID) -> NotFound:
    return NotFound(f"There is no memory with the id {global_id(Kind.MEMORY, memory_id)!r}.")
