"""How a run is stopped: from any process, at any time, as often as one likes."""

from datetime import UTC, datetime
from uuid import UUID

from domain.runs import TERMINAL, RunStatus
from orchestration.runs.attempts import Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending, finish, terminal
from orchestration.runs.queue import RunQueue
from persistence import changes, chats, events, runs
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.journal import unpacked
from persistence.runs import RunRow


def cancelled(run: RunRow) -> Ending:
    """The end of a run that no worker has, with what it had said before it paused."""
    kept = Kept() if run.state is None else Kept.from_stored(unpacked(run.state))
    draft = Draft(kept.parts)
    return Ending(RunStatus.CANCELLED, draft.text, draft.typed_parts(), usage=kept.usage)


class Cancelling:
    def __init__(self, db: Database, queue: RunQueue) -> None:
        self._db, self._queue = db, queue

    async def cancel(self, user_id: UUID, run_id: UUID) -> RunRow:
        """Stop a run and keep what it has said. A run that has ended stays as it is."""
        async with self._db.write() as session:
            run = await runs.visible_to(session, run_id, user_id)
            await chats.locked(session, run.chat_id)
            job_id = await self.cancel_in(session, run)
            await changes.record(session, user_id, [Change(ChangeKind.RUN, run.id, run.chat_id)])
        if job_id is not None:
            await self._queue.abort(job_id)
        return run

    async def cancel_in(self, session: Session, run: RunRow) -> int | None:
        """The same inside a transaction that holds the chat. Returns the job to abort once it has committed."""
        await session.refresh(run, with_for_update=True)
        if run.status in TERMINAL:
            return None
        run.cancel_requested_at = run.cancel_requested_at or datetime.now(UTC)
        if run.status in (RunStatus.QUEUED, RunStatus.REQUIRES_ACTION):  # no worker has it to say that it ended
            last = terminal(run.id, await events.position(session, run.id))
            await finish(session, run, cancelled(run), last, self._queue.defer)
            return None
        run.status = RunStatus.CANCELLING
        await session.flush()
        return run.job_id

    async def delete_chat(self, user_id: UUID, chat_id: UUID) -> None:
        """Delete a chat with all that is in it; runs at work in it are stopped."""
        async with self._db.write() as session:
            chat = await chats.visible_to(session, chat_id, user_id, lock=True)
            jobs = [run.job_id for run in await runs.unfinished(session, chat_id) if run.job_id is not None]
            await chats.remove(session, chat)
            await changes.record(session, user_id, [Change(ChangeKind.CHAT_DELETED, chat_id, chat_id)])
        for job_id in jobs:
            await self._queue.abort(job_id)
