"""Files of people: what is known of them, their text, and the messages that they belong to."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, delete, func, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import Conflict, NotFound
from domain.ids import Kind, global_id
from persistence.base import Base, Created, Key, Moment, columns, loose
from persistence.database import Session, run

MOST_FILES = 10_000
"""Files of one person."""


class FileRow(Base):
    """`characters` is the length of its text, None for what has none, such as a picture. `attached_at` is when it first
    became part of a message: until then it may be swept. The contents are in `file_contents`."""

    __tablename__ = "files"
    id: Mapped[Key]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    characters: Mapped[int | None]
    attached_at: Mapped[Moment | None]
    created_at: Mapped[Created]


Index("ix_files_owner_id_id", FileRow.owner_id, FileRow.id.desc())
Index("ix_files_created_at", FileRow.created_at, postgresql_where=sql("attached_at IS NULL"))


class FileTextRow(Base):
    """What a file says, read once when it came."""

    __tablename__ = "file_texts"
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    text: Mapped[str]


class MessageFileRow(Base):
    """A file belongs to a message; to several, when a chat was forked or a question edited."""

    __tablename__ = "message_files"
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)


class FileKey(NamedTuple):
    """A file, and who wants to see it."""

    user_id: UUID
    file_id: UUID


class Piece(NamedTuple):
    """A part of a file's text."""

    file: FileRow
    words: str


async def check_room(session: Session, owner_id: UUID, *, more: int = 0, quota: int) -> None:
    """Conflict unless a person's files, and so many bytes more, are within what one person may have."""
    query = select(func.count(), func.coalesce(func.sum(FileRow.size_bytes), 0)).where(FileRow.owner_id == owner_id)
    count, used = (await session.execute(query)).one()
    if used + more > quota:
        raise Conflict(
            f"All your files together may have {quota / 1e6:,.0f} MB, and there is no room for this one. "
            "Delete some first."
        )
    if count > MOST_FILES:
        raise Conflict(f"A person can have {MOST_FILES:,} files, and you have them. Delete some first.")


async def add(session: Session, row: FileRow, text: str | None) -> None:
    """Store a file that has come, without its contents. Call `keep_within` when those are stored as well."""
    session.add(row)
    await session.flush()
    if text is not None:
        session.add(FileTextRow(file_id=row.id, text=text))
        await session.flush()


async def keep_within(session: Session, owner_id: UUID, *, quota: int) -> None:
    """Conflict when the files that this block has added are too much; the last thing in the block."""
    # Two at once must not both be the last one that fits. Not the person's row: what else they do must not wait.
    await run(session, "SELECT pg_advisory_xact_lock(hashtextextended(%(key)s, 0))", {"key": f"files of {owner_id}"})
    await check_room(session, owner_id, quota=quota)


# The update keeps the sweep away: it looks at the row again when this has committed.
CLAIM = f"""
    UPDATE files f SET attached_at = coalesce(f.attached_at, now())
    WHERE f.id = ANY(%(ids)s::uuid[]) AND f.owner_id = %(owner)s
    RETURNING {columns(FileRow, "f")}
"""


async def claim(session: Session, owner_id: UUID, ids: Sequence[UUID]) -> list[FileRow]:
    """Files of one person that are to belong to a message, in the order asked; NotFound when one is not theirs."""
    found = [loose(FileRow, row) for row in await run(session, CLAIM, {"ids": list(ids), "owner": owner_id})]
    by_id = {row.id: row for row in found}
    for wanted in ids:
        if wanted not in by_id:
            raise _missing(wanted)
    return [by_id[wanted] for wanted in ids]


ATTACH = "INSERT INTO message_files (message_id, file_id) SELECT %(message)s, unnest(%(ids)s::uuid[])"


async def attach(session: Session, message_id: UUID, ids: Sequence[UUID]) -> None:
    """Let claimed files belong to a message that is stored already."""
    await run(session, ATTACH, {"message": message_id, "ids": list(ids)})


async def visible_to(session: Session, file_id: UUID, user_id: UUID) -> FileRow:
    """One of the viewer's files; NotFound otherwise."""
    query = select(FileRow).where(FileRow.id == file_id, FileRow.owner_id == user_id)
    if (row := await session.scalar(query)) is None:
        raise _missing(file_id)
    return row


