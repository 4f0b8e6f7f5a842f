"""The REST addresses: chats, messages, runs with their events, models, figures and sessions."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from graphql import parse, validate

from domain.accounts import Scope
from persistence.database import Database
from server.app import schema
from server.rest import documents
from tests.conftest import Running
from tests.people import Person
from tests.server.doors.programs import key_of
from tests.upstream import Upstream


class Program:
    """A program with an API key."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url

    async def ask(self, method: str, path: str, status: int = 200, **how: Any) -> Any:
        async with self.http.request(method, f"{self.url}/api/v1{path}", **how) as response:
            answer = await response.json(content_type=None) if response.status != 204 else None
            assert response.status == status, answer
            kind = "application/problem+json" if status >= 400 else "application/json"
            assert answer is None or response.content_type == kind
            return answer

    async def events(self, run_id: str, after: str | None = None) -> list[tuple[str, str, dict[str, Any]]]:
        """Id, name and data of each event until the stream is complete."""
        headers = {"Last-Event-ID": after} if after else {}
        async with self.http.get(f"{self.url}/api/v1/runs/{run_id}/events", headers=headers) as response:
            assert response.content_type == "text/event-stream"
            told = (await response.text()).split("\n\n")
        assert told[-2:] == ["event: complete\ndata:", ""]
        found = []
        for frame in told[:-2]:
            lines = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
            found.append((lines["id"], lines["event"], json.loads(lines["data"])))
        return found


async def program_of(server: Running, db: Database, person: Person, scopes: Any = tuple(Scope)) -> Program:
    key = await key_of(db, person, scopes)
    return Program(aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}), server.url)


@pytest.fixture
async def program(server: Running, ada: Person, db: Database) -> AsyncIterator[Program]:
    made = await program_of(server, db, ada)
    async with made.http:
        yield made


def test_the_operations_behind_the_addresses_are_valid() -> None:
    begin = ("{", "query", "mutation", "subscription")
    operations = [text for text in vars(documents).values() if isinstance(text, str) and text.startswith(begin)]

    assert len(operations) > 10
    for document in operations:
        assert not validate(schema._schema, parse(document)), document


async def test_a_message_is_sent_and_its_answer_watched(program: Program, upstream: Upstream) -> None:
    upstream.reply("Good morning.")
    chat = await program.ask("POST", "/chats", 201, json={"title": "Mornings"})

    sent = await program.ask("POST", f"/chats/{chat['id']}/messages", 202, json={"content": "Hi", "model": "mock"})
    events = await program.events(sent["run"]["id"])

    assert sent["run"]["chatId"] == chat["id"]
    assert "".join(data["text"] for _, name, data in events if name == "TextDelta") == "Good morning."
    assert [int(at) for at, _, _ in events] == [data["sequence"] for _, _, data in events]
    assert events[-1][1] == "RunFinished"
    assert events[-1][2]["run"]["status"] == "COMPLETED"
    assert await program.events(sent["run"]["id"], after=events[-2][0]) == events[-1:]
    run = await program.ask("GET", f"/runs/{sent['run']['id']}")
    assert (run["status"], run["messageId"], run["usage"]["outputTokens"]) == ("COMPLETED", sent["reply"]["id"], 2)
    page = await program.ask("GET", f"/chats/{chat['id']}/messages?last=1")
    assert [message["content"] for message in page["items"]] == ["Good morning."]
    assert page["hasPreviousPage"]
    before = await program.ask("GET", f"/chats/{chat['id']}/messages?last=1&before={page['startCursor']}")
    assert [message["content"] for message in before["items"]] == ["Hi"]


async def test_chats_are_made_found_changed_and_deleted(program: Program) -> None:
    made = [await program.ask("POST", "/chats", 201, json={"title": title}) for title in ("One", "Two", "Three")]

    first = await program.ask("GET", "/chats?first=2")
    rest = await program.ask("GET", f"/chats?after={first['endCursor']}")
    changed = await program.ask("PATCH", f"/chats/{made[0]['id']}", json={"title": "Uno", "pinned": True})
    await program.ask("DELETE", f"/chats/{made[1]['id']}", 204)

    assert [chat["title"] for chat in first["items"] + rest["items"]] == ["Three", "Two", "One"]
    assert (first["hasNextPage"], rest["hasNextPage"]) == (True, False)
    assert (changed["title"], changed["pinned"]) == ("Uno", True)
    assert [chat["title"] for chat in (await program.ask("GET", "/chats?pinned=true"))["items"]] == ["Uno"]
    assert (await program.ask("GET", f"/chats/{made[1]['id']}", 404))["code"] == "NOT_FOUND"


