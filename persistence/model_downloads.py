"""Downloads of local models: one row for each file of the catalogue that somebody asked for."""

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.calls import DownloadState
from domain.errors import NotFound
from domain.ids import new_id
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session
from persistence.model_registration import told

GOING = (DownloadState.QUEUED, DownloadState.DOWNLOADING, DownloadState.VERIFYING)


class ModelDownloadRow(Base):
    """`name` is the catalogue's name of the model; `received_bytes` is kept up to date about once a second."""

    __tablename__ = "model_downloads"
    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[DownloadState] = mapped_column(Word(DownloadState))
    received_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    error: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Moment] = mapped_column(server_default=func.now())


async def listed(session: Session) -> list[ModelDownloadRow]:
    return list(await session.scalars(select(ModelDownloadRow).order_by(ModelDownloadRow.id)))


async def visible(session: Session, viewer_id: UUID, ids: list[UUID]) -> dict[UUID, ModelDownloadRow]:
    """Downloads are everybody's."""
    rows = await session.scalars(select(ModelDownloadRow).where(ModelDownloadRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def by_id(session: Session, download_id: UUID) -> ModelDownloadRow:
    """NotFound when there is none."""
    row = await session.get(ModelDownloadRow, download_id)
    if row is None:
        raise NotFound("There is no such download.")
    return row


async def ask_for(session: Session, name: str) -> ModelDownloadRow:
    """The download of this model, begun anew unless it is going on."""
    row = ModelDownloadRow
    again = {"state": DownloadState.QUEUED, "error": None, "updated_at": func.now()}
    statement = (
        insert(row)
        .values(id=new_id(), name=name, state=DownloadState.QUEUED)
        .on_conflict_do_update(index_elements=["name"], set_=again, where=row.state.not_in(GOING))
    )
    await session.execute(statement)
    await told(session)
    return (await session.execute(select(row).where(row.name == name))).scalar_one()


async def note(
    session: Session, name: str, state: DownloadState, received: int | None = None, error: str | None = None
) -> bool:
    """How far a download is. False when somebody has paused or deleted it: whoever works at it should stop."""
    values: dict[str, Any] = {"state": state, "error": error, "updated_at": func.now()}
    if received is not None:
        values["received_bytes"] = received
    going = (ModelDownloadRow.name == name) & ModelDownloadRow.state.in_(GOING)
    noted = update(ModelDownloadRow).where(going).values(**values).returning(ModelDownloadRow.id)
    found = await session.scalar(noted)
    await told(session)
    return found is not None


async def pause(session: Session, download_id: UUID) -> ModelDownloadRow:
    """Stop a download that is going on and keep what has come; any other stays as it is."""
    going = (ModelDownloadRow.id == download_id) & ModelDownloadRow.state.in_(GOING)
    await session.execute(update(ModelDownloadRow).where(going).values(state=DownloadState.PAUSED))
    await told(session)
    return await by_id(session, download_id)


async def remove(session: Session, download_id: UUID) -> ModelDownloadRow:
    """Forget a download; its files are the caller's business."""
    row = await by_id(session, download_id)
    await session.execute(delete(ModelDownloadRow).where(ModelDownloadRow.id == download_id))
    await told(session)
    return row
