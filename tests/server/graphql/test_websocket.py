"""graphql-transport-ws as its PROTOCOL.md has it: what closes a socket, with which code, and what must not."""

import asyncio
import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from schema.context import Identity
from server.graphql.endpoint import GraphQLEndpoint
from tests.people import Person
from tests.server.graphql.conftest import Toy, serving, toy_schema
from tests.server.graphql.sockets import PROTOCOL, Wire, opened, subscribe
from tests.server.graphql.toys import SECRET, TOKEN, toy_context


@pytest.mark.parametrize("message", [{}, {"payload": None}, {"payload": {}}, {"payload": {"other": 1}}])
async def test_anybody_may_begin(toy: Toy, message: dict[str, Any]) -> None:
    async with opened(toy, init=False) as wire:
        await wire.say({"type": "connection_init", **message})

        assert await wire.hear() == {"type": "connection_ack"}
        assert (await wire.result("1", "{ who }"))[0]["payload"] == {"data": {"who": None}}


async def test_connection_init_says_who_it_is(toy: Toy) -> None:
    async with opened(toy, {"Authorization": f"Bearer {TOKEN}"}) as wire:
        assert (await wire.result("1", "{ who }"))[0]["payload"] == {"data": {"who": "toy@example.org"}}


@pytest.mark.parametrize("credential", ["Bearer wrong", "", 5, ["Bearer let-me-in"], {}, True, False])
async def test_a_wrong_credential_is_refused_and_never_taken_for_nobody(toy: Toy, credential: object) -> None:
    async with opened(toy, init=False) as wire:
        await wire.say({"type": "connection_init", "payload": {"Authorization": credential}})

        assert await wire.closed() == (4403, "This key is not known.")


WRONG = {
    "[]": "A message must be an object with a type",
    "null": "A message must be an object with a type",
    '"subscribe"': "A message must be an object with a type",
    "7": "A message must be an object with a type",
    "{}": "A message must be an object with a type",
    '{"type": 5}': "A message must be an object with a type",
    '{"type": "start"}': "Unknown message type: start",
    '{"type": "next", "id": "1"}': "Unknown message type: next",
    "{": "WebSocket message must be valid JSON",
    "[" * 100_000: "WebSocket message must be valid JSON",
    '{"type": "ping", "payload": ["\\u0000", ' + "[" * 900 + "]" * 901 + "}": "WebSocket message must be valid JSON",
    '{"type": "ping", "payload": []}': "The payload of ping must be an object",
    '{"type": "pong", "payload": "x"}': "The payload of pong must be an object",
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}': "The id of subscribe must be a string",
    '{"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}': "The id of subscribe must be a string",
    '{"type": "subscribe", "payload": {"query": "{ hello }"}}': "The id of subscribe must be a string",
    '{"type": "complete", "id": 1}': "The id of complete must be a string",
    '{"type": "complete"}': "The id of complete must be a string",
    '{"type": "subscribe", "id": "1"}': "The payload of subscribe must be an object with a query or a documentId",
    json.dumps(subscribe(query=5)): "The payload of subscribe must be an object with a query or a documentId",
    json.dumps(subscribe(variables=[1])): "The variables of subscribe must be an object",
    json.dumps(subscribe(extensions="x")): "The extensions of subscribe must be an object",
    json.dumps(subscribe(operationName=1)): "The operationName of subscribe must be a string",
}


@pytest.mark.parametrize("message", WRONG, ids=lambda message: message[:60])
async def test_what_is_no_message_closes_the_socket_and_says_why(toy: Toy, message: str) -> None:
    async with opened(toy) as wire:
        await wire.say(message)

        assert await wire.closed() == (4400, WRONG[message])