async def owned(session: Session, user_id: UUID, ids: Sequence[UUID]) -> dict[UUID, FileRow]:
    """Those of the files that are the viewer's."""
    rows = await session.scalars(select(FileRow).where(FileRow.id.in_(ids), FileRow.owner_id == user_id))
    return {row.id: row for row in rows}


async def owned_by_key(session: Session, keys: list[FileKey]) -> dict[FileKey, FileRow]:
    """Those of the files that belong to who wants to see them."""
    rows = await session.scalars(select(FileRow).where(FileRow.id.in_([key.file_id for key in keys])))
    found = {FileKey(row.owner_id, row.id): row for row in rows}
    return {key: found[key] for key in keys if key in found}


async def page(session: Session, owner_id: UUID, *, limit: int, after: UUID | None) -> list[FileRow]:
    """Up to `limit` files of one person, newest first."""
    query = select(FileRow).where(FileRow.owner_id == owner_id)
    if after is not None:
        query = query.where(FileRow.id < after)
    return list(await session.scalars(query.order_by(FileRow.id.desc()).limit(limit)))


async def count(session: Session, owner_id: UUID) -> int:
    query = select(func.count()).select_from(FileRow).where(FileRow.owner_id == owner_id)
    return (await session.execute(query)).scalar_one()


async def beginnings(session: Session, ids: Sequence[UUID], *, length: int) -> dict[UUID, str]:
    """The first characters of the texts of files; no check of who asks: the ids come from rows that were checked."""
    query = select(FileTextRow.file_id, func.left(FileTextRow.text, length).label("words")).where(
        FileTextRow.file_id.in_(ids)
    )
    return {row.file_id: row.words for row in await session.execute(query)}


async def piece(session: Session, file_id: UUID, user_id: UUID, *, start: int, length: int) -> Piece:
    """Characters of the text of one of the person's files from `start`; NotFound for other people's."""
    words = func.coalesce(func.substr(FileTextRow.text, start + 1, length), "")
    query = (
        select(FileRow, words)
        .outerjoin(FileTextRow, FileTextRow.file_id == FileRow.id)
        .where(FileRow.id == file_id, FileRow.owner_id == user_id)
    )
    if (found := (await session.execute(query)).one_or_none()) is None:
        raise _missing(file_id)
    return Piece(found[0], found[1])


async def remove(session: Session, file_id: UUID, *, owner_id: UUID) -> None:
    """Delete a file; messages keep its name. NotFound when it is not the person's."""
    mine = (FileRow.id == file_id) & (FileRow.owner_id == owner_id)
    if await session.scalar(delete(FileRow).where(mine).returning(FileRow.id)) is None:
        raise _missing(file_id)


LEAVE = """
    DELETE FROM files f
    USING (SELECT DISTINCT mf.file_id FROM message_files mf JOIN messages m ON m.id = mf.message_id
           WHERE m.chat_id = %(chat)s) inside
    WHERE f.id = inside.file_id AND NOT EXISTS (
        SELECT 1 FROM message_files mf JOIN messages m ON m.id = mf.message_id
        JOIN chats c ON c.id = m.chat_id AND c.owner_id IS NOT NULL
        WHERE mf.file_id = f.id AND m.chat_id <> %(chat)s)
"""


async def leave_chat(session: Session, chat_id: UUID) -> None:
    """Delete the files that belong to no message of another chat than this one, which is about to be deleted."""
    await run(session, LEAVE, {"chat": chat_id})


async def sweep(session: Session, before: datetime, *, limit: int) -> int:
    """Delete files that came before a moment and belong to no message; returns how many these were."""
    alone = FileRow.attached_at.is_(None) & (FileRow.created_at < before)
    some = select(FileRow.id).where(alone).order_by(FileRow.created_at).limit(limit)
    gone = await session.scalars(delete(FileRow).where(FileRow.id.in_(some), alone).returning(FileRow.id))
    return len(gone.all())


def _missing(file_id: UUID) -> NotFound:
    return NotFound(f"There is no file with the id {global_id(Kind.FILE, file_id)!r}.")