async def test_models_figures_and_sessions_are_shown(program: Program, client: Any, ada: Person) -> None:
    await client.chat.completions.create(model="mock", messages=[{"role": "user", "content": "Hi"}])

    models = await program.ask("GET", "/models")
    moments = {"from": "2001-01-01T00:00:00Z", "to": "2199-01-01T00:00:00Z"}
    metrics = await program.ask("GET", "/metrics", params=moments)
    [session] = await program.ask("GET", "/sessions")
    await program.ask("DELETE", f"/sessions/{session['id']}", 204)

    assert [model["name"] for model in models] == ["mock", "plain"]
    assert (metrics["totals"]["calls"], metrics["byModel"][0]["modelName"]) == (1, "mock")
    assert metrics["byModel"][0]["modelId"] == models[0]["id"]
    assert (await ada.gql_error("{ viewer { id } }"))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_what_is_not_yours_is_not_found(server: Running, program: Program, bob: Person, db: Database) -> None:
    chat = await program.ask("POST", "/chats", 201, json={})
    sent = await program.ask("POST", f"/chats/{chat['id']}/messages", 202, json={"content": "Hi", "model": "mock"})
    await program.events(sent["run"]["id"])
    [session] = await program.ask("GET", "/sessions")
    stranger = await program_of(server, db, bob)
    chat_path, run_path = f"/chats/{chat['id']}", f"/runs/{sent['run']['id']}"
    foreign: list[tuple[str, str, Any]] = [
        ("GET", chat_path, None),
        ("PATCH", chat_path, {"title": "Mine"}),
        ("DELETE", chat_path, None),
        ("GET", f"{chat_path}/messages", None),
        ("POST", f"{chat_path}/messages", {"content": "Hi"}),
        ("GET", run_path, None),
        ("POST", f"{run_path}/cancel", None),
        ("GET", f"{run_path}/events", None),
        ("DELETE", f"/sessions/{session['id']}", None),
    ]

    async with stranger.http:
        for method, path, body in foreign:
            problem = await stranger.ask(method, path, 404, json=body)
            assert (problem["code"], problem["title"], problem["status"]) == ("NOT_FOUND", "Not Found", 404)
        assert (await stranger.ask("GET", "/chats"))["items"] == []


async def test_problems_say_what_is_wrong(server: Running, program: Program) -> None:
    wrong: list[tuple[str, str, Any, str]] = [
        ("POST", "/chats", {"title": "A", "ownerId": "me"}, "ownerId"),
        ("POST", "/chats", {"title": "x" * 300}, "title"),
        ("POST", "/chats/chat_1/messages", {"content": "Hi", "whenBusy": "SOON"}, "whenBusy"),
        ("GET", "/chats?first=1000", None, "first"),
        ("GET", "/chats?after=nonsense", None, "after"),
        ("GET", "/metrics?from=2030-01-01&to=2030-01-02T00:00:00Z", None, "range.from"),
    ]
    for method, path, body, field in wrong:
        problem = await program.ask(method, path, 400, json=body)
        assert problem["code"] == "BAD_USER_INPUT"
        assert list(problem["fields"]) == [field]
        assert field in problem["detail"]
    broken = {"data": b"{oops", "headers": {"Content-Type": "application/json"}}
    assert "JSON" in (await program.ask("POST", "/chats", 400, **broken))["detail"]
    for told in ("soon", "9" * 5000):
        problem = await program.ask("GET", "/runs/run_1/events", 400, headers={"Last-Event-ID": told})
        assert list(problem["fields"]) == ["Last-Event-ID"]


async def test_only_api_keys_with_the_scope_count(server: Running, ada: Person, db: Database) -> None:
    async with ada.http.get(f"{server.url}/api/v1/chats") as with_cookie:
        assert (with_cookie.status, (await with_cookie.json(content_type=None))["code"]) == (401, "UNAUTHENTICATED")
        assert with_cookie.headers["WWW-Authenticate"] == "Bearer"
    reader = await program_of(server, db, ada, [Scope.READ])
    async with reader.http:
        assert (await reader.ask("GET", "/chats"))["items"] == []
        assert (await reader.ask("POST", "/chats", 403, json={}))["code"] == "FORBIDDEN"
        async with ada.http.get(f"{server.url}/openapi.json") as described:
            assert described.status == 200


async def test_a_page_of_chats_takes_a_fixed_number_of_statements(program: Program, statements: list[str]) -> None:
    counted: list[int] = []
    for many in (1, 5):
        for _ in range(many):
            await program.ask("POST", "/chats", 201, json={})
        statements.clear()
        await program.ask("GET", "/chats")
        counted.append(len([told for told in statements if "chats" in told]))

    assert counted == [1, 1]
