"""Runs: the tables and every query on them."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    Select,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Mapped, aliased, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from domain.runs import Limit, RunErrorCode, RunStatus, ThinkingMode, WhenBusy
from persistence import chats
from persistence.base import Base, Created, Key, Moment, Word, columns, loose, row_of, seen
from persistence.database import Session, run
from persistence.messages import MessageRow


class RunRow(Base):
    """One answer in the making. `attempt` fences: only the worker that claimed the newest attempt may write.

    `reserved_sequence` is the highest number that events outside PostgreSQL may have; `compacted` says that the
    deltas of the ended run are joined.
    A run that is QUEUED and has no job is either `waiting` for the answer above its question, or parked because its
    person has enough runs at work. `absorbed_by` is the run that heard this one's question and answers it as well.
    `request` is what was asked for under the idempotency key. `limit_reached` is the limit that made it stop early.
    `agent_versions` are the versions of the agents that may work on it, by agent; without any, the newest count.
    `api_key_id` is the key that the run was started with, also when that is gone. With a `workflow_version` it goes by
    a workflow, whose `workflow_id` is empty when that has gone with its person. `trace` is the `traceparent` of the
    request that started it, if that was traced. It goes with its messages, and so with its chat: a foreign key to that
    would need an index of its own.
    """

    __tablename__ = "runs"
    id: Mapped[Key]
    chat_id: Mapped[UUID]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    input_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    agent_versions: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    workflow_id: Mapped[UUID | None] = mapped_column(ForeignKey("workflows.id", ondelete="SET NULL"))
    workflow_version: Mapped[int | None]
    requested_model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    model_id: Mapped[UUID | None] = mapped_column(ForeignKey("models.id", ondelete="SET NULL"))
    thinking: Mapped[ThinkingMode] = mapped_column(Word(ThinkingMode))
    when_busy: Mapped[WhenBusy] = mapped_column(Word(WhenBusy))
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    api_key_id: Mapped[UUID | None]
    idempotency_key: Mapped[str | None]
    request: Mapped[dict[str, Any] | None]
    trace: Mapped[str | None]
    status: Mapped[RunStatus] = mapped_column(Word(RunStatus))
    attempt: Mapped[int] = mapped_column(server_default="0")
    job_id: Mapped[int | None] = mapped_column(BigInteger)
    waiting: Mapped[bool] = mapped_column(server_default="false")
    reserved_sequence: Mapped[int] = mapped_column(server_default="0")
    compacted: Mapped[bool] = mapped_column(server_default="false")
    background: Mapped[bool] = mapped_column(server_default="false")
    absorbed_by: Mapped[UUID | None] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    cancel_requested_at: Mapped[Moment | None]
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    selection: Mapped[dict[str, Any] | None]
    requests: Mapped[int] = mapped_column(server_default="0")
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    cached_input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    reasoning_tokens: Mapped[int] = mapped_column(server_default="0")
    cost_usd: Mapped[Decimal] = mapped_column(Numeric(18, 10), server_default="0")
    first_token_ms: Mapped[float | None]
    error_code: Mapped[RunErrorCode | None] = mapped_column(Word(RunErrorCode))
    error_message: Mapped[str | None]
    error_retryable: Mapped[bool] = mapped_column(server_default="false")
    limit_reached: Mapped[Limit | None] = mapped_column(Word(Limit))
    created_at: Mapped[Created]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    __table_args__ = (
        UniqueConstraint("user_id", "idempotency_key"),
        Index("ix_runs_chat_id_active", "chat_id", "id", postgresql_where=text("finished_at IS NULL")),
        Index("ix_runs_active", "id", postgresql_where=text("finished_at IS NULL")),
        Index("ix_runs_uncompacted", "finished_at", postgresql_where=text("NOT compacted")),
        Index("ix_runs_user_id_active", "user_id", "id", postgresql_where=text("finished_at IS NULL")),
        Index("ix_runs_agent_id", "agent_id", postgresql_where=text("agent_id IS NOT NULL")),
        Index("ix_runs_absorbed_by", "absorbed_by", postgresql_where=text("absorbed_by IS NOT NULL")),
        Index("ix_runs_workflow_id", "workflow_id", postgresql_where=text("workflow_id IS NOT NULL")),
    )


def new(**values: Any) -> RunRow:
    """A run that `progress.begin` will store; the session does not get to know it."""
    return row_of(RunRow, **values)


async def by_idempotency_key(session: Session, user_id: UUID, key: str) -> RunRow | None:
    return await session.scalar(select(RunRow).where(RunRow.user_id == user_id, RunRow.idempotency_key == key))


def mine(user_id: UUID) -> ColumnElement[bool]:
    """Whether a run is this person's, in a chat that they have not deleted."""
    return (RunRow.user_id == user_id) & chats.kept(RunRow.chat_id)


