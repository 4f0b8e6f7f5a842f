"""Parley as an MCP server: tools that the edge offers, in the protocol's words, over HTTP and standard streams."""

import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp.types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from orchestration.mcp.addresses import CONNECT
from orchestration.mcp.failures import FAILURES, failure_of

CALLER = "parley.caller"
"""Where a request's scope says who asks."""
NAME = "parley"

Progress = Callable[[float, str], Awaitable[None]]
Context = ServerRequestContext[Any]


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool that others may call here. `input_schema` is JSON Schema."""

    name: str
    description: str
    input_schema: dict[str, Any]
    read_only: bool


@dataclass(frozen=True, slots=True)
class Given:
    """What came of a call: data, or what went wrong in words."""

    data: Any = None
    error: str | None = None


Run = Callable[[str, dict[str, Any], Any, Progress], Awaitable[Given]]
"""Carries a call out: the tool's name, its arguments, who asks, and whom to tell of progress."""


class Serving:
    """Answers requests on one path; usable while `open` is. Each request stands for itself, so any process can answer
    the next one."""

    def __init__(self, offers: Sequence[Offer], run: Run, version: str) -> None:
        self._offers, self._run = {offer.name: offer for offer in offers}, run
        server: Server[Any] = Server(NAME, version=version, on_list_tools=self._list, on_call_tool=self._call)
        self._manager = StreamableHTTPSessionManager(server, stateless=True)

    def open(self) -> contextlib.AbstractAsyncContextManager[None]:
        return self._manager.run()

    async def answer(self, scope: Any, receive: Any, send: Any, caller: object) -> None:
        """Answer one request of HTTP (ASGI) on behalf of a caller."""
        await self._manager.handle_request({**scope, CALLER: caller}, receive, send)

    async def _list(self, _: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=[_tool(offer) for offer in self._offers.values()])

    async def _call(self, context: Context, params: CallToolRequestParams) -> CallToolResult:
        if params.name not in self._offers:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name[:80]!r}.")

        async def progress(done: float, words: str) -> None:
            await context.session.report_progress(done, None, words)

        caller = context.request.scope[CALLER] if context.request is not None else None
        given = await self._run(params.name, params.arguments or {}, caller, progress)
        if given.error is not None:
            return CallToolResult(content=[TextContent(text=given.error)], is_error=True)
        text = json.dumps(given.data, ensure_ascii=False)
        return CallToolResult(content=[TextContent(text=text)], structured_content=given.data)


def _tool(offer: Offer) -> Tool:
    hints = ToolAnnotations(read_only_hint=offer.read_only, destructive_hint=False, open_world_hint=False)
    return Tool(name=offer.name, description=offer.description, input_schema=offer.input_schema, annotations=hints)


async def bridge(url: str, key: str) -> None:
    """Serve the tools of a running Parley on standard input and output until the former ends; McpFailure when it
    cannot be reached."""
    try:
        async with _client(url, key) as there, stdio_server() as (reading, writing):
            server = _forwarding(there)
            await server.run(reading, writing, server.create_initialization_options())
    except FAILURES as error:
        raise failure_of(error) from error


@contextlib.asynccontextmanager
async def _client(url: str, key: str) -> AsyncIterator[Client]:
    headers, timeout = {"Authorization": f"Bearer {key}"}, httpx2.Timeout(CONNECT, read=None)
    async with (
        httpx2.AsyncClient(headers=headers, timeout=timeout) as http,
        Client(streamable_http_client(url, http_client=http), cache=None) as client,
    ):
        yield client


def _forwarding(there: Client) -> Server[Any]:
    async def list_tools(_: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        return await there.list_tools(cursor=params.cursor if params else None)

    async def call(context: Context, params: CallToolRequestParams) -> CallToolResult:
        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            await context.session.report_progress(progress, total, message)

        return await there.call_tool(params.name, params.arguments, progress_callback=progressed)

    return Server(NAME, on_list_tools=list_tools, on_call_tool=call)
