"""Server-sent events, whatever is said with them: a stream that ends with its source, its client or its right."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from typing import Any, NamedTuple

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.context import Identity
from server.graphql.connections import Connections
from server.graphql.negotiation import EVENTS

HEARTBEAT = 15.0
"""Seconds between two comments, so that no proxy takes a quiet stream for a dead one."""
HEADERS = {"Content-Type": EVENTS, "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class Words(NamedTuple):
    """Frames that a stream ends with: `complete` behind its last one, `revoked` for who has lost the right, `leaving`
    when the process stops. An unfinished stream may be asked for again, a complete one is not.
    """

    complete: bytes
    revoked: bytes
    leaving: bytes = b""


class Failing(NamedTuple):
    """How a failure of the source is told: instead of the stream while nothing was said, at its end after that."""

    refusal: Callable[[Exception], Response]
    frame: Callable[[Exception], bytes]


class EventStream(Response):
    """The frames of a source. It is closed as soon as the client has gone or lost its right, or takes no frame for
    `patience` seconds. With `failing` the answer begins with the first frame, so that its status can tell a failure.
    """

    def __init__(
        self,
        source: AsyncGenerator[bytes, None],
        words: Words,
        *,
        identity: Identity | None,
        connections: Connections,
        failing: Failing | None = None,
        heartbeat: float = HEARTBEAT,
        patience: float | None = None,
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]  # the stream ends when it ends
        self._source, self._words, self._failing = source, words, failing
        self._identity, self._connections = identity, connections
        self._heartbeat, self._patience, self._begun = heartbeat, patience, False
        self._revoked, self._leaving, self._stuck = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def revoke(self) -> None:
        self._revoked.set()

    async def leave(self) -> None:
        self._leaving.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._identity is not None:
            self._connections.add(self, self._identity)
        try:
            if self._failing is None:
                await self._begin(send)
            try:
                await self._until_over(receive, send)
            except Exception as error:
                if self._failing is None:
                    raise
                if not self._begun:
                    await self._failing.refusal(error)(scope, receive, send)
                    return
                await self._write(send, self._failing.frame(error))
            else:
                await self._say_why(send)
            if not self._stuck.is_set():  # else nothing more would get through
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._connections.remove(self)

    async def _say_why(self, send: Send) -> None:
        if self._stuck.is_set():
            return
        if self._revoked.is_set():
            await self._write(send, self._words.revoked)
        await self._write(send, self._words.leaving if self._leaving.is_set() else self._words.complete)

    async def _until_over(self, receive: Receive, send: Send) -> None:
        streaming = asyncio.create_task(self._stream(send))  # before the others, so that it begins whatever they do
        others = [asyncio.create_task(other) for other in self._ends(receive, send)]
        try:
            await asyncio.wait({streaming, *others}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (streaming, *others):
                task.cancel()
            await asyncio.wait({streaming, *others})
        if not streaming.cancelled():
            streaming.result()

    def _ends(self, receive: Receive, send: Send) -> tuple[Coroutine[Any, Any, Any], ...]:
        return left(receive), self._revoked.wait(), self._leaving.wait(), self._beat(send)

    async def _stream(self, send: Send) -> None:
        async with aclosing(self._source) as source:
            async for frame in source:
                try:
                    async with asyncio.timeout(self._patience):
                        await self._write(send, frame)
                except TimeoutError:
                    self._stuck.set()
                    return

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await self._write(send, b": still here\n\n")

    async def _write(self, send: Send, frame: bytes) -> None:
        await self._begin(send)
        await send({"type": "http.response.body", "body": frame, "more_body": True})

    async def _begin(self, send: Send) -> None:
        if not self._begun:
            self._begun = True
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})


async def left(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
