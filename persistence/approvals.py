"""Approvals: tool calls that wait for a person, and every query on them."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from domain.runs import ApprovalDecision, Remember
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session
from persistence.runs import RunRow


class ApprovalRow(Base):
    """`call_id` is the call's id in its run; `edited` are arguments that a person has put in place of the model's."""

    __tablename__ = "approvals"
    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[str]
    tool_name: Mapped[str]
    server_name: Mapped[str | None]
    arguments: Mapped[dict[str, Any]]
    edited: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    decision: Mapped[ApprovalDecision | None] = mapped_column(Word(ApprovalDecision))
    message: Mapped[str | None]
    requested_at: Mapped[Created]
    expires_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    __table_args__ = (
        Index("ix_approvals_expires_at_pending", "expires_at", postgresql_where=text("decision IS NULL")),
    )


class ToolGrantRow(Base):
    """A tool that a person lets run without being asked: everywhere, or in one chat or run only."""

    __tablename__ = "tool_grants"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[UUID | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    tool_name: Mapped[str]
    created_at: Mapped[Created]


async def pending(session: Session, run_ids: list[UUID]) -> dict[UUID, list[ApprovalRow]]:
    """What each of the runs still waits for, oldest first."""
    query = select(ApprovalRow).where(ApprovalRow.run_id.in_(run_ids), ApprovalRow.decision.is_(None))
    found: dict[UUID, list[ApprovalRow]] = {}
    for row in await session.scalars(query.order_by(ApprovalRow.id)):
        found.setdefault(row.run_id, []).append(row)
    return found


async def decided(session: Session, run_id: UUID) -> list[ApprovalRow]:
    query = select(ApprovalRow).where(ApprovalRow.run_id == run_id, ApprovalRow.decision.is_not(None))
    return list(await session.scalars(query.order_by(ApprovalRow.id)))


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, ApprovalRow]:
    """Approvals by id; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(ApprovalRow).where(ApprovalRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, ApprovalRow]:
    """Those of the approvals that belong to runs of the viewer."""
    query = (
        select(ApprovalRow)
        .join(RunRow, RunRow.id == ApprovalRow.run_id)
        .where(ApprovalRow.id.in_(ids), RunRow.user_id == user_id)
    )
    return {row.id: row for row in await session.scalars(query)}


async def visible_to(session: Session, approval_id: UUID, user_id: UUID) -> ApprovalRow:
    """One of the viewer's approvals; NotFound otherwise."""
    if (row := (await owned(session, user_id, [approval_id])).get(approval_id)) is None:
        raise NotFound(f"There is no approval with the id {global_id(Kind.APPROVAL, approval_id)!r}.")
    return row


async def lapsed(session: Session, *, limit: int) -> list[tuple[ApprovalRow, UUID]]:
    """Approvals whose time is over without a decision, each with the person whose it was."""
    query = (
        select(ApprovalRow, RunRow.user_id)
        .join(RunRow, RunRow.id == ApprovalRow.run_id)
        .where(ApprovalRow.decision.is_(None), ApprovalRow.expires_at < func.now(), RunRow.finished_at.is_(None))
    )
    rows = await session.execute(query.order_by(ApprovalRow.expires_at).limit(limit))
    return [(row, user_id) for row, user_id in rows]


async def grant(session: Session, run: RunRow, tool_name: str, remember: Remember) -> None:
    """Let a tool run without asking from now on: in this run, in its chat, or in all of the person's chats."""
    where = {
        Remember.RUN: {"run_id": run.id, "chat_id": run.chat_id},
        Remember.CHAT: {"chat_id": run.chat_id},
        Remember.ALWAYS: {},
    }[remember]
    session.add(ToolGrantRow(user_id=run.user_id, tool_name=tool_name, **where))
    await session.flush()


async def granted(session: Session, run: RunRow) -> set[str]:
    """Tools that need not ask in this run."""
    query = select(ToolGrantRow.tool_name).where(
        ToolGrantRow.user_id == run.user_id,
        ToolGrantRow.chat_id.is_(None) | (ToolGrantRow.chat_id == run.chat_id),
        ToolGrantRow.run_id.is_(None) | (ToolGrantRow.run_id == run.id),
    )
    return set(await session.scalars(query))
