"""The open sockets and streams of this process, and whose they are."""

import asyncio
from collections.abc import Callable, Collection
from typing import Protocol

from schema.context import Identity


class Connection(Protocol):
    async def revoke(self) -> None:
        """End: the right of the client has ended."""
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
                task = asyncio.create_task(connection.revoke())
                self._ending.add(task)
                task.add_done_callback(self._ending.discard)
