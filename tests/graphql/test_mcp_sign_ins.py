"""Signing in at MCP servers by OAuth, with an authorization server that nobody here wrote."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text

from orchestration.upkeep import Lifetimes, forget_old
from persistence.database import Database
from tests.graphql.test_mcp_runs import CALL
from tests.graphql.test_mcp_servers import REFRESH, UPDATE, add
from tests.graphql.test_provider_keys import dump
from tests.mcp_http import http_server
from tests.mcp_oauth import signed_in_server
from tests.orchestration.test_mcp_calls import until
from tests.people import Person

BEGIN = "mutation ($input: SignInToMcpServerInput!) { signInToMcpServer(input: $input) { url } }"
FINISH = """mutation ($input: FinishMcpSignInInput!) { finishMcpSignIn(input: $input) {
  mcpServer { status signedIn lastError { code message } tools { id name } } } }"""
LEAVE = "mutation ($id: ID!) { signOutOfMcpServer(id: $id) { mcpServer { status signedIn } } }"
PROMPT = """query ($id: ID!) { mcpPrompt(serverId: $id, name: "poem", arguments: { about: "you" }) { text } }"""
SEALED = "SELECT encode(oauth_encrypted, 'escape') FROM mcp_servers"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signed in")


@pytest.fixture(scope="session")
async def url(folder: Path) -> AsyncIterator[str]:
    """A server that wants to be signed in at; one for all tests here, as it takes its time to start."""
    async with signed_in_server(folder) as address:
        yield address


async def visited(person: Person, server_id: str) -> dict[str, str]:
    """What a browser brings back that visits where one signs in."""
    url = (await person.gql(BEGIN, input={"id": server_id}))["signInToMcpServer"]["url"]
    async with person.http.get(url, allow_redirects=False) as response:
        back = urlsplit(response.headers["Location"])
    assert back.path == "/tools/sign-in", back
    return dict(parse_qsl(back.query))


def answer(brought: dict[str, str]) -> dict[str, str]:
    return {"state": brought["state"], "code": brought["code"]} | (
        {"issuer": brought["iss"]} if "iss" in brought else {}
    )


async def test_a_person_signs_in_and_the_token_is_renewed_and_forgotten(ada: Person, db: Database, url: str) -> None:
    added = await add(ada, url)
    assert added["lastError"]["code"] == "AUTHENTICATION_REQUIRED"
    assert "signInToMcpServer" in added["lastError"]["message"]
    brought = await visited(ada, added["id"])

    finished = (await ada.gql(FINISH, input=answer(brought)))["finishMcpSignIn"]["mcpServer"]

    # Its first token is none that the server takes: it is connected because there is another one.
    assert (finished["status"], finished["signedIn"], finished["lastError"]) == ("CONNECTED", True, None)
    [echo] = [tool for tool in finished["tools"] if tool["name"] == "echo"]
    called = await ada.gql(CALL, input={"toolId": echo["id"], "arguments": {"text": "let in"}})
    assert called["callTool"]["output"] == "let in"
    told = await ada.gql_error(PROMPT, id=added["id"])
    assert "you sent Bearer …" in told["message"], "a token that was renewed is as secret as the first one"
    again = await ada.gql_error(FINISH, input=answer(brought))
    assert again["extensions"]["code"] == "FORBIDDEN", "an answer is good once"

    left = (await ada.gql(LEAVE, id=added["id"]))["signOutOfMcpServer"]["mcpServer"]
    refreshed = (await ada.gql(REFRESH, id=added["id"]))["refreshMcpServer"]["mcpServer"]
    assert (left["signedIn"], refreshed["lastError"]["code"]) == (False, "AUTHENTICATION_REQUIRED")
    assert brought["code"] not in await dump(db)


async def test_only_who_began_a_sign_in_finishes_it(ada: Person, bob: Person, db: Database, url: str) -> None:
    added = await add(ada, url)
    refused = await bob.gql_error(BEGIN, input={"id": added["id"]})
    brought = await visited(ada, added["id"])

    foreign = await bob.gql_error(FINISH, input=answer(brought))
    mixed = await ada.gql_error(FINISH, input=answer(brought) | {"issuer": "https://elsewhere.example"})
    late = await visited(ada, added["id"])
    async with db.write() as session:
        await session.execute(text("UPDATE mcp_sign_ins SET expires_at = now() - interval '1 second'"))
    stale = await ada.gql_error(FINISH, input=answer(late))

    codes = [error["extensions"]["code"] for error in (refused, foreign, mixed, stale)]
    assert codes == ["NOT_FOUND", "FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]
    async with db.read() as session:
        assert (await session.scalars(text(SEALED))).all() == [None]


async def test_a_token_does_not_go_to_an_address_that_was_given_meanwhile(
    ada: Person, db: Database, url: str, folder: Path
) -> None:
    added = await add(ada, url)
    brought = await visited(ada, added["id"])
    (folder / "hold").touch()
    try:
        finishing = asyncio.create_task(ada.gql_error(FINISH, input=answer(brought)))
        await until((folder / "held").exists)
        await ada.gql(UPDATE, input={"id": added["id"], "url": "http://127.0.0.1:9/mcp"})
    finally:
        (folder / "hold").unlink()

    assert (await finishing)["extensions"]["code"] == "FORBIDDEN"
    async with db.read() as session:
        assert (await session.scalars(text(SEALED))).all() == [None]


async def test_what_cannot_be_a_client_is_refused(ada: Person, url: str) -> None:
    added = await add(ada, url)
    wrong = [
        await ada.gql_error(BEGIN, input={"id": added["id"], **given})
        for given in ({"clientId": ""}, {"clientId": "x" * 2_001}, {"clientSecret": "of nobody"})
    ]

    assert [list(error["extensions"]["fields"]) for error in wrong] == [["input.clientId"]] * 3


async def test_what_nobody_comes_back_for_is_forgotten(ada: Person, db: Database, url: str) -> None:
    added = await add(ada, url)
    await visited(ada, added["id"])
    async with db.write() as session:
        await session.execute(text("UPDATE mcp_sign_ins SET expires_at = now() - interval '1 second'"))

    await forget_old(db, Lifetimes())

    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM mcp_sign_ins")) == 0


async def test_a_browser_comes_back_by_http_also_when_a_socket_asked(ada: Person, url: str) -> None:
    added = await add(ada, url)

    async with ada.socket() as socket:
        [begun] = [data async for data in socket.watch(BEGIN, input={"id": added["id"]})]

    asked = dict(parse_qsl(urlsplit(begun["signInToMcpServer"]["url"]).query))
    assert asked["redirect_uri"] == f"{ada.url}/tools/sign-in"


async def test_a_server_that_does_not_say_where_to_sign_in_says_so(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path, token="4711") as served:
        added = await add(ada, served.url)

        error = await ada.gql_error(BEGIN, input={"id": added["id"]})

    assert error["extensions"]["code"] == "CONFLICT"
    assert "`headers`" in error["message"]
