"""Server-sent events: GraphQL over SSE in its distinct connections mode."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import aclosing
from typing import Any

from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from schema.context import Identity
from server.graphql.connections import Connections
from server.graphql.encoding import encoded
from server.graphql.negotiation import EVENTS
from server.graphql.streams import Refused

HEARTBEAT = 15.0
"""Seconds between two comments, so that no proxy takes a quiet stream for a dead one."""
HEADERS = {"Content-Type": EVENTS, "Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
REVOKED = GraphQLError("Your session or key has ended.", extensions={"code": "UNAUTHENTICATED"})


class EventStream(Response):
    """`next` events, then `complete`. The source is closed as soon as the client has gone or lost its right."""

    def __init__(
        self,
        source: AsyncGenerator[bytes, None],
        *,
        identity: Identity | None,
        connections: Connections,
        heartbeat: float = HEARTBEAT,
    ) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]  # the stream ends when it ends
        self._source, self._heartbeat = source, heartbeat
        self._identity, self._connections = identity, connections
        self._revoked, self._leaving = asyncio.Event(), asyncio.Event()

    async def revoke(self) -> None:
        self._revoked.set()

    async def leave(self) -> None:
        self._leaving.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._identity is not None:
            self._connections.add(self, self._identity)
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await self._until_over(receive, send)
            if self._revoked.is_set():
                await _write(send, _next(encoded({}, [REVOKED])))
            if not self._leaving.is_set():  # an unfinished stream is resumed, a complete one is not
                await _write(send, b"event: complete\ndata:\n\n")
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._connections.remove(self)

    async def _until_over(self, receive: Receive, send: Send) -> None:
        streaming = asyncio.create_task(self._stream(send))
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
        return _left(receive), self._revoked.wait(), self._leaving.wait(), self._beat(send)

    async def _stream(self, send: Send) -> None:
        try:
            async with aclosing(self._source) as source:
                async for payload in source:
                    await _write(send, _next(payload))
        except Refused as refused:
            await _write(send, _next(encoded({}, refused.errors)))

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await _write(send, b": still here\n\n")


def _next(payload: bytes) -> bytes:
    return b"event: next\ndata: " + payload + b"\n\n"


async def _write(send: Send, frame: bytes) -> None:
    await send({"type": "http.response.body", "body": frame, "more_body": True})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
