"""Agents that other agents ask like tools: what they do is a part of the run, what they say is only a result."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from agents import Agent, FunctionTool
from agents.agent import AgentToolStreamEvent
from agents.exceptions import AgentsException
from agents.result import RunResult, RunResultStreaming
from agents.tool_context import ToolContext
from openai import OpenAIError

from domain.runs import RunFailure
from orchestration.inference.failures import failure_of
from orchestration.runs import nesting
from orchestration.runs.journal import Owner, carried_out
from orchestration.tools.tool import Result
from persistence.agents import AgentRow

DEEPEST = 8
"""Agents that may be asked one by another. Rules keep them from asking in circles; this holds if two people's changes
meet."""


def agent_tool(agent: Agent[Any], row: AgentRow, name: str, owner: Owner) -> FunctionTool:
    """The agent as a tool: its calls of models and tools are kept like those of the run, under the call that asked."""
    asked = _Asked(row, name, owner)
    tool = agent.as_tool(
        name,
        f"Ask {row.name}. {row.description}".strip(),
        custom_output_extractor=asked.answered,
        on_stream=_unheard,
        on_stream_max_pending_events=None,
        max_turns=row.max_turns,
        failure_error_function=None,
    )
    asked.ask, tool.on_invoke_tool = tool.on_invoke_tool, asked.invoke
    return tool


class _Asked:
    """`ask` is what the SDK does with a call."""

    ask: Callable[[ToolContext[Any], str], Awaitable[Any]]

    def __init__(self, row: AgentRow, name: str, owner: Owner) -> None:
        self._row, self._name, self._owner = row, name, owner
        self._answers: dict[str | None, str] = {}

    async def answered(self, result: RunResult | RunResultStreaming) -> str:
        """The SDK calls this for an agent that has come to an end, and not for one that waits for a person."""
        answer = result.final_output
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False, default=str)
        # The result of a run that has waited for a person does not know any more which call it is of.
        self._answers[nesting.parent()] = text
        return text

    async def invoke(self, context: ToolContext[Any], raw: str) -> Any:
        call_id = context.tool_call_id
        if (known := self._owner.journal.output_of(call_id)) is not None:
            return known
        return await carried_out(self._owner, call_id, self._name, raw, lambda: self._work(context, raw))

    async def _work(self, context: ToolContext[Any], raw: str) -> Result | None:
        if nesting.depth() >= DEEPEST:
            return Result(error=f"Agents have asked agents {DEEPEST} times; answer without asking further.")
        try:
            with nesting.inside(context.tool_call_id):
                await self.ask(context, raw)
                answer = self._answers.pop(nesting.parent(), None)
        except (AgentsException, OpenAIError, RunFailure) as error:
            return Result(error=f"{self._row.name} could not answer: {failure_of(error, self._row.name).message}")
        return None if answer is None else Result(answer)


def _unheard(_: AgentToolStreamEvent) -> None:
    """Somebody must listen, or the model would be asked for the whole answer at once. Its words go nowhere; its tools
    tell the run's log themselves."""
