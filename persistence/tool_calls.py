"""The ledger of calls to tools: one line for each whose result is durable."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.calls import ToolCall
from domain.ids import first_id
from domain.metrics import Window
from domain.runs import ToolCallStatus
from persistence.base import Base, Key, Moment, Word
from persistence.database import Session, run


class ToolCallRow(Base):
    """`tool_key` stays the same as long as the tool does; `server` is the name of the MCP server it comes from, null
    for tools of the product. It outlives its run."""

    __tablename__ = "tool_calls"
    id: Mapped[Key]
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"), index=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    tool_key: Mapped[UUID]
    name: Mapped[str]
    server: Mapped[str | None]
    status: Mapped[ToolCallStatus] = mapped_column(Word(ToolCallStatus))
    duration_ms: Mapped[float]
    started_at: Mapped[Moment]
    counted: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (
        Index("ix_tool_calls_user_id_started_at", "user_id", "started_at"),
        Index("ix_tool_calls_started_at", "started_at", postgresql_using="brin"),
        Index("ix_tool_calls_uncounted", "started_at", postgresql_where=text("NOT counted")),
    )


ENTER = """
    INSERT INTO tool_calls (id, run_id, user_id, tool_key, name, server, status, duration_ms, started_at)
    VALUES (%(id)s, (SELECT id FROM runs WHERE id = %(run_id)s), %(user_id)s, %(tool_key)s, %(name)s, %(server)s,
            %(status)s, %(duration_ms)s, %(started_at)s)
    ON CONFLICT (id) DO NOTHING
"""


async def enter(session: Session, call: ToolCall, *, user_id: UUID, run_id: UUID | None = None) -> None:
    """Enter one call, in the transaction that makes its result durable. Safe to repeat."""
    values = {
        "id": call.id, "run_id": run_id, "user_id": user_id, "tool_key": call.tool_key, "name": call.name,
        "server": call.server, "status": call.status.value, "duration_ms": call.duration_ms,
        "started_at": call.started_at,
    }  # fmt: skip
    await run(session, ENTER, values)


class ToolCallFilter(NamedTuple):
    """Which lines are wanted: those of a window, and of them only some."""

    window: Window
    tool_key: UUID | None = None
    failed: bool | None = None


def _wanted(filter: ToolCallFilter) -> list[ColumnElement[bool]]:
    line, window = ToolCallRow, filter.window
    # Lines get their ids when calls end: those from before the window need not be looked at.
    wanted = [line.id >= first_id(window.start), line.started_at >= window.start, line.started_at < window.end]
    if window.user_id is not None:
        wanted.append(line.user_id == window.user_id)
    if filter.tool_key is not None:
        wanted.append(line.tool_key == filter.tool_key)
    if filter.failed is not None:
        wanted.append((line.status == ToolCallStatus.FAILED) == filter.failed)
    return wanted


async def page(session: Session, filter: ToolCallFilter, *, limit: int, after: UUID | None) -> list[ToolCallRow]:
    """Up to `limit` lines, the call that ended last first."""
    query = select(ToolCallRow).where(*_wanted(filter))
    if after is not None:
        query = query.where(ToolCallRow.id < after)
    return list(await session.scalars(query.order_by(ToolCallRow.id.desc()).limit(limit)))


async def count(session: Session, filter: ToolCallFilter) -> int:
    query = select(func.count()).select_from(ToolCallRow).where(*_wanted(filter))
    return (await session.execute(query)).scalar_one()
