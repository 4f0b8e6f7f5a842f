"""What operations cost before they are executed, and documents made to be expensive: each is refused, and cheaply."""

import json
import time
from functools import partial
from typing import Any

import pytest
import strawberry
from graphql import parse, validate

from schema.pages import Connection
from server.graphql.costs import prices
from server.graphql.endpoint import GraphQLEndpoint
from server.graphql.limits import Limits
from server.graphql.schema import build_schema
from tests.server.graphql.asgi import encoded, post, posted
from tests.server.graphql.conftest import toy_schema
from tests.server.graphql.toys import Clock, opaque, toy_context

AFFORDABLE = 3
"""How many times the CPU that refusing may take of what is needed to parse a document that is just small enough."""


@strawberry.type
class Item:
    name: str

    @strawberry.field
    def parts(self, first: int | None = None, last: int | None = None) -> Connection["Item"]:
        raise NotImplementedError

    @strawberry.field
    def tags(self) -> list["Item"]:
        return []


@strawberry.type
class Query:
    @strawberry.field
    def items(self, first: int | None = None, last: int | None = None) -> Connection[Item]:
        raise NotImplementedError

    @strawberry.field
    def item(self) -> Item | None:
        return None

    @strawberry.field
    def several(self, ids: list[strawberry.ID]) -> list[Item]:
        return []


@strawberry.type
class Mutation:
    @strawberry.mutation
    def change(self, name: str) -> Item | None:
        return None


SHOP = build_schema(Query, Mutation, mask=opaque)


def cost(query: str, **variables: Any) -> tuple[int, int]:
    """Objects and points of the only operation."""
    document = parse(query)
    assert validate(SHOP._schema, document) == []
    [price] = prices(document, SHOP._schema).values()
    return price.objects.of(variables), price.points(variables)


@pytest.mark.parametrize(
    ("query", "variables", "objects", "points"),
    [
        ("{ __typename }", {}, 0, 1),
        ("{ item { name } }", {}, 1, 1),
        ("{ item { tags { name } } }", {}, 11, 1),
        ("{ item { tags { tags { name } } } }", {}, 111, 2),
        ("{ several(ids: [1, 2, 3]) { name } }", {}, 3, 1),
        ("query ($ids: [ID!]!) { several(ids: $ids) { name } }", {"ids": ["a"] * 7}, 7, 1),
        ("{ items { edges { node { name } } } }", {}, 51, 1),
        ("{ items(first: 3) { edges { node { name } } pageInfo { endCursor } totalCount } }", {}, 5, 1),
        ("{ items(last: 3) { edges { node { name } } } }", {}, 4, 1),
        ("{ items(first: 9000) { edges { node { name } } } }", {}, 201, 3),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": 20}, 21, 1),
        ("query ($n: Int = 4) { items(first: $n) { edges { node { name } } } }", {}, 5, 1),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": None}, 51, 1),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": 200.0}, 201, 3),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": 2.5}, 51, 1),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": "x"}, 51, 1),
        ("query ($n: Int) { items(first: $n) { edges { node { name } } } }", {"n": -9}, 1, 1),
        ("{ items(first: 2) { ...page } } fragment page on ItemConnection { edges { node { name } } }", {}, 3, 1),
        ("query ($n: Int) { items(first: 2) { edges { node { parts(last: $n) { edges { node { name } } } } } } }",
         {"n": 10}, 25, 1),
        ('mutation { ...f } fragment f on Mutation { a: change(name: "a") { name } b: change(name: "b") { name } }',
         {}, 2, 11),
        ('mutation { a: change(name: "a") { name } b: change(name: "b") { name } }', {}, 2, 11),
    ],
)  # fmt: skip
def test_an_operation_costs_what_it_may_return(query: str, variables: Any, objects: int, points: int) -> None:
    assert cost(query, **variables) == (objects, points)


async def refused(app: GraphQLEndpoint, query: str, **variables: Any) -> dict[str, Any]:
    [body] = await post(app, query, "application/graphql-response+json", **variables)
    [error] = json.loads(body)["errors"]
    found: dict[str, Any] = error
    return found


async def test_what_may_return_too_much_is_refused_with_the_figures_by_its_variables() -> None:
    schema = build_schema(Query, mask=opaque, limits=Limits(objects=1_000))
    app = GraphQLEndpoint(schema, context_of=partial(toy_context, Clock()))
    query = "query ($n: Int) { items(first: $n) { edges { node { tags { name } } } } }"

    error = await refused(app, query, n=100)

    assert error["extensions"] == {
        "code": "QUERY_TOO_COMPLEX", "counted": "objects to return", "found": 1_101, "limit": 1_000,
    }  # fmt: skip
    assert (await refused(app, query, n=5))["extensions"]["code"] == "INTERNAL"  # executed: the toy has no items


