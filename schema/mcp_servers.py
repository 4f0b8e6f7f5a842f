"""MCP servers and their tools as the API shows them, and what people say to add and change them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.accounts import UserRole
from domain.ids import Kind, global_id
from domain.tools import ToolFacts
from persistence import mcp_servers
from persistence.mcp_servers import McpServerRow, McpToolRow, Seen
from schema.context import FieldInfo
from schema.enums import McpErrorCode, McpStatus, McpTransport
from schema.loading import Loader
from schema.nodes import Node
from schema.tools import Tool

server_by_id = Loader[UUID, McpServerRow | None](fetch=mcp_servers.by_ids, missing=lambda: None)
facts_by_viewer = Loader[UUID, Sequence[ToolFacts]](fetch=mcp_servers.facts_by_viewer, missing=tuple)
facts_by_key = Loader[Seen, ToolFacts | None](fetch=mcp_servers.facts_by_key, missing=lambda: None)
tools_by_server = Loader[UUID, Sequence[McpToolRow]](fetch=mcp_servers.tools_by_server, missing=tuple)

URL = "Where it is, such as https://mcp.example.com/mcp. Addresses of your own network are for administrators."
HEADERS = "An object of headers by name for each request, such as a token. Stored encrypted and never shown again."
ENV = "An object of the process's variables by name. Stored encrypted and never shown again."
TIMEOUT = "Seconds that a call may take, and as long again after each word of the server on its progress; up to 600."


@strawberry.type(description="Why an MCP server, or a part of it, cannot be used.")
class McpError:
    code: McpErrorCode = strawberry.field(description="What went wrong.")
    message: str = strawberry.field(description="The same in words, with what to do about it.")


@strawberry.type(description="What a prompt is filled in with.")
class McpPromptArgument:
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What it is; may be empty.")
    required: bool = strawberry.field(description="Whether it must be given.")


@strawberry.type(description="A prompt that an MCP server offers to people; mcpPrompt writes it out.")
class McpPrompt:
    name: str = strawberry.field(description="Its name there.")
    title: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is for; may be empty.")
    arguments: list[McpPromptArgument] = strawberry.field(description="What it is filled in with.")

    @classmethod
    def of(cls, stored: dict[str, Any]) -> Self:
        return cls(**{**stored, "arguments": [McpPromptArgument(**one) for one in stored["arguments"]]})


@strawberry.type(description="One message of a prompt that is written out.")
class McpPromptMessage:
    role: str = strawberry.field(description="`user` or `assistant`.")
    text: str = strawberry.field(description="What it says; what is no text is named.")


@strawberry.type(description="Something that an MCP server lets one read; mcpResource has its text.")
class McpResource:
    uri: str = strawberry.field(description="What it is known by there.")
    name: str = strawberry.field(description="What it is called.")
    description: str = strawberry.field(description="What it is; may be empty.")
    media_type: str | None = strawberry.field(description="Of which type it is, if the server says so.")


@strawberry.type(description="A server that offers tools by the Model Context Protocol.")
class McpServer(Node):
    name: str = strawberry.field(description="Name.")
    transport: McpTransport = strawberry.field(description="How it is reached.")
    status: McpStatus = strawberry.field(description="What came of the last try to reach it.")
    connected_at: datetime | None = strawberry.field(description="When it was last reached and has listed its tools.")
    retry_at: datetime | None = strawberry.field(
        description="Until then nobody tries by themselves to reach it, for it has failed; refreshMcpServer does."
    )
    shared: bool = strawberry.field(description="Whether everybody here may use it.")
    trusted: bool = strawberry.field(description="Whether it is believed what it says of its tools.")
    timeout_seconds: int = strawberry.field(description=TIMEOUT)
    row: strawberry.Private[McpServerRow]

    @strawberry.field(description="What went wrong the last time; null when all is well.")
    def last_error(self) -> McpError | None:
        row = self.row
        return None if row.error_code is None else McpError(code=row.error_code, message=row.error_message or "")

    @strawberry.field(description="Its tools, as it has listed them last.")
    async def tools(self, info: FieldInfo) -> list[Tool]:
        rows = await info.context.load(tools_by_server, self.row.id)
        return [Tool.of(mcp_servers.facts_of(self.row, row)) for row in rows]

    @strawberry.field(description="Prompts that it offers, as it has listed them last; at most 200.")
    def prompts(self) -> list[McpPrompt]:
        return [McpPrompt.of(stored) for stored in self.row.prompts]

    @strawberry.field(description="Whether it has something to read, as it has listed it last; see mcpResources.")
    async def has_resources(self, info: FieldInfo) -> bool:
        return any(row.own for row in await info.context.load(tools_by_server, self.row.id))

    @strawberry.field(description="Whether you may change it: it is yours, or shared and you are an administrator.")
    def editable(self, info: FieldInfo) -> bool:
        who = info.context.identity
        return who is not None and (who.user_id == self.row.owner_id or (self.shared and who.role is UserRole.ADMIN))

    @strawberry.field(description="The program that is started; null for who may not change it.")
    def command(self, info: FieldInfo) -> str | None:
        return self.row.command if self.editable(info) else None

    @strawberry.field(description="What it is started with; null for who may not change it.")
    def args(self, info: FieldInfo) -> list[str] | None:
        return self.row.args if self.editable(info) else None

    @strawberry.field(description="Where it is; null for who may not change it.")
    def url(self, info: FieldInfo) -> str | None:
        return self.row.url if self.editable(info) else None

    @strawberry.field(description="Whether headers or an environment are stored for it. They are never shown.")
    def has_secrets(self) -> bool:
        return self.row.secrets_encrypted is not None

    @strawberry.field(description="Whether somebody has signed in at it, see signInToMcpServer.")
    def signed_in(self) -> bool:
        return self.row.oauth_encrypted is not None

    @classmethod
    def from_row(cls, row: McpServerRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.MCP_SERVER, row.id)),
            name=row.name,
            transport=row.transport,
            status=row.status,
            connected_at=row.connected_at,
            retry_at=row.retry_at,
            shared=row.shared,
            trusted=row.trusted,
            timeout_seconds=row.timeout_seconds,
            row=row,
        )


@strawberry.input(description="Input of addMcpServer.")
class AddMcpServerInput:
    name: str = strawberry.field(description="1 to 64 letters, digits, hyphens and underscores; each of yours differs.")
    transport: McpTransport = strawberry.field(description="How it is reached. STDIO is for administrators.")
    command: str | None = strawberry.field(
        default=None, description="For STDIO: the program to start. There is no shell in between."
    )
    args: list[str] | None = strawberry.field(default=None, description="For STDIO: what to start it with.")
    env: JSON | None = strawberry.field(default=None, description=f"For STDIO. {ENV}")
    url: str | None = strawberry.field(default=None, description=f"For the others. {URL}")
    headers: JSON | None = strawberry.field(default=None, description=f"For the others. {HEADERS}")
    shared: bool | None = strawberry.field(
        default=None, description="Whether everybody may use it; administrators only."
    )
    trusted: bool | None = strawberry.field(
        default=None,
        description="Whether tools that it says only read run without asking; administrators only. Default: false.",
    )
    timeout_seconds: int | None = strawberry.field(default=None, description=f"{TIMEOUT} Default: 60.")


@strawberry.input(description="Input of updateMcpServer. What is left out, or null, stays as it is.")
class UpdateMcpServerInput:
    id: strawberry.ID = strawberry.field(description="The server.")
    name: str | None = strawberry.field(default=None, description="Another name.")
    transport: McpTransport | None = strawberry.field(default=None, description="Another way to reach it.")
    command: str | None = strawberry.field(default=None, description="Another program.")
    args: list[str] | None = strawberry.field(default=None, description="What to start it with.")
    env: JSON | None = strawberry.field(default=None, description=f"Replaces the old ones. {ENV}")
    url: str | None = strawberry.field(
        default=None, description="Another address. Headers that are stored must be given again with it."
    )
    headers: JSON | None = strawberry.field(default=None, description=f"Replaces the old ones. {HEADERS}")
    shared: bool | None = strawberry.field(default=None, description="Whether everybody may use it.")
    trusted: bool | None = strawberry.field(default=None, description="Whether its word on its tools counts.")
    timeout_seconds: int | None = strawberry.field(default=None, description=TIMEOUT)


@strawberry.type(description="The server that was added, changed or asked.")
class McpServerPayload:
    mcp_server: McpServer = strawberry.field(description="The server; its `lastError` tells if it cannot be used.")


@strawberry.input(description="Input of signInToMcpServer.")
class SignInToMcpServerInput:
    id: strawberry.ID = strawberry.field(description="A server behind a URL.")
    client_id: str | None = strawberry.field(
        default=None,
        description="How its authorization server knows Parley; only needed where programs cannot register themselves.",
    )
    client_secret: str | None = strawberry.field(
        default=None, description="The secret that goes with it. Stored encrypted and never shown again."
    )


@strawberry.type(description="Where one signs in.")
class SignInToMcpServerPayload:
    url: str = strawberry.field(description="The address to visit.")


@strawberry.input(description="Input of finishMcpSignIn: what stands in the address that the browser came back to.")
class FinishMcpSignInInput:
    state: str = strawberry.field(description="`state`.")
    code: str = strawberry.field(description="`code`.")
    issuer: str | None = strawberry.field(default=None, description="`iss`, where there is one.")


@strawberry.type(description="What removeMcpServer removed.")
class RemoveMcpServerPayload:
    id: strawberry.ID = strawberry.field(description="Id of the server that was removed.")
