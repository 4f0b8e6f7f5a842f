"""How a run moves on: the statements that each of them executes once, in the words of the driver."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm.attributes import set_committed_value

from domain.ids import new_id
from domain.messages import storable
from domain.runs import EventKind, RunFailure, RunStatus, StepKind, StepStatus
from domain.selection import CHOSEN
from persistence import database
from persistence.base import as_json
from persistence.database import Session
from persistence.runs import RunRow

BEGIN = """
    WITH added AS (
        INSERT INTO runs (id, chat_id, user_id, input_id, message_id, agent_id, agent_versions, workflow_id,
                          workflow_version, requested_model_id, thinking, when_busy, options, api_key_id,
                          idempotency_key, request, status, waiting, background, trace, created_at)
        VALUES (%(id)s, %(chat_id)s, %(user_id)s, %(input_id)s, %(message_id)s, %(agent_id)s, %(agent_versions)s::jsonb,
                %(workflow_id)s, %(workflow_version)s, %(requested_model_id)s, %(thinking)s, %(when_busy)s,
                %(options)s::jsonb, %(api_key_id)s, %(idempotency_key)s, %(request)s::jsonb, %(status)s, %(waiting)s,
                %(background)s, %(trace)s, %(created_at)s)
        RETURNING id, status, created_at
    )
    INSERT INTO run_events (run_id, sequence, kind, data, created_at)
    SELECT id, 1, %(event)s::text, jsonb_build_object('status', status), created_at FROM added
"""


async def begin(session: Session, row: RunRow) -> None:
    """Store a new run, which the session does not get to know, with its first event, which says how it stands. Nobody
    can watch it yet, so nobody is told."""
    values = {
        "id": row.id, "chat_id": row.chat_id, "user_id": row.user_id, "input_id": row.input_id,
        "message_id": row.message_id, "agent_id": row.agent_id, "agent_versions": as_json(row.agent_versions),
        "workflow_id": row.workflow_id, "workflow_version": row.workflow_version,
        "requested_model_id": row.requested_model_id, "thinking": row.thinking.value,
        "when_busy": row.when_busy.value, "options": as_json(row.options),
        "api_key_id": row.api_key_id, "idempotency_key": row.idempotency_key, "request": as_json(row.request),
        "status": row.status.value, "waiting": row.waiting, "background": row.background, "trace": row.trace,
        "created_at": row.created_at, "event": EventKind.STATUS.value,
    }  # fmt: skip
    await database.run(session, BEGIN, values)


CHOOSE = """
    WITH mine AS (
        UPDATE runs SET selection = %(selection)s::jsonb, model_id = %(model_id)s,
            reserved_sequence = greatest(reserved_sequence, %(reserved)s)
        WHERE id = %(run_id)s AND attempt = %(attempt)s AND finished_at IS NULL
        RETURNING id, user_id
    ), chosen AS (
        INSERT INTO selections (run_id, user_id, confidence)
        SELECT id, user_id, %(confidence)s FROM mine WHERE %(by_policy)s
        ON CONFLICT (run_id) DO UPDATE SET confidence = excluded.confidence
    )
    INSERT INTO run_steps (id, run_id, kind, name, status, started_at)
    SELECT %(step_id)s, id, %(kind)s, %(name)s, %(status)s, now() FROM mine
    RETURNING id
"""


async def choose(
    session: Session, run: RunRow, selection: dict[str, Any], model_id: UUID, *, step: str, reserved: int = 0
) -> bool:
    """Note which model answers, and begin the agent's step; False when this attempt does not own the run any
    more. What a policy chose is also noted apart from the run. Numbers of events up to `reserved` may be used outside
    PostgreSQL."""
    values = {
        "run_id": run.id, "attempt": run.attempt, "selection": as_json(selection), "model_id": model_id,
        "by_policy": selection["source"] in CHOSEN, "confidence": selection["confidence"],
        "reserved": reserved, "step_id": new_id(), "kind": StepKind.AGENT.value, "name": step,
        "status": StepStatus.IN_PROGRESS.value,
    }  # fmt: skip
    return bool(await database.run(session, CHOOSE, values))


HAND_OVER = """
    WITH before AS (
        UPDATE run_steps SET status = %(done)s, finished_at = %(at)s
        WHERE run_id = %(run_id)s AND key IS NULL AND finished_at IS NULL
    )
    INSERT INTO run_steps (id, run_id, kind, name, status, started_at)
    VALUES (%(step_id)s, %(run_id)s, %(kind)s, %(name)s, %(status)s, %(at)s)
"""


async def hand_over(session: Session, run_id: UUID, *, name: str, at: datetime) -> None:
    """End the step of the agent at work and begin that of the one it has handed to, in a transaction that holds the
    run's row."""
    values = {
        "run_id": run_id, "step_id": new_id(), "name": storable(name), "at": at, "kind": StepKind.AGENT.value,
        "status": StepStatus.IN_PROGRESS.value, "done": StepStatus.COMPLETED.value,
    }  # fmt: skip
    await database.run(session, HAND_OVER, values)


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
        error_retryable = %(retryable)s, limit_reached = %(limit)s, requests = used.requests,
        input_tokens = used.input_tokens, cached_input_tokens = used.cached_input_tokens,
        output_tokens = used.output_tokens, reasoning_tokens = used.reasoning_tokens, cost_usd = used.cost_usd
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

    `model_id`, `first_token_ms` and `limit_reached` are stored as they are in `run`. Returns whether its end moves
    other runs: see `runs.following`.
    """
    code, message = (failure.code, storable(failure.message)) if failure else (None, None)
    ended = {
        "status": status, "error_code": code, "error_message": message,
        "error_retryable": failure is not None and failure.retryable,
    }  # fmt: skip
    values = {
        "id": run.id, "status": status.value, "step": step.value, "code": code and code.value, "message": message,
        "retryable": ended["error_retryable"], "model_id": run.model_id, "first_token_ms": run.first_token_ms,
        "limit": run.limit_reached and run.limit_reached.value,
    }  # fmt: skip
    [(*stored, moves)] = await database.run(session, END, values)
    for name, value in (ended | dict(zip(ENDED, stored, strict=True))).items():
        set_committed_value(run, name, value)
    return bool(moves)
