"""The door to anything by its global id."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.ids import Kind, parse
from persistence import (
    accounts,
    agents,
    api_keys,
    approvals,
    audit_events,
    budgets,
    chats,
    files,
    invitations,
    mcp_servers,
    memories,
    messages,
    model_downloads,
    models,
    runs,
    sessions,
    shares,
    summaries,
    workflows,
)
from persistence.database import Session
from resolvers.context import Context, Info
from schema.accounts import ApiKey, Viewer
from schema.accounts import Session as BrowserSession
from schema.agents import Agent
from schema.approvals import Approval
from schema.audit_events import AuditEvent
from schema.budgets import Budget
from schema.chats import Chat
from schema.downloads import Download
from schema.files import File
from schema.invitations import Invitation
from schema.mcp_servers import McpServer
from schema.memories import Memory
from schema.messages import Message
from schema.models import Model
from schema.nodes import Node
from schema.providers import Provider
from schema.runs import Run
from schema.shares import Share
from schema.summaries import Summary
from schema.tools import Tool
from schema.workflows import Workflow

MOST_NODES = 100


class Finder(NamedTuple):
    """`owned` gives those rows of one kind that the viewer may see, in one statement."""

    owned: Callable[[Session, UUID, list[UUID]], Awaitable[Mapping[UUID, Any]]]
    show: Callable[[Any], Node]


FINDERS = {
    Kind.CHAT: Finder(chats.owned, Chat.from_row),
    Kind.MESSAGE: Finder(messages.owned, Message.from_row),
    Kind.RUN: Finder(runs.owned, Run.from_row),
    Kind.MEMORY: Finder(memories.owned, Memory.from_row),
    Kind.SUMMARY: Finder(summaries.owned, Summary.from_row),
    Kind.APPROVAL: Finder(approvals.owned, Approval.from_row),
    Kind.AGENT: Finder(agents.owned, Agent.from_row),
    Kind.USER: Finder(accounts.owned, Viewer.from_row),
    Kind.SESSION: Finder(sessions.owned, BrowserSession.from_row),
    Kind.API_KEY: Finder(api_keys.owned, ApiKey.from_row),
    Kind.MODEL: Finder(models.visible, Model.from_row),
    Kind.DOWNLOAD: Finder(model_downloads.visible, Download.from_row),
    Kind.PROVIDER: Finder(models.visible_providers, Provider.from_row),
    Kind.FILE: Finder(files.owned, File.from_row),
    Kind.MCP_SERVER: Finder(mcp_servers.owned, McpServer.from_row),
    Kind.SHARE: Finder(shares.owned, Share.from_row),
    Kind.INVITATION: Finder(invitations.visible, Invitation.from_row),
    Kind.AUDIT_EVENT: Finder(audit_events.visible, AuditEvent.from_row),
    Kind.WORKFLOW: Finder(workflows.owned, Workflow.from_row),
    Kind.BUDGET: Finder(budgets.owned, Budget.from_row),
}


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Anything by its global id; null when there is none or it is somebody else's.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:
        viewer_id = info.context.require(Scope.READ).user_id
        return (await _found(info.context, viewer_id, [id])).get(id)

    @strawberry.field(description="Many things by their global ids, in the order asked; at most 100.")
    async def nodes(self, info: Info, ids: list[strawberry.ID]) -> list[Node | None]:
        viewer_id = info.context.require(Scope.READ).user_id
        if len(ids) > MOST_NODES:
            raise BadUserInput({"ids": f"has {len(ids)} ids; at most {MOST_NODES} are allowed"})
        found = await _found(info.context, viewer_id, list(ids))
        return [found.get(wanted) for wanted in ids]


async def _found(context: Context, viewer_id: UUID, ids: list[strawberry.ID]) -> dict[str, Node]:
    wanted: dict[Kind, dict[UUID, str]] = {}
    for named in ids:
        if (parsed := parse(named)) is not None and parsed[0] in (*FINDERS, Kind.TOOL):
            wanted.setdefault(parsed[0], {})[parsed[1]] = named
    found: dict[str, Node] = {}
    for key, tool_id in wanted.pop(Kind.TOOL, {}).items():
        if key in context.tools:
            found[tool_id] = Tool.of(context.tools[key])
    for kind, keys in wanted.items():
        finder = FINDERS[kind]
        async with context.db.read() as session:
            rows = await finder.owned(session, viewer_id, list(keys))
        found |= {keys[key]: finder.show(row) for key, row in rows.items()}
    return found
