"""GraphQL over HTTP and over server-sent events: what is refused, with which status and words, and what is masked."""

import asyncio
import io
import json
import logging
from typing import Any

import pytest

from tests.people import Person
from tests.server.graphql.conftest import Toy
from tests.server.graphql.replies import EVENTS, GOT, GRAPHQL, JSON, POSTED, Reply, posted, said
from tests.server.graphql.toys import SECRET, TOKEN


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "The body is not JSON"),
        ("{", "The body is not JSON"),
        ("{'query': '{ hello }'}", "The body is not JSON"),
        (b"\xff\xfe", "The body is not JSON"),
        ("[" * 100_000, "The body is not JSON"),
        ('{"query":"{ hello }","variables":{"x":' + "[" * 100_000 + "]" * 100_000 + "}}", "The body is not JSON"),
        ('{"query":"{ hello }","variables":{"n":"\\u0000","x":' + "[" * 900 + "]" * 900 + "}}", "The body is not JSON"),
        ("null", "a JSON object with a `query`"),
        ('"x"', "a JSON object with a `query`"),
        ("[]", "batches are not served"),
        ('[{"query":"{ hello }"}]', "batches are not served"),
        ("5", "a JSON object with a `query`"),
        ("{}", "`query` must be a string"),
        ('{"query":5}', "`query` must be a string"),
        ('{"query":null}', "`query` must be a string"),
        ('{"query":""}', "`query` must be a string"),
        ('{"query":["{ hello }"]}', "`query` must be a string"),
        ('{"query":"{ hello }","variables":"x"}', "`variables` must be an object"),
        ('{"query":"{ hello }","variables":[1]}', "`variables` must be an object"),
        ('{"query":"{ hello }","extensions":7}', "`extensions` must be an object"),
        ('{"query":"{ hello }","operationName":{}}', "`operationName` must be a string"),
    ],
    ids=lambda value: str(value)[:50],
)
async def test_a_request_that_is_none_is_told_what_is_wrong(toy: Toy, body: str | bytes, words: str) -> None:
    reply = await said(toy, data=body)

    assert (reply.status, reply.kind) == (400, GRAPHQL)
    assert reply.error[0] == "BAD_USER_INPUT"
    assert words in reply.error[1]
    assert len(reply.error[1]) < 300


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_only_json_is_read(toy: Toy, kind: str) -> None:
    async with toy.http.post(toy.url, data=b'{"query":"{ hello }"}', skip_auto_headers=["Content-Type"],
                             headers={"Content-Type": kind} if kind else {}) as response:  # fmt: skip
        body = await response.json()

    assert response.status == 415
    assert "application/json" in body["errors"][0]["message"]


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_other_methods_are_not_allowed(toy: Toy, method: str) -> None:
    reply = await said(toy, method, data='{"query":"{ hello }"}')

    assert reply.status == 405
    assert reply.headers["Allow"] == "GET, POST"


async def test_a_get_needs_what_a_foreign_page_cannot_send(toy: Toy) -> None:
    plain = await said(toy, "GET", headers={"Accept": GRAPHQL}, params={"query": "{ hello }"})
    marked = await said(toy, "GET", headers=GOT, params={"query": "{ hello }"})
    variables = {"query": "query ($n: Int!) { leaves(count: $n) { id } }", "variables": '{"n":1}'}
    program = {"Authorization": f"Bearer {TOKEN}", "Accept": GRAPHQL}
    authorized = await said(toy, "GET", headers=program, params=variables)

    assert (plain.status, "X-Requested-With" in plain.error[1]) == (400, True)
    assert (marked.status, marked.body) == (200, {"data": {"hello": "world"}})
    assert authorized.body == {"data": {"leaves": [{"id": "leaf-0"}]}}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({}, "`query` must be a string"),
        ({"query": "{ hello }", "variables": "{"}, "`variables` is not JSON"),
        ({"query": "{ hello }", "variables": "[]"}, "`variables` must be an object"),
    ],
)
async def test_a_wrong_get_is_told_so(toy: Toy, params: dict[str, str], words: str) -> None:
    reply = await said(toy, "GET", headers=GOT, params=params)

    assert reply.status == 400
    assert words in reply.error[1]


async def test_a_get_changes_nothing(toy: Toy) -> None:
    reply = await said(toy, "GET", headers=GOT, params={"query": "mutation { tick }"})

    assert (reply.status, reply.headers["Allow"]) == (405, "POST")
    assert toy.clock.now == 0


@pytest.mark.parametrize("how", [{}, {"chunked": True}])
async def test_a_body_has_a_limit(toy: Toy, how: dict[str, Any]) -> None:
    query = json.dumps({"query": "{ hello }", "variables": {"x": "x" * 6_000_000}}).encode()
    reply = await said(toy, data=io.BytesIO(query), **how)

    assert reply.status == 413
    assert "at most 4,194,304" in reply.error[1]


