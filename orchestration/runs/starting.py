"""How a run begins: question, answer-to-be and run are stored in one transaction with the job that carries it on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain import tracing
from domain.errors import BadUserInput, RunBusy
from domain.files import file_part
from domain.ids import new_id
from domain.messages import MessageRole, MessageStatus, storable
from domain.runs import RunStatus, ThinkingMode, WhenBusy
from orchestration.inference.selection import learning
from orchestration.runs.admission import Admission
from orchestration.runs.asking import Ask, AskAgain, check_same, within_limits
from orchestration.runs.beginning import Beginning, Here
from orchestration.runs.cancelling import Cancelling
from orchestration.runs.titles import title_of
from orchestration.runs.ways import Way, agent_for, way_again, way_of
from persistence import changes, chats, files, growing, messages, models, progress, queued_messages, runs
from persistence.agents import AgentRow
from persistence.changes import Change, ChangeKind
from persistence.chats import ChatRow
from persistence.database import Database, Session
from persistence.files import FileRow
from persistence.messages import MessageRow
from persistence.queued_messages import Line, Queued
from persistence.runs import RunRow


@dataclass(frozen=True, slots=True)
class Started:
    """A run under way: its chat, the question, the answer-to-be and the run itself."""

    chat: ChatRow
    message: MessageRow
    reply: MessageRow
    run: RunRow


class Place(NamedTuple):
    """Where a message goes: below `parent`, before those of the line that are `behind` it, `instead` of an answer."""

    parent: MessageRow | None
    waiting: bool = False
    behind: Sequence[Queued] = ()
    instead: MessageRow | None = None


Wake = Callable[[Sequence[RunRow]], Awaitable[None]]
"""Called when runs and their jobs have been committed: a worker here may take them at once."""


Afford = Callable[[Session, UUID, UUID | None], Awaitable[None]]
"""BudgetExceeded when this person has nothing left for another run, or nothing through this API key."""


class Starting:
    def __init__(
        self, db: Database, cancelling: Cancelling, admission: Admission, afford: Afford, wake: Wake,
        beginning: Beginning,
    ) -> None:  # fmt: skip
        self._db, self._cancelling, self._admission = db, cancelling, admission
        self._afford, self._wake, self._beginning = afford, wake, beginning

    async def send(self, user_id: UUID, ask: Ask) -> Started:
        """Store a message and the run that answers it; the run starts when this has committed.

        The same `idempotency_key` of the same person gives the run that it gave before; Conflict when what is asked
        for differs.
        """
        ask.check()
        async with self._beginning.here() as here, self._db.write() as session:
            if earlier := await _earlier(session, user_id, ask):
                return await _started(session, earlier)
            attached = await files.claim(session, user_id, ask.file_ids) if ask.file_ids else []
            title = title_of(ask.content.strip() or next((row.name for row in attached), ""))
            chat, agent = await self._chat(session, user_id, ask, title)
            place = await _place(session, chat, ask)
            if ask.sibling_of is not None:
                await learning.asked_differently(session, ask.sibling_of)
            message = await growing.below(
                session, chat, parent=place.parent, role=MessageRole.USER,
                content=storable(ask.content), status=MessageStatus.COMPLETED,
            )  # fmt: skip
            message.parts = [_part(row) for row in attached]
            way = await way_of(session, user_id, agent, ask.workflow_id)
            started = await self._answer(session, chat, message, way, ask, waiting=place.waiting, first=True)
            if attached:
                await files.attach(session, message.id, ask.file_ids)
            await self._make_way(session, started, place)
            begun = await self._begin(session, started, here, place.behind)
        await self._wake(begun)
        return started

    async def regenerate(self, user_id: UUID, ask: AskAgain) -> Started:
        """Answer a question again, beside the answers it has. It waits where the question waits."""
        ask.check()
        async with self._beginning.here() as here, self._db.write() as session:
            if earlier := await _earlier(session, user_id, ask):
                return await _started(session, earlier)
            chosen = await messages.visible_to(session, ask.message_id, user_id)
            chat = await chats.visible_to(session, chosen.chat_id, user_id, lock=True)
            question, above = await _asked(session, chosen)
            way = await way_again(session, user_id, chosen, chat)
            if ask.model is not None and ask.alternative is None:
                await learning.answered_again(session, chosen, await models.wanted(session, ask.model))
            waiting = above is not None and above.status is MessageStatus.IN_PROGRESS
            started = await self._answer(session, chat, question, way, ask, waiting=waiting)
            begun = await self._begin(session, started, here)
        await self._wake(begun)
        return started

    async def _chat(self, session: Session, user_id: UUID, ask: Ask, title: str) -> tuple[ChatRow, AgentRow]:
        if ask.chat_id is not None:
            chat = await chats.visible_to(session, ask.chat_id, user_id, lock=True)
            agent = await agent_for(session, user_id, ask.agent_id, chat.agent_id)
        else:
            agent = await agent_for(session, user_id, ask.agent_id)
            chat = chats.new(owner_id=user_id, title=title, title_by="auto", agent_id=ask.agent_id)
        if chat.title_by == "default":
            chats.change(chat, title=title, title_by="auto")
        return chat, agent

    async def _answer(
        self,
        session: Session,
        chat: ChatRow,
        question: MessageRow,
        way: Way,
        ask: Ask | AskAgain,
        *,
        waiting: bool,
        first: bool = False,
    ) -> Started:
        """Store the answer-to-be and its run, and the question with them when this is its `first` answer."""
        await self._afford(session, chat.owner_id, ask.api_key_id)
        model_id = None if ask.model is None else await models.wanted(session, ask.model)
        run_id, (agent, versions, workflow) = new_id(), way
        thinking = ask.thinking or agent.thinking or ThinkingMode.IMMEDIATE
        reply = await growing.below(
            session, chat, parent=question, role=MessageRole.ASSISTANT, content="",
            status=MessageStatus.IN_PROGRESS, run_id=run_id, agent_id=agent.id, first=first,
        )  # fmt: skip
        run = runs.new(
            id=run_id, chat_id=chat.id, user_id=chat.owner_id, input_id=question.id, message_id=reply.id,
            agent_id=agent.id, agent_versions=versions, requested_model_id=model_id,
            workflow_id=workflow and workflow.id, workflow_version=workflow and workflow.version,
            thinking=thinking if workflow is None else ThinkingMode.IMMEDIATE, when_busy=ask.when_busy,
            options=within_limits(ask.options, agent) if workflow is None else ask.options, background=ask.background,
            idempotency_key=ask.idempotency_key, api_key_id=ask.api_key_id,
            request=ask.request if ask.idempotency_key else None, trace=tracing.here(), attempt=0,
            status=RunStatus.QUEUED, waiting=waiting, created_at=chats.now(), requests=0, input_tokens=0,
            cached_input_tokens=0, output_tokens=0, reasoning_tokens=0, cost_usd=Decimal(0), error_retryable=False,
        )  # fmt: skip
        chats.change(chat, updated_at=run.created_at)
        await chats.store(session, chat)
        await growing.add(session, [question, reply] if first else [reply])
        await progress.begin(session, run)
        return Started(chat, question, reply, run)

    async def _make_way(self, session: Session, started: Started, place: Place) -> None:
        """Let what waits line up behind the new message, and stop the answer that it replaces."""
        chat = started.chat
        if place.behind:
            waiting = await queued_messages.waiting_in(session, chat.id)
            await queued_messages.move(session, waiting, {place.behind[0].question.id: started.reply.id})
            chat.head_id = place.behind[-1].answer.id
        if place.instead is not None and place.instead.run_id is not None:
            stopped = (await runs.by_ids(session, [place.instead.run_id]))[place.instead.run_id]
            await self._cancelling.cancel_in(session, chat, stopped)

    async def _begin(
        self, session: Session, started: Started, here: Here | None, moved: Sequence[Queued] = ()
    ) -> Sequence[RunRow]:
        """Tell of what is new and, unless it waits, let the run begin: the last things in the transaction. Returns the
        runs that got jobs for workers to fetch."""
        chat, run = started.chat, started.run
        begins = not run.waiting and run.job_id is None
        if begins and here is not None:
            await here.prepare(session, run)
        fresh = {chat.id: ChangeKind.CHAT, run.id: ChangeKind.RUN}
        touched = [started.message.id, started.reply.id, *(queued.question.id for queued in moved)]
        fresh |= dict.fromkeys(touched, ChangeKind.MESSAGE)
        await changes.record(session, chat.owner_id, [Change(kind, key, chat.id) for key, kind in fresh.items()])
        if begins:
            return await self._admission.admit(session, run.user_id, [run], None if here is None else here.take)
        return ()


def _part(row: FileRow) -> dict[str, object]:
    """How a message names a file of its own."""
    return file_part(id=row.id, name=row.name, media_type=row.media_type, size_bytes=row.size_bytes)


async def _earlier(session: Session, user_id: UUID, ask: Ask | AskAgain) -> RunRow | None:
    """The run that the same request has started before."""
    if ask.idempotency_key is None:
        return None
    await runs.hold_key(session, user_id, ask.idempotency_key)
    earlier = await runs.by_idempotency_key(session, user_id, ask.idempotency_key)
    if earlier is not None:
        check_same(earlier.request, ask.request)
    return earlier


async def _place(session: Session, chat: ChatRow, ask: Ask) -> Place:
    """Where a message goes; RunBusy when it may not wait, or too many wait already."""
    parent = await _parent(session, chat, ask)
    if parent is None or (parent.role is MessageRole.ASSISTANT and parent.status is not MessageStatus.IN_PROGRESS):
        return Place(parent)
    waiting = await queued_messages.waiting_in(session, chat.id)
    line = await queued_messages.line_above(session, waiting, parent)
    if line.at_work is None:
        return Place(parent)
    if ask.when_busy is WhenBusy.REJECT:
        raise RunBusy("This chat is still answering. Wait, cancel the run, or send with whenBusy: ENQUEUE.")
    if len(waiting) >= queued_messages.LONGEST:
        raise RunBusy(f"{len(waiting)} messages wait in this chat already. Wait for answers, or withdraw some.")
    return await _place_in_line(session, line, line.at_work, ask.when_busy)


async def _place_in_line(session: Session, line: Line, at_work: MessageRow, when_busy: WhenBusy) -> Place:
    match when_busy:
        case WhenBusy.STEER:
            steering = queued_messages.steering(line.queued)
            front = steering[-1].answer if steering else at_work
            return Place(front, waiting=True, behind=line.queued[len(steering) :])
        case WhenBusy.INTERRUPT:
            return Place(at_work, waiting=True, behind=line.queued, instead=at_work)
        case WhenBusy.ROLLBACK:
            question = await messages.parent_of(session, at_work)
            above = None if question is None else await messages.parent_of(session, question)
            return Place(above, behind=line.queued, instead=at_work)
        case _:
            return Place(line.queued[-1].answer if line.queued else at_work, waiting=True)


async def _parent(session: Session, chat: ChatRow, ask: Ask) -> MessageRow | None:
    if ask.sibling_of is not None:
        beside = await messages.in_chat(session, ask.sibling_of, chat.id)
        above = beside.parent_id
    else:
        above = ask.parent_id or chat.head_id
    return None if above is None else await messages.in_chat(session, above, chat.id)


async def _asked(session: Session, chosen: MessageRow) -> tuple[MessageRow, MessageRow | None]:
    """The question that is to be answered again, and the answer it follows."""
    question = chosen
    if chosen.role is MessageRole.ASSISTANT:
        if chosen.parent_id is None:
            raise BadUserInput({"input.messageId": "is not an answer to anything"})
        question = await messages.in_chat(session, chosen.parent_id, chosen.chat_id)
    return question, await messages.parent_of(session, question)


async def _started(session: Session, run: RunRow) -> Started:
    found = await messages.by_ids(session, [run.input_id, run.message_id])
    chat = await chats.visible_to(session, run.chat_id, run.user_id)
    return Started(chat, found[run.input_id], found[run.message_id], run)
