"""People who use a running server: each with a browser's cookies, speaking GraphQL over HTTP and a socket."""

import contextlib
import io
import json
from collections.abc import AsyncGenerator, AsyncIterator
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

import aiohttp
from aiohttp.http import SERVER_SOFTWARE
from yarl import URL

from persistence import sessions
from persistence.accounts import UserRow
from persistence.database import Database
from resolvers.credentials import HASHER, SESSION_COOKIE, new_token
from resolvers.registration import checked_person, register

PASSWORD = "correct horse battery"
SESSION = timedelta(days=30)
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }"
SEND = """mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { chat { id title } message { id } reply { id } run { id status } } }"""
EVENTS = """subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) {
  __typename sequence
  ... on RunStatusChanged { status }
  ... on ModelSelected { selection { modelId confidence reasoning source } }
  ... on AgentChanged { agent { name } }
  ... on MessageStarted { messageId }
  ... on TextDelta { messageId text }
  ... on ReasoningDelta { messageId text }
  ... on MessageDiscarded { messageId reason }
  ... on RunFinished {
    run { status error { code message retryable } usage { inputTokens outputTokens costUsd } }
    message { id content status }
  } } }"""


class Served(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def db(self) -> Database: ...


class Person:
    def __init__(self, http: aiohttp.ClientSession, url: str, email: str) -> None:
        self.http, self.url, self.email = http, url, email

    async def answer(self, document: str, **variables: Any) -> dict[str, Any]:
        """The whole answer: `data` and `errors`."""
        body = io.BytesIO(json.dumps({"query": document, "variables": variables}).encode())
        kind = {"Content-Type": "application/json"}
        async with self.http.post(f"{self.url}/graphql", data=body, headers=kind) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            return answer

    async def gql(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = await self.answer(document, **variables)
        assert not answer.get("errors"), answer
        data: dict[str, Any] = answer["data"]
        return data

    async def gql_error(self, document: str, **variables: Any) -> dict[str, Any]:
        answer = await self.answer(document, **variables)
        assert answer.get("errors"), answer
        error: dict[str, Any] = answer["errors"][0]
        return error

    async def sign_in(self) -> None:
        """Anew, with the password."""
        await self.gql(SIGN_IN, input={"email": self.email, "password": PASSWORD})

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncIterator["Socket"]:
        origin = self.url
        async with self.http.ws_connect(
            f"{self.url}/graphql", protocols=["graphql-transport-ws"], origin=origin, max_msg_size=0
        ) as ws:
            await ws.send_json({"type": "connection_init"})
            assert (await ws.receive_json())["type"] == "connection_ack"
            yield Socket(ws)

    async def send(self, content: str, **more: Any) -> dict[str, Any]:
        data = await self.gql(SEND, input={"content": content, **more})
        sent: dict[str, Any] = data["sendMessage"]
        return sent

    async def events(self, run_id: str, after: int | None = None) -> list[dict[str, Any]]:
        """All events of a run until it ends."""
        async with self.socket() as socket:
            return [data["runEvents"] async for data in socket.watch(EVENTS, runId=run_id, after=after)]

    async def until(self, kind: str, run_id: str, document: str = EVENTS, after: int = 0) -> list[dict[str, Any]]:
        """Events of a run up to the first of a kind."""
        seen: list[dict[str, Any]] = []
        async with self.socket() as socket:
            async for data in socket.watch(document, runId=run_id, after=after):
                seen.append(data["runEvents"])
                if seen[-1]["__typename"] == kind:
                    break
        return seen

    async def ask(self, content: str, **more: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Send a message and wait for its answer: what sendMessage said, and the run's events."""
        sent = await self.send(content, **more)
        return sent, await self.events(sent["run"]["id"])


class Socket:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws, self._next = ws, 0

    async def watch(self, document: str, **variables: Any) -> AsyncGenerator[dict[str, Any], None]:
        """Data of each frame until the server completes; one operation at a time."""
        self._next += 1
        name = str(self._next)
        payload = {"query": document, "variables": variables}
        await self.ws.send_json({"id": name, "type": "subscribe", "payload": payload})
        try:
            while True:
                message = await self.ws.receive()
                assert message.type is aiohttp.WSMsgType.TEXT, message
                frame = json.loads(message.data)
                if frame["type"] == "ping":
                    await self.ws.send_json({"type": "pong"})
                    continue
                if frame["type"] == "complete":
                    return
                assert frame["type"] == "next", frame
                assert not frame["payload"].get("errors"), frame
                yield frame["payload"]["data"]
        finally:
            if not self.ws.closed:
                await self.ws.send_json({"id": name, "type": "complete"})


@cache
def password_hash() -> str:
    """Of PASSWORD; the same for everybody, because to hash and to verify take longer than what most tests ask."""
    return HASHER.hash(PASSWORD)


async def add_account(db: Database, email: str, name: str) -> UserRow:
    """What `create_user` makes."""
    async with db.write() as session:
        person = checked_person(email, name, PASSWORD)
        return await register(session, person, password_hash(), role=None, is_open=True)


@contextlib.asynccontextmanager
async def sign_up(server: Served, email: str, name: str) -> AsyncIterator[Person]:
    """An account and a browser that has a session of it. How browsers get one is the matter of tests of their own."""
    user, token = await add_account(server.db, email, name), new_token()
    async with server.db.write() as session:
        await sessions.begin(
            session, user_id=user.id, token_hash=token.digest, lifetime=SESSION,
            user_agent=SERVER_SOFTWARE, ip_address="127.0.0.1",
        )  # fmt: skip
    jar = aiohttp.CookieJar(unsafe=True)  # the server has an address, not a name
    jar.update_cookies({SESSION_COOKIE: token.text}, URL(server.url))
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        yield Person(http, server.url, email)


def text_of(events: list[dict[str, Any]]) -> str:
    """The answer as a client puts it together."""
    words: list[str] = []
    for event in events:
        if event["__typename"] == "TextDelta":
            words.append(event["text"])
        elif event["__typename"] == "MessageDiscarded":
            words.clear()
    return "".join(words)
