"""The toy schema behind the real endpoint, on a real port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import NamedTuple

import aiohttp
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.schema import MaskedSchema, build_schema
from server.serving import Server, listen
from tests.server.graphql.toys import TYPES, Clock, Mutation, Query, Subscription, opaque, toy_context


class Toy(NamedTuple):
    url: str
    endpoint: GraphQLEndpoint
    clock: Clock
    http: aiohttp.ClientSession


def toy_schema() -> MaskedSchema:
    return build_schema(Query, Mutation, Subscription, types=TYPES, mask=opaque)


@contextlib.asynccontextmanager
async def serving(endpoint: Callable[..., object]) -> AsyncIterator[str]:
    """An ASGI application at /graphql; the address of it."""
    app = Starlette(routes=[Route("/graphql", endpoint), WebSocketRoute("/graphql", endpoint)])
    bound = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="off",
        log_config=None, access_log=False, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not task.done():
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{bound.getsockname()[1]}/graphql"
    server.should_exit = True
    await task


@pytest.fixture
async def toy() -> AsyncIterator[Toy]:
    clock = Clock()
    endpoint = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, clock))
    async with serving(endpoint) as url, aiohttp.ClientSession() as http:
        yield Toy(url, endpoint, clock, http)
