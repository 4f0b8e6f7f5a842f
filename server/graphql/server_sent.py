"""Server-sent events: GraphQL over SSE in its distinct connections mode."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from graphql import GraphQLError

from schema.context import Identity
from server.event_streams import HEARTBEAT, EventStream, Words
from server.graphql.connections import Connections
from server.graphql.encoding import encoded
from server.graphql.streams import Refused

REVOKED = GraphQLError("Your session or key has ended.", extensions={"code": "UNAUTHENTICATED"})


def event_stream(
    payloads: AsyncGenerator[bytes, None],
    *,
    identity: Identity | None,
    connections: Connections,
    heartbeat: float = HEARTBEAT,
) -> EventStream:
    """`next` events, then `complete`."""
    words = Words(complete=b"event: complete\ndata:\n\n", revoked=_next(encoded({}, [REVOKED])))
    return EventStream(_frames(payloads), words, identity=identity, connections=connections, heartbeat=heartbeat)


async def _frames(payloads: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    try:
        async with aclosing(payloads) as source:
            async for payload in source:
                yield _next(payload)
    except Refused as refused:
        yield _next(encoded({}, refused.errors))


def _next(payload: bytes) -> bytes:
    return b"event: next\ndata: " + payload + b"\n\n"
