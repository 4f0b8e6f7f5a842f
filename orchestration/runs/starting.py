"""How a run begins: question, answer-to-be and run are stored in one transaction with the job that carries it on."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.errors import BadUserInput, RunBusy
from domain.ids import new_id
from domain.messages import CONTENT_LIMIT, MessageRole, MessageStatus, storable
from domain.models import Preference
from domain.runs import EventKind, RunEvent, RunStatus, ThinkingMode, WhenBusy
from orchestration.inference.selection import learning
from orchestration.runs.cancelling import Cancelling
from orchestration.runs.queue import RunQueue
from orchestration.runs.titles import title_of
from persistence import agents, changes, chats, events, messages, models, runs
from persistence.agents import AgentRow
from persistence.changes import Change, ChangeKind
from persistence.chats import ChatRow
from persistence.database import Database, Session
from persistence.messages import MessageRow
from persistence.runs import RunRow

DEFAULT_AGENT = "assistant"
LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person or program wants answered; `parent_id` or `sibling_of` says where it goes in the tree."""

    content: str
    chat_id: UUID | None = None
    parent_id: UUID | None = None
    sibling_of: UUID | None = None
    model: str | None = None
    agent_id: UUID | None = None
    thinking: ThinkingMode | None = None
    when_busy: WhenBusy = WhenBusy.ENQUEUE
    idempotency_key: str | None = None
    preference: Preference | None = None
    max_cost_usd: Decimal | None = None

    def check(self) -> None:
        wrong: dict[str, str] = {}
        if not self.content.strip():
            wrong["input.content"] = "is empty; write a message"
        if len(self.content) > CONTENT_LIMIT:
            wrong["input.content"] = f"has {len(self.content):,} characters; at most {CONTENT_LIMIT:,} are allowed"
        if self.parent_id is not None and self.sibling_of is not None:
            wrong["input.siblingOf"] = "cannot be combined with `parentId`"
        if self.chat_id is None and (self.parent_id or self.sibling_of):
            wrong["input.chatId"] = "is needed to place the message below or beside another"
        if self.idempotency_key is not None and not 1 <= len(self.idempotency_key) <= LONGEST_KEY:
            wrong["input.idempotencyKey"] = f"must have 1 to {LONGEST_KEY} characters"
        if self.max_cost_usd is not None and not (self.max_cost_usd.is_finite() and self.max_cost_usd >= 0):
            wrong["input.maxCostUsd"] = "must be a number that is not negative"
        if wrong:
            raise BadUserInput(wrong)

    @property
    def options(self) -> dict[str, Any]:
        """What the selection needs to know, as it is stored with the run."""
        options: dict[str, Any] = {}
        if self.preference is not None:
            weights = self.preference
            options["preference"] = [weights.quality, weights.cost, weights.latency]
        if self.max_cost_usd is not None:
            options["max_cost_usd"] = str(self.max_cost_usd)
        return options


@dataclass(frozen=True, slots=True)
class Started:
    """A run under way: its chat, the question, the answer-to-be and the run itself."""

    chat: ChatRow
    message: MessageRow
    reply: MessageRow
    run: RunRow
    interrupted: list[int] = field(default_factory=list)


