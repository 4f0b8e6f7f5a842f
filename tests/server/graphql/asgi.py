"""An ASGI application called without a network, so that what it costs can be measured alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Application = Callable[..., Awaitable[object]]
HEADERS = [(b"content-type", b"application/json"), (b"host", b"localhost")]
SCOPE: Message = {
    "asgi": {"version": "3.0", "spec_version": "2.4"},
    "http_version": "1.1",
    "path": "/graphql",
    "raw_path": b"/graphql",
    "root_path": "",
    "query_string": b"",
    "client": ("127.0.0.1", 1),
    "server": ("127.0.0.1", 2),
    "extensions": {},
}


async def post(app: Application, query: str, accept: str = "application/json", **variables: Any) -> list[bytes]:
    """The parts of the body with which a POST is answered."""
    return await posted(app, encoded(query, **variables), accept)


def encoded(query: str, **variables: Any) -> bytes:
    return json.dumps({"query": query, "variables": variables}).encode()


async def posted(app: Application, body: bytes, accept: str = "application/json") -> list[bytes]:
    asked: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
    parts: list[bytes] = []

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            parts.append(message["body"])

    headers = [*HEADERS, (b"accept", accept.encode())]
    await app({**SCOPE, "type": "http", "scheme": "http", "method": "POST", "headers": headers}, receive, send)
    return parts


async def watch(app: Application, query: str, hear: Callable[[str], object], **variables: Any) -> None:
    """One operation on a socket of its own until it is complete; `hear` gets the text of each frame."""
    payload = {"query": query, "variables": variables}
    said: asyncio.Queue[Message] = asyncio.Queue()
    said.put_nowait({"type": "websocket.connect"})
    for message in ({"type": "connection_init"}, {"type": "subscribe", "id": "1", "payload": payload}):
        said.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            hear(message["text"])
            if '"complete"' in message["text"][-40:]:
                said.put_nowait({"type": "websocket.disconnect", "code": 1000})

    scope = {**SCOPE, "type": "websocket", "scheme": "ws", "headers": HEADERS[1:]}
    await app({**scope, "subprotocols": ["graphql-transport-ws"]}, said.get, send)
