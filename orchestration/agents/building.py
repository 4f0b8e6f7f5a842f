"""The agents of one attempt at a run, made of stored configuration: nothing of them is shared with another run."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from agents import Agent, FunctionTool, Handoff, handoff
from agents.extensions.handoff_filters import remove_all_tools
from agents.run_context import RunContextWrapper

from domain.tools import ToolApproval
from orchestration.agents.agent_tools import agent_tool
from orchestration.agents.guardrails import Guardrails, input_guardrails, output_guardrails
from orchestration.agents.naming import agent_names, distinct, function_of, word
from orchestration.agents.outputs import JsonOutput
from orchestration.inference.chain import Chain
from orchestration.runs import nesting
from orchestration.runs.journal import JournaledModel, Owner, journaled
from orchestration.tools.tool import Tool
from orchestration.tools.toolbox import Toolbox
from persistence.agents import AgentRow


@dataclass(frozen=True, slots=True)
class Built:
    """`first` is the agent that begins. With `single`, no turn can follow its first one."""

    first: Agent[Any]
    single: bool


def build(owner: Owner, model: Chain, toolbox: Toolbox, first: AgentRow | None = None) -> Built:
    """All agents that may work on the run, connected as they are stored. `model` is the chain of the `first` one, that
    of the run without it, and of all that have none of their own."""
    return _Building(owner, model, toolbox, first or owner.attempt.agent).built()


class _Building:
    def __init__(self, owner: Owner, model: Chain, toolbox: Toolbox, begins: AgentRow) -> None:
        self._owner, self._toolbox, self._begins = owner, toolbox, begins
        attempt = owner.attempt
        self._asked_first = {attempt.agent.id, begins.id}
        self._team = {row.id: row for row in attempt.team}
        self._chains = {key: owner.chains.get(key, model) for key in self._team}
        self._chains[begins.id] = model
        self._functions = self._named()
        owner.attempt.tools = {name: toolbox[key] for (kind, key), name in self._functions.items() if kind == "tool"}
        self._denied = frozenset(name for name, tool in owner.attempt.tools.items() if self._is_denied(tool))

    def built(self) -> Built:
        names = agent_names(self._team.values())
        agents = {row.id: self._alone(row, names[row.id]) for row in self._team.values()}
        for row in self._team.values():
            if not self._calls_functions(row):
                continue
            agent = agents[row.id]
            agent.handoffs = [self._handoff(agents[key], self._team[key]) for key in self._known(row.handoffs)]
            agent.tools = [*agent.tools, *(self._agent_tool(agents[key], key) for key in self._known(row.agent_tools))]
        first = agents[self._begins.id]
        return Built(first, single=not (first.tools or first.handoffs))

    def _named(self) -> dict[tuple[str, UUID], str]:
        """What each function that a model may call is named, in an order that every attempt has."""
        tools = {key for row in self._team.values() for key in self._tools_of(row)}
        wanted = [(("tool", key), function_of(self._toolbox[key])) for key in sorted(tools)]
        for key in sorted(self._team):
            name = word(self._team[key].name) or "agent"
            wanted += [(("handoff", key), f"transfer_to_{name}"), (("agent", key), f"ask_{name}")]
        return distinct(wanted)

    def _is_denied(self, tool: Tool) -> bool:
        said = self._owner.attempt.standing.approval(tool.key, tool.path, asks=tool.asks)
        return said is ToolApproval.DENY

    def _calls_functions(self, row: AgentRow) -> bool:
        return "tools" in self._chains[row.id].capabilities

    def _known(self, keys: list[UUID]) -> list[UUID]:
        return [key for key in dict.fromkeys(keys) if key in self._team]

    def _tools_of(self, row: AgentRow) -> list[UUID]:
        """Its own tools, then single ones of MCP servers, then all of its MCP servers."""
        named = [key for key in (*row.tools, *row.mcp_tools) if key in self._toolbox]
        served = [key for key, tool in self._toolbox.items() if tool.server and tool.server.key in row.mcp_servers]
        return list(dict.fromkeys([*named, *served]))

    def _alone(self, row: AgentRow, name: str) -> Agent[Any]:
        """One agent with its own tools, before it knows the others."""
        chain, rails = self._chains[row.id], Guardrails.from_stored(row.guardrails)
        wanted = self._tools_of(row) if self._calls_functions(row) else []
        tools = [self._toolbox[key] for key in wanted]
        return Agent(
            name=name,
            handoff_description=row.description,
            instructions=row.instructions,
            model=JournaledModel(chain, self._owner, hidden=self._denied),
            model_settings=chain.settings,
            tools=[journaled(tool, self._functions["tool", tool.key], self._owner) for tool in tools],
            # The run's own agents have looked at the question before anything else was done with it.
            input_guardrails=[] if row.id in self._asked_first else input_guardrails(row.name, rails),
            output_guardrails=output_guardrails(row.name, rails),
            output_type=None if row.output_schema is None else JsonOutput(row.output_schema),
        )

    def _handoff(self, agent: Agent[Any], row: AgentRow) -> Handoff[Any, Agent[Any]]:
        return handoff(
            agent,
            tool_name_override=self._functions["handoff", row.id],
            tool_description_override=f"Hand the conversation over to {row.name}. {row.description}".strip(),
            on_handoff=_taking_over(self._owner, row),
            # A model that calls no functions may not understand the calls of others either.
            input_filter=None if self._calls_functions(row) else remove_all_tools,
        )

    def _agent_tool(self, agent: Agent[Any], key: UUID) -> FunctionTool:
        return agent_tool(agent, self._team[key], self._functions["agent", key], self._owner)


def _taking_over(owner: Owner, row: AgentRow) -> Callable[[RunContextWrapper[Any]], None]:
    def taken_over(_: RunContextWrapper[Any]) -> None:
        if not nesting.depth():
            owner.attempt.hand_to(row)

    return taken_over
