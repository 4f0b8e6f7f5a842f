"""Answers of agents to programs: a run like any other, in a chat that goes when the answer has been given."""

import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast
from uuid import UUID

from domain.completions import Began, Ended, Enquiry, Finish, Json, Piece, Said, text_of
from domain.errors import BadUserInput, NotFound
from domain.messages import MessageRole, MessageStatus, storable
from domain.models import TokenUsage
from domain.runs import EventKind, RunErrorCode, RunEvent, RunFailure, RunStatus
from orchestration.runs.asking import Ask, check_content
from orchestration.runs.starting import Started
from orchestration.runs.titles import title_of
from persistence import agents, chats, growing, runs
from persistence.agents import AgentRow
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.runs import RunRow

GOES_AFTER = timedelta(days=1)
"""How long a chat that nobody keeps may be there, if the process that answers in it does not live to remove it."""
ROLES = {"user": MessageRole.USER, "assistant": MessageRole.ASSISTANT}


class Runs(Protocol):
    """What an engine can do with runs."""

    def send(self, user_id: UUID, ask: Ask) -> Awaitable[Started]: ...
    def cancel(self, user_id: UUID, run_id: UUID) -> Awaitable[RunRow]: ...
    def delete_chat(self, user_id: UUID, chat_id: UUID) -> Awaitable[None]: ...
    def watch_run(self, run_id: UUID, after: int) -> AsyncIterator[list[RunEvent]]: ...


class AgentAnswers:
    def __init__(self, db: Database, runs: Runs) -> None:
        self._db, self._runs = db, runs

    async def answer(
        self, user_id: UUID, enquiry: Enquiry, named: str, *, keep: bool, api_key_id: UUID | None
    ) -> AsyncGenerator[Piece, None]:
        """The answer of the agent with this id, slug or name, to the last message; those before are what was said
        earlier. Closing this stops the run. With `keep` the chat stays, else it goes with all that is in it.

        How the agent thinks, and with which tools, is its own affair: of the enquiry only the conversation counts.
        Raises NotFound without such an agent, BadUserInput for what it cannot take, BudgetExceeded when nothing is left
        to spend, RunFailure when the run fails or waits for a person.
        """
        question = _question(enquiry)
        agent, chat = await self._begin(user_id, enquiry, named, keep=keep)
        try:
            ask = Ask(question, chat_id=chat.id, agent_id=agent.id, api_key_id=api_key_id)
            run_id = (await self._runs.send(user_id, ask)).run.id
            try:
                async with aclosing(self._pieces(run_id, f"agent:{named}")) as pieces:
                    async for piece in pieces:
                        yield piece
            finally:
                await self._runs.cancel(user_id, run_id)  # one that has ended stays as it is
        finally:
            if not keep:
                with contextlib.suppress(NotFound):  # its person was faster
                    await self._runs.delete_chat(user_id, chat.id)

    async def _begin(self, user_id: UUID, enquiry: Enquiry, named: str, *, keep: bool) -> tuple[AgentRow, ChatRow]:
        """The chat with what was said earlier. One that will go is out of sight from the beginning."""
        async with self._db.write() as session:
            agent = await agents.named(session, user_id, named)
            title = title_of(enquiry.question)
            chat = chats.new(owner_id=user_id, title=title, title_by="auto", agent_id=agent.id)
            if not keep:
                chat.archived, chat.goes_at = True, datetime.now(UTC) + GOES_AFTER
            session.add(chat)
            await session.flush()
            earlier: list[MessageRow] = []
            for role, content in _earlier(enquiry):
                parent = earlier[-1] if earlier else None
                message = await growing.below(
                    session, chat, parent=parent, role=role, content=content, status=MessageStatus.COMPLETED, first=True
                )
                earlier.append(message)
            await chats.store(session, chat)
            await growing.add(session, earlier)
        return agent, chat

    async def _pieces(self, run_id: UUID, name: str) -> AsyncGenerator[Piece, None]:
        spoken = False
        events = cast("AsyncGenerator[list[RunEvent], None]", self._runs.watch_run(run_id, 0))
        async with aclosing(events) as batches:
            async for batch in batches:
                for piece in _said(batch, spoken=spoken):
                    if not spoken:
                        spoken = True
                        yield Began(name)
                    yield piece
        ended = await self._end(run_id)
        if not spoken:
            yield Began(name)
        yield ended

    async def _end(self, run_id: UUID) -> Ended:
        async with self._db.read() as session:
            run = (await runs.by_ids(session, [run_id])).get(run_id)
        if run is None or run.status in (RunStatus.CANCELLED, RunStatus.EXPIRED):
            raise RunFailure(RunErrorCode.INTERNAL, "The run was stopped before it had an answer.")
        if run.status is RunStatus.FAILED:
            code = run.error_code or RunErrorCode.INTERNAL
            raise RunFailure(code, run.error_message or "The run failed.", retryable=run.error_retryable)
        used = TokenUsage(
            run.requests, run.input_tokens, run.cached_input_tokens, run.output_tokens, run.reasoning_tokens,
            run.cost_usd,
        )  # fmt: skip
        return Ended(Finish.STOP, used)


def _said(batch: Sequence[RunEvent], *, spoken: bool) -> Iterator[Piece]:
    for event in batch:
        match event.kind:
            case EventKind.TEXT:
                spoken = True
                yield Said("text", event.text or "")
            case EventKind.REASONING:
                spoken = True
                yield Said("reasoning", event.text or "")
            case EventKind.MESSAGE_DISCARDED if spoken:
                message = "The answer had to be begun anew, and what you have of it does not count. Ask again."
                raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=True)
            case EventKind.APPROVAL:
                message = "The agent wants to call a tool that needs a person's decision. Allow it, or ask in a chat."
                raise RunFailure(RunErrorCode.TOOL_FAILED, message)


def _question(enquiry: Enquiry) -> str:
    """What is asked of the agent; BadUserInput when there is something that agents do not take."""
    if enquiry.tools:
        raise BadUserInput({"tools": "cannot be offered to an agent: it has its own"})
    if enquiry.shows_images:
        raise BadUserInput({"messages": "hold a picture, which agents do not take; ask a model"})
    if not enquiry.items or enquiry.items[-1].get("role") != "user":
        raise BadUserInput({"messages": "must end with a message of the role `user`, which the agent answers"})
    check_content(enquiry.question)
    return enquiry.question


def _earlier(enquiry: Enquiry) -> Iterator[tuple[MessageRole, str]]:
    if enquiry.instructions:
        yield MessageRole.SYSTEM, storable(enquiry.instructions)
    for item in enquiry.items[:-1]:
        if said := text_of(item):
            yield _role(item), storable(said)


def _role(item: Json) -> MessageRole:
    """Calls of tools and what came of them are told as what they are: context."""
    return ROLES.get(item.get("role", ""), MessageRole.SYSTEM)
