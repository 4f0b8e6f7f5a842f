"""The MCP servers of one process: reached when they are needed, and their tools for runs."""

import asyncio
import contextlib
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from domain.errors import BadUserInput, Conflict, Forbidden, NotFound
from domain.ids import Kind, global_id
from domain.mcp import McpErrorCode, McpResource, McpStatus, PromptMessage
from domain.runs import RunErrorCode, RunFailure
from domain.tools import Standing, ToolApproval, tool_path
from orchestration.inference.secrets import Keyring
from orchestration.mcp.connection import Connection, SessionLost
from orchestration.mcp.connections import Connections
from orchestration.mcp.definitions import Definition
from orchestration.mcp.failures import FAILURES, McpFailure
from orchestration.mcp.keeping import Keeping
from orchestration.mcp.listing import listed
from orchestration.mcp.prompts import checked, messages_of
from orchestration.mcp.resources import LIST, LONGEST_URI, READ, NoText
from orchestration.mcp.results import words_of
from orchestration.mcp.signing_in import SigningIn
from orchestration.mcp.tools import tool_of
from orchestration.tools.tool import Call, Tool, ToolFailure
from persistence import mcp_servers, tool_policies
from persistence.database import Database
from persistence.mcp_servers import McpServerRow, McpToolRow, Usable

log = logging.getLogger(__name__)

IDLE = 300.0
"""Seconds after which a connection that nobody uses is closed."""
PROCESSES = 16
FRESH = timedelta(minutes=10)
"""How long a list of tools is taken as it is. Servers with a connection tell of changes by themselves."""
LONGEST_PAUSE = 300
LISTING = 10.0
"""Seconds that a server gets to list all its tools."""
GATHER = 0.2
"""Seconds in which a server may say several times that its tools have changed, for one new look at them."""


