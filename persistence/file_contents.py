"""The contents of files, in pieces. All that is known of where they are is known here, so that they can move."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base
from persistence.database import Database, Session

PIECE = 262_144
"""Bytes of a piece, but for the last one: what is in memory for each download."""


class FilePieceRow(Base):
    """`place` counts from 0. A file's pieces go with its row."""

    __tablename__ = "file_pieces"
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


async def store(session: Session, file_id: UUID, data: bytes) -> None:
    """Store the contents of a file, in the transaction that stores its row."""
    for place, start in enumerate(range(0, len(data), PIECE)):
        piece = {"file_id": file_id, "place": place, "data": data[start : start + PIECE]}
        await session.execute(insert(FilePieceRow).values(piece))


async def pieces(db: Database, file_id: UUID) -> AsyncIterator[bytes]:
    """The contents piece by piece. No connection is held in between, so who reads may be slow; a file that is deleted
    meanwhile ends early."""
    place = 0
    while True:
        mine = (FilePieceRow.file_id == file_id) & (FilePieceRow.place == place)
        async with db.read() as session:
            data = await session.scalar(select(FilePieceRow.data).where(mine))
        if data is None:
            return
        yield data
        place += 1


async def whole(db: Database, file_id: UUID) -> bytes:
    """All of it at once; empty when the file is gone."""
    return b"".join([piece async for piece in pieces(db, file_id)])
