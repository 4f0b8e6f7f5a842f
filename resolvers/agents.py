"""Doors for making, changing and looking at agents."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import strawberry

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any, key_of, parse
from orchestration.agents.editing import Change
from orchestration.agents.guardrails import Guardrails
from persistence import agents
from resolvers.context import Info
from schema.agent_inputs import (
    AgentFields,
    CreateAgentInput,
    CreateAgentPayload,
    DeleteAgentPayload,
    RestoreAgentInput,
    RestoreAgentPayload,
    UpdateAgentInput,
    UpdateAgentPayload,
)
from schema.agents import Agent

LISTS = {
    "tool_ids": ("tools", "toolIds", Kind.TOOL),
    "mcp_server_ids": ("mcp_servers", "mcpServerIds", Kind.MCP_SERVER),
    "handoff_ids": ("handoffs", "handoffIds", Kind.AGENT),
    "agent_tool_ids": ("agent_tools", "agentToolIds", Kind.AGENT),
}
"""Fields of the input that are lists of ids: the column, the name in GraphQL, and what they name."""


@strawberry.type
class AgentQueries:
    @strawberry.field(
        description="All agents that the viewer may use: those that ship with the product first, then shared ones and "
        "the viewer's own, by name."
    )
    async def agents(self, info: Info) -> list[Agent]:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return [Agent.from_row(row) for row in await agents.listed(session, viewer_id)]

    @strawberry.field(description="One of the agents that the viewer may use.")
    async def agent(self, info: Info, id: strawberry.ID) -> Agent | None:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return Agent.from_row(await agents.visible_to(session, key_of(Kind.AGENT, id), viewer_id))


@strawberry.type
class AgentMutations:
    @strawberry.mutation(description="Make an agent of one's own. Nobody else sees it unless it is shared.")
    async def create_agent(self, info: Info, input: CreateAgentInput) -> CreateAgentPayload:
        viewer = info.context.require(Scope.WRITE)
        row = await info.context.engine.agents.create(
            viewer.user_id,
            _change(input),
            copy_of=key_if_any(Kind.AGENT, input.copy_of),
            admin=viewer.role is UserRole.ADMIN,
        )
        return CreateAgentPayload(agent=Agent.from_row(row))

    @strawberry.mutation(
        description="Change one's own agent, which makes a new version. Runs at work keep the version they began with."
    )
    async def update_agent(self, info: Info, input: UpdateAgentInput) -> UpdateAgentPayload:
        viewer = info.context.require(Scope.WRITE)
        row = await info.context.engine.agents.update(
            viewer.user_id,
            key_of(Kind.AGENT, input.id),
            _change(input),
            expected=input.expected_version,
            admin=viewer.role is UserRole.ADMIN,
        )
        return UpdateAgentPayload(agent=Agent.from_row(row))

    @strawberry.mutation(
        description="Make an earlier version of one's own agent the newest again, as far as what it names still exists."
    )
    async def restore_agent(self, info: Info, input: RestoreAgentInput) -> RestoreAgentPayload:
        viewer, key = info.context.require(Scope.WRITE), key_of(Kind.AGENT, input.id)
        admin = viewer.role is UserRole.ADMIN
        row = await info.context.engine.agents.restore(viewer.user_id, key, input.version, admin=admin)
        return RestoreAgentPayload(agent=Agent.from_row(row))

    @strawberry.mutation(
        description="Delete one's own agent. Runs at work end as they began; its chats go on with the assistant."
    )
    async def delete_agent(self, info: Info, id: strawberry.ID) -> DeleteAgentPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        await info.context.engine.agents.delete(viewer_id, key_of(Kind.AGENT, id))
        return DeleteAgentPayload(id=id)


def _change(input: AgentFields) -> Change:
    """What the input asks for, by columns; BadUserInput for ids that cannot be any."""
    values: dict[str, Any] = {}
    for name in ("name", "description", "instructions", "max_turns"):
        if (value := input.given(name)) is not None:
            values[name] = value
    for name in ("thinking", "output_schema", "max_tokens", "max_cost_usd", "max_seconds"):
        if input.says(name):
            values[name] = input.given(name)
    if not isinstance(values.get("output_schema") or {}, dict):
        raise BadUserInput({"input.outputSchema": "must be an object: a JSON Schema"})
    if input.says("model_id"):
        wanted = input.given("model_id")
        values["model_id"] = None if wanted is None else _keys("modelId", Kind.MODEL, [wanted])[0]
    for name, (column, path, kind) in LISTS.items():
        if (ids := input.given(name)) is not None:
            values[column] = _keys(path, kind, ids)
    rails = None
    if input.says("guardrails"):
        asked = input.given("guardrails")
        rails = Guardrails() if asked is None else Guardrails(
            asked.max_input_chars, tuple(asked.denied_input), tuple(asked.denied_output)
        )  # fmt: skip
    return Change(values, rails, input.given("shared"))


def _keys(path: str, kind: Kind, ids: Iterable[str]) -> list[UUID]:
    keys: list[UUID] = []
    for value in ids:
        parsed = parse(value)
        if parsed is None or parsed[0] is not kind:
            raise BadUserInput({f"input.{path}": f"there is no {kind.value} with the id {value[:80]!r}"})
        keys.append(parsed[1])
    return keys
