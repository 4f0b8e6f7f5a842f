"""Ways to a server: a process of its own, Streamable HTTP, and server-sent events of the protocol's first revision."""

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Any, Self, TextIO

import httpx2
from mcp import StdioServerParameters
from mcp.client import Transport
from mcp.client.sse import sse_client
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client

from domain.mcp import McpTransport
from orchestration.mcp.addresses import CONNECT, LARGEST_ANSWER, GuardedTransport
from orchestration.mcp.definitions import Definition

TAIL = 20
"""Lines that are kept of what a process writes to its standard error."""


class Way:
    """One way to a server, to be gone once. `heard` is what its process has complained about, `refused` the status of
    HTTP with which it has turned us away; `ended` is called when the other side leaves."""

    def __init__(self, definition: Definition, ended: Callable[[], None], auth: httpx2.Auth | None = None) -> None:
        self._to, self._ended, self._auth = definition, ended, auth
        self._tail = _Tail()
        self._guard = GuardedTransport(private=definition.private)

    @property
    def heard(self) -> str:
        return self._tail.text

    @property
    def refused(self) -> int | None:
        return self._guard.refused

    @contextlib.asynccontextmanager
    async def streams(self) -> AsyncIterator[Any]:
        async with self._transport() as (read, write):
            yield _Watched(read, self._ended), write

    @contextlib.asynccontextmanager
    async def _transport(self) -> AsyncIterator[Any]:
        to = self._to
        if to.transport is McpTransport.STDIO:
            async with _stderr(self._tail) as errlog, self._process(errlog) as streams:
                yield streams
        elif to.transport is McpTransport.SSE:
            async with sse_client(to.url, dict(to.secrets.headers), httpx_client_factory=self._client) as streams:
                yield streams
        else:
            async with self._client(dict(to.secrets.headers)) as client:
                http = streamable_http_client(to.url, http_client=client, max_sse_event_size=LARGEST_ANSWER)
                async with http as streams:
                    yield streams

    def _process(self, errlog: TextIO) -> Transport:
        """Started without a shell, and with nothing of our own environment but what a program cannot do without."""
        to = self._to
        started = StdioServerParameters(command=to.command, args=list(to.args), env=dict(to.secrets.env))
        return stdio_client(started, errlog=errlog)

    def _client(
        self,
        headers: dict[str, str] | None = None,
        timeout: httpx2.Timeout | None = None,
        auth: httpx2.Auth | None = None,
    ) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=self._guard, headers={**(headers or {}), "Accept-Encoding": "identity"}, auth=auth or self._auth,
            timeout=httpx2.Timeout(CONNECT, read=None),
        )  # fmt: skip


class _Watched:
    """A stream of messages that tells when it is over."""

    def __init__(self, stream: Any, ended: Callable[[], None]) -> None:
        self._stream, self._ended = stream, ended

    @property
    def last_context(self) -> Any:
        return getattr(self._stream, "last_context", None)

    async def receive(self) -> Any:
        return await self._stream.receive()

    async def aclose(self) -> None:
        await self._stream.aclose()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        try:
            return await self._stream.__anext__()
        except StopAsyncIteration:
            self._ended()
            raise

    async def __aenter__(self) -> Self:
        await self._stream.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> bool | None:
        stopped: bool | None = await self._stream.__aexit__(kind, error, where)
        return stopped


class _Tail(asyncio.Protocol):
    def __init__(self) -> None:
        self._lines: deque[bytes] = deque(maxlen=TAIL)

    def data_received(self, data: bytes) -> None:
        self._lines.extend(line[-200:] for line in data.splitlines() if line.strip())

    @property
    def text(self) -> str:
        return b" / ".join(self._lines).decode(errors="replace")[-600:]


@contextlib.asynccontextmanager
async def _stderr(tail: _Tail) -> AsyncIterator[TextIO]:
    """A file for a process to write to, of which the end is kept."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as errlog:
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: tail, os.fdopen(reading, "rb"))
        try:
            yield errlog
        finally:
            transport.close()
