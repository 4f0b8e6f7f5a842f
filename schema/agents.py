"""Agents as the API shows them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.ids import Kind, global_id
from persistence import agents
from persistence.agents import AgentRow, AgentVersionRow
from persistence.lookups import rows_of
from persistence.mcp_servers import Seen
from persistence.versions import VersionPage
from schema.context import FieldInfo
from schema.enums import ThinkingMode
from schema.loading import Loader
from schema.mcp_servers import McpServer, facts_by_key, server_by_id
from schema.models import Model, model_by_id
from schema.nodes import Node
from schema.pages import Connection, Page
from schema.tools import Tool
from schema.versions import versions, visible

agent_by_id = Loader[UUID, AgentRow | None](fetch=rows_of(AgentRow), missing=lambda: None)
versions_of = Loader[VersionPage, list[AgentVersionRow]](fetch=agents.versions, missing=list)


@strawberry.type(description="What an agent refuses to take and to say. A run that trips over one fails.")
class AgentGuardrails:
    max_input_chars: int | None = strawberry.field(description="Most characters of a message that it takes.")
    denied_input: list[str] = strawberry.field(description="Words and phrases that a message to it must not have.")
    denied_output: list[str] = strawberry.field(description="Words and phrases that its answer must not have.")


@strawberry.type(description="Stored configuration that a run is built from.")
class Agent(Node):
    name: str = strawberry.field(description="Name.")
    description: str = strawberry.field(description="What it is good for; other agents are told this too.")
    thinking: ThinkingMode | None = strawberry.field(description="Thinking mode unless a message says otherwise.")
    max_turns: int = strawberry.field(description="Most model calls of one run.")
    max_tokens: int | None = strawberry.field(description="Most tokens that one run may take; null without a limit.")
    max_cost_usd: Decimal | None = strawberry.field(description="Most that one run may cost, likewise.")
    max_seconds: int | None = strawberry.field(description="Longest that one run may be at work, likewise.")
    version: int = strawberry.field(description="Its newest version. Runs keep the version they began with.")
    slug: str | None = strawberry.field(description="Name of an agent that ships with the product; null for others.")
    shared: bool = strawberry.field(description="Whether everybody may use it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    row: strawberry.Private[AgentRow]

    @strawberry.field(description="What the model is told before the conversation; empty if it is not for the viewer.")
    def instructions(self, info: FieldInfo) -> str:
        return self.row.instructions if visible(info, self.row) else ""

    @strawberry.field(description="Whether the viewer may change it: it is their own.")
    def editable(self, info: FieldInfo) -> bool:
        return self.row.owner_id == info.context.viewer_id and self.row.deleted_at is None

    @strawberry.field(description="The model it always uses; null leaves the choice to the selection.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.row.model_id is None else await info.context.load(model_by_id, self.row.model_id)
        return None if row is None else Model.from_row(row)

    @strawberry.field(
        description="Tools that it may call, single ones of MCP servers too. Those that this server lacks, or that the "
        "viewer may not use, are left out."
    )
    async def tools(self, info: FieldInfo) -> list[Tool]:
        context = info.context
        own = [context.tools[key] for key in self.row.tools if key in context.tools]
        seen = [Seen(context.viewer_id, key) for key in self.row.mcp_tools]
        return [Tool.of(facts) for facts in (*own, *await context.load_all(facts_by_key, seen)) if facts is not None]

    @strawberry.field(
        description="MCP servers of which it may call all tools. Those that the viewer may not use are left out."
    )
    async def mcp_servers(self, info: FieldInfo) -> list[McpServer]:
        viewer_id = info.context.viewer_id
        rows = [await asked for asked in [info.context.load(server_by_id, key) for key in self.row.mcp_servers]]
        return [McpServer.from_row(row) for row in rows if row and (row.shared or row.owner_id == viewer_id)]

    @strawberry.field(description="Agents that it may hand the conversation over to.")
    async def handoffs(self, info: FieldInfo) -> list[Agent]:
        return await _agents(info, self.row.handoffs)

    @strawberry.field(description="Agents that it may ask like tools: it goes on with their answers itself.")
    async def agent_tools(self, info: FieldInfo) -> list[Agent]:
        return await _agents(info, self.row.agent_tools)

    @strawberry.field(description="JSON Schema of its final answer; null for text.")
    def output_schema(self) -> JSON | None:
        return None if self.row.output_schema is None else JSON(self.row.output_schema)

    @strawberry.field(description="What it refuses; empty if that is not for the viewer.")
    def guardrails(self, info: FieldInfo) -> AgentGuardrails:
        stored = self.row.guardrails if visible(info, self.row) else {}
        return AgentGuardrails(
            max_input_chars=stored.get("max_input_chars"),
            denied_input=stored.get("denied_input", []),
            denied_output=stored.get("denied_output", []),
        )

    @strawberry.field(description="Its versions, newest first; only for whom it belongs to. At most 200 a page.")
    async def versions(
        self, info: FieldInfo, first: int | None = None, after: str | None = None
    ) -> Connection[AgentVersion]:
        return await versions(
            info, self.row, Page.of(first, after), versions_of,
            lambda one: AgentVersion(
                version=one.version, created_at=one.created_at,
                agent=Agent.from_row(agents.as_it_was(self.row, one)),
            ),
        )  # fmt: skip

    @classmethod
    def from_row(cls, row: AgentRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.AGENT, row.id)),
            name=row.name,
            description=row.description,
            thinking=row.thinking,
            max_turns=row.max_turns,
            max_tokens=row.max_tokens,
            max_cost_usd=row.max_cost_usd,
            max_seconds=row.max_seconds,
            version=row.version,
            slug=row.slug,
            shared=row.shared,
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )


@strawberry.type(description="An agent as it was for a while.")
class AgentVersion:
    version: int = strawberry.field(description="Its number, counted from 1.")
    created_at: datetime = strawberry.field(description="When it was made.")
    agent: Agent = strawberry.field(description="The agent in this version.")


async def _agents(info: FieldInfo, keys: list[UUID]) -> list[Agent]:
    rows = [await asked for asked in [info.context.load(agent_by_id, key) for key in keys]]
    return [Agent.from_row(row) for row in rows if row and row.deleted_at is None and visible(info, row)]
