"""The open connections of one process: made when they are needed, shared, and closed when nobody has for a while."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

from domain.mcp import McpErrorCode, McpTransport
from orchestration.mcp.connection import Connection
from orchestration.mcp.definitions import Definition
from orchestration.mcp.failures import McpFailure
from orchestration.mcp.oauth import Access, Bearer

Opened = Callable[[Connection], Awaitable[None]]
Renewed = Callable[[Definition, Access], Awaitable[Access]]
"""Gives another token in place of one that is over; the same when there is none to be had."""


class Connections:
    """At most one for each server. `opened` is awaited before anybody gets a new one; `idle` is in seconds, `processes`
    how many servers may run on this machine for this process."""

    def __init__(
        self, opened: Opened, changed: Callable[[Connection], None], renewed: Renewed, *, idle: float, processes: int
    ) -> None:
        self._opened, self._changed, self._renewed = opened, changed, renewed
        self._idle, self._processes = idle, processes
        self._open: dict[UUID, Connection] = {}
        self._locks: defaultdict[UUID, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._leaving: set[asyncio.Task[None]] = set()
        self._starting = 0
        self._failures: dict[UUID, tuple[float, McpFailure]] = {}

    def live(self, server_id: UUID) -> Connection | None:
        """The connection that is open now, if there is one."""
        found = self._open.get(server_id)
        return None if found is None or found.over else found

    async def to(self, definition: Definition) -> Connection:
        """A connection that stands on this definition; McpFailure when the server cannot be reached. Who waits while
        somebody else tries shares what comes of it."""
        began = asyncio.get_running_loop().time()
        async with self._locks[definition.id]:
            failed_at, failure = self._failures.get(definition.id, (0.0, None))
            if failure is not None and failed_at >= began:
                raise failure
            found = self.live(definition.id)
            if found is not None and found.definition.revision == definition.revision:
                return found
            self.leave(definition.id)
            if definition.transport is not McpTransport.STDIO:
                return await self._open_to(definition)
            self._make_room()
            self._starting += 1
            try:
                return await self._open_to(definition)
            finally:
                self._starting -= 1

    async def _open_to(self, definition: Definition) -> Connection:
        made = Connection(definition, self._changed, self._auth(definition))
        try:
            await self._opened(made)
        except BaseException as error:
            self._close(made)
            if isinstance(error, McpFailure):
                self._failures[definition.id] = (asyncio.get_running_loop().time(), error)
            raise
        self._failures.pop(definition.id, None)
        self._open[definition.id] = made
        return made

    def _auth(self, definition: Definition) -> Bearer | None:
        access = definition.secrets.access
        return None if access is None else Bearer(access, partial(self._renewed, definition))

    def leave(self, server_id: UUID) -> None:
        """Close the connection to a server in the background."""
        if (found := self._open.pop(server_id, None)) is not None:
            self._close(found)

    def forget(self, server_id: UUID) -> None:
        """Leave a server that is gone, or reached in another way now, with what was known of it."""
        self.leave(server_id)
        self._failures.pop(server_id, None)
        if (lock := self._locks.get(server_id)) is not None and not lock.locked():
            del self._locks[server_id]

    def _close(self, connection: Connection) -> None:
        task = asyncio.create_task(connection.close())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def tidy(self) -> None:
        """Close, for ever, what nobody has used for a while."""
        while True:
            await asyncio.sleep(min(self._idle / 2, 10.0))
            now = asyncio.get_running_loop().time()
            for server_id, found in list(self._open.items()):
                if found.over or (not found.calls and now - found.used_at > self._idle):
                    self.leave(server_id)

    async def close(self) -> None:
        for server_id in list(self._open):
            self.leave(server_id)
        if self._leaving:
            await asyncio.wait(self._leaving)

    def _make_room(self) -> None:
        running = [c for c in self._open.values() if c.definition.transport is McpTransport.STDIO and not c.over]
        if len(running) + self._starting < self._processes:
            return
        idle = [connection for connection in running if not connection.calls]
        if not idle:
            message = f"{self._processes} servers run on this machine already, which is the most; try again later."
            raise McpFailure(McpErrorCode.TOO_MANY_PROCESSES, message)
        self.leave(min(idle, key=lambda connection: connection.used_at).definition.id)
