"""What programs are told when something is wrong, and what becomes of a call when they leave."""

import asyncio
import io
import json
import socket
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI, AsyncStream
from openai.types.chat import ChatCompletionChunk
from pydantic import BaseModel, ValidationError

from domain.accounts import Scope
from domain.models import CallOutcome
from persistence.database import Database, connect
from server.event_streams import EventStream, Words
from server.graphql.connections import Connections
from server.openai_api.chat_requests import ChatRequest
from server.openai_api.response_requests import ResponseRequest
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import Person, sign_up
from tests.server.doors.programs import calls, first_call, key_of, openai_client
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

ASK: list[Any] = [{"role": "user", "content": "Hi"}]
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAAC"
REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }"
KEYS = "{ viewer { apiKeys { id } } }"
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"messages": []}, "messages", "at least 1 item"),
    ({"messages": [{"role": "robot", "content": "Hi"}]}, "messages.0", "'system'"),
    ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages.0.content.0.text", "required"),
    (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "file:///etc"}}]}]},
        "messages.0.content.0.image_url.url",
        "https://",
    ),
    (
        {"messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}] * 1_001}]},
        "messages.0.content",
        "at most 1000 items",
    ),
    ({"temperature": 3}, "temperature", "less than or equal to 2"),
    ({"n": 2}, "n", "one answer"),
    ({"logprobs": True}, "logprobs", "not served"),
    ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools.0.function.name", "pattern"),
]
MANY = 2_000
TOO_MANY: list[tuple[type[BaseModel], dict[str, Any]]] = [
    (ChatRequest, {"messages": [{}] * MANY}),
    (ChatRequest, {"messages": [{"role": "system", "content": [{}] * MANY}]}),
    (ChatRequest, {"messages": [{"role": "user", "content": [{}] * MANY}]}),
    (ChatRequest, {"messages": [{"role": "assistant", "content": [{}] * MANY}]}),
    (ChatRequest, {"messages": [{"role": "tool", "tool_call_id": "1", "content": [{}] * MANY}]}),
    (ChatRequest, {"messages": [{"role": "assistant", "tool_calls": [{}] * MANY}]}),
    (ChatRequest, {"messages": ASK, "tools": [{}] * MANY}),
    (ChatRequest, {"messages": ASK, "stop": [{}] * MANY}),
    (ResponseRequest, {"input": [{}] * MANY}),
    (ResponseRequest, {"input": [{"role": "user", "content": [{}] * MANY}]}),
    (ResponseRequest, {"input": [{"type": "function_call_output", "call_id": "1", "output": [{}] * MANY}]}),
    (ResponseRequest, {"input": "Hi", "tools": [{}] * MANY}),
    (ResponseRequest, {"input": "Hi", "metadata": dict.fromkeys(map(str, range(MANY)))}),
]


def body_of(error: openai.APIStatusError) -> dict[str, Any]:
    assert isinstance(error.body, dict)
    return error.body


async def _rest(stream: AsyncStream[ChatCompletionChunk]) -> list[ChatCompletionChunk]:
    return [found async for found in stream]


async def test_a_wrong_parameter_is_named(client: AsyncOpenAI, upstream: Upstream) -> None:
    for wrong, param, says in WRONG:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.post("/chat/completions", body={"model": "mock", "messages": ASK, **wrong}, cast_to=object)

        body = body_of(refused.value)
        assert (body["type"], body["param"]) == ("invalid_request_error", param)
        assert says in body["message"]
    assert upstream.requests == []


