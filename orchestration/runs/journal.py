"""Paid once, done once: a model and tools that remember what an earlier attempt has got out of them."""

import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from agents import FunctionTool, Model, ModelSettings, TResponseInputItem
from agents import Tool as AnyTool
from agents.items import ModelResponse, TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from agents.run_context import RunContextWrapper
from agents.tool_context import ToolContext
from openai.types.responses import Response, ResponseCompletedEvent

from domain import tracing
from domain.runs import EventKind, ToolCallStatus
from domain.tools import ToolApproval, ToolErrorCode
from orchestration.inference.chain import Chain
from orchestration.runs import nesting
from orchestration.runs.attempts import TOOL, Attempt, tool_key
from orchestration.runs.outages import through_outages
from orchestration.runs.questions import Questions
from orchestration.runs.tool_steps import ToolStep
from orchestration.tools.read_output import reading_on
from orchestration.tools.tool import Call, Result, Tool, line_of
from persistence import journal, tool_calls, tool_outputs
from persistence.database import Database, Session

Also = Callable[[Session], Awaitable[None]]
Chains = Mapping[UUID, Chain]
NO_CHAINS: Chains = MappingProxyType({})


class Journal:
    """The turn in progress of one attempt, or of one of its steps. What is put here survives the worker."""

    def __init__(self, db: Database, attempt: Attempt, step: str | None = None, step_id: UUID | None = None) -> None:
        self._db, self._attempt, self.step, self.step_id = db, attempt, step, step_id
        self._answered: Counter[str | None] = Counter()

    def get(self, key: str) -> dict[str, Any] | None:
        return self._attempt.journal.get(key)

    def keys(self) -> list[str]:
        """All that there is of the step, or of the run without one."""
        known = self._attempt.journal
        return [key for key in known if self.step is None or nesting.belongs(key, self.step)]

    async def put(self, key: str, value: dict[str, Any], *, also: Also | None = None, instead: bool = False) -> None:
        """Store an entry with the position of the run, and what `also` stores with it; raises Fenced when another
        attempt owns the run. `instead` says that it takes the place of all others of its step."""
        attempt, run_id = self._attempt, self._attempt.run.id
        async with attempt.storing:
            position = attempt.position()
            await attempt.log.barrier()
            entry = value | {"kept": position.stored()}
            gone = [other for other in self.keys() if other != key] if instead else []

            async def store() -> None:
                async with self._db.write() as session:
                    await attempt.hold(session)
                    await journal.put(session, run_id, key, entry)
                    if gone:
                        await journal.remove(session, run_id, gone)
                    if also is not None:
                        await also(session)
                    await attempt.settle(session)

            await through_outages(store)
            attempt.settled()
            for other in gone:
                del attempt.journal[other]
            attempt.journal[key] = entry
            attempt.sequence = position.sequence

    async def turn(self, state: dict[str, Any]) -> None:
        """A turn of the step is over: its state stands for all that the journal knew of it."""
        if self.step is not None:
            await self.put(nesting.state_key(self.step), {"state": state}, instead=True)
        self._answered.clear()

    def state(self) -> dict[str, Any] | None:
        """How far the step had come when its last turn ended."""
        entry = None if self.step is None else self.get(nesting.state_key(self.step))
        return None if entry is None else entry["state"]

    def next_turn(self) -> None:
        """The turn has become part of the run's state."""
        self._attempt.journal.clear()
        self._answered.clear()

    @property
    def model_key(self) -> str:
        return f"model:{nesting.path_of(str(self._answered[nesting.parent()]))}"

    def answered(self) -> None:
        self._answered[nesting.parent()] += 1

    def output_of(self, call_id: str) -> str | None:
        """What a call has given, if it has."""
        entry = self.get(tool_key(call_id))
        return None if entry is None else entry.get("output")

    async def keep_output(self, call_id: str, result: Result, *, done: ToolStep | None = None) -> str:
        """Store what a call has given: all of it beside the entry when it had to be cut, and its line for the ledger
        and its step if it is one of a tool. Returns what the model is told."""
        run, path = self._attempt.run, nesting.path_of(call_id)

        async def also(session: Session) -> None:
            if result.full is not None:
                await tool_outputs.keep(session, run_id=run.id, call_id=path, output=result.full)
            if done is not None:
                await tool_calls.enter(session, done.call, user_id=run.user_id, run_id=run.id)
                await done.enter(session, run.id, self.step_id)

        told = result.words + reading_on(result, path, self._attempt.tools)
        await self.put(tool_key(call_id), {"output": told}, also=also)
        return told

    def outcome_unknown(self, call_id: str) -> bool:
        """A call was begun by an attempt that did not live to tell its result."""
        entry = self.get(tool_key(call_id))
        return entry is not None and "output" not in entry

    @property
    def outcomes_unknown(self) -> bool:
        """Whether there may be such calls in the run."""
        return any(key.startswith(TOOL) and "output" not in entry for key, entry in self._attempt.journal.items())


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose run it is; `chains` are the models of agents that have their own, `questions` puts to people what tools
    ask."""

    attempt: Attempt
    journal: Journal
    chains: Chains
    questions: Questions

    def call(self, tool: Tool, call_id: str, same: str) -> Call:
        """On whose behalf a tool runs in a call of the moment."""
        run, path = self.attempt.run, nesting.path_of(call_id)
        report, ask = self.attempt.reporting(path), self.questions.of(self.attempt, tool, path)
        return Call(run.user_id, run.chat_id, run.id, same, report, ask)


class JournaledModel(Model):
    """The SDK's model, with each answer that asks for tools in the journal. Tools that are `hidden` are not offered.

    An answer without tool calls is the last one: what ends the run, or the call that asked for it, follows at once.
    """

    def __init__(self, chain: Chain, owner: Owner, *, hidden: Collection[str] = ()) -> None:
        self._chain, self._hidden = chain, hidden
        self._journal, self._attempt = owner.journal, owner.attempt

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._chain.model.get_retry_advice(request)

    async def get_response(self, *args: Any, **how: Any) -> ModelResponse:
        raise NotImplementedError("runs are always streamed")

    async def stream_response(
        self,
        system_instructions: str | None,
        input: str | list[TResponseInputItem],
        model_settings: ModelSettings,
        tools: list[AnyTool],
        *rest: Any,
        **how: Any,
    ) -> AsyncIterator[TResponseStreamEvent]:
        key = self._journal.model_key
        if (kept := self._journal.get(key)) is not None:
            self._journal.answered()
            response = Response.model_validate(kept["response"])
            yield ResponseCompletedEvent(type="response.completed", sequence_number=0, response=response)
            return
        self._attempt.asked(self._chain)
        offered = [tool for tool in tools if tool.name not in self._hidden]
        settings = self._within_limits(model_settings, offered)
        asking = self._chain.model.stream_response(system_instructions, input, settings, offered, *rest, **how)
        async for event in asking:
            if event.type == "response.completed":
                await self._keep(key, event.response)
            yield event

    def _within_limits(self, settings: ModelSettings, offered: Collection[AnyTool]) -> ModelSettings:
        """What the SDK asks for, made to end in time: a model that may use no more tools answers with what it has."""
        budget = self._attempt.budget
        if offered and budget.concluding():
            settings = settings.resolve(ModelSettings(tool_choice="none"))
        if (longest := budget.longest_answer(self._chain.row)) is not None:
            settings = settings.resolve(ModelSettings(max_tokens=longest))
        return settings

    async def _keep(self, key: str, response: Response) -> None:
        if any(item.type == "function_call" for item in response.output):
            await self._journal.put(key, {"response": response.model_dump(mode="json", warnings=False)})
        self._journal.answered()


async def carried_out(
    owner: Owner, call_id: str, name: str, raw: str, work: Callable[[], Awaitable[Result | None]],
    *, tool: Tool | None = None,
) -> str | None:  # fmt: skip
    """Do the work of a call, tell the run of its beginning and end, and return what the model is told, which is kept
    for later attempts. The ledger gets a line when it is the call of a `tool`.

    None, and nothing kept, when the work has to wait for a person.
    """
    path = nesting.path_of(call_id)
    shown = {"id": path, "parent_id": nesting.parent(), "name": name, "arguments": given(raw)}
    owner.attempt.tool(EventKind.TOOL_STARTED, shown | {"status": ToolCallStatus.IN_PROGRESS.value})
    began_at, began, done = datetime.now(UTC), time.perf_counter(), None
    about = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    with tracing.span(f"execute_tool {name}", about) as span:
        if (result := await work()) is None:
            return None
        span.tell({}, failed=result.code.value if result.error else None)
    took = (time.perf_counter() - began) * 1000
    if tool is not None:
        done = ToolStep(path, given(raw), result, line_of(tool, result, began_at, took))
    kept = {} if result.full is None else {"kept": str(owner.attempt.run.id)}
    owner.attempt.tool(EventKind.TOOL_FINISHED, shown | kept | _ended(result, took))
    return await owner.journal.keep_output(call_id, result, done=done)


class _JournaledTool:
    def __init__(self, tool: Tool, owner: Owner) -> None:
        self._tool, self._owner, self._entries = tool, owner, owner.journal
        self._approval = owner.attempt.standing.approval(tool.key, tool.path, asks=tool.asks)
        self.denied = self._approval is ToolApproval.DENY
        self.may_ask = self._approval is ToolApproval.ASK or (not tool.idempotent and self._entries.outcomes_unknown)

    async def invoke(self, context: ToolContext[Any], raw: str) -> str:
        call_id, tool, run = context.tool_call_id, self._tool, self._owner.attempt.run
        if (known := self._entries.output_of(call_id)) is not None:
            return known
        if not (tool.idempotent or self.denied):
            await self._entries.put(tool_key(call_id), self._owner.attempt.begun(call_id))
        raw = self._owner.attempt.arguments(call_id, raw)
        same = f"{run.id}:{self._owner.attempt.turn}:{nesting.path_of(call_id)}"

        async def work() -> Result:
            if self.denied:
                return Result(error=f"{tool.name} is denied here. Go on without it.", code=ToolErrorCode.DENIED)
            return await tool.call(raw, self._owner.call(tool, call_id, same))

        ledger = None if self.denied else tool
        return await carried_out(self._owner, call_id, tool.name, raw, work, tool=ledger) or ""

    async def asks(self, context: RunContextWrapper[Any], arguments: dict[str, Any], call_id: str) -> bool:
        unknown = not self._tool.idempotent and self._entries.outcome_unknown(call_id)
        return unknown or self._approval is ToolApproval.ASK


def journaled(tool: Tool, name: str, owner: Owner) -> FunctionTool:
    """A tool for the SDK: its result is remembered, and one whose outcome a crash left unknown may ask first.

    One that a rule denies is told so to a model that calls it although it was not offered.
    """
    inner = _JournaledTool(tool, owner)
    return FunctionTool(
        name=name,
        description=tool.description,
        params_json_schema=tool.schema,
        on_invoke_tool=inner.invoke,
        strict_json_schema=False,
        # With a function here, arguments that are no JSON object ask by themselves: a person can put them right. Where
        # nobody would be asked otherwise, the model is told, and tries again.
        needs_approval=inner.asks if inner.may_ask else False,
    )


def given(raw: str) -> dict[str, Any]:
    """The arguments of a call as they are shown, also those that are none."""
    try:
        arguments = json.loads(raw or "{}")
    except json.JSONDecodeError:
        return {"": raw}
    return arguments if isinstance(arguments, dict) else {"": arguments}


def _ended(result: Result, duration_ms: float) -> dict[str, Any]:
    """How a call is shown when it has ended."""
    return {
        "status": result.status.value, "duration_ms": round(duration_ms, 3),
        "output": None if result.error else result.output, "error": result.error,
    }  # fmt: skip
