"""What other people's suites and clients say about the real server: graphql-http's audits, and the usual clients."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.websockets import WebsocketsTransport

from domain.accounts import Scope
from persistence.database import Database
from resolvers.registration import create_api_key
from tests.conftest import Running
from tests.foreign import node_packages, started, told
from tests.people import EVENTS, SEND, Person, text_of
from tests.upstream import Upstream

pytestmark = pytest.mark.timeout(180)

MAY_NOTICES = {"5A70", "D6D5", "6A70"}
"""Optional audits of a GET without a header that a foreign page cannot send, which we refuse."""
VIEWER = "{ viewer { email } }"
RENAME = "mutation ($input: UpdateViewerInput!) { updateViewer(input: $input) { viewer { name } } }"
ANSWER = "Clients of all kinds see every word."


@pytest.fixture(scope="session")
async def audits() -> Path:
    return await node_packages()


@pytest.fixture
async def key(ada: Person, db: Database) -> str:
    """A key of Ada's that may do everything."""
    return await create_api_key(db, ada.email, "a program", list(Scope))


async def received(
    audits: Path, url: str, key: str, *jobs: dict[str, Any], heard: Callable[[], None] = lambda: None
) -> list[list[dict[str, Any]]]:
    """What each of the jobs of `clients.mjs` received; `heard` is called at the first of it."""
    process = await started("node", str(audits / "clients.mjs"), f"{url}/graphql", key, json.dumps(jobs))
    assert process.stdout is not None
    assert process.stderr is not None
    results: list[list[dict[str, Any]]] = [[] for _ in jobs]
    try:
        async with asyncio.timeout(90):
            async for line in process.stdout:
                said = json.loads(line)
                results[said["job"]].append(said["result"])
                heard()
            complained = (await process.stderr.read()).decode()
            assert await process.wait() == 0, complained
    except TimeoutError:
        raise AssertionError(f"a client hangs; so far the jobs received {results}") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return results


@pytest.mark.parametrize("signed_in", [True, False])
async def test_http_is_spoken_as_its_specification_says(
    audits: Path, server: Running, key: str, signed_in: bool
) -> None:
    token = [key] if signed_in else []

    results = json.loads(await told("node", str(audits / "audit.mjs"), f"{server.url}/graphql", *token))

    missed = {
        found["id"]: (found["status"], found["name"], found["reason"]) for found in results if found["status"] != "ok"
    }
    assert len(results) == 61
    assert set(missed) == (set() if signed_in else MAY_NOTICES), missed
    assert {status for status, _, _ in missed.values()} <= {"notice"}


@pytest.mark.parametrize("client", ["ws", "sse"])
async def test_clients_in_javascript_query_and_watch(
    audits: Path, server: Running, ada: Person, key: str, upstream: Upstream, client: str
) -> None:
    upstream.reply(ANSWER)
    upstream.hold()
    run_id = (await ada.send("Who sees it?"))["run"]["id"]
    watching = {"query": EVENTS, "variables": {"runId": run_id}}

    watched, again, left, query, mutation, wrong, unknown = await received(
        audits,
        server.url,
        key,
        {"client": client, **watching},
        {"client": client, **watching},
        {"client": client, **watching, "take": 2},
        {"client": client, "query": VIEWER},
        {"client": client, "query": RENAME, "variables": {"input": {"name": "Ada L."}}},
        {"client": client, "query": "{ nonsense }"},
        {"client": client, "query": EVENTS, "variables": {"runId": "run_0"}},
        heard=upstream.release,
    )

    for whole in (watched, again):
        events = [result["data"]["runEvents"] for result in whole]
        assert text_of(events) == ANSWER
        assert events[-1]["__typename"] == "RunFinished"
    assert len(left) == 2
    assert query == [{"data": {"viewer": {"email": ada.email}}}]
    assert mutation == [{"data": {"updateViewer": {"viewer": {"name": "Ada L."}}}}]
    assert codes(wrong) == ["GRAPHQL_VALIDATION_FAILED"]
    assert codes(unknown) == ["NOT_FOUND"]


def codes(results: list[dict[str, Any]]) -> list[str]:
    """Codes of an operation that failed as a whole, however the client says so."""
    [result] = results
    return [error["extensions"]["code"] for error in result.get("thrown") or result["errors"]]


async def test_curl_watches_a_run(server: Running, ada: Person, key: str) -> None:
    sent, _ = await ada.ask("Who else?")
    body = json.dumps({"query": EVENTS, "variables": {"runId": sent["run"]["id"]}})

    said = await told(
        "curl", "-sSN", "--fail", f"{server.url}/graphql", "-H", f"Authorization: Bearer {key}",
        "-H", "Accept: text/event-stream", "-H", "Content-Type: application/json", "-d", body,
    )  # fmt: skip

    *events, complete, rest = said.split("\n\n")
    shown = [json.loads(event.removeprefix("event: next\ndata: "))["data"]["runEvents"] for event in events]
    assert (complete, rest) == ("event: complete\ndata:", "")
    assert text_of(shown) == "Hello from upstream."
    assert shown[-1]["__typename"] == "RunFinished"


async def test_gql_asks_over_http(server: Running, ada: Person, key: str) -> None:
    transport = AIOHTTPTransport(f"{server.url}/graphql", headers={"Authorization": f"Bearer {key}"}, ssl=False)
    async with Client(transport=transport, fetch_schema_from_transport=True) as session:
        assert await session.execute(gql(VIEWER)) == {"viewer": {"email": ada.email}}
        with pytest.raises(TransportQueryError) as refusal:
            await session.execute(gql('{ run(id: "run_0") { id } }'))

    assert (refusal.value.errors or [])[0]["extensions"]["code"] == "NOT_FOUND"


async def test_gql_sends_and_watches_over_a_socket(server: Running, ada: Person, key: str, upstream: Upstream) -> None:
    upstream.reply(ANSWER)
    url = f"{server.url}/graphql".replace("http", "ws", 1)
    transport = WebsocketsTransport(url, init_payload={"Authorization": f"Bearer {key}"})
    async with Client(transport=transport) as session:
        document = gql(SEND)
        document.variable_values = {"input": {"content": "Who else?"}}
        sent = (await session.execute(document))["sendMessage"]
        document = gql(EVENTS)
        document.variable_values = {"runId": sent["run"]["id"]}
        events = [data["runEvents"] async for data in session.subscribe(document)]

    assert text_of(events) == ANSWER
    assert events[-1]["message"]["status"] == "COMPLETED"
