"""What is going on just now, for each person, in one statement."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from domain.ids import first_id
from persistence.database import Session


class Activity(NamedTuple):
    """Runs that a worker carries on or that wait for one, and the calls to models that have ended of late."""

    active_runs: int = 0
    queued_runs: int = 0
    calls: int = 0
    errors: int = 0
    output_tokens: int = 0

    def __add__(self, other: object) -> "Activity":
        """Both together, not one after the other as tuples would be."""
        if not isinstance(other, Activity):
            return NotImplemented
        return Activity(*map(sum, zip(self, other, strict=True)))


NOW = text("""
    WITH r AS (
        SELECT user_id, count(*) FILTER (WHERE status IN ('IN_PROGRESS', 'CANCELLING')) AS active,
            count(*) FILTER (WHERE status = 'QUEUED') AS queued
        FROM runs WHERE finished_at IS NULL AND absorbed_by IS NULL GROUP BY user_id
    ), c AS (
        SELECT user_id, count(*) AS calls, count(*) FILTER (WHERE outcome = 'failed') AS errors,
            sum(output_tokens) AS output_tokens
        FROM model_calls WHERE id >= :since GROUP BY user_id
    )
    SELECT user_id, coalesce(active, 0), coalesce(queued, 0), coalesce(calls, 0), coalesce(errors, 0),
        coalesce(output_tokens, 0)
    FROM r FULL JOIN c USING (user_id)
""")
JOBS = text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")


async def now(session: Session, since: datetime) -> dict[UUID, Activity]:
    """What each person who has anything going on has going on, with the calls that ended since a moment."""
    # A call gets its id when it ends, and ids sort by their time: no other index is needed.
    rows = await session.execute(NOW, {"since": first_id(since)})
    return {user_id: Activity(*counts) for user_id, *counts in rows}


async def waiting_jobs(session: Session) -> int:
    """Jobs that no worker has taken yet."""
    return int((await session.execute(JOBS)).scalar_one())
