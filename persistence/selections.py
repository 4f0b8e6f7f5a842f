"""Choices that a policy made, kept apart from the runs so that they can be counted, and whether people agreed."""

from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, TextClause, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.metrics import Window
from persistence.base import Base, Created
from persistence.database import Session


class SelectionRow(Base):
    """The choice that a run went by; a run for which somebody asked for a model has none. It outlives its run."""

    __tablename__ = "selections"
    run_id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    confidence: Mapped[float]
    created_at: Mapped[Created]
    counted: Mapped[bool] = mapped_column(server_default="false")
    __table_args__ = (
        Index("ix_selections_user_id_created_at", "user_id", "created_at"),
        Index("ix_selections_created_at", "created_at", postgresql_using="brin"),
        Index("ix_selections_uncounted", "created_at", postgresql_where=text("NOT counted")),
    )


class Thumbs(NamedTuple):
    """What people think of the answers of a model, which is called `name`."""

    name: str = ""
    up: int = 0
    down: int = 0


class Calibration(NamedTuple):
    """Choices of about the same confidence whose answers were rated: mean confidence, share of thumbs up, how many of
    them there are, and with how many of the choices the thumbs agree."""

    confidence: float
    observed: float
    answers: int
    agreed: int


@cache
def _calibration(*, everybody: bool) -> TextClause:
    whose = "" if everybody else " AND s.user_id = :user_id"
    return text(f"""
        SELECT avg(s.confidence), avg((r.rating = 'UP')::int)::float8, count(*),
            count(*) FILTER (WHERE (r.rating = 'UP') = (s.confidence >= 0.5))
        FROM message_ratings r JOIN runs ON runs.message_id = r.message_id JOIN selections s ON s.run_id = runs.id
        WHERE r.created_at >= :start AND r.created_at < :end{whose}
        GROUP BY least(width_bucket(s.confidence, 0, 1, 10), 10) ORDER BY 1
    """)


@cache
def _thumbs(*, everybody: bool) -> TextClause:
    whose = "" if everybody else " AND runs.user_id = :user_id"
    return text(f"""
        SELECT m.id, m.name, count(*) FILTER (WHERE r.rating = 'UP'), count(*) FILTER (WHERE r.rating = 'DOWN')
        FROM message_ratings r JOIN runs ON runs.message_id = r.message_id JOIN models m ON m.id = runs.model_id
        WHERE r.created_at >= :start AND r.created_at < :end{whose}
        GROUP BY m.id
    """)


async def calibration(session: Session, window: Window) -> list[Calibration]:
    """Choices whose answers got a thumb in the window, in up to ten bins of confidence, lowest first."""
    query = _calibration(everybody=window.user_id is None)
    return [Calibration(*row) for row in await session.execute(query, window._asdict())]


async def thumbs(session: Session, window: Window) -> dict[UUID, Thumbs]:
    """Thumbs that answers of each model, chosen or asked for, got in the window."""
    query = _thumbs(everybody=window.user_id is None)
    return {model_id: Thumbs(*found) for model_id, *found in await session.execute(query, window._asdict())}
