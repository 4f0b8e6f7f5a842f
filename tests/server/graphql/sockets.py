"""A socket of graphql-transport-ws as tests speak through it: frame by frame."""

import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp

from tests.server.graphql.conftest import Toy

PROTOCOL = ("graphql-transport-ws",)


class Wire:
    """A socket by its frames."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def say(self, message: object) -> None:
        await self.ws.send_str(message if isinstance(message, str) else json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        message = await self.ws.receive(timeout=10)
        assert message.type is aiohttp.WSMsgType.TEXT, message
        heard: dict[str, Any] = json.loads(message.data)
        return heard

    async def subscribe(self, name: str, query: str, **more: Any) -> None:
        await self.say({"id": name, "type": "subscribe", "payload": {"query": query, **more}})

    async def result(self, name: str, query: str, **more: Any) -> list[dict[str, Any]]:
        """All messages of one operation."""
        await self.subscribe(name, query, **more)
        heard = [await self.hear()]
        while heard[-1]["type"] == "next":
            heard.append(await self.hear())
        assert {message["id"] for message in heard} == {name}
        return heard

    async def closed(self) -> tuple[int | None, str]:
        """The code and the reason with which the server closes; whatever it still says is passed over."""
        while (message := await self.ws.receive(timeout=10)).type is aiohttp.WSMsgType.TEXT:
            pass
        return self.ws.close_code, str(message.extra or "")


@contextlib.asynccontextmanager
async def opened(toy: Toy, payload: object = None, *, init: bool = True) -> AsyncIterator[Wire]:
    async with toy.http.ws_connect(toy.url, protocols=PROTOCOL) as ws:
        wire = Wire(ws)
        if init:
            await wire.say({"type": "connection_init", "payload": payload})
            assert await wire.hear() == {"type": "connection_ack"}
        yield wire


def subscribe(**changed: Any) -> dict[str, Any]:
    return {"id": "1", "type": "subscribe", "payload": {"query": "{ hello }"} | changed}
