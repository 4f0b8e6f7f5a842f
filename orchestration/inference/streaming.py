"""One streamed answer: from the socket's bytes to the chunks that the SDK iterates over."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from types import AsyncGeneratorType
from typing import Self, cast

import aiohttp
import openai

from orchestration.inference.call_ids import CallIds
from orchestration.inference.coalescing import Coalescer, Tap
from orchestration.inference.metering import Meter
from orchestration.inference.provider_errors import Exchange
from orchestration.inference.sse import LARGEST_EVENT, EventData
from orchestration.inference.wire import AnyChunk, finished, read_chunk

DONE = b"[DONE]"

LINGER = 1.0
"""Seconds that a connection gets, after [DONE], to end its body and become free for the next request."""


class Watch:
    """Ends a wait for bytes: `first` seconds until the first ones, then `idle` seconds between any two.

    A read only notes the time; the one timer looks at the note when it fires. (A timer per read costs more
    than decoding what was read.)
    """

    def __init__(self, response: aiohttp.ClientResponse, exchange: Exchange, *, first: float, idle: float) -> None:
        self._response, self._exchange, self._idle = response, exchange, idle
        self._loop = asyncio.get_running_loop()
        self._heard: float | None = None
        self._timer = self._loop.call_later(first, self._look, first)

    def heard(self) -> None:
        if self._heard is None:
            self._timer.cancel()
            self._timer = self._loop.call_later(self._idle, self._look, self._idle)
        self._heard = self._loop.time()

    def stop(self) -> None:
        self._timer.cancel()

    def _look(self, waited: float) -> None:
        left = 0.0 if self._heard is None else self._heard + self._idle - self._loop.time()
        if left > 0:
            self._timer = self._loop.call_later(left, self._look, self._idle)
        else:
            self._response.content.set_exception(self._exchange.stalled(waited))


class ChatStream:
    """What `chat.completions.create(stream=True)` returns. Leaving it early closes the provider's
    connection.
    """

    def __init__(
        self,
        response: aiohttp.ClientResponse,
        exchange: Exchange,
        tap: Tap | None,
        meter: Meter,
        ids: CallIds,
        *,
        first: float,
        idle: float,
    ) -> None:
        self.response = response
        self._exchange = exchange
        self._watch = Watch(response, exchange, first=first, idle=idle)
        self._events, self._coalescer = EventData(), Coalescer(tap)
        self._meter, self._ids = meter, ids
        self._tapped = tap is not None
        self._done = self._finished = self._over = False
        self._failure: openai.APIError | None = None
        self._chunks = cast("AsyncGeneratorType[AnyChunk, None]", self._iterate())

    def __aiter__(self) -> AsyncIterator[AnyChunk]:
        return self._chunks

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connection; safe to call twice and while somebody iterates."""
        self._watch.stop()
        if not self._done:
            self.response.close()
        if not self._chunks.ag_running:
            await self._chunks.aclose()

    aclose = close

    async def _iterate(self) -> AsyncGenerator[AnyChunk, None]:
        try:
            while not self._over:
                # With a tap most reads give the SDK nothing. They wake a task of a few coroutines then, and not the
                # twenty of the SDK that wait for a chunk.
                more = asyncio.create_task(self._more()) if self._tapped else self._more()
                for chunk in await more:
                    yield chunk
                if self._failure is not None:
                    raise self._failure
        finally:
            self._watch.stop()
            _let_go(self.response, complete=self._done)

    async def _more(self) -> list[AnyChunk]:
        """The next chunks for the SDK: reads until there are some, or a failure, or the end."""
        content = self.response.content
        while not self._done and (data := await self._read(content)):
            chunks = list(self._take(self._events.feed(data)))
            if chunks or self._failure is not None:
                return chunks
        self._over = True
        return list(self._take_rest())

    async def _read(self, content: aiohttp.StreamReader) -> bytes:
        try:
            data = await content.readany()
        except (aiohttp.ClientError, OSError):
            if self._finished:  # all was said before the connection broke: the answer is whole
                return b""
            raise self._exchange.cut() from None
        self._watch.heard()
        return data

    def _take(self, events: list[bytes]) -> Iterator[AnyChunk]:
        """Chunks of one socket read. What precedes a failure comes out before the failure is raised."""
        for payload in events:
            if payload == DONE:
                self._done = True
                break
            try:
                chunk = read_chunk(payload, self._exchange)
            except openai.APIError as error:
                self._failure = error
                break
            self._finished = self._finished or finished(chunk)
            self._meter.see(chunk)
            self._ids.see(chunk)
            yield from self._coalescer.add(chunk)
        if self._events.oversized and self._failure is None:
            self._failure = self._exchange.oversized(LARGEST_EVENT)
        yield from self._coalescer.flush()

    def _take_rest(self) -> Iterator[AnyChunk]:
        """The end of the body. Without [DONE] and without a finish reason the answer was cut off."""
        rest = b"" if self._done else self._events.end()
        if rest:
            yield from self._take([rest])
            if self._failure is not None and not self._finished:
                self._failure = self._exchange.cut() if not _reported(self._failure) else self._failure
        yield from self._coalescer.let_out()
        if not self._done and not self._finished and self._failure is None:
            self._failure = self._exchange.cut()


def _reported(error: openai.APIError) -> bool:
    return error.body is not None


_lingering: set[asyncio.Task[None]] = set()


def _let_go(response: aiohttp.ClientResponse, *, complete: bool) -> None:
    """Give the connection back if its body has ended or is about to; close it otherwise."""
    if not complete or response.content.exception() is not None:
        response.close()
    elif response.content.at_eof():
        response.release()
    else:
        task = asyncio.get_running_loop().create_task(_drain(response))
        _lingering.add(task)
        task.add_done_callback(_lingering.discard)


async def _drain(response: aiohttp.ClientResponse) -> None:
    with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
        async with asyncio.timeout(LINGER):
            while await response.content.readany():
                pass
        response.release()
        return
    response.close()
