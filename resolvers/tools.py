"""Doors to tools: which there are, which ask first, and trying one by hand."""

import re

import strawberry
from strawberry.scalars import JSON

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from domain.tools import covers
from persistence import mcp_servers, tool_policies
from resolvers.context import Context, Info
from schema.mcp_servers import facts_by_viewer
from schema.tools import (
    CallToolInput,
    CallToolPayload,
    SetToolApprovalInput,
    SetToolApprovalPayload,
    Tool,
    ToolError,
    ToolPolicy,
)


@strawberry.type
class ToolQueries:
    @strawberry.field(description="All tools that the viewer's agents may have.")
    async def tools(self, info: Info) -> list[Tool]:
        info.context.require(Scope.READ)
        return await _tools(info.context, "*")

    @strawberry.field(
        description="The rules that count for the viewer's tools: those for everybody first. At most 400."
    )
    async def tool_policies(self, info: Info) -> list[ToolPolicy]:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return [ToolPolicy.from_row(row) for row in await tool_policies.listed(session, viewer_id)]


@strawberry.type
class ToolMutations:
    @strawberry.mutation(
        description="Say whether tools ask before they run, or keep them from models with DENY. An own rule of ASK "
        "also takes back what the viewer has allowed these tools in approvals."
    )
    async def set_tool_approval(self, info: Info, input: SetToolApprovalInput) -> SetToolApprovalPayload:
        viewer = info.context.require(Scope.WRITE, UserRole.ADMIN if input.everybody else None)
        pattern = await _pattern(info.context, input)
        row = await info.context.engine.policies.put(viewer.user_id, pattern, input.approval, everybody=input.everybody)
        policy = None if row is None else ToolPolicy.from_row(row)
        return SetToolApprovalPayload(policy=policy, tools=await _tools(info.context, pattern))

    @strawberry.mutation(
        description="Try a tool by hand, as the viewer's agents would call it. What goes wrong in it is `error`; a "
        "tool that a rule denies is FORBIDDEN."
    )
    async def call_tool(self, info: Info, input: CallToolInput) -> CallToolPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        key = key_of(Kind.TOOL, input.tool_id)
        tried = await info.context.engine.trying.call(viewer_id, key, input.arguments_by_name)
        result = tried.result
        return CallToolPayload(
            output=JSON(result.output) if result.error is None else None,
            error=None if result.error is None else ToolError(code=result.code, message=result.error),
            duration_ms=tried.duration_ms,
        )


async def _tools(context: Context, pattern: str) -> list[Tool]:
    served = await context.load(facts_by_viewer, context.viewer_id)
    found = sorted([*context.tools.values(), *served], key=lambda facts: facts.path)
    return [Tool.of(facts) for facts in found if covers(pattern, facts.path)]


async def _pattern(context: Context, input: SetToolApprovalInput) -> str:
    """The pattern that the input names; of one tool, the one that covers it alone."""
    if (input.pattern is None) is (input.tool_id is None):
        raise BadUserInput({"input.toolId": "either this or `pattern` is needed, and not both"})
    if input.tool_id is None:
        return input.pattern or ""
    key = key_of(Kind.TOOL, input.tool_id)
    if (facts := context.tools.get(key)) is None:
        async with context.db.read() as session:
            facts = mcp_servers.facts_of(*await mcp_servers.tool_visible_to(session, key, context.viewer_id))
    return re.sub(r"([*?\[])", r"[\1]", facts.path)
