"""The servers that are compared: the same events from our endpoint, from Strawberry's own, and without GraphQL.

`python -m bench.served ours|stock|floor` serves one of them and prints its port. `/cpu` tells the seconds of CPU
that the process has used.
"""

import sys
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any, cast

import orjson
import strawberry
import uvicorn
import uvloop
from graphql import GraphQLError
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL

from persistence.database import Database
from schema.context import FieldContext
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.schema import build_schema
from server.serving import listen

NAMES = ("floor", "ours", "stock")


@strawberry.interface
class Event:
    sequence: int
    created_at: datetime


@strawberry.type
class Started(Event):
    message_id: strawberry.ID


@strawberry.type
class Delta(Event):
    message_id: strawberry.ID
    text: str


@strawberry.type
class Query:
    hello: str = "world"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def events(self, count: int) -> AsyncGenerator[Event, None]:
        now, message_id = datetime.now(UTC), strawberry.ID("message_0198c0de0198c0de0198c0de0198c0de")
        yield Started(sequence=0, created_at=now, message_id=message_id)
        for number in range(1, count):
            yield Delta(sequence=number, created_at=now, message_id=message_id, text=" token")


async def nobody(connection: HTTPConnection, response: Response | None, authorization: str | None) -> FieldContext:
    return FieldContext(db=cast("Database", None), identity=None)


def as_it_is(error: GraphQLError) -> GraphQLError:
    return error


async def floor(socket: WebSocket) -> None:
    """Frames of the same size, as fast as sockets go."""
    await socket.accept(subprotocol="graphql-transport-ws")
    await socket.receive_text()
    await socket.send_text('{"type":"connection_ack"}')
    asked = orjson.loads(await socket.receive_text())
    data: dict[str, Any] = {"__typename": "Delta", "sequence": 0, "messageId": "message_" + "0" * 32, "text": " token"}
    for number in range(asked["payload"]["variables"]["count"]):
        data["sequence"] = number
        await socket.send_text(
            orjson.dumps({"id": "1", "type": "next", "payload": {"data": {"events": data}}}).decode()
        )
    await socket.send_text('{"id":"1","type":"complete"}')
    await socket.receive()


async def answer(request: Request) -> Response:
    await request.body()
    return Response(b'{"data":{"__typename":"Query"}}', media_type="application/json")


async def cpu(request: Request) -> Response:
    return PlainTextResponse(str(time.process_time()))


def app(name: str) -> Starlette:
    types = [Started, Delta]
    routes: list[Any] = [Route("/cpu", cpu)]
    if name == "floor":
        routes += [Route("/graphql", answer, methods=["POST"]), WebSocketRoute("/graphql", floor)]
    elif name == "ours":
        ours = build_schema(Query, None, Subscription, types=types, mask=as_it_is)
        endpoint = GraphQLEndpoint(ours, context_of=nobody)
        routes += [Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)]
    else:
        stock: Any = GraphQL(
            strawberry.Schema(Query, None, Subscription, types=types),
            subscription_protocols=("graphql-transport-ws", "graphql-sse"),
        )
        routes += [Route("/graphql", stock), WebSocketRoute("/graphql", stock)]
    return Starlette(routes=routes)


async def serve(name: str) -> None:
    bound = listen("127.0.0.1", 0)
    print(bound.getsockname()[1], flush=True)
    config = uvicorn.Config(
        app(name), http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, log_config=None,
        access_log=False, lifespan="off",
    )  # fmt: skip
    await uvicorn.Server(config).serve(sockets=[bound])


if __name__ == "__main__":
    uvloop.run(serve(sys.argv[1]))
