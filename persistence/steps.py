"""What runs did: the table of their steps, and every query on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.ids import new_id
from domain.messages import storable, storable_json
from domain.runs import RunErrorCode, RunFailure, StepKind, StepStatus
from persistence.base import Base, Key, Moment, Word, as_json
from persistence.database import Session, run


class RunStepRow(Base):
    """What a run did, one row a step; steps nest by `parent_id`.

    `key` names a durable step in its run: what has ended under it is not done again. `input` and `output` are what it
    was given and what came of it.
    """

    __tablename__ = "run_steps"
    id: Mapped[Key]
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None]
    key: Mapped[str | None]
    kind: Mapped[StepKind] = mapped_column(Word(StepKind))
    name: Mapped[str]
    status: Mapped[StepStatus] = mapped_column(Word(StepStatus))
    input: Mapped[dict[str, Any] | None]
    output: Mapped[dict[str, Any] | None]
    started_at: Mapped[Moment | None]
    finished_at: Mapped[Moment | None]
    error_code: Mapped[RunErrorCode | None] = mapped_column(Word(RunErrorCode))
    error_message: Mapped[str | None]
    __table_args__ = (UniqueConstraint("run_id", "key"),)


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step that begins, or that is entered when it has ended already."""

    key: str
    kind: StepKind
    name: str
    parent_id: UUID | None = None
    input: dict[str, Any] | None = None


BEGIN = """
    INSERT INTO run_steps (id, run_id, parent_id, key, kind, name, status, input, started_at)
    VALUES (%(id)s, %(run_id)s, %(parent_id)s, %(key)s, %(kind)s, %(name)s, %(status)s, %(input)s::jsonb,
            coalesce(%(started_at)s, now()))
    ON CONFLICT (run_id, key) DO UPDATE SET status = excluded.status, input = excluded.input, finished_at = NULL
    RETURNING id
"""
END = """
    UPDATE run_steps SET status = %(status)s, output = %(output)s::jsonb, finished_at = clock_timestamp(),
        error_code = %(code)s, error_message = %(message)s
    WHERE id = %(id)s
"""
STAND = "UPDATE runs SET state = %(state)s WHERE id = %(run_id)s"


async def begin(session: Session, run_id: UUID, step: NewStep, *, started_at: datetime | None = None) -> UUID:
    """Enter a step that is at work, in a transaction that holds the run's row. One that an earlier attempt has begun
    and not ended is the same step again. Gives its id."""
    values = {
        "id": new_id(), "run_id": run_id, "parent_id": step.parent_id, "key": step.key, "kind": step.kind.value,
        "name": storable(step.name), "status": StepStatus.IN_PROGRESS.value, "started_at": started_at,
        "input": as_json(storable_json(step.input)),
    }  # fmt: skip
    step_id: UUID = (await run(session, BEGIN, values))[0][0]
    return step_id


async def end(
    session: Session,
    step_id: UUID,
    status: StepStatus,
    *,
    output: dict[str, Any] | None = None,
    failure: RunFailure | None = None,
) -> None:
    """End a step, in a transaction that holds the run's row."""
    code, message = (failure.code.value, storable(failure.message)) if failure else (None, None)
    values = {
        "id": step_id, "status": status.value, "code": code, "message": message,
        "output": as_json(storable_json(output)),
    }  # fmt: skip
    await run(session, END, values)


async def stand_on(session: Session, run_id: UUID, state: bytes) -> None:
    """Store how far the run's message is durable, in a transaction that holds the run's row."""
    await run(session, STAND, {"run_id": run_id, "state": state})


async def ended(session: Session, run_id: UUID) -> list[RunStepRow]:
    """Durable steps of a run that are not done again; tool calls are the journal's business."""
    done = RunStepRow.status.in_((StepStatus.COMPLETED, StepStatus.FAILED)) & RunStepRow.key.is_not(None)
    query = select(RunStepRow).where(RunStepRow.run_id == run_id, done, RunStepRow.kind != StepKind.TOOL_CALL)
    return list(await session.scalars(query))


async def outputs(session: Session, run_ids: Sequence[UUID], key: str) -> dict[UUID, dict[str, Any]]:
    """What came of the steps with one key, of each run that has finished it."""
    query = select(RunStepRow.run_id, RunStepRow.output).where(RunStepRow.run_id.in_(run_ids), RunStepRow.key == key)
    return {run_id: output for run_id, output in await session.execute(query) if output is not None}


async def model_of_answer(session: Session, run_id: UUID, message_id: UUID) -> UUID | None:
    """The model that has given one of several answers of a run which stay beside each other in the chat."""
    named = RunStepRow.output["message_id"].astext == str(message_id)
    query = select(RunStepRow.output["model_id"].astext).where(RunStepRow.run_id == run_id, named)
    found = await session.scalar(query)
    return None if found is None else UUID(found)


async def of_runs(session: Session, run_ids: list[UUID]) -> dict[UUID, list[RunStepRow]]:
    """Steps of each run in the order in which they were begun; no check of who asks."""
    found: dict[UUID, list[RunStepRow]] = {}
    for row in await session.scalars(select(RunStepRow).where(RunStepRow.run_id.in_(run_ids)).order_by(RunStepRow.id)):
        found.setdefault(row.run_id, []).append(row)
    return found