@pytest.mark.parametrize("accept", [GRAPHQL, JSON, "*/*", ""])
async def test_a_subscription_without_a_stream_is_told_how(toy: Toy, accept: str) -> None:
    reply = await posted(toy, "subscription { numbers }", accept)

    assert reply.status == 400
    assert "text/event-stream" in reply.error[1]
    assert "WebSocket" in reply.error[1]


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{JSON};q=0"])
async def test_what_cannot_be_accepted_is_said(toy: Toy, accept: str) -> None:
    reply = await posted(toy, "{ hello }", accept)

    assert reply.status == 406
    assert JSON in reply.error[1]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (GRAPHQL, GRAPHQL),
        (f"{GRAPHQL},{JSON};q=0.9", GRAPHQL),
        (f"{JSON},{GRAPHQL};q=0.9", JSON),
        (f"{GRAPHQL}, application/graphql+json, {JSON}, {EVENTS}, multipart/mixed", GRAPHQL),
        ("*/*", JSON),
        (EVENTS, EVENTS),
        (f"{EVENTS}, {JSON}", EVENTS),
        (f"{EVENTS};q=0.5, {JSON}", JSON),
    ],
)
async def test_the_form_of_an_answer_is_the_one_preferred(toy: Toy, accept: str, kind: str) -> None:
    reply = await posted(toy, "{ hello }", accept)

    assert (reply.status, reply.kind) == (200, kind)
    assert (reply.events if kind == EVENTS else [reply.body]) == [{"data": {"hello": "world"}}]


async def test_events_are_read_anew_each_time(toy: Toy) -> None:
    reply = await posted(toy, "subscription { ticks { ... on Ticked { now } } }", EVENTS)

    assert [event["data"]["ticks"]["now"] for event in reply.events] == [1, 2, 3]


async def test_what_is_ours_to_say_is_said_in_a_stream(toy: Toy) -> None:
    reply = await posted(toy, "subscription { refused }", EVENTS)

    [event] = reply.events
    assert event["errors"][0]["message"] == "Sign in first."
    assert event["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_faults_of_ours_are_masked_and_named_in_the_log(toy: Toy, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, "resolvers.errors"):
        single = (await posted(toy, "{ failing hello }")).body
        query = (await posted(toy, "{ failing hello }", EVENTS)).events[0]
        stream = (await posted(toy, "subscription { breaking }", EVENTS)).events
        huge = await posted(toy, "{ huge }")

    assert single["data"] == query["data"] == {"failing": None, "hello": "world"}
    assert stream[0] == {"data": {"breaking": 1}}
    assert huge.status == 500
    for answer in (single, query, stream[1], huge.body):
        [error] = answer["errors"]
        assert error["message"] == "Something went wrong on the server."
        assert error["extensions"]["code"] == "INTERNAL"
        assert error["extensions"]["errorId"] in caplog.text
        assert SECRET not in json.dumps(answer)


async def test_a_stream_ends_when_its_client_leaves(toy: Toy) -> None:
    body = json.dumps({"query": "subscription { endless }"})
    async with toy.http.post(toy.url, data=body, headers={"Content-Type": JSON, "Accept": EVENTS}) as response:
        await response.content.readuntil(b"\n\n")

    await asyncio.wait_for(toy.clock.left.wait(), 10)


async def test_a_stream_ends_with_its_credential(toy: Toy) -> None:
    body = json.dumps({"query": "subscription { endless }"})
    headers = {"Content-Type": JSON, "Accept": EVENTS, "Authorization": f"Bearer {TOKEN}"}
    async with toy.http.post(toy.url, data=body, headers=headers) as response:
        await response.content.readuntil(b"\n\n")
        [identity] = toy.endpoint.identities()
        toy.endpoint.close_sockets(lambda other: other.api_key_id == identity.api_key_id)
        rest = (await asyncio.wait_for(response.content.read(), 10)).decode()

    assert Reply(200, EVENTS, {}, rest).events[0]["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    await asyncio.wait_for(toy.clock.left.wait(), 10)
    assert not toy.endpoint.identities()


async def test_cookies_come_with_answers(toy: Toy) -> None:
    async with toy.http.post(toy.url, data=b'{"query":"{ hello }"}', headers=POSTED) as response:
        assert response.cookies["toy"].value == "1"


async def test_a_viewer_can_introspect(ada: Person) -> None:
    data = await ada.gql("{ __schema { queryType { name } types { name fields { name type { kind name } } } } }")

    assert data["__schema"]["queryType"] == {"name": "Query"}
    assert {"Chat", "Run", "RunEvent"} <= {found["name"] for found in data["__schema"]["types"]}
