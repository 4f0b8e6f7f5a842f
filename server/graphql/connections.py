"""The open sockets and streams of this process, and whose they are."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Protocol

from schema.context import Identity


class Connection(Protocol):
    async def revoke(self) -> None:
        """End: the right of the client has ended."""
        ...

    async def leave(self) -> None:
        """End: this process stops, and another one, or this one again, will serve the client."""
        ...


class Connections:
    def __init__(self) -> None:
        self._open: dict[Connection, Identity] = {}
        self._ending: set[asyncio.Task[None]] = set()

    def add(self, connection: Connection, identity: Identity) -> None:
        self._open[connection] = identity

    def remove(self, connection: Connection) -> None:
        self._open.pop(connection, None)

    def identities(self) -> Collection[Identity]:
        return list(self._open.values())

    def revoke(self, predicate: Callable[[Identity], bool]) -> None:
        """End every connection whose identity this is true for."""
        for connection, identity in list(self._open.items()):
            if predicate(identity):
                self._end(connection.revoke())

    def leave(self) -> None:
        """End all connections because the process stops."""
        for connection in list(self._open):
            self._end(connection.leave())

    def _end(self, ending: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(ending)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
