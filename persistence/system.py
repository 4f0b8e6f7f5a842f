"""How the server stands as a whole: its workers, its queue and its database."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from persistence.database import Session


class Worker(NamedTuple):
    """A worker that the queue knows: `silent_s` seconds without a heartbeat, and the jobs that it has."""

    id: int
    last_heartbeat_at: datetime
    silent_s: float
    jobs: int


class Standing(NamedTuple):
    """Jobs that wait and jobs at work, since when the oldest waits, figures of the database, and whether any model is
    switched on and there."""

    waiting: int
    working: int
    oldest_waiting_at: datetime | None
    oldest_waits_s: float
    database_version: str
    revision: str | None
    bytes: int
    connections: int
    most_connections: int
    has_models: bool


WORKERS = text("""
    SELECT w.id, w.last_heartbeat, extract(epoch FROM now() - w.last_heartbeat)::float8,
        (SELECT count(*) FROM procrastinate_jobs j WHERE j.worker_id = w.id AND j.status = 'doing')
    FROM procrastinate_workers w ORDER BY w.id LIMIT :limit
""")
MOST_WORKERS = 200
STANDING = text("""
    WITH waiting AS (
        SELECT (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) AS since
        FROM procrastinate_jobs j WHERE j.status = 'todo'
    )
    SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'),
        (SELECT min(since) FROM waiting),
        coalesce((SELECT extract(epoch FROM now() - min(since)) FROM waiting), 0)::float8,
        current_setting('server_version'), (SELECT version_num FROM alembic_version),
        pg_database_size(current_database()),
        (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),
        current_setting('max_connections')::int,
        EXISTS (SELECT FROM models WHERE enabled AND available)
""")


async def workers(session: Session) -> list[Worker]:
    """The workers that the queue has not forgotten yet, the oldest first; at most MOST_WORKERS."""
    return [Worker(*row) for row in await session.execute(WORKERS, {"limit": MOST_WORKERS})]


async def standing(session: Session) -> Standing:
    return Standing(*(await session.execute(STANDING)).one())
