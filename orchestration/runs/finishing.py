"""How a run ends: final message, terminal event, ledger and the next run in line, all in one transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.messages import MessageStatus, storable
from domain.runs import EventKind, RunEvent, RunFailure, RunStatus, StepStatus
from orchestration.inference.selection import learning
from orchestration.runs.admission import Admission
from persistence import changes, events, growing, progress, runs
from persistence.changes import Change, ChangeKind
from persistence.database import Session
from persistence.growing import Beside
from persistence.runs import RunRow

Terminal = Callable[[dict[str, Any]], RunEvent]
"""Makes the terminal event of a run."""

STEP_ENDS = {
    RunStatus.COMPLETED: StepStatus.COMPLETED,
    RunStatus.FAILED: StepStatus.FAILED,
    RunStatus.CANCELLED: StepStatus.CANCELLED,
    RunStatus.EXPIRED: StepStatus.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended and what it leaves: `text`, `parts` and the answers `beside` are kept whatever the status."""

    status: RunStatus
    text: str = ""
    parts: Sequence[dict[str, Any]] = ()
    failure: RunFailure | None = None
    first_token_ms: float | None = None
    model_used: str | None = None
    agent_id: UUID | None = None
    memory_ids: Sequence[UUID] = ()
    beside: Sequence[Beside] = ()


async def finish(
    session: Session,
    run: RunRow,
    ending: Ending,
    event: Terminal,
    admission: Admission,
) -> Sequence[RunEvent]:
    """End a run whose row the caller has locked, and whose chat it has touched, and with it those whose questions it
    has heard.

    Runs that waited for its answer begin. Returns the terminal events, stored with the rest.
    """
    run.first_token_ms = ending.first_token_ms
    moves = await progress.end(session, run, ending.status, STEP_ENDS[ending.status], ending.failure)
    await growing.finish(
        session,
        run.message_id,
        content=storable(ending.text),
        parts=list(ending.parts),
        status=MessageStatus.COMPLETED if ending.status is RunStatus.COMPLETED else MessageStatus.INCOMPLETE,
        model_used=ending.model_used,
        agent_id=ending.agent_id,
        memory_ids=ending.memory_ids,
    )
    if ending.beside:
        await growing.beside(session, run.input_id, run.id, ending.beside)
    last = [event({"status": ending.status.value})]
    ready = await _move(session, run, ending, last) if moves else []
    await events.add(session, last)
    await learning.failed(session, run, ending.failure)
    changed = [Change(ChangeKind.RUN, key, run.chat_id) for key in (*(r.id for r in ready), *(e.run_id for e in last))]
    answers = run.message_id, *(one.id for one in ending.beside)
    changed += [Change(ChangeKind.MESSAGE, key, run.chat_id) for key in answers]
    changed.append(Change(ChangeKind.CHAT, run.chat_id, run.chat_id))
    await changes.record(session, run.user_id, changed)
    await admission.admit(session, run.user_id, ready)
    return last


async def _move(session: Session, run: RunRow, ending: Ending, last: list[RunEvent]) -> list[RunRow]:
    """End the runs whose questions this one has heard, their events going to `last`; gives those that may begin."""
    ready: list[RunRow] = []
    for following in await runs.following(session, run):
        if following.waiting:
            following.waiting = False
            ready.append(following)
        else:
            _end(following, ending)
            position = await events.position(session, following.id)
            last.append(terminal(following.id, position)({"status": ending.status.value}))
    await session.flush()
    return ready


def _end(run: RunRow, ending: Ending) -> None:
    run.status, run.finished_at = ending.status, datetime.now(UTC)
    if ending.failure is not None:
        run.error_code, run.error_message = ending.failure.code, storable(ending.failure.message)
        run.error_retryable = ending.failure.retryable


def terminal(run_id: UUID, position: int) -> Terminal:
    """Makes the terminal event of a run that no worker writes to: its number follows `position`."""

    def event(data: dict[str, Any]) -> RunEvent:
        return RunEvent(run_id, position + 1, EventKind.FINISHED, datetime.now(UTC), None, None, data)

    return event
