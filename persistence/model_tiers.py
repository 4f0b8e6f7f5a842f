"""Where the weights of local models are: each process that loads some keeps its own part of this right."""

from datetime import timedelta
from typing import Any

from sqlalchemy import DateTime, cast, func, or_, true, update
from sqlalchemy.dialects.postgresql import JSONB

from domain.models import ModelTier
from persistence.database import Session
from persistence.model_registration import told
from persistence.models import ModelRow

CLAIM = timedelta(seconds=20)
"""How long a process that says RAM is believed; it says so again well before."""


async def note(
    session: Session, file: str, tier: ModelTier, *, mine: bool = False, load_ms: float | None = None
) -> None:
    """Where the weights of a file are now, and how many milliseconds loading took.

    What another process has in RAM stays there, unless `mine` tells that it was ours, or nobody has said so lately.
    """
    noted: dict[str, Any] = {"tier": tier.value} | ({} if load_ms is None else {"load_ms": round(load_ms)})
    was = ModelRow.details["tier"].astext
    said_at = cast(ModelRow.details["tier_at"].astext, DateTime(timezone=True))
    lapsed = or_(said_at.is_(None), said_at < func.now() - CLAIM)
    free = or_(was.is_distinct_from(ModelTier.RAM.value), lapsed)
    allowed = true() if mine or tier is ModelTier.RAM else free
    changed = (ModelRow.file == file) & was.is_distinct_from(tier.value)
    moved = await session.execute(
        update(ModelRow)
        .where(changed, allowed)
        .values(details=ModelRow.details.concat(cast(noted, JSONB)))
        .returning(ModelRow.id)
    )
    if tier is ModelTier.RAM:
        now = func.jsonb_build_object("tier_at", func.now())
        loaded = (ModelRow.file == file) & (was == ModelTier.RAM.value)
        await session.execute(update(ModelRow).where(loaded).values(details=ModelRow.details.concat(now)))
    if moved.first() is not None:
        await told(session)
