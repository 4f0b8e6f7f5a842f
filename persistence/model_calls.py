"""Calls to models: entering one with what it says of the model's health, in one transaction, and looking them up."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select

from domain.calls import Blame, ModelCall
from domain.ids import first_id
from domain.metrics import Window
from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode
from persistence import model_breakers, models
from persistence.agents import AgentRow
from persistence.database import Session
from persistence.models import ModelCallRow


async def enter(
    session: Session,
    call: ModelCall,
    *,
    user_id: UUID,
    api_key_id: UUID | None = None,
    run_id: UUID | None = None,
    run_attempt: int = 1,
) -> None:
    """Money that was spent is spent: this does not ask whether the run is still this worker's. Safe to repeat.

    A limit on the rate of requests opens the model's breaker, but is no failure of the model.
    """
    limited = call.error_code is RunErrorCode.MODEL_RATE_LIMITED
    unwell = await models.record_call(
        session, id=call.id, run_id=run_id, model_id=call.model_id, model_name=call.model_name,
        user_id=user_id, api_key_id=api_key_id, attempt=run_attempt, outcome=call.outcome, error_code=call.error_code,
        usage=call.usage, price_id=call.price_id, estimated=call.estimated,
        blamed=call.verdict.blame is not Blame.NOBODY and not limited, ttft_ms=call.ttft_ms,
        duration_ms=call.duration_ms, started_at=call.started_at, step_id=call.step_id, purpose=call.purpose,
    )  # fmt: skip
    if unwell is None or call.model_id is None:
        return
    match call.outcome:
        case CallOutcome.SUCCEEDED if unwell:
            await model_breakers.succeeded(session, call.model_id)
        case CallOutcome.FAILED:
            await model_breakers.failed(session, call.model_id, call.verdict, call.error_code)
        case CallOutcome.CANCELLED:
            await model_breakers.release(session, call.model_id)


async def of_runs(session: Session, run_ids: list[UUID]) -> dict[UUID, list[ModelCallRow]]:
    """Calls of each run that have ended, in the order in which they began."""
    of_these = select(ModelCallRow).where(ModelCallRow.run_id.in_(run_ids))
    found: dict[UUID, list[ModelCallRow]] = {}
    for row in await session.scalars(of_these.order_by(ModelCallRow.started_at, ModelCallRow.id)):
        if row.run_id is not None:
            found.setdefault(row.run_id, []).append(row)
    return found


class CallFilter(NamedTuple):
    """Which lines are wanted: those of a window, and of them only some. A removed model is known by its name; an agent
    that has gone with its owner's account is none."""

    window: Window
    model_id: UUID | None = None
    model_name: str | None = None
    agent_id: UUID | None = None
    has_agent: bool | None = None
    failed: bool | None = None


def _wanted(filter: CallFilter) -> list[ColumnElement[bool]]:
    line, window = ModelCallRow, filter.window
    # Lines get their ids when calls end: those from before the window need not be looked at.
    wanted = [line.id >= first_id(window.start), line.started_at >= window.start, line.started_at < window.end]
    if window.user_id is not None:
        wanted.append(line.user_id == window.user_id)
    if filter.model_id is not None:
        wanted.append(line.model_id == filter.model_id)
    if filter.model_name is not None:
        wanted.append(line.model_name == filter.model_name)
    if filter.agent_id is not None:
        wanted.append(line.agent_id == filter.agent_id)
    if filter.has_agent is not None:
        wanted.append(exists().where(AgentRow.id == line.agent_id) == filter.has_agent)
    if filter.failed is not None:
        wanted.append((line.outcome == CallOutcome.FAILED) == filter.failed)
    return wanted


async def page(session: Session, filter: CallFilter, *, limit: int, after: UUID | None) -> list[ModelCallRow]:
    """Up to `limit` lines, the call that ended last first."""
    query = select(ModelCallRow).where(*_wanted(filter))
    if after is not None:
        query = query.where(ModelCallRow.id < after)
    return list(await session.scalars(query.order_by(ModelCallRow.id.desc()).limit(limit)))


async def count(session: Session, filter: CallFilter) -> int:
    query = select(func.count()).select_from(ModelCallRow).where(*_wanted(filter))
    return (await session.execute(query)).scalar_one()


async def used(session: Session, run_id: UUID) -> TokenUsage:
    """What all calls of a run so far used together."""
    call, mine = ModelCallRow, ModelCallRow.run_id == run_id
    sums = (
        func.count(),
        func.coalesce(func.sum(call.input_tokens), 0),
        func.coalesce(func.sum(call.cached_input_tokens), 0),
        func.coalesce(func.sum(call.output_tokens), 0),
        func.coalesce(func.sum(call.reasoning_tokens), 0),
        func.coalesce(func.sum(call.cost_usd), 0),
    )
    return TokenUsage(*(await session.execute(select(*sums).where(mine))).one())
