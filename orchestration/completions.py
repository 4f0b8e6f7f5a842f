"""Completions: answers outside of chats, from the same pool as runs, with the same selection, fallback and ledger."""

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import Any, cast
from uuid import UUID

from agents import FunctionTool, ModelSettings, ModelTracing, TResponseInputItem
from agents.exceptions import UserError
from agents.items import TResponseStreamEvent
from agents.tool_context import ToolContext
from openai.types.responses import Response
from openai.types.shared import Reasoning

from domain.completions import Began, Called, Ended, Enquiry, Finish, OfferedTool, Piece, Said
from domain.errors import BadUserInput, NotFound, RateLimited
from orchestration.inference.budgets import charge_to
from orchestration.inference.chain import Chain, fallback_order
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector, Task
from persistence import models
from persistence.database import Database

WORDS = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
}
PAUSE_MS = 1_000
"""After which it may be worth asking again when somebody has enough calls at work."""


class Completions:
    """`limit` is how many completions of one person this process works on at once; None is without a limit."""

    def __init__(self, db: Database, pool: ModelPool, selector: Selector, limit: int | None) -> None:
        self._db, self._pool, self._selector, self._limit = db, pool, selector, limit
        self._at_work: Counter[UUID] = Counter()

    async def answer(
        self, user_id: UUID, enquiry: Enquiry, model: str | None, *, api_key_id: UUID | None
    ) -> AsyncGenerator[Piece, None]:
        """The answer of a model that is named, or chosen when `model` is None; closing this gives the call up.

        Raises NotFound for a model that there is not, BadUserInput for a tool that no model could be offered,
        RateLimited beyond the limit, BudgetExceeded when nothing is left to spend, and RunFailure when no model can
        answer or one breaks off in the middle.
        """
        tools = [_offered(tool) for tool in enquiry.tools]
        with self._place(user_id):
            charge_to(user_id, api_key_id)
            async with self._db.read() as session:
                await self._pool.budgets.check(session, user_id, api_key_id)
            selection = await self._selector.choose(await self._task(enquiry, model))
            record = self._pool.recorder(user_id=user_id, api_key_id=api_key_id)
            async with (
                self._pool.open_chain(fallback_order(selection), record=record) as chain,
                aclosing(_asked(chain, enquiry, tools)) as events,
            ):
                began = False
                async for event in events:  # there are none before a model speaks, and then no other one takes over
                    if not began:
                        began = True
                        yield Began(chain.name)
                    for piece in _pieces(event, chain):
                        yield piece

    @contextlib.contextmanager
    def _place(self, user_id: UUID) -> Iterator[None]:
        if self._limit is not None and self._at_work[user_id] >= self._limit:
            message = f"You have {self._limit} completions at work already. Wait until one of them ends."
            raise RateLimited(message, retry_after_ms=PAUSE_MS)
        self._at_work[user_id] += 1
        try:
            yield
        finally:
            self._at_work[user_id] -= 1
            if not self._at_work[user_id]:
                del self._at_work[user_id]

    async def _task(self, enquiry: Enquiry, model: str | None) -> Task:
        needed = {"tools": bool(enquiry.tools), "vision": enquiry.shows_images}
        return Task(
            prompt="\n".join(enquiry.texts),
            question=enquiry.question,
            model_id=None if model is None else await self._named(model),
            requires=frozenset(capability for capability, needs in needed.items() if needs),
            explore=True,
        )

    async def _named(self, model: str) -> UUID:
        async with self._db.read() as session:
            try:
                return await models.wanted(session, model)
            except BadUserInput:
                raise NotFound(f"There is no model {model[:80]!r}. `auto` lets the server choose.") from None


def _offered(tool: OfferedTool) -> FunctionTool:
    async def never(_: ToolContext[Any], __: str) -> Any:
        raise AssertionError("tools of programs are called by the programs")

    try:
        return FunctionTool(tool.name, tool.description, tool.parameters, never, strict_json_schema=tool.strict)
    except UserError as error:
        raise BadUserInput({f"tools.{tool.name}": f"cannot be strict: {error.message}"}) from None


async def _asked(
    chain: Chain, enquiry: Enquiry, tools: Sequence[FunctionTool]
) -> AsyncGenerator[TResponseStreamEvent, None]:
    """Streamed even if nobody watches: only so it is known when the first token came, and why the answer ended."""
    items = cast("list[TResponseInputItem]", list(enquiry.items))
    events = chain.model.stream_response(
        enquiry.instructions, items, _settings(enquiry), list(tools), None, [], ModelTracing.DISABLED,
        previous_response_id=None, conversation_id=None, prompt=None,
    )  # fmt: skip
    async with aclosing(cast("AsyncGenerator[TResponseStreamEvent, None]", events)) as stream:
        async for event in stream:
            yield event


def _settings(enquiry: Enquiry) -> ModelSettings:
    return ModelSettings(
        temperature=enquiry.temperature,
        top_p=enquiry.top_p,
        presence_penalty=enquiry.presence_penalty,
        frequency_penalty=enquiry.frequency_penalty,
        max_tokens=enquiry.max_tokens,
        tool_choice=enquiry.tool_choice if enquiry.tools else None,
        parallel_tool_calls=enquiry.parallel_tool_calls if enquiry.tools else None,
        reasoning=None if enquiry.reasoning_effort is None else Reasoning.construct(effort=enquiry.reasoning_effort),
        extra_args=dict(enquiry.more) or None,
    )


def _pieces(event: TResponseStreamEvent, chain: Chain) -> Iterator[Piece]:
    if (kind := WORDS.get(event.type)) is not None:
        yield Said(cast("Any", kind), cast("Any", event).delta)
    elif event.type == "response.completed":
        calls = list(_calls(event.response))
        yield from calls
        yield Ended(_finish(chain.finish, called=bool(calls)), chain.calls[-1].usage)


def _calls(response: Response) -> Iterator[Called]:
    for item in response.output:
        if item.type == "function_call":
            yield Called(item.call_id, item.name, item.arguments)


def _finish(told: str | None, *, called: bool) -> Finish:
    """Why the answer ended. Providers that say `stop` behind a call of a tool mean the call."""
    if called and told in (None, "stop"):
        return Finish.TOOL_CALLS
    return Finish(told) if told in set(Finish) else Finish.STOP