def chain(count: int, spreads: int, inside: str = "hello") -> str:
    fragments = (f"fragment f{n} on Query {{ {f'...f{n + 1} ' * spreads}}}" for n in range(count))
    return " ".join(["{ ...f0 }", *fragments, f"fragment f{count} on Query {{ {inside} }}"])


BOMBS = {
    "nested fragment spreads": chain(19, 2),
    "many fragments": chain(300, 1),
    "wide fragment spreads": chain(2, 450),
    "aliases": "{ " + " ".join(f"a{n}: hello" for n in range(825)) + " }",
    "directives": "{ hello " + "@skip(if: false) " * 400 + "}",
    "directives on fragments": "{ " + "... @skip(if: false) { hello } " * 220 + "}",
    "conflicting fields": "{ " + " ".join(f'echo(text: "{n}")' for n in range(410)) + " }",
    "conflicting fields in fragments": "{ " + " ".join(f"...g{n}" for n in range(175)) + " }"
    + " ".join(f'fragment g{n} on Query {{ echo(text: "{n}") }}' for n in range(175)),
    "deep selections": "{ branch " * 45 + "{ id }" + "}" * 45,
    "deep lists": "{ echo(text: " + "[" * 20_000 + "]" * 20_000 + ") }",
    "deep objects": "{ wish(input: " + "{a: " * 10_000 + "1" + "}" * 10_000 + ") }",
    "repeated fields": "{ " + "hello " * 2_490 + "}",
    "tokens": "{ " + "hello " * 8_000 + "}",
    "unknown fields": "{ " + " ".join(f"x{n}" for n in range(990)) + " }",
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(615)) + ") { hello }",
    "operations": " ".join(f"query q{n} {{ hello }}" for n in range(490)),
    "list literal": "{ leaves(count: [" + "1 " * 490 + "]) { id } }",
    "object literal": "{ wish(input: {" + "x: 1 " * 160 + "}) }",
    "circular fragments": "{ ...f } " + " ".join(
        f"fragment f{n or ''} on Query {{ ...f{(n + 1) % 270 or ''} }}" for n in range(270)),
    "block string": '{ echo(text: """' + '\\"""' * 12_000,
    "unclosed string": '{ echo(text: "' + "\\u{1F600}" * 5_000,
}  # fmt: skip


SMALL_ENOUGH = "{ " + "hello " * (Limits().tokens - 2) + "}"


async def answered(app: GraphQLEndpoint, asked: bytes) -> tuple[float, bytes]:
    """What it costs to answer a body, in times of what it costs to parse a document that is just small enough, at the
    same moment: a busy machine makes both slower. And the answer."""
    begun = time.process_time()
    [answer] = await posted(app, asked, "application/graphql-response+json")
    taken, begun = time.process_time() - begun, time.process_time()
    parse(SMALL_ENOUGH)
    return taken / (time.process_time() - begun), answer


@pytest.mark.parametrize("query", BOMBS.values(), ids=BOMBS)
async def test_a_document_made_to_be_expensive_is_refused_and_cheaply(query: str) -> None:
    asked, costs = encoded(query), list[float]()
    for _ in range(5):  # the least of five counts, and every server is a new one
        app = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()))
        times, body = await answered(app, asked)
        costs.append(times)
        answer = json.loads(body)
        assert "data" not in answer
        codes = {error["extensions"]["code"] for error in answer["errors"]}
        assert codes <= {"QUERY_TOO_COMPLEX", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT"}
        assert len(body) < 8_000  # at most five errors of a thousand characters

    print(f"{min(costs):.1f} times the floor")
    assert min(costs) < AFFORDABLE


WISH = "query ($w: Wish!) { wish(input: $w) }"


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (WISH, {"w": list(range(100_000))}),
        (WISH, {"w": {f"x{n}": n for n in range(50_000)}}),
        ("query ($t: String) { echo(text: $t) }", {"t": ["x"] * 200_000}),
        ("query ($n: [Int!]!) { hello @skip(if: $n) }", {"n": [0] * 200_000}),
        (WISH, {"w": {f"x{n}": n for n in range(9_000)}}),
        ("{ hello }", {"x": [[[0] * 100] * 100] * 5}),
    ],
    ids=[
        "a list for an object",
        "unknown names",
        "a list for a text",
        "a list for a flag",
        "fewer unknown names",
        "lists of lists",
    ],
)
async def test_large_variables_are_refused_and_cheaply(query: str, variables: dict[str, Any]) -> None:
    app = GraphQLEndpoint(toy_schema(), context_of=partial(toy_context, Clock()))
    asked, costs = encoded(query, **variables), list[float]()
    for _ in range(5):
        times, body = await answered(app, asked)
        costs.append(times)
        assert json.loads(body)["errors"][0]["extensions"]["code"] in {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED"}
        assert len(body) < 20_000  # at most fifty errors, as graphql-core counts

    print(f"{min(costs):.1f} times the floor")
    assert min(costs) < AFFORDABLE
