"""What a server lets one read: two tools of ours, beside those that it has, list its resources and read one."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from mcp import Client, MCPError
from mcp.types import METHOD_NOT_FOUND, CallToolResult, Resource, ResourceTemplate, TextContent, TextResourceContents

from domain.mcp import McpResource
from domain.messages import storable
from persistence.mcp_servers import KnownTool

T = TypeVar("T")

MOST_PAGES, MOST_RESOURCES = 20, 500
LONGEST_WORDS = 1_000
LONGEST_URI, LONGEST_TEXT = 2_000, 1_000_000
"""Characters of what people attach to their messages."""


class NoText(Exception):
    """A resource cannot be attached; the message says why."""


LIST = KnownTool(
    "list_resources",
    "Lists what can be read on this server: the URI of each resource, and what it is.",
    {"type": "object", "properties": {}},
    read_only=True,
    idempotent=True,
    own=True,
)
READ = KnownTool(
    "read_resource",
    "Reads a resource of this server.",
    {
        "type": "object",
        "properties": {
            "uri": {"type": "string", "description": "As list_resources gives it, such as file:///notes.md"}
        },
        "required": ["uri"],
    },
    read_only=True,
    idempotent=True,
    own=True,
)


async def reading(client: Client, named: Sequence[str]) -> list[KnownTool]:
    """The tools that read a server's resources; none where it has none, or has tools of these names itself."""
    # Many servers say that they could have some, because their library could.
    if client.server_capabilities.resources is None or not await _any(client):
        return []
    return [tool for tool in (LIST, READ) if tool.name not in named]


async def _any(client: Client) -> bool:
    return bool((await _page(client, None))[0] or await _patterns(client))


async def answered(client: Client, tool: str, arguments: dict[str, Any]) -> CallToolResult:
    """What comes of a call of one of these tools, in the words of the protocol."""
    if tool == LIST.name:
        return _said("\n".join(await _listed(client)) or "There is nothing to read.")
    uri = arguments.get("uri")
    if not isinstance(uri, str) or not uri:
        return CallToolResult(content=[TextContent(text="`uri` must be the URI of a resource.")], is_error=True)
    found = (await client.read_resource(uri)).contents
    return _said("\n\n".join(part.text if isinstance(part, TextResourceContents) else _bytes(part) for part in found))


async def resources_of(client: Client) -> list[McpResource]:
    """What a server lists, as people choose from it; at most 500."""
    found, _ = await _all(client)
    return [
        McpResource(one.uri, _words(one.title or one.name), _words(one.description), one.mime_type) for one in found
    ]


async def text_of(client: Client, uri: str) -> str:
    """The text of a resource; NoText when it has none, or too much."""
    parts = (await client.read_resource(uri)).contents
    texts = [part.text for part in parts if isinstance(part, TextResourceContents)]
    if not parts or len(texts) < len(parts):
        raise NoText("It is no text.")
    text = "\n\n".join(texts)
    if len(text) > LONGEST_TEXT:
        raise NoText(f"It has {len(text):,} characters; at most {LONGEST_TEXT:,} can be attached.")
    return text


async def _listed(client: Client) -> list[str]:
    """A line for each resource, and for each pattern that stands for many."""
    found, more = await _all(client)
    lines = [*(_line(one.uri, one) for one in found), *(["… and more"] if more else [])]
    return [*lines, *(_line(one.uri_template, one) for one in (await _patterns(client))[:MOST_RESOURCES])]


async def _all(client: Client) -> tuple[list[Resource], bool]:
    """What a server lists, and whether it has more than that."""
    found: list[Resource] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page, cursor = await _page(client, cursor)
        found += page
        if cursor is None or len(found) > MOST_RESOURCES:
            break
    return found[:MOST_RESOURCES], len(found) > MOST_RESOURCES or cursor is not None


async def _page(client: Client, cursor: str | None) -> tuple[list[Resource], str | None]:
    page = await _known(lambda: client.list_resources(cursor=cursor))
    return ([], None) if page is None else (page.resources, page.next_cursor)


async def _patterns(client: Client) -> list[ResourceTemplate]:
    page = await _known(client.list_resource_templates)
    return [] if page is None else page.resource_templates


async def _known(ask: Callable[[], Awaitable[T]]) -> T | None:
    """What a server answers; None from one that has only resources, or only patterns, and so knows but one question."""
    try:
        return await ask()
    except MCPError as error:
        if error.code == METHOD_NOT_FOUND:
            return None
        raise


def _line(uri: str, one: Resource | ResourceTemplate) -> str:
    kind = f" ({one.mime_type})" if one.mime_type else ""
    words = f": {' '.join(one.description.split())}" if one.description else ""
    return f"{uri} — {one.title or one.name}{kind}{words}"


def _words(text: str | None) -> str:
    return storable(" ".join((text or "").split()))[:LONGEST_WORDS]


def _bytes(part: Any) -> str:
    return f"[{part.uri}, {part.mime_type or 'unknown'}, {len(part.blob) * 3 // 4:,} bytes, which is no text]"


def _said(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)])
