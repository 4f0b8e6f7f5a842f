"""What our chat client does when answers come late, broken or not at all."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable

import openai
import pytest

from domain.runs import RunErrorCode
from orchestration.inference.chat_client import ChatClient, Endpoint, Timeouts, open_session
from orchestration.inference.coalescing import Tap
from orchestration.inference.failures import failure_of
from orchestration.inference.provider_errors import NotAModelEndpoint, Stalled, StreamCut
from orchestration.inference.sse import LARGEST_EVENT
from orchestration.inference.streaming import ChatStream
from tests.upstream import Upstream
from tests.upstream_answers import chunk

SHORT = Timeouts(connect=1.0, first_byte=0.2, idle=0.2)
Connect = Callable[..., ChatClient]
Case = tuple[int, str, str | None, RunErrorCode, bool]


@pytest.fixture
async def connect(upstream: Upstream) -> AsyncIterator[Connect]:
    session = open_session(Timeouts())

    def connect(tap: Tap | None = None, timeouts: Timeouts | None = None, base_url: str | None = None) -> ChatClient:
        times = timeouts or Timeouts()
        return ChatClient(Endpoint(base_url or upstream.base_url, "sk-test", session, times), tap)

    yield connect
    await session.close()


async def opened(client: ChatClient) -> ChatStream:
    stream = await client.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
    assert isinstance(stream, ChatStream)
    return stream


async def text(client: ChatClient) -> str:
    stream = await opened(client)
    words = ""
    async for found in stream:
        for choice in found.choices or ():
            words += (choice.delta.content or "") if choice.delta else ""
    return words


def sent(*contents: str, ending: bytes = b"\n\n") -> bytes:
    chunks = [*(chunk(content=content) for content in contents), chunk(finish="stop")]
    return b"".join(b"data: " + json.dumps(c, ensure_ascii=False).encode() + ending for c in chunks)


async def test_giving_up_closes_the_connection_to_the_provider(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one two three", held_after=2)
    reading = asyncio.create_task(text(connect()))
    await upstream.holding.wait()

    reading.cancel()

    async with asyncio.timeout(1):
        await upstream.closed.wait()


async def test_giving_up_before_the_answer_closes_the_connection_as_well(upstream: Upstream, connect: Connect) -> None:
    upstream.hold()
    upstream.reply("one", headers_held=True)
    reading = asyncio.create_task(text(connect()))
    await upstream.holding.wait()

    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading


async def test_leaving_the_loop_early_closes_the_connection(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one two three", held_after=2)
    stream = await opened(connect())
    async with stream:
        async for _ in stream:
            break

    async with asyncio.timeout(1):
        await upstream.closed.wait()


async def test_connections_are_used_again(upstream: Upstream, connect: Connect) -> None:
    ports: set[int] = set()
    for _ in range(5):
        assert await text(connect()) == "Hello from upstream."
        ports.add(upstream.peers[-1])
        await asyncio.wait_for(upstream.idle.wait(), 1)

    assert len(ports) == 1


async def test_a_kept_connection_that_has_died_is_replaced(upstream: Upstream, connect: Connect) -> None:
    client = connect()
    assert await text(client) == "Hello from upstream."
    port = upstream.port
    await upstream.stop()
    await upstream.start(port=port)

    assert await text(client) == "Hello from upstream."


async def expect(error: type[BaseException], reading: Awaitable[object], code: RunErrorCode, words: str) -> None:
    """The error, and what a person is told of it."""
    with pytest.raises(error) as caught:
        await reading
    failure = failure_of(caught.value, "Model X")
    assert failure.code is code
    assert words in failure.message, failure.message
    assert "sk-test" not in failure.message


async def test_a_stream_that_is_cut_keeps_what_was_said_and_fails(upstream: Upstream, connect: Connect) -> None:
    heard: list[str] = []
    upstream.reply("one two three four", cut_after=3)
    client = connect(lambda _, words: heard.append(words))

    await expect(StreamCut, text(client), RunErrorCode.MODEL_UNAVAILABLE, "Model X broke off")
    assert "".join(heard) == "one two"


async def test_a_body_that_ends_without_a_finish_reason_was_cut(upstream: Upstream, connect: Connect) -> None:
    upstream.reply_with([chunk(content="one")], done=False)
    await expect(StreamCut, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, "broke off")
    upstream.raw(b'data: {"choices": [{"index": 0, "delta": {"con')
    await expect(StreamCut, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, "broke off")
    upstream.raw()
    await expect(StreamCut, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, "broke off")


async def test_an_answer_that_was_complete_survives_a_broken_connection(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one", cut_after=3)
    assert await text(connect()) == "one"


async def test_a_broken_chunk_fails_after_what_precedes_it(upstream: Upstream, connect: Connect) -> None:
    heard: list[str] = []
    upstream.raw(sent("one").replace(b'"stop"', b"null") + b"data: {oops\n\n" + sent("two"))
    client = connect(lambda _, words: heard.append(words))

    await expect(openai.APIError, text(client), RunErrorCode.MODEL_UNAVAILABLE, "not JSON: {oops")
    assert heard == ["one"]


async def test_an_error_in_the_stream_comes_after_what_precedes_it(upstream: Upstream, connect: Connect) -> None:
    heard: list[str] = []
    upstream.reply_with([chunk(content="one"), {"error": {"message": "the server is overloaded", "code": 503}}])
    client = connect(lambda _, words: heard.append(words))

    await expect(openai.APIError, text(client), RunErrorCode.MODEL_UNAVAILABLE, "the server is overloaded")
    assert heard == ["one"]


async def test_an_endless_event_is_refused(upstream: Upstream, connect: Connect) -> None:
    upstream.raw(b"data: ", *(b"x" * 1_048_576 for _ in range(LARGEST_EVENT // 1_048_576 + 2)))
    await expect(openai.APIError, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, "event of more than")


@pytest.mark.parametrize("status", [200, 502])
async def test_a_web_page_is_no_model(status: int, upstream: Upstream, connect: Connect) -> None:
    upstream.html(status, "<html><style>b {}</style><h1>Welcome to nginx</h1></html>")
    error = NotAModelEndpoint if status == 200 else openai.InternalServerError
    await expect(error, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, "Welcome to nginx")


async def test_an_unstreamed_answer_to_a_streamed_request_is_refused(upstream: Upstream, connect: Connect) -> None:
    for body, words in (
        ('{"choices": []}', "streaming"),
        ('{"error": {"message": "no such model"}}', "no such model"),
    ):
        upstream.answer(200, body, "application/json")
        await expect(openai.APIError, text(connect()), RunErrorCode.MODEL_UNAVAILABLE, words)


async def test_headers_that_do_not_come_time_out(upstream: Upstream, connect: Connect) -> None:
    upstream.hold()
    upstream.reply("one", headers_held=True)
    await expect(Stalled, text(connect(timeouts=SHORT)), RunErrorCode.TIMED_OUT, "0.2 seconds")


async def test_a_first_word_that_does_not_come_times_out(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one", held_after=0)
    await expect(Stalled, text(connect(timeouts=SHORT)), RunErrorCode.TIMED_OUT, "0.2 seconds")


async def test_a_stream_that_stalls_times_out_and_is_closed(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("one two", held_after=2)
    await expect(Stalled, text(connect(timeouts=SHORT)), RunErrorCode.TIMED_OUT, "0.2 seconds")
    async with asyncio.timeout(1):
        await upstream.closed.wait()


async def test_a_slow_but_steady_stream_does_not_time_out(upstream: Upstream, connect: Connect) -> None:
    upstream.reply("a b c d e f g h", delay=0.05)
    assert await text(connect(timeouts=SHORT)) == "a b c d e f g h"


async def test_a_closed_port_is_unreachable(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        refused = text(connect(base_url=base_url))
        await expect(openai.APIConnectionError, refused, RunErrorCode.MODEL_UNAVAILABLE, "refuses connections")


async def test_an_unknown_name_is_unreachable(connect: Connect) -> None:
    lost = text(connect(base_url="http://no-such-host.invalid/v1"))
    await expect(
        openai.APIConnectionError,
        lost,
        RunErrorCode.MODEL_UNAVAILABLE,
        "no-such-host.invalid cannot be resolved",
    )


@pytest.mark.parametrize(
    "case",
    [
        (
            401,
            "Incorrect API key provided: sk-test",
            "invalid_api_key",
            RunErrorCode.MODEL_AUTH_FAILED,
            False,
        ),
        (403, "no", None, RunErrorCode.MODEL_AUTH_FAILED, False),
        (404, "The model does not exist", "model_not_found", RunErrorCode.MODEL_UNAVAILABLE, False),
        (429, "slow down", "rate_limit_exceeded", RunErrorCode.MODEL_RATE_LIMITED, True),
        (429, "pay first", "insufficient_quota", RunErrorCode.MODEL_RATE_LIMITED, False),
        (
            400,
            "maximum context length is 8192",
            "context_length_exceeded",
            RunErrorCode.CONTEXT_TOO_LONG,
            False,
        ),
        (400, "the request exceeds the available context size", None, RunErrorCode.CONTEXT_TOO_LONG, False),
        (400, "filtered", "content_filter", RunErrorCode.CONTENT_FILTERED, False),
        (400, "temperature must be 1", None, RunErrorCode.MODEL_UNAVAILABLE, False),
        (500, "oh", None, RunErrorCode.MODEL_UNAVAILABLE, True),
        (503, "busy", None, RunErrorCode.MODEL_UNAVAILABLE, True),
        (307, "elsewhere", None, RunErrorCode.MODEL_UNAVAILABLE, False),
    ],
)
async def test_each_refusal_has_its_code(case: Case, upstream: Upstream, connect: Connect) -> None:
    status, message, code, expected, retryable = case
    upstream.fail(status, message, code=code)
    with pytest.raises(openai.APIStatusError) as caught:
        await text(connect())
    failure = failure_of(caught.value, "Model X")
    assert (failure.code, failure.retryable) == (expected, retryable)
    assert "sk-test" not in failure.message


def test_what_is_not_understood_keeps_its_details_to_itself() -> None:
    failure = failure_of(ValueError("secret detail"), "Model X")
    assert failure.code is RunErrorCode.INTERNAL
    assert "secret" not in failure.message