@pytest.mark.parametrize(("kind", "wrong"), TOO_MANY)
def test_a_body_that_is_wrong_in_many_places_is_not_read_on(kind: type[BaseModel], wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refused:
        kind.model_validate({"model": "mock", **wrong})

    assert refused.value.error_count() <= 4  # the parts of one item


async def test_what_is_no_json_or_too_large_is_refused(server: Running, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        async with http.post(f"{server.url}/v1/chat/completions", data=b"{oops") as broken:
            assert (broken.status, (await broken.json())["error"]["type"]) == (400, "invalid_request_error")
        async with http.post(f"{server.url}/v1/chat/completions", data=io.BytesIO(b" " * 16_777_217)) as large:
            assert large.status == 413
            assert "at most 16,777,216" in (await large.json())["error"]["message"]


async def test_only_api_keys_with_the_scope_count(server: Running, ada: Person, db: Database) -> None:
    async with ada.http.get(f"{server.url}/v1/models") as with_cookie:
        assert with_cookie.status == 401
    async with openai_client(server, "nonsense") as stranger:
        with pytest.raises(openai.AuthenticationError, match="unknown, expired or revoked"):
            await stranger.models.list()
    async with openai_client(server, await key_of(db, ada, [Scope.READ])) as reader:
        assert (await reader.models.list()).data
        with pytest.raises(openai.PermissionDeniedError, match="lacks the scope `write`"):
            await reader.chat.completions.create(model="mock", messages=ASK)
        with pytest.raises(openai.PermissionDeniedError):
            await reader.responses.create(model="mock", input="Hi")


async def test_a_person_may_have_so_many_completions_at_work(
    settings: Settings, database_url: str, db: Database, upstream: Upstream
) -> None:
    upstream.reply("One two three four", held_after=3)
    few = settings.model_copy(update={"parley_runs_per_person": 1})
    async with (
        running(few, connect(database_url)) as server,
        sign_up(server, "ada@example.org", "Ada") as person,
        openai_client(server, await key_of(db, person)) as client,
    ):
        stream = await client.chat.completions.create(model="mock", messages=ASK, stream=True)
        with pytest.raises(openai.RateLimitError, match="1 completions at work") as refused:
            await client.chat.completions.create(model="mock", messages=ASK)
        upstream.release()
        await _rest(stream)
        again = await client.chat.completions.create(model="mock", messages=ASK)

    assert refused.value.response.headers["retry-after"] == "1"
    assert again.choices[0].message.content == "Hello from upstream."


async def test_a_pause_is_told_in_whole_seconds(settings: Settings, database_url: str, db: Database) -> None:
    few = settings.model_copy(update={"parley_rate_per_key": 10})  # as many as one request of /v1 takes
    async with running(few, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as person:
        headers = {"Authorization": f"Bearer {await key_of(db, person)}"}
        async with aiohttp.ClientSession(server.url, headers=headers) as http:
            told = []
            for path in ("/v1/models", "/v1/models", "/api/v1/chats"):
                async with http.get(path) as response:
                    told.append((response.status, response.headers.get("Retry-After", "")))

    assert [status for status, _ in told] == [200, 429, 429]
    assert [pause.isdigit() for _, pause in told] == [False, True, True]
    assert 50 < int(told[1][1]) <= 60


async def test_a_model_that_there_is_not_is_not_found(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="There is no model 'gpt-9'") as refused:
        await client.chat.completions.create(model="gpt-9", messages=ASK)

    assert refused.value.code == "model_not_found"


async def test_pictures_go_to_models_that_see(client: AsyncOpenAI, upstream: Upstream) -> None:
    parts: Any = [{"type": "text", "text": "What is it?"}, {"type": "image_url", "image_url": {"url": PIXEL}}]
    asked: list[Any] = [{"role": "user", "content": parts}]

    await client.chat.completions.create(model="auto", messages=asked)

    assert upstream.requests[-1]["model"] == "mock"
    assert upstream.requests[-1]["messages"][0]["content"][1]["image_url"]["url"] == PIXEL
    with pytest.raises(openai.BadRequestError, match="it lacks vision"):
        await client.chat.completions.create(model="plain", messages=asked)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_failure_before_the_first_word_is_a_status(
    client: AsyncOpenAI, upstream: Upstream, *, stream: bool
) -> None:
    upstream.fail(400, "This model's maximum context length is 8192 tokens.", code="context_length_exceeded")

    with pytest.raises(openai.BadRequestError) as refused:
        await client.chat.completions.create(model="mock", messages=ASK, stream=stream)

    assert refused.value.code == "context_length_exceeded"
    assert refused.value.response.headers["x-should-retry"] == "false"


async def test_a_failure_in_the_middle_ends_the_stream_with_an_error(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("One two three four", cut_after=3)
    stream = await client.chat.completions.create(model="mock", messages=ASK, stream=True)
    first = [await anext(stream), await anext(stream)]

    with pytest.raises(openai.APIError, match="broke off in the middle"):
        await _rest(stream)
    assert (first[1].choices[0].delta.content or "").startswith("One")


async def test_another_model_takes_over_unseen(client: AsyncOpenAI, upstream: Upstream, db: Database) -> None:
    upstream.fail(404, "gone")
    upstream.reply("Here I am.")

    answer = await client.chat.completions.create(model="auto", messages=ASK)

    assert answer.choices[0].message.content == "Here I am."
    assert [request["model"] for request in upstream.requests][-1] == answer.model
    failed, succeeded = await calls(db)
    assert (failed.outcome, succeeded.outcome) == (CallOutcome.FAILED, CallOutcome.SUCCEEDED)
    assert {failed.model_name, succeeded.model_name} == {"mock", "plain"}
    if succeeded.model_name == "mock":
        assert succeeded.cost_usd > 0


@pytest.mark.parametrize("stream", [True, False])
async def test_who_leaves_stops_the_model(
    server: Running, key: str, upstream: Upstream, db: Database, *, stream: bool
) -> None:
    upstream.reply("One two three four", held_after=3)
    asked = {"model": "mock", "messages": ASK, "stream": stream}
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http:
        asking = asyncio.create_task(http.post(f"{server.url}/v1/chat/completions", json=asked))
        await asyncio.wait_for(upstream.holding.wait(), 20)
        asking.cancel()
        await asyncio.wait({asking})
        if not asking.cancelled():
            asking.result().close()

    await asyncio.wait_for(upstream.closed.wait(), 20)
    call = await first_call(db)
    assert (call.outcome, call.blamed) == (CallOutcome.CANCELLED, False)


async def test_a_revoked_key_ends_its_streams(
    client: AsyncOpenAI, ada: Person, upstream: Upstream, db: Database
) -> None:
    upstream.reply("One two three four", held_after=3)
    [owned] = (await ada.gql(KEYS))["viewer"]["apiKeys"]

    stream = await client.chat.completions.create(model="mock", messages=ASK, stream=True)
    await anext(stream)
    await ada.gql(REVOKE, id=owned["id"])

    with pytest.raises(openai.APIError, match="This API key has ended"):
        await _rest(stream)
    assert (await first_call(db)).outcome is CallOutcome.CANCELLED


async def test_a_slow_client_slows_the_model_down(server: Running, key: str, upstream: Upstream) -> None:
    words = ["x" * 100_000 for _ in range(400)]
    upstream.reply_with([*(chunk(content=word) for word in words), chunk(finish="stop"), usage_chunk(1, 400)])
    address = urlsplit(server.url)
    sink = socket.socket()
    sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    sink.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sink, (address.hostname, address.port))
    reader, writer = await asyncio.open_connection(sock=sink, limit=65_536)
    body = json.dumps({"model": "mock", "messages": ASK, "stream": True})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: parley\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
    writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    await reader.readuntil(b"chat.completion.chunk")

    async with aiohttp.ClientSession() as http:  # others are served meanwhile, so there is time for all that flows
        for _ in range(200):
            async with http.get(f"{server.url}/healthz") as healthy:
                assert healthy.status == 200
    assert not upstream.idle.is_set()
    assert len(upstream.sent_at) < 400

    received = 0
    while data := await reader.read(1_048_576):
        received += data.count(b"x")
    writer.close()
    assert received >= 40_000_000


async def test_a_client_that_takes_nothing_is_given_up() -> None:
    closed = asyncio.Event()

    async def frames() -> Any:
        try:
            while True:
                yield b"data: more\n\n"
        finally:
            closed.set()

    async def stuck(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    async def receive() -> Any:
        await asyncio.Event().wait()

    stream = EventStream(frames(), Words(b"", b""), identity=None, connections=Connections(), patience=0.01)
    await asyncio.wait_for(stream({"type": "http"}, receive, stuck), 20)

    assert closed.is_set()
