"""How a run is stopped: from any process, at any time, as often as one likes."""

from datetime import UTC, datetime
from uuid import UUID

from domain.runs import TERMINAL, EventKind, RunEvent, RunStatus
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending, Terminal, finish, terminal
from orchestration.runs.queue import RunQueue
from persistence import changes, chats, events, files, jobs, queued_messages, runs
from persistence.changes import Change, ChangeKind
from persistence.chats import ChatRow
from persistence.database import Database, Session
from persistence.journal import unpacked
from persistence.runs import RunRow

ABANDONED = 100
"""Cancelled runs without a worker that one look ends."""


class Cancelling:
    def __init__(self, db: Database, queue: RunQueue, admission: Admission) -> None:
        self._db, self._queue, self._admission = db, queue, admission

    async def cancel(self, user_id: UUID, run_id: UUID) -> RunRow:
        """Stop a run and keep what it has said. A run that has ended stays as it is."""
        async with self._db.write() as session:
            run = await runs.visible_to(session, run_id, user_id)
            chat = await chats.locked(session, run.chat_id)
            if chat is not None and await self.cancel_in(session, chat, run):
                await changes.record(session, user_id, [Change(ChangeKind.RUN, run.id, run.chat_id)])
        return run

    async def cancel_in(self, session: Session, chat: ChatRow, run: RunRow) -> bool:
        """The same inside a transaction that holds the chat; False when the run had ended.

        The worker that has the run hears of it when the transaction commits. What no worker has ends here.
        """
        await session.refresh(run, with_for_update=True)
        if run.status in TERMINAL:
            return False
        run.cancel_requested_at = run.cancel_requested_at or datetime.now(UTC)
        if run.absorbed_by is not None:  # one answer for both questions: stopping it stops both
            run.status = RunStatus.CANCELLING
            answering = (await runs.by_ids(session, [run.absorbed_by]))[run.absorbed_by]
            return await self.cancel_in(session, chat, answering)
        # Runs that this one has started are to be stopped here as well, each in the same way.
        if run.waiting:
            await queued_messages.take_out(session, chat, run)
        if run.status is not RunStatus.QUEUED and await self._queue.abort(session, run):
            run.status = RunStatus.CANCELLING
            await session.flush()
        else:
            await chats.touch(session, run.chat_id)
            await finish(session, run, *await _said(session, run), self._admission)
        return True

    async def look_again(self) -> None:
        """End cancelled runs whose worker has died before it could."""
        async with self._db.read() as session:
            abandoned = await jobs.cancelled_without_one(session, limit=ABANDONED)
        for run in abandoned:
            async with self._db.write() as session:
                if (chat := await chats.locked(session, run.chat_id)) is not None:
                    await self.cancel_in(session, chat, await runs.visible_to(session, run.id, run.user_id))

    async def delete_chat(self, user_id: UUID, chat_id: UUID) -> None:
        """Delete a chat with all that is in it, which is gone for everybody at once; runs at work in it are stopped."""
        async with self._db.write() as session:
            await chats.visible_to(session, chat_id, user_id, lock=True)
            for run in await runs.unfinished(session, chat_id):
                await self._queue.abort(session, run)
            await files.leave_chat(session, chat_id)
            await chats.leave(session, chat_id)
            await changes.record(session, user_id, [Change(ChangeKind.CHAT_DELETED, chat_id, chat_id)])
            await self._admission.admit(session, user_id)


async def _said(session: Session, run: RunRow) -> tuple[Ending, Terminal]:
    """The end of a run that no worker has, with what it had said.

    Where streams carry the log, watchers may have seen more, which is lost with the worker that said it. They are told
    to forget it.
    """
    kept = Kept() if run.state is None else Kept.from_stored(unpacked(run.state))
    said = await events.streamed(session, run.id)
    paused = run.status is RunStatus.REQUIRES_ACTION or not said
    draft = Draft(kept.parts) if paused else Draft.of_events(said, run.message_id)
    ending = Ending(RunStatus.CANCELLED, draft.text, draft.typed_parts(), first_token_ms=run.first_token_ms)
    position = await events.position(session, run.id)
    if not paused and run.reserved_sequence > said[-1].sequence:
        position = await _say_again(session, run, draft, position)
    return ending, terminal(run.id, position)


async def _say_again(session: Session, run: RunRow, draft: Draft, position: int) -> int:
    """Let watchers forget what they have seen of the answer, and see all that is kept. Returns the new position."""
    now, reason = datetime.now(UTC), {"reason": "Its worker was lost."}
    told = [RunEvent(run.id, position + 1, EventKind.MESSAGE_DISCARDED, now, run.message_id, None, reason)]
    for kind, words in draft.said():
        told.append(RunEvent(run.id, told[-1].sequence + 1, kind, now, run.message_id, words))
    await events.add(session, told)
    return told[-1].sequence