async def test_a_binary_frame_closes_the_socket(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.ws.send_bytes(b'{"type": "ping"}')

        assert await wire.closed() == (4400, "WebSocket message type must be text")


async def test_a_connection_init_whose_payload_is_no_object_closes_the_socket(toy: Toy) -> None:
    async with opened(toy, init=False) as wire:
        await wire.say({"type": "connection_init", "payload": "secret"})

        assert await wire.closed() == (4400, "The payload of connection_init must be an object")


async def test_a_long_reason_is_cut_to_what_a_close_frame_holds(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.say({"type": "é" * 5_000})
        code, reason = await wire.closed()

        assert code == 4400
        assert reason.startswith("Unknown message type: é")
        assert len(reason.encode()) <= 123


async def test_nothing_is_served_before_the_acknowledgement(toy: Toy) -> None:
    async with opened(toy, init=False) as wire:
        await wire.subscribe("1", "{ hello }")

        assert await wire.closed() == (4401, "Unauthorized")


async def test_a_socket_is_initialised_once(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.say({"type": "connection_init"})

        assert await wire.closed() == (4429, "Too many initialisation requests")


async def test_an_id_in_use_cannot_be_used(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.subscribe("a", "subscription { endless }")
        await wire.hear()
        await wire.subscribe("a", "{ hello }")

        assert await wire.closed() == (4409, "Subscriber for a already exists")
        await asyncio.wait_for(toy.clock.left.wait(), 10)


@pytest.mark.parametrize("protocols", [(), ("graphql-ws",), ("chat",)])
async def test_other_subprotocols_are_not_spoken(toy: Toy, protocols: tuple[str, ...]) -> None:
    async with toy.http.ws_connect(toy.url, protocols=protocols) as ws:
        code, _ = await Wire(ws).closed()

    assert code == 4406


async def test_a_silent_client_is_sent_away(toy: Toy) -> None:
    context_of = partial(toy_context, toy.clock)
    endpoint = GraphQLEndpoint(toy_schema(), context_of=context_of, init_timeout=timedelta(milliseconds=50))
    async with serving(endpoint) as url, toy.http.ws_connect(url, protocols=PROTOCOL) as ws:
        assert await Wire(ws).closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("{ hello", {}, "GRAPHQL_PARSE_FAILED"),
        ("", {}, None),
        ("{ nonsense }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query a { hello } query b { hello }", {"operationName": "c"}, "BAD_USER_INPUT"),
        ("query a { hello } query b { hello }", {}, "BAD_USER_INPUT"),
        ("fragment a on Query { hello }", {}, None),
        ("query ($x: Int!) { leaves(count: $x) { id } }", {"variables": {"x": "y"}}, "BAD_USER_INPUT"),
        ("subscription { refused }", {}, "UNAUTHENTICATED"),
        ("subscription { events(count: 1) @skip(if: true) { sequence } }", {}, None),
    ],
)
async def test_a_wrong_operation_fails_alone(toy: Toy, query: str, more: dict[str, Any], code: str | None) -> None:
    async with opened(toy) as wire:
        await wire.subscribe("endless", "subscription { endless }")
        assert (await wire.hear())["type"] == "next"
        [error] = await wire.result("1", query, **more)
        again = await wire.result("1", "{ hello }")

        assert error["type"] == "error"
        assert all(found["message"] for found in error["payload"])
        assert code in (None, error["payload"][0]["extensions"]["code"])
        assert [message["type"] for message in again] == ["next", "complete"]


async def test_an_id_is_free_again_after_the_end_and_after_leaving(toy: Toy) -> None:
    async with opened(toy) as wire:
        assert [message["type"] for message in await wire.result("1", "{ hello }")] == ["next", "complete"]
        for _ in range(3):
            await wire.subscribe("1", "subscription { endless }")
            assert await wire.hear() == {"id": "1", "type": "next", "payload": {"data": {"endless": 0}}}
            await wire.say({"id": "1", "type": "complete"})
            await asyncio.wait_for(toy.clock.left.wait(), 10)
            toy.clock.left.clear()
        await wire.say({"id": "unknown", "type": "complete"})
        assert [message["type"] for message in await wire.result("1", "{ hello }")] == ["next", "complete"]


async def test_a_stream_that_never_waits_can_be_left(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.subscribe("1", "subscription { endless(quiet: false) }")
        await wire.hear()
        await wire.say({"id": "1", "type": "complete"})

        await asyncio.wait_for(toy.clock.left.wait(), 10)


async def test_streams_end_with_their_socket(toy: Toy) -> None:
    async with opened(toy) as wire:
        await wire.subscribe("1", "subscription { endless }")
        await wire.hear()

    await asyncio.wait_for(toy.clock.left.wait(), 10)


async def test_a_ping_is_answered_with_its_payload(toy: Toy) -> None:
    async with opened(toy, init=False) as wire:
        await wire.say({"type": "ping"})
        assert await wire.hear() == {"type": "pong"}
        await wire.say({"type": "ping", "payload": {"n": 1}})
        assert await wire.hear() == {"type": "pong", "payload": {"n": 1}}
        await wire.say({"type": "pong"})
        await wire.say({"type": "ping"})
        assert await wire.hear() == {"type": "pong"}


async def test_operations_of_one_socket_run_side_by_side_each_in_order(toy: Toy) -> None:
    async with opened(toy) as wire:
        for name in "abc":
            await wire.subscribe(name, "subscription { events(count: 20) { sequence } }")
        heard: dict[str, list[Any]] = {name: [] for name in "abc"}
        while not all(messages and messages[-1] == "complete" for messages in heard.values()):
            message = await wire.hear()
            event = message["payload"]["data"]["events"]["sequence"] if message["type"] == "next" else message["type"]
            heard[message["id"]].append(event)

    assert list(heard.values()) == [[*range(20), "complete"]] * 3


async def test_a_socket_holds_a_hundred_operations(toy: Toy) -> None:
    async with opened(toy) as wire:
        for number in range(100):
            await wire.subscribe(str(number), "subscription { endless }")
            await wire.hear()
        [error] = await wire.result("one too many", "subscription { endless }")
        await wire.say({"id": "7", "type": "complete"})
        answer = await wire.result("7", "{ hello }")

    assert error["payload"][0]["message"] == "Subscription limit reached"
    assert answer[0]["payload"] == {"data": {"hello": "world"}}


async def test_errors_inside_are_masked_and_named(toy: Toy) -> None:
    async with opened(toy) as wire:
        query = await wire.result("1", "{ failing hello }")
        stream = await wire.result("2", "subscription { breaking }")
        unserialisable = await wire.result("3", "{ huge }")

    assert query[0]["payload"]["data"] == {"failing": None, "hello": "world"}
    assert stream[0]["payload"] == {"data": {"breaking": 1}}
    for error in (query[0]["payload"]["errors"][0], stream[1]["payload"][0], unserialisable[0]["payload"][0]):
        assert error["message"] == "Something went wrong on the server."
        assert error["extensions"]["code"] == "INTERNAL"
        assert len(error["extensions"]["errorId"]) == 32
    assert SECRET not in json.dumps([query, stream])


async def test_each_event_and_each_operation_reads_anew(toy: Toy) -> None:
    async with opened(toy) as wire:
        events = await wire.result("1", "subscription { ticks { ... on Ticked { now } } }")
        first = await wire.result("2", "{ now }")
        await wire.result("3", "mutation { tick }")
        second = await wire.result("4", "{ now }")

    assert [event["payload"]["data"]["ticks"]["now"] for event in events[:-1]] == [1, 2, 3]
    assert [first[0]["payload"], second[0]["payload"]] == [{"data": {"now": 3}}, {"data": {"now": 4}}]


async def test_the_end_of_a_credential_closes_its_sockets_only(toy: Toy) -> None:
    async with opened(toy, {"Authorization": f"Bearer {TOKEN}"}) as known, opened(toy) as nobody:
        await known.subscribe("1", "subscription { endless }")
        await known.hear()
        [identity] = toy.endpoint.identities()

        def is_theirs(other: Identity) -> bool:
            return other.api_key_id == identity.api_key_id

        toy.endpoint.close_sockets(is_theirs)

        assert await known.closed() == (4403, "Forbidden")
        await asyncio.wait_for(toy.clock.left.wait(), 10)
        assert (await nobody.result("1", "{ hello }"))[0]["payload"] == {"data": {"hello": "world"}}
        assert not toy.endpoint.identities()


async def test_a_page_of_another_origin_gets_nothing_with_the_cookie(ada: Person) -> None:
    url = f"{ada.url}/graphql"
    async with ada.http.ws_connect(url, protocols=PROTOCOL, origin="https://evil.example") as ws:
        wire = Wire(ws)
        await wire.say({"type": "connection_init"})
        code, reason = await wire.closed()

    assert code == 4403
    assert "evil.example" in reason
