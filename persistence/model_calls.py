"""Calls to models: entering one with what it says of the model's health, in one transaction, and looking them up."""

from uuid import UUID

from sqlalchemy import select

from domain.calls import Blame, ModelCall
from domain.models import CallOutcome
from domain.runs import RunErrorCode
from persistence import model_breakers, models
from persistence.database import Session
from persistence.models import ModelCallRow


async def enter(
    session: Session, call: ModelCall, *, user_id: UUID, run_id: UUID | None = None, run_attempt: int = 1
) -> None:
    """Money that was spent is spent: this does not ask whether the run is still this worker's. Safe to repeat.

    A limit on the rate of requests opens the model's breaker, but is no failure of the model.
    """
    limited = call.error_code is RunErrorCode.MODEL_RATE_LIMITED
    entered = await models.record_call(
        session, id=call.id, run_id=run_id, model_id=call.model_id, model_name=call.model_name,
        user_id=user_id, attempt=run_attempt, outcome=call.outcome, error_code=call.error_code,
        usage=call.usage, price_id=call.price_id, estimated=call.estimated,
        blamed=call.verdict.blame is not Blame.NOBODY and not limited, ttft_ms=call.ttft_ms,
        duration_ms=call.duration_ms, started_at=call.started_at,
    )  # fmt: skip
    if not entered:
        return
    match call.outcome:
        case CallOutcome.SUCCEEDED:
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
