"""Paid once, done once: a model and tools that remember what an earlier attempt has got out of them."""

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from agents import FunctionTool, Model
from agents.items import ModelResponse, TResponseStreamEvent
from agents.retry import ModelRetryAdvice, ModelRetryAdviceRequest
from agents.run_context import RunContextWrapper
from agents.tool_context import ToolContext
from openai.types.responses import Response, ResponseCompletedEvent

from domain.runs import EventKind, ToolCallStatus
from orchestration.runs.attempts import Attempt, tool_key
from orchestration.runs.outages import through_outages
from orchestration.tools.tool import Call, Result, Tool
from persistence import journal
from persistence.database import Database


class Journal:
    """The turn in progress of one attempt. What is put here survives the worker."""

    def __init__(self, db: Database, attempt: Attempt) -> None:
        self._db, self._attempt = db, attempt
        self._answered = 0

    def get(self, key: str) -> dict[str, Any] | None:
        return self._attempt.journal.get(key)

    async def put(self, key: str, value: dict[str, Any]) -> None:
        """Store an entry with the position of the run; raises Fenced when another attempt owns it."""
        attempt = self._attempt
        position = attempt.position()
        await attempt.log.barrier()
        entry = value | {"kept": position.stored()}

        async def store() -> None:
            async with self._db.write() as session:
                await attempt.hold(session)
                await journal.put(session, attempt.run.id, key, entry)
                await attempt.settle(session)

        await through_outages(store)
        attempt.settled()
        attempt.journal[key] = entry
        attempt.sequence = position.sequence

    def next_turn(self) -> None:
        """The turn has become part of the run's state."""
        self._attempt.journal.clear()
        self._answered = 0

    @property
    def model_key(self) -> str:
        return f"model:{self._answered}"

    def answered(self) -> None:
        self._answered += 1

    def outcome_unknown(self, call_id: str) -> bool:
        """A call was begun by an attempt that did not live to tell its result."""
        entry = self.get(tool_key(call_id))
        return entry is not None and "output" not in entry


class JournaledModel(Model):
    """The SDK's model, with each answer that asks for tools in the journal.

    An answer without tool calls is the run's last one: the transaction that ends the run follows it at once.
    """

    def __init__(self, inner: Model, entries: Journal, attempt: Attempt) -> None:
        self._inner, self._journal, self._attempt = inner, entries, attempt

    def get_retry_advice(self, request: ModelRetryAdviceRequest) -> ModelRetryAdvice | None:
        return self._inner.get_retry_advice(request)

    async def get_response(self, *args: Any, **how: Any) -> ModelResponse:
        raise NotImplementedError("runs are always streamed")

    async def stream_response(self, *args: Any, **how: Any) -> AsyncIterator[TResponseStreamEvent]:
        key = self._journal.model_key
        if (kept := self._journal.get(key)) is not None:
            self._journal.answered()
            response = Response.model_validate(kept["response"])
            yield ResponseCompletedEvent(type="response.completed", sequence_number=0, response=response)
            return
        self._attempt.asked()
        async for event in self._inner.stream_response(*args, **how):
            if event.type == "response.completed":
                await self._keep(key, event.response)
            yield event

    async def _keep(self, key: str, response: Response) -> None:
        if any(item.type == "function_call" for item in response.output):
            await self._journal.put(key, {"response": response.model_dump(mode="json", warnings=False)})
        self._journal.answered()


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose run it is; the SDK hands it to every tool."""

    attempt: Attempt
    journal: Journal


def journaled(tool: Tool, owner: Owner) -> FunctionTool:
    """A tool for the SDK: its result is remembered, and one whose outcome a crash left unknown may ask first."""
    attempt, entries = owner.attempt, owner.journal

    async def invoke(context: ToolContext[Any], raw: str) -> str:
        key = tool_key(context.tool_call_id)
        if (entry := entries.get(key)) is not None and "output" in entry:
            output: str = entry["output"]
            return output
        if not tool.idempotent:
            await entries.put(key, {"begun": True})
        raw = attempt.edited.get(context.tool_call_id, raw)
        shown = {"id": context.tool_call_id, "name": tool.name, "arguments": _arguments(raw)}
        attempt.tool(EventKind.TOOL_STARTED, shown | {"status": ToolCallStatus.IN_PROGRESS.value})
        began = time.perf_counter()
        run = attempt.run
        result = await tool.call(
            raw, Call(run.user_id, run.chat_id, run.id, f"{run.id}:{attempt.turn}:{context.tool_call_id}")
        )
        attempt.tool(EventKind.TOOL_FINISHED, shown | _ended(result, (time.perf_counter() - began) * 1000))
        await entries.put(key, {"output": result.words})
        return result.words

    async def asks(context: RunContextWrapper[Any], arguments: dict[str, Any], call_id: str) -> bool:
        if not tool.idempotent and entries.outcome_unknown(call_id):
            return True
        return tool.asks and tool.name not in attempt.granted

    return FunctionTool(
        name=tool.name,
        description=tool.description,
        params_json_schema=tool.schema,
        on_invoke_tool=invoke,
        strict_json_schema=False,
        needs_approval=asks,
    )


def _arguments(raw: str) -> dict[str, Any]:
    try:
        arguments = json.loads(raw or "{}")
    except json.JSONDecodeError:
        return {"": raw}
    return arguments if isinstance(arguments, dict) else {"": arguments}


def _ended(result: Result, duration_ms: float) -> dict[str, Any]:
    status = ToolCallStatus.COMPLETED if result.error is None else ToolCallStatus.FAILED
    return {
        "status": status.value, "duration_ms": round(duration_ms, 3),
        "output": None if result.error else result.output, "error": result.error,
    }  # fmt: skip
