"""Jobs of the queue: what the engine does not offer, or not inside our own transactions."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm.attributes import set_committed_value

from domain.runs import RunStatus
from persistence.database import Session, run
from persistence.runs import RunRow

ABORT = text("UPDATE procrastinate_jobs SET abort_requested = true WHERE id = :id AND status = 'doing' RETURNING id")
"""A trigger of the engine tells the worker."""


JOB = """
    (procrastinate_defer_jobs_v1(ARRAY[
        ROW(%(queue)s, %(task)s, %(priority)s, NULL, NULL, jsonb_build_object('run_id', %(name)s::text), NULL)
    ]::procrastinate_job_to_defer_v1[]))[1]
"""
"""The engine's own way to enqueue, as an expression; it gives the job's id."""
DEFER = f"SELECT {JOB}"
BEGIN = f"UPDATE runs SET job_id = {JOB} WHERE id = %(run_id)s RETURNING job_id"


async def defer(session: Session, run_id: UUID, *, queue: str, task: str, priority: int) -> int:
    """Enqueue a job for a run; workers hear of it when the transaction commits. Returns the job's id."""
    values = {"queue": queue, "task": task, "priority": priority, "name": run_id.hex}
    return int((await run(session, DEFER, values))[0][0])


async def begin(session: Session, row: RunRow, *, queue: str, task: str, priority: int) -> int:
    """`defer`, and note in the run which job it has; `row` hears of it."""
    values = {"queue": queue, "task": task, "priority": priority, "name": row.id.hex, "run_id": row.id}
    job_id = int((await run(session, BEGIN, values))[0][0])
    set_committed_value(row, "job_id", job_id)
    return job_id


async def abort(session: Session, job_id: int) -> bool:
    """Ask the worker that carries a job on to stop it; False when no worker has it. Repeating it does no harm."""
    return (await session.execute(ABORT, {"id": job_id})).one_or_none() is not None


async def cancelled_without_one(session: Session, *, limit: int) -> list[RunRow]:
    """Cancelled runs that have not ended and that no worker has: theirs died before it could end them."""
    orphaned = text("NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = runs.job_id AND j.status = 'doing')")
    query = select(RunRow).where(RunRow.finished_at.is_(None), RunRow.status == RunStatus.CANCELLING, orphaned)
    return list(await session.scalars(query.where(RunRow.absorbed_by.is_(None)).order_by(RunRow.id).limit(limit)))
