"""A run that waits for people: how it pauses, and how a decision lets it go on, on any worker."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from agents.items import ToolApprovalItem

from domain.errors import BadUserInput, Conflict
from domain.runs import TERMINAL, ApprovalDecision, EventKind, Remember, RunEvent, RunStatus
from orchestration.runs.attempts import Kept, tool_key
from orchestration.runs.queue import BACKGROUND_PRIORITY, CHAT_PRIORITY, RunQueue
from persistence import approvals, changes, chats, events, journal, runs
from persistence.approvals import ApprovalRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.journal import packed
from persistence.runs import RunRow

LONGEST_MESSAGE = 4_000
MAY_HAVE_RUN = "It may have run already: its worker was lost before it could tell. Approve to run it again."


async def pause(
    session: Session, run: RunRow, position: Kept, calls: Sequence[ToolApprovalItem], begun: set[str],
    *, patience: timedelta,
) -> Sequence[RunEvent]:  # fmt: skip
    """Store what the run waits for, in the transaction that holds its row. Returns the events that say so.

    The state has all that the journal knew, but for calls that were `begun` and may have run.
    """
    now = datetime.now(UTC)
    run.state, run.status = packed(position.stored()), RunStatus.REQUIRES_ACTION
    await journal.clear(session, run.id, keep=[tool_key(call_id) for call_id in begun])
    told: list[RunEvent] = []

    def tell(kind: EventKind, data: dict[str, Any]) -> None:
        told.append(RunEvent(run.id, position.sequence + len(told) + 1, kind, now, None, None, data))

    changed = [Change(ChangeKind.RUN, run.id, run.chat_id)]
    for call in calls:
        call_id = call.call_id or ""
        row = ApprovalRow(
            run_id=run.id, call_id=call_id, tool_name=call.name or "", arguments=_arguments(call.arguments),
            reason=MAY_HAVE_RUN if call_id in begun else None, expires_at=now + patience,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        tell(EventKind.APPROVAL, {"approval_id": str(row.id)})
        changed.append(Change(ChangeKind.APPROVAL, row.id, run.chat_id))
    tell(EventKind.STATUS, {"status": RunStatus.REQUIRES_ACTION.value})
    await events.add(session, told)
    await changes.record(session, run.user_id, changed)
    return told


def _arguments(raw: str | None) -> dict[str, Any]:
    try:
        arguments = json.loads(raw or "{}")
    except json.JSONDecodeError:
        return {"": raw}
    return arguments if isinstance(arguments, dict) else {"": arguments}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says about a tool call. `edited` arguments take the place of the model's; `message` tells the
    model why a call was declined."""

    decision: ApprovalDecision
    edited: dict[str, Any] | None = None
    message: str | None = None
    remember: Remember = Remember.CALL

    def check(self) -> None:
        wrong: dict[str, str] = {}
        if self.edited is not None and self.decision is ApprovalDecision.REJECT:
            wrong["input.arguments"] = "can only be changed with decision APPROVE"
        if self.message is not None and len(self.message) > LONGEST_MESSAGE:
            wrong["input.message"] = f"has {len(self.message):,} characters; at most {LONGEST_MESSAGE:,} are allowed"
        if self.remember is not Remember.CALL and self.decision is ApprovalDecision.REJECT:
            wrong["input.remember"] = "is for approvals; a rejection counts for its call"
        if wrong:
            raise BadUserInput(wrong)


class Deciding:
    def __init__(self, db: Database, queue: RunQueue) -> None:
        self._db, self._queue = db, queue

    async def decide(self, user_id: UUID, approval_id: UUID, verdict: Verdict) -> tuple[ApprovalRow, RunRow]:
        """Decide on a tool call; the run goes on when nothing else is left to decide. The same decision again changes
        nothing, another one is a Conflict."""
        verdict.check()
        async with self._db.write() as session:
            row = await approvals.visible_to(session, approval_id, user_id)
            run = await runs.visible_to(session, row.run_id, user_id)
            await chats.locked(session, run.chat_id)
            await session.refresh(run, with_for_update=True)
            await session.refresh(row)
            if row.decision is not None:
                if row.decision is not verdict.decision:
                    raise Conflict(f"This was decided already: {row.decision.value}.")
                return row, run
            if run.status in TERMINAL:
                raise Conflict("The run has ended, so there is nothing left to decide.")
            await self._decided(session, row, run, verdict)
        return row, run

    async def _decided(self, session: Session, row: ApprovalRow, run: RunRow, verdict: Verdict) -> None:
        row.decision, row.decided_at = verdict.decision, datetime.now(UTC)
        row.edited, row.message = verdict.edited, verdict.message
        if verdict.remember is not Remember.CALL:
            await approvals.grant(session, run, row.tool_name, verdict.remember)
        await session.flush()
        if not (await approvals.pending(session, [run.id])).get(run.id):
            run.status = RunStatus.QUEUED
            priority = BACKGROUND_PRIORITY if run.background else CHAT_PRIORITY
            run.job_id = await self._queue.defer(session, run.id, priority=priority)
            sequence = await events.position(session, run.id) + 1
            data = {"status": RunStatus.QUEUED.value}
            await events.add(session, [RunEvent(run.id, sequence, EventKind.STATUS, row.decided_at, None, None, data)])
        await session.flush()
        changed = [Change(ChangeKind.APPROVAL, row.id, run.chat_id), Change(ChangeKind.RUN, run.id, run.chat_id)]
        await changes.record(session, run.user_id, changed)

    async def look_again(self) -> None:
        """Decline what nobody has decided in time."""
        async with self._db.read() as session:
            lapsed = await approvals.lapsed(session, limit=100)
        for row, user_id in lapsed:
            declined = Verdict(ApprovalDecision.REJECT, message="Nobody decided in time.")
            await self.decide(user_id, row.id, declined)
