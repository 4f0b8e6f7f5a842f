"""What requests and events cost beside plain Strawberry in the same process: ratios only, machines differ."""

import time
from collections.abc import Awaitable, Callable
from functools import partial

import pytest
import strawberry
from strawberry.asgi import GraphQL

from server.graphql.endpoint import GraphQLEndpoint
from tests.server.graphql.asgi import Application, post, watch
from tests.server.graphql.conftest import toy_schema
from tests.server.graphql.test_executor import STOCK
from tests.server.graphql.toys import Clock, ToyContext, toy_context


class Bare(GraphQL[ToyContext, None]):
    async def get_context(self, request: object, response: object) -> ToyContext:
        return ToyContext(Clock(), None)


def bare(schema: strawberry.Schema = STOCK) -> Application:
    return Bare(schema, subscription_protocols=("graphql-transport-ws", "graphql-sse"))


def ours() -> Application:
    return GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()))


async def cost(work: Callable[[], Awaitable[object]]) -> float:
    """CPU seconds of the best of three rounds, after one that does not count."""
    await work()
    rounds = []
    for _ in range(3):
        begun = time.process_time()
        await work()
        rounds.append(time.process_time() - begun)
    return min(rounds)


async def asked(app: Application, query: str, times: int) -> None:
    for _ in range(times):
        await post(app, query)


PLAIN = "subscription ($n: Int!) { events(count: $n) { __typename sequence ... on Delta { text } } }"
NESTED = "subscription ($n: Int!) { events(count: $n) { sequence ... on Grown { branch { id leaf { id at } } } } }"
RESOLVED = "subscription ($n: Int!) { events(count: $n) { sequence ... on Grown { branch { twice } } } }"


@pytest.mark.parametrize(
    ("query", "times", "floor"),
    [
        ("{ hello }", 100, 3.0),
        ("{ leaves(count: 200) { id name count colour at } }", 3, 2.5),
        ("{ branches(count: 50) { later leaf { id at } leaves { id name at } } }", 3, 1.4),
    ],
    ids=["small", "list", "nested"],
)
async def test_a_query_costs_a_fraction(query: str, times: int, floor: float) -> None:
    stock, fast = [await cost(partial(asked, app, query, times)) for app in (bare(), ours())]

    print(f"{query[:40]}: stock {stock / times * 1e6:.0f} us, ours {fast / times * 1e6:.0f} us, {stock / fast:.1f}x")
    assert stock / fast > floor


@pytest.mark.parametrize(
    ("document", "floor"), [(PLAIN, 4.0), (NESTED, 3.5), (RESOLVED, 1.8)], ids=["plain", "nested", "resolved"]
)
async def test_an_event_costs_a_fraction_on_a_socket(document: str, floor: float) -> None:
    count = 1_000
    stock, fast = [await cost(partial(watch, app, document, lambda _: None, n=count)) for app in (bare(), ours())]

    print(f"socket: stock {stock / count * 1e6:.1f} us, ours {fast / count * 1e6:.1f} us, {stock / fast:.1f}x")
    assert stock / fast > floor


async def test_an_event_costs_a_fraction_in_a_stream() -> None:
    count = 1_000
    stock, fast = [await cost(partial(post, app, PLAIN, "text/event-stream", n=count)) for app in (bare(), ours())]

    print(f"stream: stock {stock / count * 1e6:.1f} us, ours {fast / count * 1e6:.1f} us, {stock / fast:.1f}x")
    assert stock / fast > 4.0
