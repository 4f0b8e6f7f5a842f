"""What MCP servers list beside their tools: resources and prompts, also of servers that list them oddly."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    METHOD_NOT_FOUND,
    ListPromptsResult,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    Resource,
    ResourceTemplate,
    Tool,
)

from domain.accounts import UserRole
from domain.mcp import McpStatus, McpTransport
from orchestration.mcp.checking import Given
from orchestration.mcp.servers import McpServers
from persistence.mcp_servers import McpServerRow
from tests.mcp_http import http_server
from tests.mcp_server import Misbehaving
from tests.orchestration.test_mcp_calls import admin, say, servers, toolbox

__all__ = ["admin", "servers"]  # fixtures

RESOURCES = ListResourcesResult(resources=[Resource(uri="file:///notes.md", name="notes")])
PATTERNS = ListResourceTemplatesResult(
    resource_templates=[ResourceTemplate(uri_template="file:///{name}.md", name="by name")]
)


async def unknown(_: ServerRequestContext[Any], __: PaginatedRequestParams | None) -> Any:
    raise MCPError(METHOD_NOT_FOUND, "there is no such method")


def always(result: Any) -> Callable[[ServerRequestContext[Any], Any], Awaitable[Any]]:
    async def answer(_: ServerRequestContext[Any], __: Any) -> Any:
        return result

    return answer


async def kept(servers: McpServers, admin: UUID, url: str) -> McpServerRow:
    return await servers.kept.add(
        admin, UserRole.ADMIN, Given(name="odd", transport=McpTransport.STREAMABLE_HTTP, url=url)
    )


@pytest.mark.parametrize(
    ("knows", "line"),
    [
        ({"on_list_resources": always(RESOURCES)}, "file:///notes.md — notes"),
        ({"on_list_resource_templates": always(PATTERNS), "on_list_resources": unknown}, "file:///{name}.md — by name"),
    ],
)
async def test_a_server_may_have_only_resources_or_only_patterns(
    servers: McpServers, admin: UUID, tmp_path: Path, knows: dict[str, Any], line: str
) -> None:
    server: Server[Any] = Server("shelf", on_read_resource=always(None), **knows)
    async with http_server(tmp_path, instead=server) as served:
        tools = await toolbox(servers, admin, await kept(servers, admin, served.url))

        assert set(tools) == {"list_resources", "read_resource"}
        assert await say(tools["list_resources"], admin) == line


async def test_a_tool_whose_schema_cannot_be_kept_is_left_out(servers: McpServers, admin: UUID, tmp_path: Path) -> None:
    huge = {"type": "object", "properties": {"n": {"type": "integer", "maximum": 2**70}}}
    tools = [Tool(name="good", input_schema={"type": "object"}), Tool(name="huge", input_schema=huge)]
    server: Server[Any] = Server("odd", on_list_tools=always(ListToolsResult(tools=tools)))
    async with http_server(tmp_path, instead=server) as served:
        row = await kept(servers, admin, served.url)
        assert set(await toolbox(servers, admin, row)) == {"good"}

    assert row.error_message == "1 tools are left out: 'huge' (its schema cannot be kept)."


async def test_a_prompt_whose_names_nobody_could_say_is_left_out(
    servers: McpServers, admin: UUID, tmp_path: Path
) -> None:
    prompts = [
        Prompt(name="good", title="A \x00title"),
        Prompt(name="b\x00d"),
        Prompt(name="", title="no name"),
        Prompt(name="argued", arguments=[PromptArgument(name="a" * 129)]),
    ]
    server: Server[Any] = Server("poet", on_list_prompts=always(ListPromptsResult(prompts=prompts)))
    async with http_server(tmp_path, instead=server) as served:
        row = await kept(servers, admin, served.url)

    assert (row.status, row.error_message) == (McpStatus.CONNECTED, None)
    assert [(one["name"], one["title"]) for one in row.prompts] == [("good", "A title")]


async def nonsense() -> Any:
    return {"resources": "none", "prompts": "none"}


async def never() -> Any:
    await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("lists", "answer"), [("resources/list", nonsense), ("prompts/list", nonsense), ("prompts/list", never)]
)
async def test_what_makes_no_sense_or_never_comes_leaves_the_rest_alone(
    servers: McpServers, admin: UUID, tmp_path: Path, lists: str, answer: Callable[[], Awaitable[Any]]
) -> None:
    async def oddly(ctx: ServerRequestContext[Any], call_next: Callable[[Any], Awaitable[Any]]) -> Any:
        return await (answer() if ctx.method == lists else call_next(ctx))

    server = Misbehaving(tmp_path).server
    server.add_request_handler("resources/list", PaginatedRequestParams, always(RESOURCES))
    server.middleware.append(oddly)
    async with http_server(tmp_path, instead=server) as served:
        row = await kept(servers, admin, served.url)
        tools = await toolbox(servers, admin, row)

    assert row.status is McpStatus.CONNECTED
    assert ("echo" in tools, "list_resources" in tools, len(row.prompts)) == (
        True, lists != "resources/list", int(lists != "prompts/list"),
    )  # fmt: skip
