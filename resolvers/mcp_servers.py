"""Doors to MCP servers: listed, added, changed, tried and removed."""

from dataclasses import fields
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from domain.accounts import Scope
from domain.ids import Kind, key_of
from orchestration.mcp.checking import Given
from orchestration.mcp.signing_in import Answer, Known
from persistence import mcp_servers
from resolvers.context import Context, Info
from schema.mcp_servers import (
    AddMcpServerInput,
    FinishMcpSignInInput,
    McpPromptMessage,
    McpResource,
    McpServer,
    McpServerPayload,
    RemoveMcpServerPayload,
    SignInToMcpServerInput,
    SignInToMcpServerPayload,
    UpdateMcpServerInput,
)

BACK = "/tools/sign-in"
"""The page of the web client to which authorization servers send a browser back."""
OVER_HTTP = {"ws": "http", "wss": "https"}


@strawberry.type
class McpServerQueries:
    @strawberry.field(description="Your MCP servers, and those that are shared with everybody, the oldest first.")
    async def mcp_servers(self, info: Info) -> list[McpServer]:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return [McpServer.from_row(row) for row in await mcp_servers.listed(session, viewer_id)]

    @strawberry.field(
        description="A prompt of an MCP server that you may use, written out: what to send instead of typing. CONFLICT "
        "when the server does not give it."
    )
    async def mcp_prompt(
        self,
        info: Info,
        server_id: Annotated[strawberry.ID, strawberry.argument(description="The server.")],
        name: Annotated[str, strawberry.argument(description="The prompt's name there.")],
        arguments: Annotated[
            JSON | None, strawberry.argument(description="An object of texts: what it is filled in with.")
        ] = None,
    ) -> list[McpPromptMessage]:
        viewer_id, key = info.context.require(Scope.READ).user_id, key_of(Kind.MCP_SERVER, server_id)
        messages = await info.context.engine.mcp_servers.prompt(viewer_id, key, name, arguments)
        return [McpPromptMessage(role=role, text=text) for role, text in messages]

    @strawberry.field(
        description="What an MCP server that you may use lets one read, as it lists it now; at most 500. CONFLICT when "
        "it does not say, FORBIDDEN when a rule denies its tool list_resources."
    )
    async def mcp_resources(
        self, info: Info, server_id: Annotated[strawberry.ID, strawberry.argument(description="The server.")]
    ) -> list[McpResource]:
        viewer_id, key = info.context.require(Scope.READ).user_id, key_of(Kind.MCP_SERVER, server_id)
        found = await info.context.engine.mcp_servers.resources(viewer_id, key)
        return [McpResource(**one._asdict()) for one in found]

    @strawberry.field(
        description="The text of something that an MCP server lets one read, at most 1,000,000 characters: to be sent "
        "to /files and attached to a message. CONFLICT when the server does not give it or it is no text, FORBIDDEN "
        "when a rule denies its tool read_resource."
    )
    async def mcp_resource(
        self,
        info: Info,
        server_id: Annotated[strawberry.ID, strawberry.argument(description="The server.")],
        uri: Annotated[str, strawberry.argument(description="As mcpResources has it.")],
    ) -> str:
        viewer_id, key = info.context.require(Scope.READ).user_id, key_of(Kind.MCP_SERVER, server_id)
        return await info.context.engine.mcp_servers.resource(viewer_id, key, uri)


@strawberry.type
class McpServerMutations:
    @strawberry.mutation(
        description="Add an MCP server and ask it, for half a minute at most, which tools it has. One that does not "
        "answer is kept, with its `lastError`. Programs on this machine (STDIO) and sharing are for administrators: "
        "FORBIDDEN for others."
    )
    async def add_mcp_server(self, info: Info, input: AddMcpServerInput) -> McpServerPayload:
        viewer = info.context.require(Scope.WRITE)
        row = await info.context.engine.mcp_servers.kept.add(viewer.user_id, viewer.role, _given(input))
        return McpServerPayload(mcp_server=McpServer.from_row(row))

    @strawberry.mutation(description="Change an MCP server; one that is reached in another way is tried at once.")
    async def update_mcp_server(self, info: Info, input: UpdateMcpServerInput) -> McpServerPayload:
        viewer = info.context.require(Scope.WRITE)
        server_id = key_of(Kind.MCP_SERVER, input.id)
        row = await info.context.engine.mcp_servers.kept.change(viewer.user_id, viewer.role, server_id, _given(input))
        return McpServerPayload(mcp_server=McpServer.from_row(row))

    @strawberry.mutation(description="Reach an MCP server now, also when it has just failed, and list its tools anew.")
    async def refresh_mcp_server(self, info: Info, id: strawberry.ID) -> McpServerPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        row = await info.context.engine.mcp_servers.refresh(key_of(Kind.MCP_SERVER, id), viewer_id)
        return McpServerPayload(mcp_server=McpServer.from_row(row))

    @strawberry.mutation(
        description="Begin to sign in at an MCP server that you keep, by OAuth. Visit the `url` with a browser within "
        "ten minutes; it comes back to the web client, which says finishMcpSignIn if you are signed in there. CONFLICT "
        "when the server does not say where one signs in."
    )
    async def sign_in_to_mcp_server(self, info: Info, input: SignInToMcpServerInput) -> SignInToMcpServerPayload:
        viewer_id, server_id = info.context.require(Scope.WRITE).user_id, key_of(Kind.MCP_SERVER, input.id)
        known = Known.of(input.client_id, input.client_secret)
        signing_in = info.context.engine.mcp_servers.signing_in
        return SignInToMcpServerPayload(url=await signing_in.begin(viewer_id, server_id, _back(info.context), known))

    @strawberry.mutation(
        description="Finish a sign-in at an MCP server with what the browser has brought back, and try the server. "
        "FORBIDDEN for a sign-in that somebody else has begun, or that took too long; CONFLICT when there is no token."
    )
    async def finish_mcp_sign_in(self, info: Info, input: FinishMcpSignInInput) -> McpServerPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        answer = Answer(input.state, input.code, input.issuer)
        row = await info.context.engine.mcp_servers.signing_in.finish(viewer_id, answer)
        return McpServerPayload(mcp_server=McpServer.from_row(row))

    @strawberry.mutation(description="Forget what signing in at an MCP server has given.")
    async def sign_out_of_mcp_server(self, info: Info, id: strawberry.ID) -> McpServerPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        row = await info.context.engine.mcp_servers.signing_in.leave(viewer_id, key_of(Kind.MCP_SERVER, id))
        return McpServerPayload(mcp_server=McpServer.from_row(row))

    @strawberry.mutation(description="Remove an MCP server; its connections end, and its secrets are forgotten.")
    async def remove_mcp_server(self, info: Info, id: strawberry.ID) -> RemoveMcpServerPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        await info.context.engine.mcp_servers.kept.remove(viewer_id, key_of(Kind.MCP_SERVER, id))
        return RemoveMcpServerPayload(id=id)


def _back(context: Context) -> str:
    """Where a browser comes back to. Whoever could lie about our address here would only send themselves astray."""
    asked = context.connection.base_url
    ours = context.doors.public_url or str(asked.replace(scheme=OVER_HTTP.get(asked.scheme, asked.scheme)))
    return f"{ours.rstrip('/')}{BACK}"


def _given(input: AddMcpServerInput | UpdateMcpServerInput) -> Given:
    return Given(**{field.name: getattr(input, field.name) for field in fields(Given)})
