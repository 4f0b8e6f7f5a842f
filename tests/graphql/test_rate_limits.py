"""Rate limits through the front door: what a request costs, who is refused and how, and what all of that costs us."""

from collections.abc import AsyncIterator
from datetime import datetime

import aiohttp
import pytest

from persistence.database import Database, connect
from server.settings import Settings
from tests.attachments import get, post, upload
from tests.conftest import Running, running
from tests.people import Person, sign_up

LIMIT = "{ rateLimit { cost limit remaining resetAt } }"
COSTLY = "{ chats(first: 200) { edges { node { messages(first: 200) { edges { node { id } } } } } } }"
"""Costs 405 points."""
GRAPHQL = {"Accept": "application/graphql-response+json"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"parley_rate_per_viewer": 2_400, "parley_rate_per_key": 1_200, "parley_rate_per_address": 1_200}
    )


async def test_a_request_tells_what_it_costs_and_what_is_left(ada: Person) -> None:
    limit = (await ada.gql(LIMIT))["rateLimit"]
    costly = (await ada.gql(COSTLY.rstrip("} ") + "} } } } } } rateLimit { cost remaining } }"))["rateLimit"]

    assert (limit["cost"], limit["limit"]) == (1, 2_400)
    assert 2_390 <= limit["remaining"] < 2_400
    assert datetime.fromisoformat(limit["resetAt"]).tzinfo is not None
    assert costly["cost"] == 405
    assert costly["remaining"] <= limit["remaining"] - 400


async def test_the_extension_tells_the_cost_to_who_asks_for_it(ada: Person) -> None:
    body = {"query": "{ viewer { id } }", "extensions": {"cost": True}}
    async with ada.http.post(f"{ada.url}/graphql", json=body) as response:
        http = await response.json(content_type=None)
    async with ada.socket() as socket:
        await socket.ws.send_json({"id": "1", "type": "subscribe", "payload": body})
        frame = await socket.ws.receive_json()

    for answer in (http, frame["payload"]):
        assert answer["extensions"]["cost"].keys() == {"cost", "limit", "remaining", "resetAt"}
        assert answer["extensions"]["cost"]["cost"] == 1


async def test_who_has_used_up_the_points_is_told_when_to_come_back(ada: Person, bob: Person) -> None:
    for _ in range(5):
        await ada.gql(COSTLY)

    async with ada.http.post(f"{ada.url}/graphql", json={"query": COSTLY}, headers=GRAPHQL) as response:
        [error] = (await response.json(content_type=None))["errors"]
        status, after = response.status, int(response.headers["Retry-After"])
    async with ada.socket() as socket:
        await socket.ws.send_json({"id": "1", "type": "subscribe", "payload": {"query": COSTLY}})
        refused = await socket.ws.receive_json()
        await socket.ws.send_json({"id": "2", "type": "subscribe", "payload": {"query": "{ viewer { id } }"}})
        served = await socket.ws.receive_json()

    assert (status, error["extensions"]["code"]) == (429, "RATE_LIMITED")
    assert 0 < error["extensions"]["retryAfterMs"] <= after * 1_000 <= 12_000
    assert "2,400 points" in error["message"]
    assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
    assert served["type"] == "next"
    await bob.gql(COSTLY)


async def test_whoever_has_not_signed_in_is_limited_by_address(server: Running, ada: Person) -> None:
    codes = []
    async with aiohttp.ClientSession() as stranger:
        for _ in range(4):
            async with stranger.post(f"{server.url}/graphql", json={"query": COSTLY}) as response:
                [error] = (await response.json(content_type=None))["errors"]
                codes.append(error["extensions"]["code"])

    assert codes == ["UNAUTHENTICATED", "UNAUTHENTICATED", "RATE_LIMITED", "RATE_LIMITED"]
    await ada.gql("{ viewer { id } }")


@pytest.fixture
async def sparing(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that gives each person 24 points in a minute, and each address 30."""
    few = settings.model_copy(update={"parley_rate_per_viewer": 24, "parley_rate_per_address": 30})
    async with running(few, connect(database_url)) as started:
        yield started


async def test_files_and_exports_are_charged(sparing: Running) -> None:
    async with sign_up(sparing, "ada@example.org", "Ada") as ada:
        sent = await upload(ada, "a.txt", b"hello")  # 10 points
        got = [await get(ada, sent["url"]) for _ in range(4)]  # 5 points each
        refused = await post(ada, "b.txt", b"hello")
        async with ada.http.get(f"{ada.url}/account.json") as response:
            export = (response.status, (await response.json())["code"])
            after = response.headers["Retry-After"]

    assert (got[0].status, got[-1].status, got[-1].headers["Retry-After"].isdigit()) == (200, 429, True)
    assert (refused.status, refused.code) == (429, "RATE_LIMITED")
    assert export == (429, "RATE_LIMITED")
    assert after.isdigit()


async def test_wrong_credentials_are_charged_to_their_address(sparing: Running) -> None:
    doors = ("/graphql", "/v1/models", "/api/v1/chats", "/mcp", "/files/any", "/account.json")
    headers = {"Authorization": "Bearer guessed", **GRAPHQL}
    async with sign_up(sparing, "ada@example.org", "Ada") as ada, aiohttp.ClientSession(headers=headers) as http:

        async def status(path: str) -> int:
            method = "POST" if path in ("/graphql", "/mcp") else "GET"
            async with http.request(method, f"{sparing.url}{path}", json={"query": LIMIT}) as response:
                return response.status

        assert {path: await status(path) for path in doors} == dict.fromkeys(doors, 401)
        tries = 0
        while await status("/v1/models") == 401:
            tries += 1
            assert tries < 40
        assert {path: await status(path) for path in doors} == dict.fromkeys(doors, 429)
        await ada.gql(LIMIT)  # who is somebody has points of their own


async def test_a_request_far_below_the_limit_costs_no_statement(ada: Person, statements: list[str]) -> None:
    await ada.gql("{ server { version } }")
    statements.clear()

    for _ in range(20):
        await ada.gql(LIMIT)

    assert len(statements) == 20, statements  # one each: who asks
