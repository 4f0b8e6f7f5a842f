"""Streams of events: the same as from the stock executor, without memory of what was, and others get their turn."""

import asyncio
import gc
import json
from collections.abc import AsyncGenerator
from functools import partial
from typing import Any, cast

import psutil
import pytest

from server.graphql.admission import Admission, Ask
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.streams import Refused, payloads
from tests.server.graphql.asgi import HEADERS, SCOPE, Message, post, watch
from tests.server.graphql.conftest import Toy, toy_schema
from tests.server.graphql.test_executor import STOCK, SUBSCRIPTIONS
from tests.server.graphql.toys import TOKEN, Clock, ToyContext, opaque, toy_context

MEGABYTE = 1 << 20
PLAIN = "subscription ($n: Int!) { events(count: $n) { __typename sequence ... on Delta { text } } }"
NESTED = "subscription ($n: Int!) { events(count: $n) { sequence ... on Grown { branch { leaves { id at } } } } }"
RESOLVED = "subscription ($n: Int!) { events(count: $n) { sequence ... on Grown { branch { twice later } } } }"


def endpoint() -> GraphQLEndpoint:
    return GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()))


async def by_stock_executor(document: str) -> list[Any]:
    results = await STOCK.subscribe(document, context_value=ToyContext(Clock(), None))
    found = []
    async for result in results:
        body: dict[str, Any] = {"data": result.data}
        if result.errors:
            body["errors"] = [opaque(cast("Any", error)).formatted for error in result.errors]
        found.append(comparable(json.loads(json.dumps(body))))
    return found


def comparable(body: Any) -> Any:
    """Without the ids of errors, each of which is another."""
    for error in body.get("errors", ()):
        error.get("extensions", {}).pop("errorId", None)
        if not error.get("extensions", {"code": ""}):
            del error["extensions"]
        elif error.get("extensions", {}).get("code") == "INTERNAL" and "Something" not in error["message"]:
            del error["extensions"]  # an error of graphql-core's own, to which the schema adds the code
    return body


def started(document: str, clock: Clock | None = None, name: str | None = None) -> AsyncGenerator[bytes, None]:
    schema = toy_schema()
    return payloads(schema, Ask(document, None, name), ToyContext(clock or Clock(), None), Admission(schema))


@pytest.mark.parametrize("document", [document for document in SUBSCRIPTIONS if "ticks" not in document])
async def test_a_stream_is_what_the_stock_executor_makes_of_it(document: str) -> None:
    stream = started(document)

    assert [comparable(json.loads(payload)) async for payload in stream] == await by_stock_executor(document)


async def test_a_source_is_closed_when_its_reader_leaves() -> None:
    clock = Clock()
    stream = started("subscription { endless }", clock)

    assert json.loads(await anext(stream)) == {"data": {"endless": 0}}
    await stream.aclose()

    assert clock.left.is_set()


async def test_what_cannot_start_is_refused_and_nothing_else_comes_out() -> None:
    for document in ("{", "{ nonsense }", "query a { hello }", "subscription { refused }", "subscription { breaking }"):
        with pytest.raises(Refused) as refusal:
            async for _ in started(document, name="b" if "query a" in document else None):
                pass
        assert all("code" in (error.extensions or {}) for error in refusal.value.errors)


@pytest.mark.parametrize("document", [PLAIN, NESTED, RESOLVED], ids=["plain", "nested", "resolved"])
async def test_events_leave_no_memory_behind(document: str) -> None:
    app, process = endpoint(), psutil.Process()
    await watch(app, document, lambda _: None, n=3_000)
    gc.collect()
    before, peak, heard = process.memory_info().rss, 0, 0

    def hear(_: str) -> None:
        nonlocal heard, peak
        heard += 1
        if heard % 5_000 == 0:  # while it runs: what it holds on to may be free again at its end
            peak = max(peak, process.memory_info().rss)

    await watch(app, document, hear, n=60_000)

    assert heard == 60_000 + 2
    assert peak - before < 5 * MEGABYTE


@pytest.mark.parametrize("document", [PLAIN, RESOLVED], ids=["plain", "resolved"])
@pytest.mark.parametrize("transport", ["socket", "events"])
async def test_a_replay_that_never_waits_lets_others_have_their_turn(document: str, transport: str) -> None:
    app = endpoint()
    replay = asyncio.create_task(
        watch(app, document, lambda _: None, n=30_000)
        if transport == "socket"
        else cast("Any", post(app, document, "text/event-stream", n=30_000))
    )
    answered = 0
    while not replay.done():
        await post(app, "{ branches { later leaves { id } } now }")
        answered += 1
    await replay

    assert answered >= 10


async def test_a_stream_for_an_unknown_key_is_refused_with_a_status(toy: Toy) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": "Bearer wrong"}
    async with toy.http.post(toy.url, json={"query": "subscription { numbers }"}, headers=headers) as response:
        body = await response.json()

    assert (response.status, response.content_type) == (401, "application/json")
    assert body["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_quiet_stream_is_kept_alive() -> None:
    app = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()), heartbeat=0.01)
    parts: list[bytes] = []
    beaten = asyncio.Event()

    async def send(message: Message) -> None:
        parts.append(message.get("body", b""))
        if parts[-1].startswith(b":"):
            beaten.set()

    body = b'{"query":"subscription { endless }"}'
    said: asyncio.Queue[Message] = asyncio.Queue()
    said.put_nowait({"type": "http.request", "body": body, "more_body": False})
    headers = [*HEADERS, (b"accept", b"text/event-stream")]
    scope = {**SCOPE, "type": "http", "scheme": "http", "method": "POST", "headers": headers}
    stream = asyncio.create_task(cast("Any", app(scope, said.get, cast("Any", send))))
    await asyncio.wait_for(beaten.wait(), 10)
    said.put_nowait({"type": "http.disconnect"})
    await asyncio.wait_for(stream, 10)

    assert b": still here\n\n" in parts


async def test_what_waits_on_a_revoked_socket_is_not_done() -> None:
    clock = Clock()
    app = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, clock))
    said: asyncio.Queue[Message] = asyncio.Queue()
    said.put_nowait({"type": "websocket.connect"})
    init = {"type": "connection_init", "payload": {"Authorization": f"Bearer {TOKEN}"}}
    mutation = {"type": "subscribe", "id": "1", "payload": {"query": "mutation { tick }"}}
    said.put_nowait({"type": "websocket.receive", "text": json.dumps(init)})
    heard: list[Message] = []

    async def send(message: Message) -> None:
        heard.append(message)
        if "connection_ack" in message.get("text", ""):
            asyncio.get_running_loop().call_soon(app.close_sockets, lambda _: True)
        if message["type"] == "websocket.close":  # a client that does not care, and goes on
            said.put_nowait({"type": "websocket.receive", "text": json.dumps(mutation)})
            said.put_nowait({"type": "websocket.disconnect", "code": 1000})

    scope = {**SCOPE, "type": "websocket", "scheme": "ws", "headers": HEADERS[1:]}
    await app({**scope, "subprotocols": ["graphql-transport-ws"]}, said.get, cast("Any", send))

    assert heard[-1]["code"] == 4403
    assert clock.now == 0
