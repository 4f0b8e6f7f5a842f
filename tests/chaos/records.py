"""What is stored of each run when all is over."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, text

from domain.models import CallOutcome
from domain.runs import EventKind, RunEvent
from persistence import events
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.models import ModelCallRow
from persistence.runs import RunRow
from persistence.steps import RunStepRow

PAGE = 100_000


@dataclass
class Record:
    """One run and all that belongs to it."""

    run: RunRow
    answers: list[MessageRow] = field(default_factory=list)
    steps: list[RunStepRow] = field(default_factory=list)
    calls: list[ModelCallRow] = field(default_factory=list)
    log: list[RunEvent] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The answer, from the log."""
        words: list[str] = []
        for event in self.log:
            if event.kind is EventKind.MESSAGE_DISCARDED:
                words.clear()
            elif event.kind is EventKind.TEXT:
                words.append(event.text or "")
        return "".join(words)

    def outcomes(self) -> Counter[CallOutcome]:
        return Counter(call.outcome for call in self.calls)


async def records(db: Database) -> dict[UUID, Record]:
    async with db.read() as session:
        found = {run.id: Record(run) for run in await session.scalars(select(RunRow))}
        for answer in await session.scalars(select(MessageRow).where(MessageRow.run_id.is_not(None))):
            if answer.run_id in found:
                found[answer.run_id].answers.append(answer)
        for step in await session.scalars(select(RunStepRow)):
            found[step.run_id].steps.append(step)
        for call in await session.scalars(select(ModelCallRow).order_by(ModelCallRow.id)):
            if call.run_id in found:
                found[call.run_id].calls.append(call)
        for run_id, record in found.items():
            record.log = await events.after(session, run_id, 0, limit=PAGE)
    return found


async def unfinished(db: Database) -> int:
    """Runs that have not ended."""
    async with db.read() as session:
        count = await session.scalar(select(func.count()).select_from(RunRow).where(RunRow.finished_at.is_(None)))
    return count or 0


async def jobs_left(db: Database) -> list[str]:
    """Jobs of the queue that no run needs any more, or that nobody takes."""
    query = text("SELECT id, status, worker_id, args FROM procrastinate_jobs WHERE status IN ('todo', 'doing')")
    async with db.read() as session:
        rows = await session.execute(query)
        return [f"job {job} {status} at worker {worker}: {told}" for job, status, worker, told in rows]
