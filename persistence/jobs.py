"""Jobs of the queue: what the engine does not offer, or not inside our own transactions."""

from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm.attributes import set_committed_value

from domain.runs import RunStatus
from persistence.base import columns, loose
from persistence.database import Session, run
from persistence.runs import CLAIMED, RunRow

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


# Where the worker is being forgotten just now, its row is locked and passed over: nothing here waits for that.
BEGIN_HERE = f"""
    WITH worker AS (
        SELECT id FROM procrastinate_workers WHERE id = %(worker)s AND NOT EXISTS (
            SELECT FROM procrastinate_jobs
            WHERE status = 'todo' AND queue_name = %(queue)s AND priority >= %(priority)s
                AND (scheduled_at IS NULL OR scheduled_at <= now())
        ) FOR KEY SHARE SKIP LOCKED
    ), job AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args, status, worker_id)
        SELECT %(queue)s, %(task)s, %(priority)s, jsonb_build_object('run_id', %(name)s::text), 'doing', id FROM worker
        RETURNING id
    )
    UPDATE runs r SET job_id = job.id, {CLAIMED} FROM job WHERE r.id = %(run_id)s
    RETURNING {columns(RunRow, "r")}
"""


async def begin_here(
    session: Session, row: RunRow, *, worker_id: int, queue: str, task: str, priority: int
) -> RunRow | None:
    """`begin` with a job that this worker has taken already, and claim the run in the same statement; nobody is told.

    Returns the claimed run. None, and nothing is done, when the worker is no longer known, or when other jobs wait
    that come first.
    """
    values = {
        "worker": worker_id, "queue": queue, "task": task, "priority": priority, "name": row.id.hex, "run_id": row.id,
    }  # fmt: skip
    found = await run(session, BEGIN_HERE, values)
    return loose(RunRow, found[0]) if found else None


async def abort(session: Session, job_id: int) -> bool:
    """Ask the worker that carries a job on to stop it; False when no worker has it. Repeating it does no harm."""
    return (await session.execute(ABORT, {"id": job_id})).one_or_none() is not None


async def cancelled_without_one(session: Session, *, limit: int) -> list[RunRow]:
    """Cancelled runs that have not ended and that no worker has: theirs died before it could end them."""
    orphaned = text("NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = runs.job_id AND j.status = 'doing')")
    query = select(RunRow).where(RunRow.finished_at.is_(None), RunRow.status == RunStatus.CANCELLING, orphaned)
    return list(await session.scalars(query.where(RunRow.absorbed_by.is_(None)).order_by(RunRow.id).limit(limit)))
