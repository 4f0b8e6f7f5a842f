"""One open session with one server, and calls on it."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from mcp import Client, MCPError
from mcp.client.subscriptions import ListenNotSupportedError, SubscriptionLost
from mcp.shared.dispatcher import ProgressFnT
from mcp.types import (
    CONNECTION_CLOSED,
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    CallToolResult,
    GetPromptResult,
    Implementation,
    PromptListChangedNotification,
    ResourceListChangedNotification,
    ToolListChangedNotification,
)

from domain.mcp import McpErrorCode, McpResource, McpTransport
from orchestration.mcp.asking import Talks, to_visit
from orchestration.mcp.definitions import Definition
from orchestration.mcp.failures import FAILURES, McpFailure, failure_of
from orchestration.mcp.oauth import Bearer
from orchestration.mcp.resources import answered, resources_of, text_of
from orchestration.mcp.transports import Way
from orchestration.tools.tool import Call, Progress
from persistence.mcp_servers import McpToolRow

log = logging.getLogger(__name__)
T = TypeVar("T")

OPENING = 20.0
"""Seconds that a server gets to start and to say who it is."""
CLOSING = 10.0
"""Seconds that it gets to let us go; a process of ours is ended by the library long before."""
CHANGED = ToolListChangedNotification | PromptListChangedNotification | ResourceListChangedNotification
"""What a server of an earlier revision says when it offers other things from now on."""
NO_SUCH_SESSION = 404
LOOKED_AT = (INVALID_PARAMS, METHOD_NOT_FOUND)
"""Errors of servers that have read what they were asked."""
LIBRARY_SAYS = ("Connection closed", "SSE stream")
"""How the library's own messages begin when the other side has left."""


class SessionLost(McpFailure):
    """The server has forgotten the session, and so has not looked at the call."""


