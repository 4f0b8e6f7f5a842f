"""An MCP server that misbehaves on request: `python -m tests.mcp_server FOLDER [TOOLS]` speaks over standard input and
output. FOLDER is where it writes what it has noticed."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ToolsListChanged
from mcp.shared.exceptions import MCPError
from mcp.types import (
    BlobResourceContents,
    CallToolRequestParams,
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitRequestURLParams,
    ElicitResult,
    GetPromptRequestParams,
    GetPromptResult,
    ImageContent,
    InputRequiredResult,
    ListPromptsResult,
    ListResourcesResult,
    ListToolsResult,
    PaginatedRequestParams,
    Prompt,
    PromptArgument,
    PromptMessage,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    TextContent,
    TextResourceContents,
    Tool,
    ToolAnnotations,
)

PAGE = 30
ANYTHING: dict[str, Any] = {"type": "object", "properties": {"text": {"type": "string"}}}
SEAT: dict[str, Any] = {
    "type": "object",
    "properties": {
        "row": {"type": "integer", "title": "Row", "minimum": 1, "maximum": 40},
        "class": {"type": "string", "enum": ["first", "second"], "default": "second"},
        "quiet": {"type": "boolean", "title": "In the quiet zone", "default": False},
        "meal": {"type": "array", "items": {"type": "string", "enum": ["soup", "cake"]}, "maxItems": 1},
    },
    "required": ["row"],
}
RESOURCES = {"file:///notes.md": "notes.md", "file:///dot.png": "A dot"}
Result = CallToolResult | InputRequiredResult
Context = ServerRequestContext[Any]


class Misbehaving:
    def __init__(self, folder: Path, tools: int = 0) -> None:
        self.folder, self.bus = folder, InMemorySubscriptionBus()
        self.names = [f"tool_{number}" for number in range(tools)]
        self.server: Server[Any] = Server(
            "misbehaving", on_list_tools=self.list_tools, on_call_tool=self.call, on_list_prompts=self.list_prompts,
            on_get_prompt=self.get_prompt, on_list_resources=self.list_resources, on_read_resource=self.read_resource,
            on_subscriptions_listen=ListenHandler(self.bus),
        )  # fmt: skip

    async def list_tools(self, _: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        own = [name.removeprefix("do_") for name in dir(self) if name.startswith("do_")]
        tools = [
            Tool(
                name=name,
                description=f"Does {name}.",
                input_schema=ANYTHING,
                annotations=hints(name),
            )
            for name in [*own, *self.names]
        ]
        start = int((params and params.cursor) or 0)
        rest = start + PAGE < len(tools)
        return ListToolsResult(tools=tools[start : start + PAGE], next_cursor=str(start + PAGE) if rest else None)

    async def list_prompts(self, _: Context, params: PaginatedRequestParams | None) -> ListPromptsResult:
        about = PromptArgument(name="about", description="What it is about.", required=True)
        return ListPromptsResult(prompts=[Prompt(name="poem", title="A poem", arguments=[about])])

    async def get_prompt(self, context: Context, params: GetPromptRequestParams) -> GetPromptResult:
        about = (params.arguments or {})["about"]
        if about == "you":
            assert context.request is not None, "which only comes over HTTP"
            raise MCPError(-32602, f"you sent {context.request.headers.get('authorization')}")
        if about == "nothing":
            raise MCPError(-32602, "there is nothing to say about nothing")
        said = TextContent(text=f"Write a poem about {about}.")
        return GetPromptResult(messages=[PromptMessage(role="user", content=said)])

    async def list_resources(self, _: Context, params: PaginatedRequestParams | None) -> ListResourcesResult:
        return ListResourcesResult(resources=[Resource(uri=uri, name=name) for uri, name in RESOURCES.items()])

    async def read_resource(self, _: Context, params: ReadResourceRequestParams) -> ReadResourceResult:
        if params.uri == "file:///dot.png":
            return ReadResourceResult(contents=[BlobResourceContents(uri=params.uri, blob="aGVsbG8=")])
        if params.uri != "file:///notes.md":
            raise MCPError(-32602, f"there is no {params.uri}")
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, text="Tea at four.")])

    async def call(self, context: Context, params: CallToolRequestParams) -> Result:
        does = getattr(self, f"do_{params.name}", None)
        if does is None:
            raise MCPError(-32602, f"there is no tool {params.name}")
        result: Result = await does(context, params)
        return result

    async def do_echo(self, _: Context, params: CallToolRequestParams) -> Result:
        return said((params.arguments or {}).get("text", ""))

    async def do_fail(self, _: Context, params: CallToolRequestParams) -> Result:
        return CallToolResult(content=[TextContent(text="that went wrong")], is_error=True)

    async def do_die(self, _: Context, params: CallToolRequestParams) -> Result:
        (self.folder / "died").write_text("")
        os._exit(3)

    async def do_hang(self, _: Context, params: CallToolRequestParams) -> Result:
        (self.folder / "hanging").write_text("")
        try:
            await asyncio.Event().wait()
        finally:
            (self.folder / "cancelled").write_text("")
        return said("never")

    async def do_progress(self, context: Context, params: CallToolRequestParams) -> Result:
        """Takes 1.8 seconds, of which none is longer than 0.6 without a word."""
        for step in range(3):
            await asyncio.sleep(0.6)
            await context.session.report_progress(step, 3)
        return said("done in time")

    async def do_large(self, _: Context, params: CallToolRequestParams) -> Result:
        return said("x" * 5_000_000)

    async def do_picture(self, _: Context, params: CallToolRequestParams) -> Result:
        return CallToolResult(content=[TextContent(text="see"), ImageContent(data="aGVsbG8=", mime_type="image/png")])

    async def do_grow(self, context: Context, params: CallToolRequestParams) -> Result:
        self.names.append(f"tool_{len(self.names)}")
        await self.bus.publish(ToolsListChanged())
        return said(self.names[-1])

    async def do_environment(self, _: Context, params: CallToolRequestParams) -> Result:
        return said(json.dumps(dict(os.environ)))

    async def do_book(self, _: Context, params: CallToolRequestParams) -> Result:
        """Says what the person has filled in."""
        answer = (params.input_responses or {}).get("seat")
        if isinstance(answer, ElicitResult):
            return said(json.dumps([answer.action, answer.content], sort_keys=True))
        asked = ElicitRequestFormParams(message="Which seat?", requested_schema=SEAT)
        return InputRequiredResult(input_requests={"seat": ElicitRequest(params=asked)})

    async def do_pester(self, _: Context, params: CallToolRequestParams) -> Result:
        """Asks 25 things at once."""
        empty = ElicitRequestFormParams(message="Really?", requested_schema={"type": "object", "properties": {}})
        return InputRequiredResult(input_requests={str(n): ElicitRequest(params=empty) for n in range(25)})

    async def do_sign_up(self, _: Context, params: CallToolRequestParams) -> Result:
        """Leads the person to the page that is given as `text`."""
        answer = (params.input_responses or {}).get("page")
        if isinstance(answer, ElicitResult):
            return said(f"the person said {answer.action}")
        asked = ElicitRequestURLParams(message="Sign up first.", url=(params.arguments or {})["text"])
        return InputRequiredResult(input_requests={"page": ElicitRequest(params=asked)})

    async def do_pry(self, _: Context, params: CallToolRequestParams) -> Result:
        wanted = {"type": "object", "properties": {"password": {"type": "string", "format": "password"}}}
        asked = ElicitRequestFormParams(message="Tell me.", requested_schema=wanted)
        return InputRequiredResult(input_requests={"secret": ElicitRequest(params=asked)})

    async def do_ask(self, _: Context, params: CallToolRequestParams) -> Result:
        answer = (params.input_responses or {}).get("name")
        if isinstance(answer, ElicitResult):
            return said(f"the person said {answer.action}")
        asked = ElicitRequestFormParams(message="Who are you?", requested_schema={"type": "object", "properties": {}})
        return InputRequiredResult(input_requests={"name": ElicitRequest(params=asked)})


def hints(name: str) -> ToolAnnotations | None:
    return ToolAnnotations(read_only_hint=True) if name == "echo" else None


def said(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=text)])


async def main(folder: Path, tools: int) -> None:
    server = Misbehaving(folder, tools).server
    async with stdio_server() as (reading, writing):
        await server.run(reading, writing, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