async def visible_to(session: Session, run_id: UUID, user_id: UUID, *, lock: bool = False) -> RunRow:
    """One of the viewer's runs; NotFound otherwise."""
    query = select(RunRow).where(RunRow.id == run_id, mine(user_id))
    if (row := await session.scalar(query.with_for_update(of=RunRow) if lock else query)) is None:
        raise NotFound(f"There is no run with the id {global_id(Kind.RUN, run_id)!r}.")
    return row


async def check_visible_to(session: Session, run_id: UUID, user_id: UUID) -> str | None:
    """NotFound unless this is one of the viewer's runs. Returns its `trace`."""
    query = """
        SELECT r.trace FROM runs r JOIN chats c ON c.id = r.chat_id AND c.owner_id IS NOT NULL
        WHERE r.id = %(id)s AND r.user_id = %(user_id)s
    """
    if not (found := await run(session, query, {"id": run_id, "user_id": user_id})):
        raise NotFound(f"There is no run with the id {global_id(Kind.RUN, run_id)!r}.")
    trace: str | None = found[0][0]
    return trace


async def existing(session: Session, ids: Sequence[UUID]) -> set[UUID]:
    """Those of these runs that are there."""
    return set(await session.scalars(select(RunRow.id).where(RunRow.id.in_(ids))))


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, RunRow]:
    """Runs by id; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(RunRow).where(RunRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def kept(session: Session, ids: list[UUID]) -> dict[UUID, RunRow]:
    """The same without those of chats that were deleted, to be read only."""
    return {row.id: row for row in seen(RunRow, await run(session, KEPT, {"ids": ids}))}


KEPT = f"""
    SELECT {columns(RunRow, "r")} FROM runs r JOIN chats c ON c.id = r.chat_id AND c.owner_id IS NOT NULL
    WHERE r.id = ANY(%(ids)s)
"""


async def unfinished(session: Session, chat_id: UUID) -> list[RunRow]:
    """Runs of a chat that have not ended, oldest first, waiting ones included."""
    query = select(RunRow).where(RunRow.chat_id == chat_id, RunRow.finished_at.is_(None))
    return list(await session.scalars(query.order_by(RunRow.id)))


async def newest_unfinished(session: Session, chat_ids: list[UUID]) -> dict[UUID, RunRow]:
    """The run at work in each chat: the newest that has not ended and neither waits behind nor goes with another."""
    own = RunRow.waiting.is_(False) & RunRow.absorbed_by.is_(None)
    query = (
        select(RunRow)
        .ext(distinct_on(RunRow.chat_id))
        .where(RunRow.chat_id.in_(chat_ids), RunRow.finished_at.is_(None), own)
        .order_by(RunRow.chat_id, RunRow.id.desc())
    )
    return {row.chat_id: row for row in await session.scalars(query)}


CLAIMED = """
    attempt = r.attempt + 1, started_at = coalesce(r.started_at, now()),
    status = CASE WHEN r.cancel_requested_at IS NULL THEN 'IN_PROGRESS' ELSE 'CANCELLING' END
"""
"""What a claim sets in the run `r`."""
CLAIM = f"""
    UPDATE runs r SET {CLAIMED}
    WHERE r.id = %(id)s AND r.finished_at IS NULL AND r.status <> 'REQUIRES_ACTION' AND NOT r.waiting
        AND r.absorbed_by IS NULL
    RETURNING {columns(RunRow, "r")}
