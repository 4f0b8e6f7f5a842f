"""How a message enters a run that is at work: before the next call of its model."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.messages import MessageStatus, storable
from domain.runs import EventKind, RunEvent, RunStatus
from orchestration.runs.admission import Admission
from persistence import changes, chats, events, growing, queued_messages, runs
from persistence.changes import Change, ChangeKind
from persistence.database import Session
from persistence.messages import MessageRow
from persistence.queued_messages import Queued
from persistence.runs import RunRow


async def take_steered(
    session: Session,
    run: RunRow,
    admission: Admission,
    *,
    content: str,
    parts: list[dict[str, Any]],
    model_used: str | None = None,
    agent_id: UUID | None = None,
) -> list[MessageRow]:
    """Messages that the run is to hear before it calls its model again, in their order; mostly none.

    Call it first in the transaction that begins a turn, before the run's row is locked. `content` and `parts` are what
    the run has said so far: that becomes a message of its own, which ends here. The heard messages follow it, and
    `run.message_id` is the answer below them, which the run writes from now on: say MESSAGE_STARTED for it.
    """
    if not await queued_messages.steered(session, run.message_id):
        return []
    chat = await chats.locked(session, run.chat_id)
    held = await runs.held(session, run.id, run.attempt)
    if chat is None or held is None or held.status is not RunStatus.IN_PROGRESS:
        return []
    waiting = await queued_messages.waiting_in(session, chat.id)
    heard = queued_messages.to_be_heard(waiting, held.message_id)
    if not heard:
        return []
    await growing.finish(
        session, held.message_id, content=storable(content), parts=parts,
        status=MessageStatus.COMPLETED, model_used=model_used, agent_id=agent_id,
    )  # fmt: skip
    await _go_on(session, held, waiting, heard, admission)
    run.message_id = held.message_id
    return [queued.question for queued in heard]


async def _go_on(
    session: Session, run: RunRow, waiting: list[Queued], heard: list[Queued], admission: Admission
) -> None:
    """Let the run write below what it has heard."""
    ended, answer = {run.message_id, *(queued.answer.id for queued in heard[:-1])}, heard[-1].answer
    keys = ((ChangeKind.MESSAGE, run.message_id), (ChangeKind.CHAT, run.chat_id))
    changed = [Change(kind, key, run.chat_id) for kind, key in keys]
    for queued in heard[:-1]:  # between two messages that are heard together nothing is said
        queued.answer.status = MessageStatus.COMPLETED
    answer.run_id, answer.agent_id, run.message_id = run.id, run.agent_id, answer.id
    for queued in heard:
        changed += await _absorb(session, queued, run)
    # What branches off the answers that have just ended waits for nothing any more.
    freed = [q.run for q in waiting if q not in heard and q.question.parent_id in ended]
    for other in freed:
        other.waiting = False
    changed += [Change(ChangeKind.RUN, other.id, run.chat_id) for other in freed]
    await session.flush()
    await changes.record(session, run.user_id, changed)
    await admission.admit(session, run.user_id, freed)


async def _absorb(session: Session, queued: Queued, by: RunRow) -> list[Change]:
    """Let a waiting run go with the one that hears its question: it ends when that one ends, and as that one does."""
    own, now = queued.run, datetime.now(UTC)
    own.waiting, own.absorbed_by, own.message_id = False, by.id, by.message_id
    own.status, own.started_at, own.model_id = RunStatus.IN_PROGRESS, now, by.model_id
    data = {"status": own.status.value}
    sequence = await events.position(session, own.id) + 1
    await events.add(session, [RunEvent(own.id, sequence, EventKind.STATUS, now, None, None, data)])
    return [
        Change(ChangeKind.RUN, own.id, own.chat_id),
        Change(ChangeKind.MESSAGE, queued.question.id, own.chat_id),
        Change(ChangeKind.MESSAGE, queued.answer.id, own.chat_id),
    ]
