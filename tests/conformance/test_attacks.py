"""What scanners of GraphQL servers try first, each of graphql-cop's twelve checks, and what else strangers try."""

import base64
import json
import logging
import time
from typing import Any

import aiohttp
import pytest

from persistence.database import Database
from server.settings import Settings
from tests.conftest import Running
from tests.people import PASSWORD, SIGN_IN, Person
from tests.server.doors.programs import key_of
from tests.server.test_mcp import connected

JSON = {"Content-Type": "application/json"}


async def sent(url: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any, dict[str, str]]:
    data = body if isinstance(body, bytes) else json.dumps(body)
    async with aiohttp.ClientSession() as http, http.post(url, data=data, headers={**JSON, **(headers or {})}) as got:
        return got.status, await got.json(content_type=None), dict(got.headers)


async def got(url: str, **params: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as http, http.get(url, params=params) as response:
        return response.status, await response.text()


def code(answer: Any) -> str:
    return str(answer["errors"][0]["extensions"]["code"])


async def test_twelve_checks_of_graphql_cop(server: Running) -> None:
    url = f"{server.url}/graphql"
    hello = "{ server { version } }"

    aliases = "{ " + " ".join(f"alias{n}: __typename" for n in range(101)) + " }"
    assert code((await sent(url, {"query": aliases}))[1]) == "QUERY_TOO_COMPLEX"
    status, answer, _ = await sent(url, [{"query": hello}] * 10)
    assert (status, "batches are not served" in json.dumps(answer)) == (400, True)
    repeated = "query { " + "__typename " * 500 + "}"
    assert code((await sent(url, {"query": repeated}))[1]) == "QUERY_TOO_COMPLEX"
    directives = "{ __typename " + "@aa" * 50 + " }"
    assert code((await sent(url, {"query": directives}))[1]) in {"QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION_FAILED"}
    circular = "{ __schema { types { fields { type { fields { type { fields { type { fields { type { name }}}}}}}}}}}"
    assert code((await sent(url, {"query": circular}))[1]) in {"UNAUTHENTICATED", "GRAPHQL_VALIDATION_FAILED"}
    assert code((await sent(url, {"query": "{ __schema { types { name } } }"}))[1]) == "UNAUTHENTICATED"
    assert "Did you mean" not in json.dumps((await sent(url, {"query": "{ serve { versio } }"}))[1])
    for path in ("/graphql", "/graphiql", "/playground", "/console", "/altair"):  # a playground for strangers
        assert "graphiql.min.js" not in (await got(f"{server.url}{path}"))[1]
    assert (await got(url, query=hello))[0] == 400  # a GET that any page can send
    assert (await got(url, query="mutation { signOut { ok } }"))[0] in (400, 405)
    async with aiohttp.ClientSession() as http, http.post(url, data={"query": hello}) as response:
        assert response.status == 415  # a form of another site
    _, traced, headers = await sent(url, {"query": hello}, {"X-Apollo-Tracing": "1"})
    assert "extensions" not in traced
    assert not {name for name in headers if "trac" in name.lower()}
    status, broken, _ = await sent(url, {"query": "{ server { version "})
    assert (code(broken), "Traceback" in json.dumps(broken)) == ("GRAPHQL_PARSE_FAILED", False)


async def test_who_may_read_the_schema_can_be_decided(server: Running, ada: Person) -> None:
    schema = "{ __schema { queryType { name } } }"
    stranger = (await sent(f"{server.url}/graphql", {"query": schema}))[1]

    url = f"{server.url}/graphql"
    for way in ('__type(name: "Query") { fields { name } }', "...f", "... { ...f }"):
        query = f"query {{ {way} }} fragment f on Query {{ __schema {{ types {{ name }} }} }}"
        query = query if "...f" in way else query.partition(" fragment")[0]
        assert code((await sent(url, {"query": query}))[1]) == "UNAUTHENTICATED"
    named = (await sent(url, {"query": '{ __type(name: "Query") { name } }'}))[1]
    assert named["data"] == {"__type": {"name": "Query"}}
    assert code(stranger) == "UNAUTHENTICATED"
    assert (await ada.gql(schema))["__schema"]["queryType"] == {"name": "Query"}
    assert (await sent(f"{server.url}/graphql", {"query": "{ __typename }"}))[1]["data"]


async def test_a_credential_in_an_address_is_no_credential(server: Running, ada: Person) -> None:
    key = (await ada.gql('mutation { createApiKey(input: {name: "k"}) { secret } }'))["createApiKey"]["secret"]
    body = {"query": "{ viewer { id } }"}

    for parameters in (f"?access_token={key}", f"?authorization=Bearer%20{key}", f"?key={key}"):
        answer = (await sent(f"{server.url}/graphql{parameters}", body))[1]
        assert code(answer) == "UNAUTHENTICATED"


async def test_a_session_that_was_planted_is_not_taken_over(server: Running, ada: Person) -> None:
    planted = "planted-by-somebody-else"
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        body = {"query": SIGN_IN, "variables": {"input": {"email": ada.email, "password": PASSWORD}}}
        headers = {"Cookie": f"parley_session={planted}"}
        async with http.post(f"{server.url}/graphql", json=body, headers=headers) as response:
            fresh = response.headers["Set-Cookie"]

    assert planted not in fresh
    assert "HttpOnly" in fresh


async def test_fields_that_an_input_does_not_have_cannot_be_assigned(ada: Person) -> None:
    for document in (
        'mutation { createChat(input: {title: "x", ownerId: "user_1"}) { chat { id } } }',
        'mutation { updateViewer(input: {name: "x", role: ADMIN}) { viewer { id } } }',
        'mutation { signUp(input: {email: "e@e.org", name: "E", password: "12345678", role: ADMIN}) { __typename } }',
    ):
        assert (await ada.gql_error(document))["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_words_are_never_sql(ada: Person, bob: Person) -> None:
    await bob.gql('mutation { createChat(input: {title: "secret"}) { chat { id } } }')
    made = "mutation ($t: String) { createChat(input: {title: $t}) { chat { title } } }"
    listed = "query ($t: String) { chats(filter: {text: $t}) { edges { node { title } } } }"

    for words in ("' OR '1'='1", "%", "_", "\\", "'; DROP TABLE chats; --", "a & b | !c:*"):
        assert (await ada.gql(made, t=words))["createChat"]["chat"]["title"] == words
        titles = {edge["node"]["title"] for edge in (await ada.gql(listed, t=words))["chats"]["edges"]}
        assert "secret" not in titles


async def test_what_the_database_cannot_hold_is_no_error_of_ours_at_any_door(
    server: Running, ada: Person, db: Database
) -> None:
    shape = '{type: "object", title: "\\u0000"}'
    agent = f'mutation {{ createAgent(input: {{name: "a", outputSchema: {shape}}}) {{ agent {{ outputSchema }} }} }}'
    forged = base64.urlsafe_b64encode(f"1 {'0' * 32} \x00".encode()).decode()
    key = await key_of(db, ada)

    made = (await ada.gql(agent))["createAgent"]["agent"]
    literal = await ada.gql_error('mutation { sendMessage(input: {content: "x", model: "\\u{0}"}) { run { id } } }')
    await ada.gql("query ($after: String) { workflows(after: $after) { totalCount } }", after=forged)
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http,
        connected(server.url, key) as client,
    ):
        async with http.post(f"{server.url}/api/v1/chats", json={}) as response:
            path = f"/chats/{(await response.json())['id']}/messages"
        async with http.post(f"{server.url}/api/v1{path}", json={"content": "x", "model": "\x00"}) as response:
            rest = response.status
        async with http.get(f"{server.url}/v1/models/agent:%00") as response:
            compatible = response.status
        tool = await client.call_tool("ask", {"content": "x", "model": "\x00"})

    assert made["outputSchema"] == {"type": "object", "title": "\ufffd"}
    assert literal["extensions"]["code"] == "BAD_USER_INPUT"
    assert (rest, compatible) == (400, 404)
    assert "there is no model" in str(tool.content)


async def test_the_log_has_neither_secrets_nor_lines_of_others(
    ada: Person, server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\nERROR the server was taken over"
    with caplog.at_level(logging.DEBUG):
        key = (await ada.gql('mutation { createApiKey(input: {name: "k"}) { secret } }'))["createApiKey"]["secret"]
        await sent(f"{server.url}/graphql", {"query": "{ viewer { id } }"}, {"Authorization": f"Bearer {key}"})
        await sent(f"{server.url}/graphql", {"query": "{ viewer { id } }"}, {"Authorization": "Bearer wrong-secret"})
        await ada.gql_error(SIGN_IN, input={"email": ada.email, "password": "wrong password"})
        await ada.send(forged)
        await ada.answer("query " + forged + " { nothing }")

    text = "\n".join(record.getMessage() for record in caplog.records if not record.name.startswith("aiohttp"))
    for secret in (key, "wrong-secret", "wrong password", PASSWORD, "sk-test-upstream"):
        assert secret not in text
    assert not [line for line in text.splitlines() if line.startswith("ERROR the server")]


async def refused(person: Person, email: str) -> tuple[dict[str, Any], float]:
    """What a wrong password is told, and the seconds of the processor that this takes; the best of three."""
    taken = []
    for _ in range(3):
        begun = time.process_time()
        error = await person.gql_error(SIGN_IN, input={"email": email, "password": "wrong password"})
        taken.append(time.process_time() - begun)
    return error, min(taken)


async def test_signing_in_tells_nothing_of_who_has_an_account(ada: Person) -> None:
    known, hashed = await refused(ada, ada.email)
    unknown, as_if = await refused(ada, "nobody@example.org")

    assert known["message"] == unknown["message"]
    assert known["extensions"] == unknown["extensions"]
    assert as_if > hashed / 2


class TestBehindTls:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"parley_public_url": "https://chat.example.org"})

    async def test_browsers_are_told_to_come_back_through_it(self, server: Running) -> None:
        for path in ("/graphql", "/", "/healthz"):
            async with aiohttp.ClientSession() as http, http.get(f"{server.url}{path}") as response:
                assert response.headers["Strict-Transport-Security"] == "max-age=31536000"

    async def test_the_cookie_goes_no_other_way(self, server: Running, ada: Person) -> None:
        body = {"query": SIGN_IN, "variables": {"input": {"email": ada.email, "password": PASSWORD}}}
        _, _, headers = await sent(f"{server.url}/graphql", body)

        cookie = headers["Set-Cookie"]
        assert "Secure" in cookie
        assert "SameSite=lax" in cookie.replace("Lax", "lax")


async def test_without_tls_nothing_is_said_of_it(server: Running) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{server.url}/healthz") as response:
        assert "Strict-Transport-Security" not in response.headers