"""
HOLD = "SELECT message_id FROM runs WHERE id = %(id)s AND attempt = %(attempt)s AND finished_at IS NULL FOR UPDATE"


async def claim(session: Session, run_id: UUID) -> RunRow | None:
    """Take a run for this worker: a new attempt fences every earlier one. None when there is nothing to do."""
    found = await run(session, CLAIM, {"id": run_id})
    return loose(RunRow, found[0]) if found else None


async def held(session: Session, run_id: UUID, attempt: int) -> RunRow | None:
    """The run with its row locked, if this attempt still owns it and it has not ended; None otherwise."""
    query = select(RunRow).where(RunRow.id == run_id, RunRow.attempt == attempt, RunRow.finished_at.is_(None))
    return await session.scalar(query.with_for_update())


async def hold(session: Session, run_id: UUID, attempt: int) -> UUID | None:
    """Lock the run's row as `held` does, and read no more of it than the message that it writes."""
    found = await run(session, HOLD, {"id": run_id, "attempt": attempt})
    return found[0][0] if found else None


async def following(session: Session, ending: RunRow) -> list[RunRow]:
    """What the end of a run moves: runs that wait for its answer, and runs whose question it has heard."""
    where = {"chat": ending.chat_id, "above": ending.message_id, "by": ending.id}
    return list(await session.scalars(_following(), where))


@cache
def _following() -> Select[RunRow]:
    question = aliased(MessageRow, name="question")
    below = RunRow.waiting & (question.parent_id == bindparam("above"))
    unfinished = (RunRow.chat_id == bindparam("chat")) & RunRow.finished_at.is_(None)
    return (
        select(RunRow)
        .join(question, question.id == RunRow.input_id)
        .where(unfinished, below | (RunRow.absorbed_by == bindparam("by")))
        .order_by(RunRow.id)
        .with_for_update(of=RunRow)
    )


async def answering(session: Session, message_id: UUID) -> list[RunRow]:
    """All runs that answer, or have answered, a message, oldest first, with their rows locked."""
    query = select(RunRow).where(RunRow.input_id == message_id).order_by(RunRow.id)
    return list(await session.scalars(query.with_for_update()))


ADMISSIBLE = f"""
    SELECT {columns(RunRow, "r")} FROM runs r
    WHERE r.user_id = %(user_id)s AND r.finished_at IS NULL AND r.status = 'QUEUED' AND r.job_id IS NULL
        AND NOT r.waiting
    ORDER BY r.background, r.id
    LIMIT %(limit)s::bigint - (
        SELECT count(*) FROM (
            SELECT FROM runs w
            WHERE w.user_id = %(user_id)s AND w.finished_at IS NULL AND w.job_id IS NOT NULL
                AND w.status <> 'REQUIRES_ACTION'
            LIMIT %(limit)s::bigint
        ) at_work
    )
    FOR UPDATE OF r SKIP LOCKED
"""


async def admissible(session: Session, user_id: UUID, limit: int | None) -> list[RunRow]:
    """Parked runs of a person that may begin now, so that at most `limit` are at work; their rows are locked.

    The person's clock must be held, or two transactions would count at once. A row that another transaction holds is
    passed over, not waited for: that transaction may be waiting for the clock.
    """
    return [loose(RunRow, row) for row in await run(session, ADMISSIBLE, {"user_id": user_id, "limit": limit})]


async def people_with_parked(session: Session, *, limit: int) -> list[UUID]:
    """People who have runs that wait for nothing but room."""
    query = select(RunRow.user_id).where(RunRow.finished_at.is_(None), PARKED).distinct().limit(limit)
    return list(await session.scalars(query))


PARKED = (RunRow.status == RunStatus.QUEUED) & RunRow.job_id.is_(None) & RunRow.waiting.is_(False)
"""Ready to begin, but without a job."""


async def hold_key(session: Session, user_id: UUID, key: str) -> None:
    """Let requests with one idempotency key pass one at a time; released when the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{user_id}:{key}", 0))))


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, RunRow]:
    """Those of the runs that are the viewer's."""
    rows = await session.scalars(select(RunRow).where(RunRow.id.in_(ids), mine(user_id)))
    return {row.id: row for row in rows}