class McpServers:
    """`start` before use. What servers list is kept in the database, so all processes know the tools of a server that
    one of them has reached; a failure keeps all of them away for a while."""

    def __init__(self, db: Database, keys: Keyring, *, idle: float = IDLE, processes: int = PROCESSES) -> None:
        self._db, self._keys = db, keys
        self.kept, self.signing_in = Keeping(db, keys, self._reached), SigningIn(db, keys, self._reached)
        self._connections = Connections(
            self._store_tools, self._tools_changed, self.signing_in.renewed, idle=idle, processes=processes
        )
        self._tidying: asyncio.Task[None] | None = None
        self._work: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._tidying = asyncio.create_task(self._connections.tidy(), name="idle MCP servers")

    async def close(self) -> None:
        tasks = [*self._work, *([self._tidying] if self._tidying else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._connections.close()

    def notified(self, payload: str) -> None:
        """A server is gone, or reached in another way: here or in another process."""
        self._connections.forget(UUID(hex=payload))

    async def tools(self, server_ids: Sequence[UUID], user_id: UUID, *, single: Sequence[UUID] = ()) -> Sequence[Tool]:
        """All tools of these servers for a run of this person, and `single` ones of others, in order. RunFailure when
        one of them is gone, is not theirs, or cannot be reached: a run must not go on with less than it was given."""
        async with self._db.read() as session:
            named = await mcp_servers.tools_by_key(session, user_id, single) if single else {}
            wanted = dict.fromkeys([*server_ids, *(one.server.id for one in named.values())])
            found = await mcp_servers.usable(session, user_id, wanted)
        if any(server_id not in found for server_id in server_ids):
            raise _gone("An MCP server of this agent is gone, or is not shared with you. Change the agent's servers.")
        await asyncio.gather(*(self._ready(usable) for usable in found.values()))
        async with self._db.read() as session:
            rows = await mcp_servers.tools_by_server(session, list(found))
        tools = [
            tool_of(found[server_id].server, row, self._call)
            for server_id in wanted
            for row in rows.get(server_id, [])
            if server_id in server_ids or row.id in single
        ]
        if not {tool.key for tool in tools}.issuperset(single):
            what = "A tool of this agent is gone: its MCP server lists it no more, or is not shared with you."
            raise _gone(f"{what} Change the agent's tools.")
        return tools

    async def tool(self, tool_id: UUID, user_id: UUID) -> Tool:
        """One tool of a server that this person may use; NotFound otherwise."""
        async with self._db.read() as session:
            server, row = await mcp_servers.tool_visible_to(session, tool_id, user_id)
        return tool_of(server, row, self._call)

    async def refresh(self, server_id: UUID, user_id: UUID) -> McpServerRow:
        """Reach a server now, whatever was before, and list its tools anew; its row says how that went."""
        async with self._db.read() as session:
            usable = (await mcp_servers.usable(session, user_id, [server_id])).get(server_id)
        if usable is None:
            raise NotFound("There is no such MCP server.")
        await self._reached(usable)
        async with self._db.read() as session:
            return await mcp_servers.visible_to(session, server_id, user_id)

    async def prompt(self, user_id: UUID, server_id: UUID, name: str, arguments: object) -> list[PromptMessage]:
        """A prompt of a server that this person may use, written out. NotFound, BadUserInput, or Conflict when the
        server does not give it."""
        usable, _ = await self._for_person(user_id, server_id)
        given = checked(usable.server.prompts, name, arguments)
        with _given(usable, "this prompt"):
            return messages_of(await (await self._reach(usable)).prompt(user_id, name, given))

    async def resources(self, user_id: UUID, server_id: UUID) -> list[McpResource]:
        """What a server lets this person read. NotFound, Forbidden when a rule denies the tool that lists it, or
        Conflict when the server does not give it."""
        usable, standing = await self._for_person(user_id, server_id)
        _allowed(usable.server, standing, LIST.name)
        with _given(usable, "its resources"):
            return await (await self._reach(usable)).resources(user_id)

    async def resource(self, user_id: UUID, server_id: UUID, uri: str) -> str:
        """The text of a resource. NotFound, BadUserInput, Forbidden when a rule denies the tool that reads it, or
        Conflict when the server does not give it or it is no text."""
        if not 1 <= len(uri) <= LONGEST_URI or not uri.isprintable():
            raise BadUserInput({"uri": f"must have 1 to {LONGEST_URI:,} printable characters"})
        usable, standing = await self._for_person(user_id, server_id)
        _allowed(usable.server, standing, READ.name)
        with _given(usable, "this resource"):
            return await (await self._reach(usable)).resource(user_id, uri)

    async def _for_person(self, user_id: UUID, server_id: UUID) -> tuple[Usable, Standing]:
        """A server that this person may use, and the rules on what they may do; NotFound otherwise."""
        async with self._db.read() as session:
            usable = (await mcp_servers.usable(session, user_id, [server_id])).get(server_id)
            standing = await tool_policies.standing(session, user_id)
        if usable is None:
            raise NotFound(f"There is no MCP server with the id {global_id(Kind.MCP_SERVER, server_id)!r}.")
        return usable, standing

    async def _ready(self, usable: Usable) -> None:
        row, now = usable.server, datetime.now(UTC)
        listed = row.connected_at is not None and now - row.connected_at < FRESH
        if row.status is McpStatus.CONNECTED and (listed or self._live(row) is not None):
            return
        try:
            await self._reach(usable)
        except McpFailure as failure:
            message = f"The MCP server {row.name} is not available, and this agent needs it. {failure.message}"
            raise RunFailure(RunErrorCode.TOOL_FAILED, message, retryable=True) from failure

    async def _call(self, row: McpServerRow, tool: McpToolRow, arguments: dict[str, Any], call: Call) -> str:
        """Call a tool, over a new connection if need be. What counts is who may use the server at this moment."""
        async with self._db.read() as session:
            usable = (await mcp_servers.usable(session, call.user_id, [row.id])).get(row.id)
        if usable is None:
            raise ToolFailure(f"The MCP server {row.name} is gone.")
        try:
            result = await (await self._reach(usable)).call(tool, arguments, call)
        except SessionLost:
            result = await (await self._reach(usable)).call(tool, arguments, call)
        words = words_of(result)
        if result.is_error:
            raise ToolFailure(words or f"{tool.name} failed and did not say why.")
        return words

    async def _reached(self, usable: Usable) -> None:
        """Try anew, over the connection that is open if it still serves; the row says how that went."""
        if (live := self._live(usable.server)) is not None:
            try:
                await self._store_tools(live)
            except McpFailure:
                self._connections.leave(usable.server.id)
        with contextlib.suppress(McpFailure):
            await self._reach(usable, at_once=True)

    def _live(self, row: McpServerRow) -> Connection | None:
        """The open connection, if it goes to where the server is now."""
        live = self._connections.live(row.id)
        return live if live is not None and live.definition.revision == row.revision else None

    async def _reach(self, usable: Usable, *, at_once: bool = False) -> Connection:
        """A connection, with its server's tools stored. McpFailure, without a try, soon after a failure, unless it is
        `at_once`."""
        row = usable.server
        if (live := self._live(row)) is not None:
            return live
        if not at_once and row.retry_at is not None and row.retry_at > datetime.now(UTC):
            again = f"It is tried again in {(row.retry_at - datetime.now(UTC)).total_seconds():.0f} seconds"
            message = f"{row.error_message} {again}, or at once with refreshMcpServer."
            raise McpFailure(row.error_code or McpErrorCode.UNREACHABLE, message)
        try:
            return await self._connections.to(Definition.of(usable, self._keys))
        except McpFailure as failure:
            if failure.code is not McpErrorCode.TOO_MANY_PROCESSES:  # which is not the server's fault
                await self._note(row, failure)
            raise

    async def _note(self, row: McpServerRow, failure: McpFailure) -> None:
        again = datetime.now(UTC) + timedelta(seconds=min(2 ** min(row.failures, 16), LONGEST_PAUSE))
        async with self._db.write() as session:
            await mcp_servers.note_failed(session, row, failure.code, failure.message, retry_at=again)

    async def _store_tools(self, connection: Connection) -> None:
        definition = connection.definition
        client = await connection.opened()
        try:
            async with asyncio.timeout(LISTING):
                found = await listed(client)
        except FAILURES as error:
            raise connection.failure(error) from error
        async with self._db.write() as session:
            await mcp_servers.put_tools(session, definition.id, definition.revision, found.tools)
            await mcp_servers.note_connected(session, definition.id, definition.revision, found.left_out, found.prompts)

    def _tools_changed(self, connection: Connection) -> None:
        if not connection.stale:
            connection.stale = True
            task = asyncio.create_task(self._list_again(connection))
            self._work.add(task)
            task.add_done_callback(self._work.discard)

    async def _list_again(self, connection: Connection) -> None:
        await asyncio.sleep(GATHER)
        connection.stale = False
        try:
            await self._store_tools(connection)
        except McpFailure as failure:
            log.info("the MCP server %s has not listed its tools: %s", connection.definition.name, failure.message)


@contextlib.contextmanager
def _given(usable: Usable, what: str) -> Iterator[None]:
    """Conflict when the server does not give what a person has asked it for."""
    try:
        yield
    except (McpFailure, NoText) as failure:
        raise Conflict(f"The MCP server {usable.server.name} does not give {what}. {failure}") from failure


def _allowed(server: McpServerRow, standing: Standing, tool: str) -> None:
    """Forbidden when a rule denies one of our own tools that read what a server has."""
    path = tool_path(server.name, tool)
    if standing.approval(uuid5(server.id, tool), path, asks=False) is ToolApproval.DENY:
        raise Forbidden(f"A rule denies {path}.")


def _gone(what: str) -> RunFailure:
    return RunFailure(RunErrorCode.TOOL_FAILED, what)
