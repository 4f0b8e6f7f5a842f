"""Questions of a tool in the middle of its call: the call, and the worker that makes it, wait for the person."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.messages import storable
from domain.questions import Answer, AnswerAction, Question
from domain.runs import ApprovalDecision, EventKind
from orchestration.changes import ChangeFeeds
from orchestration.runs.attempts import Attempt
from orchestration.runs.log import Fenced
from orchestration.runs.outages import through_outages
from orchestration.tools.tool import Tool
from persistence import approvals, changes
from persistence.approvals import ApprovalRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.lookups import rows_of

PATIENCE = timedelta(minutes=10)
"""How long a call waits for an answer: less than any call may take."""
LONGEST_MESSAGE = 4_000
LATE = "Nobody answered in time."
GONE = "The call that asked is over."


class _Put(NamedTuple):
    """A question that was put to its person, and where their feed of changes stood then."""

    id: UUID
    user_id: UUID
    chat_id: UUID
    position: int


class Questions:
    def __init__(self, db: Database, feeds: ChangeFeeds, patience: timedelta = PATIENCE) -> None:
        self._db, self._feeds, self._patience = db, feeds, patience

    def of(self, attempt: Attempt, tool: Tool, path: str) -> Callable[[Question], Awaitable[Answer]]:
        """Puts what a tool asks, in its call with this path, to the person whose run it is."""

        async def ask(question: Question) -> Answer:
            try:
                return await self._ask(attempt, tool, path, question)
            except Fenced:  # the run is another worker's, and who waits here is about to be stopped
                return Answer(AnswerAction.CANCEL)

        return ask

    async def _ask(self, attempt: Attempt, tool: Tool, path: str, question: Question) -> Answer:
        put = await self._put(attempt, tool, path, question)
        attempt.log.say(EventKind.APPROVAL, approval_id=str(put.id))
        try:
            async with asyncio.timeout(self._patience.total_seconds()) as limit:
                return _answer(await through_outages(lambda: self._decided(put)))
        except TimeoutError:
            if not limit.expired():
                raise
            return await through_outages(lambda: self._closed(put, LATE))
        except asyncio.CancelledError:
            await through_outages(lambda: self._closed(put, GONE))
            raise

    async def _put(self, attempt: Attempt, tool: Tool, path: str, question: Question) -> _Put:
        run = attempt.run
        asked = {"form": question.form, "url": question.url}

        async def store() -> _Put:
            async with self._db.write() as session:
                await attempt.hold(session)
                row = ApprovalRow(
                    run_id=run.id, call_id=path, tool_key=tool.key, tool_name=tool.name,
                    server_name=None if tool.server is None else tool.server.name, arguments=question.usual,
                    reason=storable(question.message)[:LONGEST_MESSAGE], question=asked,
                    expires_at=datetime.now(UTC) + self._patience,
                )  # fmt: skip
                session.add(row)
                await session.flush()
                await changes.record(session, run.user_id, [Change(ChangeKind.APPROVAL, row.id, run.chat_id)])
                return _Put(row.id, run.user_id, run.chat_id, await changes.position_of(session, run.user_id))

        async with attempt.storing:
            await attempt.log.barrier()
            return await through_outages(store)

    async def _decided(self, put: _Put) -> ApprovalRow | None:
        """The question, when it is decided; None when it is gone with its chat."""
        async for page in self._feeds.watch(put.user_id, put.position):
            if any(change.object_id == put.id or change.kind is ChangeKind.CHAT_DELETED for change in page):
                async with self._db.read() as session:
                    row = await _row(session, put)
                if row is None or row.decision is not None:
                    return row
        raise AssertionError("a feed does not end")

    async def _closed(self, put: _Put, message: str) -> Answer:
        """What was answered, if that was done; if not, nobody can any more."""
        async with self._db.write() as session:
            if await approvals.close(session, put.id, message):
                await changes.record(session, put.user_id, [Change(ChangeKind.APPROVAL, put.id, put.chat_id)])
                return Answer(AnswerAction.CANCEL)
            return _answer(await _row(session, put))


async def _row(session: Session, put: _Put) -> ApprovalRow | None:
    return (await rows_of(ApprovalRow)(session, [put.id])).get(put.id)


def _answer(row: ApprovalRow | None) -> Answer:
    if row is None:
        return Answer(AnswerAction.CANCEL)
    if row.decision is not ApprovalDecision.APPROVE:
        return Answer(AnswerAction.DECLINE)
    form = (row.question or {}).get("form")
    return Answer(AnswerAction.ACCEPT, None if form is None else row.edited)