class Connection:
    """A task of its own opens and closes the session, because the library's scopes must be left by the task that has
    entered them. `over` once either side has left, `calls` how many are made just now; `changed` is called when the
    server says that its tools are other ones now, which leaves what is known of them `stale`."""

    def __init__(self, definition: Definition, changed: Callable[["Connection"], None], auth: Bearer | None) -> None:
        self.definition, self.over, self.calls, self.stale = definition, False, 0, False
        self.used_at = asyncio.get_running_loop().time()
        self._begun = 0
        self._changed, self._auth = changed, auth
        self._leave = asyncio.Event()
        self._way, self._talks = Way(definition, self._ended, auth), Talks(self._clean)
        self._opened: asyncio.Future[Client] = asyncio.get_running_loop().create_future()
        self._opened.add_done_callback(asyncio.Future.exception)  # nobody may be left to look at it
        self._task = asyncio.create_task(self._live(), name=f"MCP server {definition.name}")

    async def opened(self) -> Client:
        """The session, when it is open; McpFailure when it cannot be opened in time."""
        try:
            async with asyncio.timeout(OPENING):
                return await asyncio.shield(self._opened)
        except TimeoutError:
            raise self.failure(TimeoutError()) from None
        except FAILURES as error:
            raise self.failure(error) from error

    async def close(self) -> None:
        """Leave the server; its process ends within a few seconds."""
        self._leave.set()
        if not self._opened.done():
            self._task.cancel()
        _, left = await asyncio.wait({self._task}, timeout=CLOSING)
        if left:  # it does not answer, not even to a farewell
            self._task.cancel()
            await asyncio.wait({self._task})

    async def call(self, tool: McpToolRow, arguments: dict[str, Any], call: Call) -> CallToolResult:
        """Call a tool, one of ours too that reads what the server has; see `_asked`."""

        async def ask(client: Client, progressed: ProgressFnT) -> CallToolResult:
            if tool.own:
                return await answered(client, tool.name, arguments)
            return await client.call_tool(tool.name, arguments, progress_callback=progressed)

        return await self._asked(tool.name, ask, call)

    async def prompt(self, user_id: UUID, name: str, arguments: dict[str, str]) -> GetPromptResult:
        """A prompt of the server, written out; see `_asked`."""

        async def get(client: Client, _: ProgressFnT) -> GetPromptResult:
            return await client.get_prompt(name, arguments)

        return await self._asked(name, get, Call(user_id, None, None, ""))

    async def resources(self, user_id: UUID) -> list[McpResource]:
        """What the server lets this person read; see `_asked`."""

        async def find(client: Client, _: ProgressFnT) -> list[McpResource]:
            return await resources_of(client)

        return await self._asked("the list of resources", find, Call(user_id, None, None, ""))

    async def resource(self, user_id: UUID, uri: str) -> str:
        """The text of a resource; see `_asked`, and NoText when it has none."""

        async def read(client: Client, _: ProgressFnT) -> str:
            return await text_of(client, uri)

        return await self._asked("the resource", read, Call(user_id, None, None, ""))

    async def _asked(self, what: str, ask: Callable[[Client, ProgressFnT], Awaitable[T]], call: Call) -> T:
        """Ask the server for something. It may take `timeout` seconds, as long again after each word on its progress,
        and as long as people take to answer what it asks them; McpFailure when it takes longer, or the server goes
        away. The server hears of what nobody waits for any more."""
        patience = self.definition.timeout

        async def progressed(progress: float, total: float | None, message: str | None) -> None:
            talk.alive()
            call.report(Progress(progress, total, self._clean(message or "")))

        async with self._used() as client:
            alone, begun = self.calls == 1, self._begun
            try:
                async with self._talks.begun(call.ask, patience) as talk:
                    return await ask(client, progressed)
            except TimeoutError:
                message = f"{what} gave no sign of life for {patience:g} seconds and was given up."
                raise McpFailure(McpErrorCode.TIMED_OUT, message) from None
            except MCPError as error:
                raise self._refusal(what, error, alone=alone and begun == self._begun) from error
            except FAILURES as error:
                raise self.failure(error) from error

    def _refusal(self, what: str, error: MCPError, *, alone: bool) -> McpFailure:
        """Why a call has failed. Unless it was `alone`, a status that turned us away may be that of another call; then
        nothing says that the server has not looked at this one."""
        if error.code in LOOKED_AT:  # over HTTP it comes with a status as if the server had turned us away
            return McpFailure(McpErrorCode.PROTOCOL_ERROR, self._clean(error.message))
        if (page := to_visit(error)) is not None:
            return McpFailure(McpErrorCode.PROTOCOL_ERROR, self._clean(page))
        # Servers use the code for errors of their own, too.
        if error.code == CONNECTION_CLOSED and (self.over or error.message.startswith(LIBRARY_SAYS)):
            self._ended()
            message = f"The server went away during the call of {what}. Whether it had an effect is not known."
            return McpFailure(McpErrorCode.UNREACHABLE, message)
        if self._way.refused is not None:  # it is another server now, or does not know us any more
            self._ended()
        if self._way.refused is not None and alone:
            if self._way.refused == NO_SUCH_SESSION:
                return SessionLost(McpErrorCode.UNREACHABLE, "The server does not know this session any more.")
            return self.failure(error)
        return McpFailure(McpErrorCode.PROTOCOL_ERROR, self._clean(error.message))

    @contextlib.asynccontextmanager
    async def _used(self) -> AsyncIterator[Client]:
        self.calls += 1
        self._begun += 1
        try:
            yield await self.opened()
        finally:
            self.calls -= 1
            self.used_at = asyncio.get_running_loop().time()

    def _ended(self) -> None:
        self.over = True
        self._leave.set()

    async def _live(self) -> None:
        try:
            async with self._client() as client:
                self._opened.set_result(client)
                await self._watch(client)
        except FAILURES as error:
            if self._opened.done():
                log.info("the MCP server %s is gone: %s", self.definition.name, self.failure(error).message)
            else:
                self._opened.set_exception(error)
        finally:
            self.over = True
            if not self._opened.done():
                self._opened.set_exception(McpFailure(McpErrorCode.UNREACHABLE, "The connection was given up."))

    def _client(self) -> Client:
        # Servers of the first revision with events know no other way to begin.
        mode = "legacy" if self.definition.transport is McpTransport.SSE else "auto"
        return Client(
            self._way.streams(), mode=mode, cache=None, client_info=Implementation(name="parley", version="1"),
            elicitation_callback=self._talks.asked, message_handler=self._told,
        )  # fmt: skip

    async def _watch(self, client: Client) -> None:
        """Stay until either side leaves, and hear of another list of tools in the way that the server knows."""
        listening = asyncio.create_task(self._listen(client))
        try:
            await self._leave.wait()
        finally:
            listening.cancel()
            await asyncio.wait({listening})

    async def _listen(self, client: Client) -> None:
        try:
            changes = client.listen(tools_list_changed=True, prompts_list_changed=True, resources_list_changed=True)
            async with changes as events:
                async for _ in events:
                    self._changed(self)
        except (ListenNotSupportedError, SubscriptionLost, MCPError, TimeoutError) as error:
            log.debug("the MCP server %s is not listened to: %s", self.definition.name, error)

    async def _told(self, message: object) -> None:
        if isinstance(message, CHANGED):
            self._changed(self)

    def failure(self, error: BaseException) -> McpFailure:
        """What went wrong here, in words without the server's secrets."""
        found = failure_of(error, self._way.refused, self._way.heard)
        return McpFailure(found.code, self._clean(found.message))

    def _clean(self, text: str) -> str:
        return self.definition.secrets.without(text, *(self._auth.secrets if self._auth else ()))
