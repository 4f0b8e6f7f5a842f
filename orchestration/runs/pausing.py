"""A run that waits for people: how it pauses, and how a decision lets it go on, on any worker."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from domain.errors import BadUserInput, Conflict, NotFound
from domain.runs import TERMINAL, ApprovalDecision, EventKind, Remember, RunEvent, RunStatus
from orchestration.runs import nesting
from orchestration.runs.attempts import Kept
from orchestration.runs.journal import given
from orchestration.runs.queue import BACKGROUND_PRIORITY, CHAT_PRIORITY, RunQueue
from orchestration.tools.forms import misfits
from orchestration.tools.tool import Tool
from persistence import approvals, changes, chats, events, journal, runs
from persistence.approvals import ApprovalRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.journal import packed
from persistence.runs import RunRow

log = logging.getLogger(__name__)

LONGEST_MESSAGE = 4_000
MAY_HAVE_RUN = "It may have run already: its worker was lost before it could tell. Approve to run it again."


class Asked(NamedTuple):
    """A call that needs a decision: its id, its arguments as they were written, and its tool. `unknown` says that an
    earlier call of the same may have run."""

    call_id: str
    arguments: str
    tool: Tool
    unknown: bool = False


async def pause(
    session: Session, run: RunRow, position: Kept, calls: Sequence[Asked], entries: Mapping[str, Any],
    *, patience: timedelta, step: str | None = None,
) -> Sequence[RunEvent]:  # fmt: skip
    """Store what the run waits for, in the transaction that holds its row. Returns the events that say so.

    The state has all that the journal's `entries` knew, but for calls that were begun and may have run. That of a
    `step` takes their place in the journal, where those of other steps stay.
    """
    now = datetime.now(UTC)
    begun = await _keep(session, run, position, entries, step)
    if step is not None:
        position = replace(position, state=None)
    run.state, run.status = packed(position.stored()), RunStatus.REQUIRES_ACTION
    told: list[RunEvent] = []

    def tell(kind: EventKind, data: dict[str, Any]) -> None:
        told.append(RunEvent(run.id, position.sequence + len(told) + 1, kind, now, None, None, data))

    changed = [Change(ChangeKind.RUN, run.id, run.chat_id)]
    for call in calls:
        tool, unknown = call.tool, call.unknown or call.call_id in begun
        row = ApprovalRow(
            run_id=run.id, call_id=nesting.scoped(call.call_id, step), tool_key=tool.key, tool_name=tool.name,
            server_name=None if tool.server is None else tool.server.name, arguments=given(call.arguments),
            reason=MAY_HAVE_RUN if unknown else None, expires_at=now + patience,
        )  # fmt: skip
        session.add(row)
        await session.flush()
        tell(EventKind.APPROVAL, {"approval_id": str(row.id)})
        changed.append(Change(ChangeKind.APPROVAL, row.id, run.chat_id))
    tell(EventKind.STATUS, {"status": RunStatus.REQUIRES_ACTION.value})
    await events.add(session, told)
    await changes.record(session, run.user_id, changed)
    return told


async def _keep(
    session: Session, run: RunRow, position: Kept, entries: Mapping[str, Any], step: str | None
) -> set[str]:
    """Leave in the journal what the state does not have; the ids of calls that were begun and may have run."""
    own = {key: entry for key, entry in entries.items() if step is None or nesting.belongs(key, step)}
    waiting = ((key, entry) for key, entry in own.items() if entry.get("begun"))
    begun = {entry.get("call_id", key.removeprefix("tool:")): key for key, entry in waiting}
    await journal.clear(session, run.id, keep=[key for key in entries if key not in own or key in begun.values()])
    if step is not None:
        entry = {"state": position.state, "kept": position.stored()}
        await journal.put(session, run.id, nesting.state_key(step), entry)
    return set(begun)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person says about a tool call. `edited` arguments take the place of the model's; `message` tells the
    model why a call was declined."""

    decision: ApprovalDecision
    edited: dict[str, Any] | None = None
    message: str | None = None
    remember: Remember = Remember.CALL

    def check(self) -> None:
        """BadUserInput when it says two things at once, or too much."""
        wrong: dict[str, str] = {}
        if self.edited is not None and self.decision is ApprovalDecision.REJECT:
            wrong["input.arguments"] = "can only be changed with decision APPROVE"
        if self.message is not None and len(self.message) > LONGEST_MESSAGE:
            wrong["input.message"] = f"has {len(self.message):,} characters; at most {LONGEST_MESSAGE:,} are allowed"
        if self.remember is not Remember.CALL and self.decision is ApprovalDecision.REJECT:
            wrong["input.remember"] = "is for approvals; a rejection counts for its call"
        if wrong:
            raise BadUserInput(wrong)

    def check_answer(self, row: ApprovalRow) -> None:
        """BadUserInput when it does not answer the question of a tool; Conflict when that is over."""
        if row.expires_at is not None and row.expires_at < datetime.now(UTC):
            raise Conflict("The time for this answer is over.")
        if self.remember is not Remember.CALL:
            raise BadUserInput({"input.remember": "is for calls of tools; an answer is for one question"})
        form: dict[str, Any] = (row.question or {}).get("form") or {}
        if self.decision is ApprovalDecision.APPROVE and (wrong := misfits(form, self.answer(row))):
            fields = {f"input.arguments.{name}".rstrip("."): reason for name, reason in wrong.items()}
            raise BadUserInput(fields)

    def answer(self, row: ApprovalRow) -> dict[str, Any]:
        return row.arguments if self.edited is None else self.edited


class Deciding:
    def __init__(self, db: Database, queue: RunQueue) -> None:
        self._db, self._queue = db, queue

    async def decide(self, user_id: UUID, approval_id: UUID, verdict: Verdict) -> tuple[ApprovalRow, RunRow]:
        """Decide on a tool call, or answer the question of one; a run that waits goes on when nothing else is left to
        decide. The same decision again changes nothing, another one is a Conflict."""
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
            await (self._decided if row.question is None else self._answered)(session, row, run, verdict)
        return row, run

    async def _answered(self, session: Session, row: ApprovalRow, run: RunRow, verdict: Verdict) -> None:
        """The worker whose call has asked hears of it by the change."""
        verdict.check_answer(row)
        row.decision, row.decided_at, row.message = verdict.decision, datetime.now(UTC), verdict.message
        row.edited = verdict.answer(row) if verdict.decision is ApprovalDecision.APPROVE else None
        await session.flush()
        await changes.record(session, run.user_id, [Change(ChangeKind.APPROVAL, row.id, run.chat_id)])

    async def _decided(self, session: Session, row: ApprovalRow, run: RunRow, verdict: Verdict) -> None:
        row.decision, row.decided_at = verdict.decision, datetime.now(UTC)
        row.edited, row.message = verdict.edited, verdict.message
        if verdict.remember is not Remember.CALL:
            await approvals.grant(session, run, row.tool_key, verdict.remember)
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
            try:
                await self.decide(user_id, row.id, declined)
            except (Conflict, NotFound) as error:  # somebody was quicker: a decision, a cancel, a deleted chat
                log.info("approval %s need not be declined: %s", row.id, error)
