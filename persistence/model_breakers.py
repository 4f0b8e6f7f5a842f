"""One circuit breaker for each model, shared by all processes: who failed lately, and until when it is left alone.

A model without a row is CLOSED and has no failures. The clock is the database's, so processes need not agree on one.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, and_, case, delete, func, literal, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.calls import Blame, BreakerState, Verdict
from domain.runs import RunErrorCode
from persistence.base import Base, Moment, Word
from persistence.database import Session
from persistence.model_registration import told
from persistence.models import ModelRow

OPEN_AFTER = 3
"""Failures in a row that open a breaker."""
REST = timedelta(seconds=60)
"""How long it stays open the first time; each failed probe doubles it."""
COOL = timedelta(seconds=5)
"""How long a model rests that asks for less without saying how long; doubled likewise."""
LONGEST_REST = timedelta(minutes=10)
PROBE = timedelta(seconds=150)
"""How long a probe may take before another one is let through: its process may have died."""
MOST_DOUBLINGS = 8


class ModelBreakerRow(Base):
    """`open_until` is null for a breaker that only a person or a success closes; `openings` counts since the last."""

    __tablename__ = "model_breakers"
    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[BreakerState] = mapped_column(Word(BreakerState))
    failures: Mapped[int]
    openings: Mapped[int] = mapped_column(server_default="0")
    opened_at: Mapped[Moment | None]
    open_until: Mapped[Moment | None]
    probe_until: Mapped[Moment | None]
    error_code: Mapped[RunErrorCode | None] = mapped_column(Word(RunErrorCode))
    reason: Mapped[str]
    failed_at: Mapped[Moment]


class Breaker(NamedTuple):
    """As it was when it was read. `until` is when an OPEN one becomes HALF_OPEN; never by itself without it."""

    state: BreakerState
    failures: int
    since: datetime | None
    until: datetime | None
    reason: str


async def failed(session: Session, model_id: UUID, verdict: Verdict, code: RunErrorCode | None) -> None:
    """A call has failed: count it, open the breaker if it is time, and say so to every process."""
    if verdict.blame is Blame.NOBODY:
        await release(session, model_id)
        return
    if verdict.blame is Blame.KEY:
        await _switch_off(session, model_id, verdict, code)
        return
    row = ModelBreakerRow
    at_once = verdict.blame is Blame.COOL
    was_open = row.state == BreakerState.OPEN
    opens = literal(True) if at_once else or_(was_open, row.failures + 1 >= OPEN_AFTER)
    # One that waits for a person is not shortened by somebody who tried anyway.
    switched_off = and_(was_open, row.open_until.is_(None))
    doublings = func.least(row.openings, MOST_DOUBLINGS)
    usual = func.least(func.power(2, doublings) * (COOL if at_once else REST), LONGEST_REST)
    until = func.now() + (literal(verdict.rest) if verdict.rest is not None else usual)
    first = {
        "state": BreakerState.OPEN if at_once else BreakerState.CLOSED,
        "failures": 1,
        "openings": 1 if at_once else 0,
        "opened_at": func.now() if at_once else None,
        "open_until": func.now() + (verdict.rest or COOL) if at_once else None,
    }
    said = {"error_code": code, "reason": verdict.reason, "failed_at": func.now()}
    statement = insert(row).values(model_id=model_id, **first, **said).on_conflict_do_update(
        index_elements=["model_id"],
        set_={
            "state": case((opens, BreakerState.OPEN.value), else_=row.state),
            "failures": row.failures + 1,
            "openings": row.openings + case((opens, 1), else_=0),
            "opened_at": case((and_(opens, ~was_open), func.now()), else_=row.opened_at),
            "open_until": case((switched_off, null()), (opens, until), else_=row.open_until),
            "probe_until": None,
            **said,
        },
    )  # fmt: skip
    await session.execute(statement)
    await told(session)


async def succeeded(session: Session, model_id: UUID) -> None:
    """A call has succeeded: the model is well, and so is the provider's key."""
    provider = select(ModelRow.provider_id).where(ModelRow.id == model_id).scalar_subquery()
    siblings = select(ModelRow.id).where(ModelRow.provider_id == provider)
    well = or_(
        ModelBreakerRow.model_id == model_id,
        and_(ModelBreakerRow.error_code == RunErrorCode.MODEL_AUTH_FAILED, ModelBreakerRow.model_id.in_(siblings)),
    )
    await _close(session, well)


async def reset(session: Session, model_ids: list[UUID]) -> None:
    """A person has changed something about these models: they get a new chance."""
    await _close(session, ModelBreakerRow.model_id.in_(model_ids))


async def release(session: Session, model_id: UUID) -> None:
    """A probe has ended without saying anything of the model: let another one through."""
    held = (ModelBreakerRow.model_id == model_id) & ModelBreakerRow.probe_until.is_not(None)
    await session.execute(update(ModelBreakerRow).where(held).values(probe_until=None))


async def take_probe(session: Session, model_id: UUID) -> bool:
    """Whether the caller may call a model whose breaker is not CLOSED: one process at a time, after its rest."""
    row = ModelBreakerRow
    rested = (row.model_id == model_id) & (row.open_until <= func.now())
    free = or_(row.probe_until.is_(None), row.probe_until < func.now())
    taken = update(row).where(rested, free).values(probe_until=func.now() + PROBE).returning(row.model_id)
    return await session.scalar(taken) is not None


async def _switch_off(session: Session, model_id: UUID, verdict: Verdict, code: RunErrorCode | None) -> None:
    """Open the breakers of all models of the provider until somebody sets a key that it accepts."""
    provider = select(ModelRow.provider_id).where(ModelRow.id == model_id).scalar_subquery()
    shut = {
        "state": BreakerState.OPEN, "open_until": None, "probe_until": None, "error_code": code,
        "reason": verdict.reason, "failed_at": func.now(),
    }  # fmt: skip
    columns = ["model_id", "failures", "opened_at", *shut]
    values = select(
        ModelRow.id, literal(1), func.now(), literal(BreakerState.OPEN.value), null(), null(),
        literal(None if code is None else code.value), literal(verdict.reason), func.now(),
    ).where(ModelRow.provider_id == provider).order_by(ModelRow.id)  # fmt: skip
    statement = insert(ModelBreakerRow).from_select(columns, values)
    opened = func.coalesce(ModelBreakerRow.opened_at, func.now())
    await session.execute(
        statement.on_conflict_do_update(index_elements=["model_id"], set_={**shut, "opened_at": opened})
    )
    await told(session)


async def _close(session: Session, which: ColumnElement[bool]) -> None:
    # Locked in one order, as a refused key writes them: two transactions must not wait for each other.
    row = ModelBreakerRow
    found = select(row.model_id).where(which).order_by(row.model_id).with_for_update().cte("found")
    closed = await session.scalars(
        delete(row).where(row.model_id.in_(select(found.c.model_id))).returning(row.model_id)
    )
    if closed.all():
        await told(session)


def columns() -> list[Any]:
    """What a query that joins breakers selects to tell their state at its moment."""
    row = ModelBreakerRow
    half_open = (row.state == BreakerState.OPEN) & (row.open_until <= func.now())
    state = case((half_open, BreakerState.HALF_OPEN.value), else_=row.state)
    return [
        state.label("breaker_state"), row.failures.label("breaker_failures"), row.opened_at.label("breaker_since"),
        row.open_until.label("breaker_until"), row.reason.label("breaker_reason"),
    ]  # fmt: skip
