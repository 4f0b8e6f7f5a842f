"""A client for OpenAI-compatible endpoints that the Agents SDK's own chat-completions model can use.

It stands in for `openai.AsyncOpenAI`, of which that model only touches `base_url`, `with_options` and
`chat.completions.create`. Requests, retries, tools and events stay the SDK's work.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
import orjson
from openai import Omit
from openai.types.chat import ChatCompletion

from orchestration.inference.addresses import GuardedResolver
from orchestration.inference.call_ids import CallIds
from orchestration.inference.coalescing import Tap
from orchestration.inference.metering import Meter
from orchestration.inference.provider_errors import Exchange
from orchestration.inference.streaming import ChatStream
from orchestration.inference.wire import objects, reported, straighten

MOST_CONNECTIONS = 512
LARGEST_BODY = 16_777_216
"""Bytes of an answer that is not streamed, or of an error."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds: until connected, until the first byte of the answer, between bytes, for a whole unstreamed
    one.
    """

    connect: float = 5.0
    first_byte: float = 120.0
    idle: float = 60.0
    whole: float = 600.0


def open_session(timeouts: Timeouts) -> aiohttp.ClientSession:
    """The connections of one process to all providers; they are kept and used again."""
    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(_note_reuse)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=MOST_CONNECTIONS, ttl_dns_cache=60, keepalive_timeout=30, resolver=GuardedResolver()
        ),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=timeouts.connect),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[trace],
    )


async def _note_reuse(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
    context.trace_request_ctx["reused"] = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a provider is and how it knows us; `headers` go with every request."""

    base_url: str
    api_key: str | None = field(repr=False)
    session: aiohttp.ClientSession
    timeouts: Timeouts
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def url(self, path: str) -> str:
        return self.base_url.rstrip("/") + path

    @asynccontextmanager
    async def request(
        self, method: str, path: str, *, wait: float, headers: Mapping[str, str] | None = None, **how: Any
    ) -> AsyncIterator[tuple[aiohttp.ClientResponse, Exchange]]:
        """Headers of a good answer within `wait` seconds; openai's errors for everything else."""
        exchange = Exchange(method, self.url(path), self.api_key)
        sent = {"accept-encoding": "identity", **self.headers, **(headers or {})}
        if self.api_key:
            sent["authorization"] = f"Bearer {self.api_key}"
        response = await self._answer(exchange, wait, headers=sent, **how)
        try:
            await _accept(response, exchange)
            yield response, exchange
        except BaseException:
            response.close()
            raise

    async def _answer(self, exchange: Exchange, wait: float, **how: Any) -> aiohttp.ClientResponse:
        for _ in range(2):
            used: dict[str, bool] = {}
            try:
                async with asyncio.timeout(wait):
                    return await self.session.request(
                        exchange.method, exchange.url, allow_redirects=False, trace_request_ctx=used, **how,
                    )  # fmt: skip
            except aiohttp.ConnectionTimeoutError:
                raise exchange.stalled(self.timeouts.connect) from None
            except TimeoutError:
                raise exchange.stalled(wait) from None
            except (aiohttp.ClientError, OSError) as error:
                # The other side may have closed a kept connection just now: which says nothing of it.
                if not used.get("reused") or not isinstance(error, aiohttp.ServerDisconnectedError | OSError):
                    raise exchange.unreachable(error) from error
                used_error = error
        raise exchange.unreachable(used_error) from used_error


async def _accept(response: aiohttp.ClientResponse, exchange: Exchange) -> None:
    if response.status >= 300:
        raise exchange.refused(response.status, response.headers, await _whole(response, exchange))


async def _whole(response: aiohttp.ClientResponse, exchange: Exchange) -> bytes:
    """A body that is not streamed."""
    body = bytearray()
    try:
        while data := await response.content.readany():
            body += data
            if len(body) > LARGEST_BODY:
                raise exchange.oversized(LARGEST_BODY)
    except (aiohttp.ClientError, OSError) as error:
        raise exchange.unreachable(error) from error
    return bytes(body)


class ChatClient:
    """`tap`, if there is one, hears every word as it comes, and the SDK then gets fewer, longer chunks. `meter` sees
    every answer, `ids` puts the ids of tool calls right.
    """

    def __init__(
        self, endpoint: Endpoint, tap: Tap | None = None, meter: Meter | None = None, ids: CallIds | None = None
    ) -> None:
        self._endpoint, self.tap = endpoint, tap
        self._ids = CallIds() if ids is None else ids
        self._meter = Meter() if meter is None else meter
        self.base_url = endpoint.base_url
        self.chat = SimpleNamespace(completions=self)

    def with_options(self, **_: object) -> Self:
        """The SDK asks for a client without retries of its own; this one never has any."""
        return self

    async def create(
        self,
        *,
        extra_headers: Mapping[str, str | Omit] | None = None,
        extra_query: Mapping[str, object] | None = None,
        extra_body: Mapping[str, object] | None = None,
        **arguments: object,
    ) -> ChatStream | ChatCompletion:
        """POST /chat/completions. Time limits are the endpoint's, whatever `timeout` says."""
        given = {name: value for name, value in arguments.items() if not isinstance(value, Omit)}
        given.pop("timeout", None)
        body = given | dict(extra_body or {})
        streamed = bool(body.get("stream"))
        headers = {name: value for name, value in (extra_headers or {}).items() if isinstance(value, str)}
        headers["content-type"] = "application/json"
        headers["accept"] = "text/event-stream" if streamed else "application/json"
        times = self._endpoint.timeouts
        asked = self._endpoint.request(
            "POST", "/chat/completions", wait=times.first_byte if streamed else times.whole,
            headers=headers, params=extra_query, data=orjson.dumps(body),
        )  # fmt: skip
        async with asked as (response, exchange):
            if not streamed:
                completion = await _completion(response, exchange)
                self._ids.see_whole(completion)
                self._meter.see_whole(completion)
                return completion
            await _expect_stream(response, exchange)
            return ChatStream(
                response, exchange, self.tap, self._meter, self._ids, first=times.first_byte, idle=times.idle
            )


async def _completion(response: aiohttp.ClientResponse, exchange: Exchange) -> ChatCompletion:
    answer = await read_object(response, exchange)
    for choice in objects(answer.get("choices")):
        straighten(choice.get("message"))
    completion = ChatCompletion.construct(**answer)
    completion._request_id = response.headers.get("x-request-id")  # noqa: SLF001 - the SDK looks there
    return completion


async def read_object(response: aiohttp.ClientResponse, exchange: Exchange) -> dict[str, Any]:
    """The JSON object that is the whole answer; an error when it is anything else or reports one."""
    body = await _whole(response, exchange)
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise exchange.foreign(response.status, response.content_type, body)
    if answer.get("error"):
        raise reported(answer["error"], exchange)
    return answer


async def _expect_stream(response: aiohttp.ClientResponse, exchange: Exchange) -> None:
    if "content-type" not in response.headers or response.content_type == "text/event-stream":
        return
    if response.content_type == "application/json":
        await read_object(response, exchange)
        raise exchange.foreign(response.status, "an unstreamed answer", b"it does not support streaming")
    raise exchange.foreign(response.status, response.content_type, await _first_words(response, exchange))


async def _first_words(response: aiohttp.ClientResponse, exchange: Exchange) -> bytes:
    try:
        return await response.content.read(16_384)
    except (aiohttp.ClientError, OSError) as error:
        raise exchange.unreachable(error) from error
