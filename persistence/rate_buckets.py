"""Points that clients have spent lately, shared by all processes: one leaking bucket for each limit of each client.

Nothing here has to survive a crash, so the table is not logged.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple, cast

from sqlalchemy import delete, func
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base, Moment
from persistence.database import Session, run

KEPT = timedelta(minutes=10)
"""After this a bucket that nobody uses is empty: all limits are for a minute."""


class RateBucketRow(Base):
    """`points` were in it `at` that moment; since then `leak` points have left it each second."""

    __tablename__ = "rate_buckets"
    __table_args__ = {"prefixes": ["UNLOGGED"]}
    name: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[float]
    leak: Mapped[float]
    at: Mapped[Moment]


class Spent(NamedTuple):
    """Points to put into a bucket from which `leak` flow off each second."""

    name: str
    points: float
    leak: float


POUR = """
    INSERT INTO rate_buckets AS b (name, points, leak, at)
    SELECT name, points, leak, now()
    FROM unnest(%(names)s::text[], %(points)s::float8[], %(leaks)s::float8[]) AS spent (name, points, leak)
    ORDER BY name
    ON CONFLICT (name) DO UPDATE SET
      points = greatest(b.points - excluded.leak * extract(epoch FROM now() - b.at), 0) + excluded.points,
      leak = excluded.leak, at = now()
    RETURNING name, points
"""


async def pour(session: Session, spent: Sequence[Spent]) -> dict[str, float]:
    """What is in these buckets now, with what was spent: one statement for all of them, in the order of their names,
    so that two processes never wait for each other."""
    values = {
        "names": [one.name for one in spent],
        "points": [one.points for one in spent],
        "leaks": [one.leak for one in spent],
    }
    return dict(cast("list[tuple[str, float]]", await run(session, POUR, values)))


async def forget(session: Session) -> None:
    """Remove the buckets that have been empty for long."""
    await session.execute(delete(RateBucketRow).where(RateBucketRow.at < func.now() - KEPT))
