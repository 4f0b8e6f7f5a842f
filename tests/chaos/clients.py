"""A client of the API that knows all its addresses: requests, and streams over both transports."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any, NamedTuple

import aiohttp

from tests.people import EVENTS

SILENCE = 10.0
"""Seconds without a word after which a client takes a stream for lost and resumes it."""

LOST = (aiohttp.ClientError, OSError, TimeoutError)
DELTAS = ("TextDelta", "ReasoningDelta")


LONGEST_PAUSE = 3.0


def longer(pause: float) -> float:
    """The next pause of a client that does not get through: together they must not bring a weak server down."""
    return min(pause * 1.7, LONGEST_PAUSE)


class Dropped(Exception):
    """The connection broke, or the server could not answer just now: try again, perhaps elsewhere."""


class Event(NamedTuple):
    sequence: int
    kind: str
    text: str
    status: str | None


class Client:
    """A program with an API key. `api` is a number: which of the addresses to use."""

    def __init__(self, http: aiohttp.ClientSession, key: str, urls: Sequence[str]) -> None:
        self._http, self._urls = http, urls
        self._headers = {"Authorization": f"Bearer {key}"}

    async def ask(self, api: int, document: str, **variables: Any) -> dict[str, Any]:
        body = {"query": document, "variables": variables}
        url = f"{self._urls[api % len(self._urls)]}/graphql"
        try:
            async with asyncio.timeout(SILENCE), self._http.post(url, json=body, headers=self._headers) as response:
                answer: dict[str, Any] = await response.json(content_type=None)
        except (*LOST, ValueError) as error:
            raise Dropped(type(error).__name__) from error
        if answer.get("errors"):
            raise _refused(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    async def over_socket(self, api: int, run_id: str, after: int) -> AsyncGenerator[Event, None]:
        """A run's events until the server completes the stream; Dropped when it ends in any other way."""
        url = f"{self._urls[api % len(self._urls)]}/graphql"
        payload = {"query": EVENTS, "variables": {"runId": run_id, "after": after}}
        try:
            async with self._http.ws_connect(url, protocols=["graphql-transport-ws"], max_msg_size=0) as socket:
                await socket.send_json({"type": "connection_init", "payload": self._headers})
                while (frame := await _received(socket))["type"] != "connection_ack":
                    pass
                await socket.send_json({"id": "1", "type": "subscribe", "payload": payload})
                while (frame := await _received(socket))["type"] != "complete":
                    if frame["type"] == "ping":
                        await socket.send_json({"type": "pong"})
                    elif frame["type"] == "next":
                        yield _event(frame["payload"])
                    elif frame["type"] == "error":
                        raise _refused(frame["payload"])
        except (*LOST, ValueError) as error:
            raise Dropped(type(error).__name__) from error

    async def over_sse(self, api: int, run_id: str, after: int) -> AsyncGenerator[Event, None]:
        """The same over server-sent events."""
        url = f"{self._urls[api % len(self._urls)]}/graphql"
        body = {"query": EVENTS, "variables": {"runId": run_id, "after": after}}
        headers = {**self._headers, "Accept": "text/event-stream"}
        times = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE, sock_read=SILENCE)
        try:
            async with self._http.post(url, json=body, headers=headers, timeout=times) as response:
                if response.content_type != "text/event-stream":
                    raise Dropped(f"status {response.status}: {await response.text()}"[:200])
                kind = ""
                async for line in response.content:
                    name, _, value = line.decode().strip().partition(":")
                    if name == "event":
                        kind = value.strip()
                    elif name == "data" and kind == "complete":
                        return
                    elif name == "data" and kind == "next":
                        yield _event(json.loads(value))
        except (*LOST, ValueError) as error:
            raise Dropped(type(error).__name__) from error
        raise Dropped("the stream ended without a word")


async def _received(socket: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    message = await socket.receive(SILENCE)
    if message.type is not aiohttp.WSMsgType.TEXT:
        raise Dropped(f"{message.type.name} {message.data} {message.extra}")
    frame: dict[str, Any] = json.loads(message.data)
    return frame


def _event(payload: dict[str, Any]) -> Event:
    if payload.get("errors"):
        raise _refused(payload["errors"])
    said = payload["data"]["runEvents"]
    status = said["run"]["status"] if said["__typename"] == "RunFinished" else said.get("status")
    return Event(said["sequence"], said["__typename"], said.get("text") or "", status)


def _refused(errors: list[dict[str, Any]]) -> Exception:
    """UNAVAILABLE is what a server says whose database is away; every other refusal is a mistake of somebody's."""
    code = errors[0].get("extensions", {}).get("code")
    return Dropped("UNAVAILABLE") if code == "UNAVAILABLE" else AssertionError(f"{errors}")
