"""Sockets of people and programs: who may open one, what it cannot do, and how revoking closes it."""

import asyncio
from typing import Any

import aiohttp
import pytest

from persistence.database import Database
from resolvers.registration import create_api_key
from tests.browsers import VIEWER, Browser, NewBrowser
from tests.people import PASSWORD, Served

REVOKED = 4403
SIGN_OUT = "mutation { signOut { ok } }"
REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }"
WHO = "{ viewer { email } }"


async def opened(
    browser: Browser, *, origin: str | None = None, payload: dict[str, Any] | None = None
) -> aiohttp.ClientWebSocketResponse:
    """A socket on which the server has acknowledged the connection."""
    headers = {"Origin": origin} if origin else {}
    url = f"{browser.url}/graphql"
    socket = await browser.http.ws_connect(url, protocols=("graphql-transport-ws",), headers=headers)
    await socket.send_json({"type": "connection_init", "payload": payload or {}})
    said = await socket.receive()
    if said.type is aiohttp.WSMsgType.CLOSE:
        raise PermissionError(said.data)
    assert said.json()["type"] == "connection_ack"
    return socket


async def asked(socket: aiohttp.ClientWebSocketResponse, document: str, **variables: Any) -> dict[str, Any]:
    payload = {"query": document, "variables": variables}
    await socket.send_json({"type": "subscribe", "id": "1", "payload": payload})
    answer: dict[str, Any] = await socket.receive_json()
    assert answer["type"] == "next", answer
    assert (await socket.receive_json())["type"] == "complete"
    result: dict[str, Any] = answer["payload"]
    return result


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """With what code the server closes the socket, which it must do within five seconds."""
    async with asyncio.timeout(5):
        while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED):
            pass
    return socket.close_code


async def test_signing_out_closes_the_sockets_of_that_session_only(
    browser: NewBrowser, people: list[str], server: Served
) -> None:
    ends, stays = await browser(people[0]), await browser(people[0])
    closing = [await opened(ends, origin=server.url) for _ in range(2)]
    staying = await opened(stays, origin=server.url)

    await ends.ask(SIGN_OUT)

    assert [await close_code(socket) for socket in closing] == [REVOKED, REVOKED]
    assert (await asked(staying, WHO))["data"] == {"viewer": {"email": people[0]}}


async def test_revoking_a_key_closes_its_sockets(browser: NewBrowser, people: list[str], db: Database) -> None:
    secret, owner = await create_api_key(db, people[0], "program"), await browser(people[0])
    socket = await opened(await browser(), payload={"Authorization": f"Bearer {secret}"})
    assert (await asked(socket, WHO))["data"] == {"viewer": {"email": people[0]}}
    [key] = (await owner.ask(VIEWER)).data["viewer"]["apiKeys"]

    await owner.ask(REVOKE_KEY, id=key["id"])

    assert await close_code(socket) == REVOKED


async def test_a_socket_cannot_sign_in(browser: NewBrowser, people: list[str], server: Served) -> None:
    socket = await opened(await browser(people[0]), origin=server.url)

    answer = await asked(socket, SIGN_IN, input={"email": people[0], "password": PASSWORD})

    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    assert "HTTP" in answer["errors"][0]["message"]


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
async def test_pages_of_others_get_no_socket_with_a_cookie(
    browser: NewBrowser, people: list[str], origin: str | None
) -> None:
    client = await browser(people[0])

    with pytest.raises((PermissionError, aiohttp.WSServerHandshakeError)) as refusal:
        await opened(client, origin=origin)

    assert "403" in str(refusal.value)


async def test_a_bad_key_gets_no_socket(browser: NewBrowser, people: list[str]) -> None:
    with pytest.raises((PermissionError, aiohttp.WSServerHandshakeError)) as refusal:
        await opened(await browser(), payload={"Authorization": "Bearer nonsense"})

    assert "4403" in str(refusal.value)
