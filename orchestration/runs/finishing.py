"""How a run ends: final message, terminal event, ledger and the next run in line, all in one transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.messages import MessageStatus, storable
from domain.models import TokenUsage
from domain.runs import EventKind, RunEvent, RunFailure, RunStatus, StepStatus
from orchestration.inference.selection import learning
from persistence import changes, chats, events, messages, runs
from persistence.changes import Change, ChangeKind
from persistence.database import Session
from persistence.runs import RunRow

Defer = Callable[[Session, UUID], Awaitable[int]]

STEP_ENDS = {
    RunStatus.COMPLETED: StepStatus.COMPLETED,
    RunStatus.FAILED: StepStatus.FAILED,
    RunStatus.CANCELLED: StepStatus.CANCELLED,
    RunStatus.EXPIRED: StepStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended and what it leaves: `text` and `reasoning` are kept whatever the status."""

    status: RunStatus
    text: str = ""
    reasoning: str = ""
    failure: RunFailure | None = None
    usage: TokenUsage = field(default_factory=TokenUsage)
    first_token_ms: float | None = None
    model_used: str | None = None


def parts_of(text: str, reasoning: str) -> list[dict[str, Any]]:
    """Typed parts of a message; none when its plain content says everything."""
    if not reasoning:
        return []
    return [{"type": "reasoning", "text": storable(reasoning)}, {"type": "text", "text": storable(text)}]


async def finish(
    session: Session, run: RunRow, ending: Ending, event: Callable[[dict[str, Any]], RunEvent], defer: Defer
) -> Sequence[RunEvent]:
    """End a run whose row and chat the caller has locked. Returns the terminal event, stored with the rest."""
    run.status, run.finished_at = ending.status, datetime.now(UTC)
    if ending.failure is not None:
        run.error_code, run.error_message = ending.failure.code, storable(ending.failure.message)
        run.error_retryable = ending.failure.retryable
    _account(run, ending)
    await messages.finish(
        session,
        run.message_id,
        content=storable(ending.text),
        parts=parts_of(ending.text, ending.reasoning),
        status=MessageStatus.COMPLETED if ending.status is RunStatus.COMPLETED else MessageStatus.INCOMPLETE,
        model_used=ending.model_used,
    )
    await runs.end_steps(session, run.id, STEP_ENDS[ending.status], ending.failure)
    changed = [
        Change(ChangeKind.RUN, run.id, run.chat_id),
        Change(ChangeKind.MESSAGE, run.message_id, run.chat_id),
        Change(ChangeKind.CHAT, run.chat_id, run.chat_id),
    ]
    if (following := await runs.next_waiting(session, run.message_id)) is not None:
        following.waiting = False
        following.job_id = await defer(session, following.id)
        changed.append(Change(ChangeKind.RUN, following.id, run.chat_id))
    await chats.touch(session, run.chat_id)
    last = event({"status": ending.status.value})
    await events.add(session, [last])
    await session.flush()
    await learning.failed(session, run, ending.failure)
    await changes.record(session, run.user_id, changed)
    return [last]


def _account(run: RunRow, ending: Ending) -> None:
    usage = ending.usage
    run.requests, run.cost_usd = usage.requests, usage.cost_usd
    run.input_tokens, run.cached_input_tokens = usage.input_tokens, usage.cached_input_tokens
    run.output_tokens, run.reasoning_tokens = usage.output_tokens, usage.reasoning_tokens
    run.first_token_ms = ending.first_token_ms


def terminal(run_id: UUID, sequence: int) -> Callable[[dict[str, Any]], RunEvent]:
    """Makes the terminal event of a run that no worker has: its number follows the last one stored."""

    def event(data: dict[str, Any]) -> RunEvent:
        return RunEvent(run_id, sequence + 1, EventKind.FINISHED, datetime.now(UTC), None, None, data)

    return event