class Starting:
    def __init__(self, db: Database, queue: RunQueue, cancelling: Cancelling) -> None:
        self._db, self._queue, self._cancelling = db, queue, cancelling

    async def send(self, user_id: UUID, ask: Ask) -> Started:
        """Store a message and the run that answers it; the run starts when this has committed.

        The same `idempotency_key` of the same person gives the run that it gave before.
        """
        ask.check()
        async with self._db.write() as session:
            if ask.idempotency_key is not None:
                await runs.hold_key(session, user_id, ask.idempotency_key)
                if earlier := await runs.by_idempotency_key(session, user_id, ask.idempotency_key):
                    return await _started(session, earlier)
            started = await self._send(session, user_id, ask)
        for job_id in started.interrupted:
            await self._queue.abort(job_id)
        return started

    async def _send(self, session: Session, user_id: UUID, ask: Ask) -> Started:
        chat, agent = await self._chat(session, user_id, ask)
        parent = await _parent(session, chat, ask)
        interrupted: list[int] = []
        if parent is not None and parent.status is MessageStatus.IN_PROGRESS:
            parent = await self._when_busy(session, parent, ask, interrupted)
        if ask.sibling_of is not None:
            await learning.asked_differently(session, ask.sibling_of)
        message = await messages.append(
            session, chat, parent=parent, role=MessageRole.USER,
            content=storable(ask.content), status=MessageStatus.COMPLETED,
        )  # fmt: skip
        waiting = parent is not None and parent.status is MessageStatus.IN_PROGRESS
        reply, run = await self._answer(session, chat, message, agent, ask, waiting=waiting)
        return Started(chat, message, reply, run, interrupted)

    async def regenerate(
        self, user_id: UUID, message_id: UUID, model: str | None, thinking: ThinkingMode | None
    ) -> Started:
        """Answer a question again, beside the answers it has. `message_id` is one of those, or the question itself."""
        async with self._db.write() as session:
            chosen = await messages.visible_to(session, message_id, user_id)
            chat = await chats.visible_to(session, chosen.chat_id, user_id, lock=True)
            question = chosen
            if chosen.role is MessageRole.ASSISTANT:
                if chosen.parent_id is None:
                    raise BadUserInput({"input.messageId": "is not an answer to anything"})
                question = await messages.in_chat(session, chosen.parent_id, chat.id)
            ask = Ask(question.content, model=model, agent_id=chosen.agent_id, thinking=thinking)
            agent = await _agent(session, user_id, ask.agent_id or chat.agent_id)
            if model is not None:
                await learning.answered_again(session, chosen, await models.wanted(session, model))
            reply, run = await self._answer(session, chat, question, agent, ask, waiting=False)
            return Started(chat, question, reply, run)

    async def _chat(self, session: Session, user_id: UUID, ask: Ask) -> tuple[ChatRow, AgentRow]:
        if ask.chat_id is not None:
            chat = await chats.visible_to(session, ask.chat_id, user_id, lock=True)
            agent = await _agent(session, user_id, ask.agent_id or chat.agent_id)
        else:
            agent = await _agent(session, user_id, ask.agent_id)
            chat = await chats.add(
                session, owner_id=user_id, title=title_of(ask.content), title_by="auto", agent_id=ask.agent_id
            )
        if chat.title_by == "default":
            chat.title, chat.title_by = title_of(ask.content), "auto"
        return chat, agent

    async def _when_busy(
        self, session: Session, answer: MessageRow, ask: Ask, interrupted: list[int]
    ) -> MessageRow | None:
        """Where the new message goes when the answer above it is not finished.

        STEER would enter before the run's next model call; a run without tools makes only one, so the message is
        answered right after it, as with ENQUEUE.
        """
        if ask.when_busy is WhenBusy.REJECT:
            raise RunBusy("This chat is still answering. Wait, cancel the run, or send with whenBusy: ENQUEUE.")
        if ask.when_busy in (WhenBusy.INTERRUPT, WhenBusy.ROLLBACK):
            assert answer.run_id is not None  # noqa: S101 - every answer in progress has its run
            run = (await runs.by_ids(session, [answer.run_id]))[answer.run_id]
            if (job_id := await self._cancelling.cancel_in(session, run)) is not None:
                interrupted.append(job_id)
            await session.refresh(answer)
        if ask.when_busy is WhenBusy.ROLLBACK and answer.parent_id is not None:
            question = await messages.in_chat(session, answer.parent_id, answer.chat_id)
            if question.parent_id is None:
                return None
            return await messages.in_chat(session, question.parent_id, answer.chat_id)
        return answer

    async def _answer(
        self,
        session: Session,
        chat: ChatRow,
        question: MessageRow,
        agent: AgentRow,
        ask: Ask,
        *,
        waiting: bool,
    ) -> tuple[MessageRow, RunRow]:
        model_id = None if ask.model is None else await models.wanted(session, ask.model)
        run_id = new_id()
        reply = await messages.append(
            session, chat, parent=question, role=MessageRole.ASSISTANT, content="",
            status=MessageStatus.IN_PROGRESS, run_id=run_id, agent_id=agent.id,
        )  # fmt: skip
        run = RunRow(
            id=run_id, chat_id=chat.id, user_id=chat.owner_id, input_id=question.id, message_id=reply.id,
            agent_id=agent.id, requested_model_id=model_id,
            thinking=ask.thinking or agent.thinking or ThinkingMode.IMMEDIATE,
            when_busy=ask.when_busy, options=ask.options, idempotency_key=ask.idempotency_key, attempt=0,
            status=RunStatus.QUEUED, waiting=waiting, created_at=chats.now(), requests=0, input_tokens=0,
            cached_input_tokens=0, output_tokens=0, reasoning_tokens=0, cost_usd=Decimal(0), error_retryable=False,
        )  # fmt: skip
        chat.updated_at = run.created_at
        await runs.add(session, run)
        if not waiting:
            run.job_id = await self._queue.defer(session, run.id)
        queued = RunEvent(run.id, 1, EventKind.STATUS, run.created_at, None, None, {"status": RunStatus.QUEUED.value})
        await events.add(session, [queued])
        await session.flush()
        fresh = {chat.id: ChangeKind.CHAT, run.id: ChangeKind.RUN}
        fresh |= dict.fromkeys((question.id, reply.id), ChangeKind.MESSAGE)
        await changes.record(session, chat.owner_id, [Change(kind, key, chat.id) for key, kind in fresh.items()])
        return reply, run


async def _agent(session: Session, user_id: UUID, agent_id: UUID | None) -> AgentRow:
    if agent_id is None:
        return await agents.by_slug(session, DEFAULT_AGENT)
    return await agents.visible_to(session, agent_id, user_id)


async def _parent(session: Session, chat: ChatRow, ask: Ask) -> MessageRow | None:
    if ask.sibling_of is not None:
        beside = await messages.in_chat(session, ask.sibling_of, chat.id)
        above = beside.parent_id
    else:
        above = ask.parent_id or chat.head_id
    return None if above is None else await messages.in_chat(session, above, chat.id)


async def _started(session: Session, run: RunRow) -> Started:
    found = await messages.by_ids(session, [run.input_id, run.message_id])
    chat = await chats.visible_to(session, run.chat_id, run.user_id)
    return Started(chat, found[run.input_id], found[run.message_id], run)
