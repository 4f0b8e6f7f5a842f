"""What a server lists, page by page: its tools as far as they can be used, and its prompts."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from mcp import Client, MCPError
from mcp.types import Tool

from domain.mcp import McpErrorCode
from orchestration.mcp.failures import McpFailure
from orchestration.mcp.prompts import NAME, list_prompts
from orchestration.mcp.resources import reading
from persistence.mcp_servers import KnownTool

MOST_PAGES, MOST_TOOLS = 100, 1_000
LONGEST_DESCRIPTION, LARGEST_SCHEMA = 8_000, 64_000
PATIENCE = 2.0
"""Seconds for what a server has beside its tools, each."""


class Listed(NamedTuple):
    """`left_out` says which tools are not usable, and why; `prompts` are as they are stored."""

    tools: Sequence[KnownTool]
    left_out: str | None
    prompts: list[dict[str, Any]]


async def listed(client: Client) -> Listed:
    """All that a server offers; McpFailure when its list of tools has no end."""
    tools, left_out = _usable(await _tools(client))
    prompts: list[dict[str, Any]] = []
    with _spared():
        async with asyncio.timeout(PATIENCE):
            tools += await reading(client, [tool.name for tool in tools])
    with _spared():
        async with asyncio.timeout(PATIENCE):
            prompts = await list_prompts(client)
    return Listed(tools, left_out, prompts)


def _spared() -> contextlib.suppress:
    """What cannot be had of resources and prompts, or makes no sense, makes a server's tools none the worse."""
    return contextlib.suppress(MCPError, TimeoutError, ValueError)


async def _tools(client: Client) -> list[Tool]:
    if client.server_capabilities.tools is None:
        return []
    found: list[Tool] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        found += page.tools
        cursor = page.next_cursor
        if cursor is None:
            return found
        if len(found) > MOST_TOOLS:
            break
    raise McpFailure(
        McpErrorCode.PROTOCOL_ERROR, f"The server's list of tools has no end; {MOST_TOOLS:,} are the most."
    )


def _usable(found: Sequence[Tool]) -> tuple[list[KnownTool], str | None]:
    wrong: dict[str, str] = {}
    tools: dict[str, KnownTool] = {}
    for tool in found:
        if (problem := _problem(tool, tools)) is None:
            tools[tool.name] = _known(tool)
        else:
            wrong[tool.name[:80]] = problem
    shown = ", ".join(f"{name!r} ({why})" for name, why in list(wrong.items())[:5])
    return list(tools.values()), f"{len(wrong)} tools are left out: {shown}." if wrong else None


def _problem(tool: Tool, known: dict[str, KnownTool]) -> str | None:
    if not NAME.fullmatch(tool.name):
        return "its name must have 1 to 128 characters"
    if tool.name in known:
        return "it is listed twice"
    if len(known) >= MOST_TOOLS:
        return f"{MOST_TOOLS:,} are the most"
    try:
        schema = orjson.dumps(tool.input_schema).decode()
    except TypeError:  # it has numbers or depths that are not stored
        return "its schema cannot be kept"
    if len(schema) > LARGEST_SCHEMA:
        return f"its schema is larger than {LARGEST_SCHEMA:,} characters"
    if "\\u0000" in schema:
        return "its schema has a character that no text has"
    return None


def _known(tool: Tool) -> KnownTool:
    hints = tool.annotations
    read_only = hints is not None and hints.read_only_hint is True
    idempotent = read_only or (hints is not None and hints.idempotent_hint is True)
    words = (tool.description or tool.title or "").replace("\x00", "")
    return KnownTool(tool.name, words[:LONGEST_DESCRIPTION], tool.input_schema, read_only, idempotent)
