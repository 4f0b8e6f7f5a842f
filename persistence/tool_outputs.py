"""Results of tool calls that are too long for a message: kept whole beside it, as long as their run."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.messages import storable
from persistence import runs
from persistence.base import Base, Created
from persistence.database import Session
from persistence.runs import RunRow

LONGEST = 5_000_000
"""Characters; what goes beyond is not kept."""


class ToolOutputRow(Base):
    """The whole result of one call; `call_id` is unique in its run."""

    __tablename__ = "tool_outputs"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    call_id: Mapped[str] = mapped_column(primary_key=True)
    output: Mapped[str]
    created_at: Mapped[Created]


class OutputKey(NamedTuple):
    """A result, and who wants to see it."""

    user_id: UUID
    run_id: UUID
    call_id: str


async def keep(session: Session, run_id: UUID, call_id: str, output: str) -> None:
    """Store a result, in a transaction that holds the run's row; again is the same as once."""
    entry = insert(ToolOutputRow).values(run_id=run_id, call_id=call_id, output=storable(output[:LONGEST]))
    await session.execute(
        entry.on_conflict_do_update(index_elements=["run_id", "call_id"], set_={"output": entry.excluded.output})
    )


async def piece(
    session: Session, run_id: UUID, call_id: str, *, user_id: UUID, start: int, length: int
) -> tuple[str, int] | None:
    """Characters of a result from `start`, and how many it has; None without one, or for other people's runs."""
    query = (
        select(func.substr(ToolOutputRow.output, start + 1, length), func.length(ToolOutputRow.output))
        .join(RunRow, RunRow.id == ToolOutputRow.run_id)
        .where(ToolOutputRow.run_id == run_id, ToolOutputRow.call_id == call_id, runs.mine(user_id))
    )
    found = (await session.execute(query)).one_or_none()
    return None if found is None else (found[0], found[1])


async def whole(session: Session, keys: Iterable[OutputKey]) -> dict[OutputKey, str]:
    """Results of the people's own runs."""
    wanted = tuple_(RunRow.user_id, ToolOutputRow.run_id, ToolOutputRow.call_id).in_(list(keys))
    query = (
        select(RunRow.user_id, ToolOutputRow.run_id, ToolOutputRow.call_id, ToolOutputRow.output)
        .join(RunRow, RunRow.id == ToolOutputRow.run_id)
        .where(wanted)
    )
    rows = await session.execute(query)
    return {OutputKey(user_id, run_id, call_id): output for user_id, run_id, call_id, output in rows}
