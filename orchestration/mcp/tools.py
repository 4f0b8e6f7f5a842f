"""Tools of servers, as runs call them."""

from collections.abc import Awaitable, Callable
from typing import Any

from orchestration.mcp.failures import McpFailure
from orchestration.tools.tool import Call, Server, Tool, ToolFailure
from persistence.mcp_servers import McpServerRow, McpToolRow, facts_of

LONGEST_CALL = 900.0
"""Seconds after which a call ends although the tool still makes progress."""

Caller = Callable[[McpServerRow, McpToolRow, dict[str, Any], Call], Awaitable[str]]
"""Calls a tool of a server; McpFailure or ToolFailure when that goes wrong."""


def tool_of(server: McpServerRow, row: McpToolRow, caller: Caller) -> Tool:
    async def run(arguments: dict[str, Any], call: Call) -> str:
        try:
            return await caller(server, row, arguments, call)
        except McpFailure as failure:
            raise ToolFailure(failure.message) from failure

    return Tool(
        name=row.name,
        description=row.description,
        arguments=row.input_schema,
        run=run,
        idempotent=row.idempotent,
        asks=facts_of(server, row).asks,
        timeout=LONGEST_CALL,
        server=Server(server.id, server.name),
    )
