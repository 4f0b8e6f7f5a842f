"""How a run moves on: the statements that each of them executes once, in the words of the driver."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from domain.ids import new_id
from domain.messages import storable
from domain.runs import RunFailure, RunStatus, StepKind, StepStatus
from persistence import database
from persistence.base import as_json
from persistence.database import Session
from persistence.runs import RunRow

CHOOSE = """
    WITH mine AS (
        UPDATE runs SET selection = %(selection)s::jsonb, model_id = %(model_id)s
        WHERE id = %(run_id)s AND attempt = %(attempt)s AND finished_at IS NULL
        RETURNING id
    )
    INSERT INTO run_steps (id, run_id, kind, name, status, started_at)
    SELECT %(step_id)s, id, %(kind)s, %(name)s, %(status)s, now() FROM mine
    RETURNING id
"""


async def choose(session: Session, run: RunRow, selection: dict[str, Any], model_id: UUID, *, step: str) -> bool:
    """Note which model answers, and begin the step that calls it; False when this attempt does not own the run any
    more."""
    values = {
        "run_id": run.id, "attempt": run.attempt, "selection": as_json(selection), "model_id": model_id,
        "step_id": new_id(), "kind": StepKind.MODEL_CALL.value, "name": step, "status": StepStatus.IN_PROGRESS.value,
    }  # fmt: skip
    return bool(await database.run(session, CHOOSE, values))


# The ledger is what counts: a run's sums are those of its calls, whichever worker made them.
END = """
    WITH used AS (
        SELECT count(*) AS requests, coalesce(sum(input_tokens), 0) AS input_tokens,
            coalesce(sum(cached_input_tokens), 0) AS cached_input_tokens,
            coalesce(sum(output_tokens), 0) AS output_tokens, coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens,
            coalesce(sum(cost_usd), 0) AS cost_usd
        FROM model_calls WHERE run_id = %(id)s
    ), steps AS (
        UPDATE run_steps SET status = %(step)s, finished_at = now(), error_code = %(code)s, error_message = %(message)s
        WHERE run_id = %(id)s AND finished_at IS NULL
    )
    UPDATE runs SET status = %(status)s, finished_at = clock_timestamp(), model_id = %(model_id)s,
        first_token_ms = %(first_token_ms)s, error_code = %(code)s, error_message = %(message)s,
        error_retryable = %(retryable)s, requests = used.requests, input_tokens = used.input_tokens,
        cached_input_tokens = used.cached_input_tokens, output_tokens = used.output_tokens,
        reasoning_tokens = used.reasoning_tokens, cost_usd = used.cost_usd
    FROM used WHERE id = %(id)s
    RETURNING finished_at, runs.requests, runs.input_tokens, runs.cached_input_tokens, runs.output_tokens,
        runs.reasoning_tokens, runs.cost_usd,
        EXISTS (
            SELECT FROM runs other JOIN messages question ON question.id = other.input_id
            WHERE other.chat_id = runs.chat_id AND other.finished_at IS NULL AND other.id <> runs.id
                AND (other.absorbed_by = runs.id OR (other.waiting AND question.parent_id = runs.message_id))
        )
"""
ENDED = (
    "finished_at", "requests", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens", "cost_usd",
)  # fmt: skip


async def end(session: Session, run: RunRow, status: RunStatus, step: StepStatus, failure: RunFailure | None) -> bool:
    """End a run, with its open steps and the sums of its calls; `run` hears of it. Its row and its chat's are locked.

    `model_id` and `first_token_ms` are stored as they are in `run`. Returns whether its end moves other runs: see
    `runs.following`.
    """
    code, message = (failure.code, storable(failure.message)) if failure else (None, None)
    ended = {
        "status": status, "error_code": code, "error_message": message,
        "error_retryable": failure is not None and failure.retryable,
    }  # fmt: skip
    values = {
        "id": run.id, "status": status.value, "step": step.value, "code": code and code.value, "message": message,
        "retryable": ended["error_retryable"], "model_id": run.model_id, "first_token_ms": run.first_token_ms,
    }  # fmt: skip
    [(*stored, moves)] = await database.run(session, END, values)
    for name, value in (ended | dict(zip(ENDED, stored, strict=True))).items():
        set_committed_value(run, name, value)
    return bool(moves)
