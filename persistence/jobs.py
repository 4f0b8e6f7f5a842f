"""Jobs of the queue: what the engine does not offer, or not inside our own transactions."""

from sqlalchemy import select, text

from domain.runs import RunStatus
from persistence.database import Session
from persistence.runs import RunRow

ABORT = text("UPDATE procrastinate_jobs SET abort_requested = true WHERE id = :id AND status = 'doing' RETURNING id")
"""A trigger of the engine tells the worker."""


async def abort(session: Session, job_id: int) -> bool:
    """Ask the worker that carries a job on to stop it; False when no worker has it. Repeating it does no harm."""
    return (await session.execute(ABORT, {"id": job_id})).one_or_none() is not None


async def cancelled_without_one(session: Session, *, limit: int) -> list[RunRow]:
    """Cancelled runs that have not ended and that no worker has: theirs died before it could end them."""
    orphaned = text("NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = runs.job_id AND j.status = 'doing')")
    query = select(RunRow).where(RunRow.finished_at.is_(None), RunRow.status == RunStatus.CANCELLING, orphaned)
    return list(await session.scalars(query.where(RunRow.absorbed_by.is_(None)).order_by(RunRow.id).limit(limit)))
