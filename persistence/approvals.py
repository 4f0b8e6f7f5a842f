"""Approvals: tool calls that wait for a person, and every query on them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, delete, func, literal, select, text, tuple_, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from domain.runs import ApprovalDecision, Remember
from persistence import runs
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session
from persistence.runs import RunRow

T = TypeVar("T")


class ApprovalRow(Base):
    """`call_id` is the call's id in its run; `tool_key` the tool, whatever it is called; `edited` are arguments that a
    person has put in place of the model's.

    With a `question` it is one that the tool asks in the middle of its call: see `orchestration/runs/questions.py`.
    Then `arguments` are what the form is filled in with, and `edited` is the answer."""

    __tablename__ = "approvals"
    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    call_id: Mapped[str]
    tool_key: Mapped[UUID]
    tool_name: Mapped[str]
    server_name: Mapped[str | None]
    arguments: Mapped[dict[str, Any]]
    edited: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None]
    question: Mapped[dict[str, Any] | None]
    decision: Mapped[ApprovalDecision | None] = mapped_column(Word(ApprovalDecision))
    message: Mapped[str | None]
    requested_at: Mapped[Created]
    expires_at: Mapped[Moment | None]
    decided_at: Mapped[Moment | None]
    __table_args__ = (
        Index("ix_approvals_expires_at_pending", "expires_at", postgresql_where=text("decision IS NULL")),
    )


class ToolGrantRow(Base):
    """A tool that a person lets run without being asked: everywhere, or in one chat or run only. See
    `tool_policies.standing`."""

    __tablename__ = "tool_grants"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    chat_id: Mapped[UUID | None] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"), index=True)
    run_id: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    tool_key: Mapped[UUID]
    created_at: Mapped[Created]


async def pending(session: Session, run_ids: list[UUID]) -> dict[UUID, list[ApprovalRow]]:
    """What each of the runs still waits for, oldest first."""
    query = select(ApprovalRow).where(ApprovalRow.run_id.in_(run_ids), ApprovalRow.decision.is_(None))
    found: dict[UUID, list[ApprovalRow]] = {}
    for row in await session.scalars(query.order_by(ApprovalRow.id)):
        found.setdefault(row.run_id, []).append(row)
    return found


async def decided(session: Session, run_id: UUID) -> list[ApprovalRow]:
    """What people have decided about calls of the run before they are made."""
    query = select(ApprovalRow).where(ApprovalRow.run_id == run_id, ApprovalRow.decision.is_not(None))
    query = query.where(ApprovalRow.question.is_(None))
    return list(await session.scalars(query.order_by(ApprovalRow.id)))


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, ApprovalRow]:
    """Those of the approvals that belong to runs of the viewer."""
    query = (
        select(ApprovalRow)
        .join(RunRow, RunRow.id == ApprovalRow.run_id)
        .where(ApprovalRow.id.in_(ids), runs.mine(user_id))
    )
    return {row.id: row for row in await session.scalars(query)}


async def visible_to(session: Session, approval_id: UUID, user_id: UUID) -> ApprovalRow:
    """One of the viewer's approvals; NotFound otherwise."""
    if (row := (await owned(session, user_id, [approval_id])).get(approval_id)) is None:
        raise NotFound(f"There is no approval with the id {global_id(Kind.APPROVAL, approval_id)!r}.")
    return row


async def lapsed(session: Session, *, limit: int) -> list[tuple[ApprovalRow, UUID]]:
    """Approvals whose time is over without a decision, each with the person whose it was. Questions are not among them:
    those end with the call that waits."""
    query = (
        select(ApprovalRow, RunRow.user_id)
        .join(RunRow, RunRow.id == ApprovalRow.run_id)
        .where(ApprovalRow.decision.is_(None), ApprovalRow.expires_at < func.now(), RunRow.finished_at.is_(None))
        .where(ApprovalRow.question.is_(None))
    )
    rows = await session.execute(query.order_by(ApprovalRow.expires_at).limit(limit))
    return [(row, user_id) for row, user_id in rows]


async def close(session: Session, approval_id: UUID, message: str) -> bool:
    """Decline a question that nobody has answered; whether it was open."""
    return bool(await _close(session, ApprovalRow.id == approval_id, message))


async def close_questions(session: Session, run_id: UUID, message: str) -> list[UUID]:
    """Decline all open questions of a run; which those were."""
    return await _close(session, ApprovalRow.run_id == run_id, message)


async def _close(session: Session, which: ColumnElement[bool], message: str) -> list[UUID]:
    open_ = which, ApprovalRow.question.is_not(None), ApprovalRow.decision.is_(None)
    said = {"decision": ApprovalDecision.REJECT, "message": message, "decided_at": func.now()}
    closed = await session.scalars(update(ApprovalRow).where(*open_).values(said).returning(ApprovalRow.id))
    return list(closed)


async def grant(session: Session, run: RunRow, tool_key: UUID, remember: Remember) -> None:
    """Let a tool run without asking from now on: in this run, in its chat, or in all of the person's chats."""
    where = {
        Remember.RUN: {"run_id": run.id, "chat_id": run.chat_id},
        Remember.CHAT: {"chat_id": run.chat_id},
        Remember.ALWAYS: {},
    }[remember]
    session.add(ToolGrantRow(user_id=run.user_id, tool_key=tool_key, **where))
    await session.flush()


async def ungrant(session: Session, user_id: UUID, tool_keys: Collection[UUID]) -> None:
    """Ask this person again before these tools run, wherever they have let them run."""
    mine = ToolGrantRow.user_id == user_id, ToolGrantRow.tool_key.in_(tool_keys)
    await session.execute(delete(ToolGrantRow).where(*mine))


class ApprovalPlace(NamedTuple):
    """Where an approval stands in its person's list."""

    requested_at: datetime
    id: UUID


async def page(
    session: Session, user_id: UUID, *, pending: bool | None, limit: int, after: ApprovalPlace | None
) -> list[ApprovalRow]:
    """A person's approvals, newest first; `pending` says whether they wait, or no longer do."""
    query = _of_person(select(ApprovalRow), user_id, pending)
    place = tuple_(ApprovalRow.requested_at, ApprovalRow.id)
    if after is not None:
        query = query.where(place < tuple_(literal(after.requested_at), literal(after.id)))
    order = ApprovalRow.requested_at.desc(), ApprovalRow.id.desc()
    return list(await session.scalars(query.order_by(*order).limit(limit)))


async def count(session: Session, user_id: UUID, *, pending: bool | None) -> int:
    query = _of_person(select(func.count()).select_from(ApprovalRow), user_id, pending)
    return await session.scalar(query) or 0


def _of_person(query: Select[T], user_id: UUID, pending: bool | None) -> Select[T]:
    mine = query.join(RunRow, RunRow.id == ApprovalRow.run_id).where(runs.mine(user_id))
    waits = ApprovalRow.decision.is_(None) & RunRow.finished_at.is_(None)
    return mine if pending is None else mine.where(waits if pending else ~waits)
