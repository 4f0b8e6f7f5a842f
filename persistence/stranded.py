"""Runs and jobs that nobody carries on: their worker has died, or lost the database at the wrong moment."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

import psycopg
from sqlalchemy import text

from persistence.database import Session

# A job in hand belongs to a registered worker: the engine takes the name of one that is removed out of its jobs.
# A run whose row is locked is being written to at this moment, so somebody still has it.
STRANDED = text("""
    SELECT r.id, r.job_id, lost.priority FROM runs r LEFT JOIN procrastinate_jobs lost ON lost.id = r.job_id
    WHERE r.finished_at IS NULL AND r.job_id IS NOT NULL AND r.status IN ('QUEUED', 'IN_PROGRESS', 'CANCELLING')
      AND NOT EXISTS (
        SELECT FROM procrastinate_jobs j
        WHERE j.id = r.job_id AND (j.status = 'todo' OR j.status = 'doing' AND j.worker_id IS NOT NULL)
      )
    ORDER BY r.id LIMIT :limit FOR UPDATE OF r SKIP LOCKED
""")
MOVE = text("UPDATE runs SET job_id = :new WHERE id = :run")
DROP = text("DELETE FROM procrastinate_jobs WHERE id = :job AND (status <> 'doing' OR worker_id IS NULL)")
SWEEP = text("""
    DELETE FROM procrastinate_jobs j
    WHERE j.queue_name = :queue AND j.status <> 'todo' AND (j.status <> 'doing' OR j.worker_id IS NULL)
      AND NOT EXISTS (SELECT FROM runs r WHERE r.job_id = j.id AND r.finished_at IS NULL)
""")
# Whoever stores a run for its own worker holds that worker's row until it commits: see `jobs.begin_here`.
FORGET_WORKERS = text("""
    DELETE FROM procrastinate_workers WHERE id IN (
        SELECT id FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => :silent_for)
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) RETURNING id
""")
# The engine tells workers of new jobs only. As in its own `retry_job`, what is to be stopped does not wait again.
PUT_BACK = text("""
    WITH back AS (
        UPDATE procrastinate_jobs SET attempts = attempts + 1,
            status = CAST(CASE WHEN abort_requested THEN 'failed' ELSE 'todo' END AS procrastinate_job_status)
        WHERE worker_id = :worker AND status = 'doing' AND id <> ALL(CAST(:held AS bigint[]))
        RETURNING queue_name
    )
    SELECT pg_notify(
        'procrastinate_queue_v1#' || queue_name, CAST(json_build_object('type', 'job_inserted', 'job_id', 0) AS text)
    ) FROM back GROUP BY queue_name
""")


class Stranded(NamedTuple):
    """`priority` is that of the job it had; None when that is gone."""

    run_id: UUID
    job_id: int
    priority: int | None


DRIVER_OUTAGE = (psycopg.OperationalError, OSError)
"""What the engine's own connections raise when the database cannot be reached just now."""


async def stranded(session: Session, *, limit: int) -> list[Stranded]:
    """Runs that no worker has and none will take. Their rows stay locked."""
    return [Stranded(*row) for row in await session.execute(STRANDED, {"limit": limit})]


async def move(session: Session, run_id: UUID, *, old: int, new: int) -> None:
    """Give a run another job. Whoever comes back with the old one finds it gone and can do no harm to the new one."""
    await session.execute(DROP, {"job": old})
    await session.execute(MOVE, {"run": run_id, "new": new})


async def sweep(session: Session, *, queue: str) -> None:
    """Remove jobs that have ended or lost their worker, and that no run needs any more."""
    await session.execute(SWEEP, {"queue": queue})


async def forget_workers(session: Session, *, silent_for: float) -> list[int]:
    """Remove workers that have said nothing for so many seconds; what they carried on belongs to nobody then."""
    return list(await session.scalars(FORGET_WORKERS, {"silent_for": silent_for}))


async def put_back(session: Session, *, worker_id: int, held: Collection[int]) -> None:
    """Put into the queue what a worker is said to carry on but does not: all of its jobs but those it holds."""
    await session.execute(PUT_BACK, {"worker": worker_id, "held": list(held)})
