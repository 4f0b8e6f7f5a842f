"""The schema as a whole: its file is current, everything in it is described, and strangers are turned away."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import aiohttp
import pytest
from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_enum_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
    is_specified_scalar_type,
)
from graphql import build_schema as build

from domain.ids import Kind, global_id, new_id
from server.app import schema
from server.graphql.schema import sdl
from server.sdl import FILE, OPENAPI, openapi
from tests.conftest import Running

SCHEMA = build(FILE.read_text())
PUBLIC = {
    "server", "rateLimit", "signUp", "signIn", "signOut", "sharedChat", "invitation", "acceptInvitation",
    "requestPasswordReset", "resetPassword",
}  # fmt: skip
"""Root fields that answer people who have not signed in."""

SAMPLES: dict[str, Any] = {
    "ID": global_id(Kind.CHAT, new_id()),
    "String": "words",
    "Int": 1,
    "Float": 1.0,
    "Boolean": True,
    "DateTime": "2030-01-01T00:00:00Z",
    "Decimal": "1.00",
    "JSON": {},
}


class Root(NamedTuple):
    operation: str
    name: str
    field: GraphQLField


def roots() -> Iterator[Root]:
    for operation, found in (
        ("query", SCHEMA.query_type),
        ("mutation", SCHEMA.mutation_type),
        ("subscription", SCHEMA.subscription_type),
    ):
        assert found is not None
        for name, field in found.fields.items():
            yield Root(operation, name, field)


def sample(kind: GraphQLInputType) -> Any:
    """The smallest value of a type: required fields only."""
    if is_non_null_type(kind):
        return sample(kind.of_type)
    if is_list_type(kind):
        return [sample(kind.of_type)]
    if is_enum_type(kind):
        return next(iter(kind.values))
    if is_input_object_type(kind):
        assert isinstance(kind, GraphQLInputObjectType)
        required = {key: field for key, field in kind.fields.items() if is_required_input_field(field)}
        return {key: sample(field.type) for key, field in required.items()}
    return SAMPLES[str(kind)]


def call(root: Root) -> dict[str, Any]:
    """A request for one root field with the least that it needs."""
    needed = {name: argument for name, argument in root.field.args.items() if is_required_argument(argument)}
    declared = ", ".join(f"${name}: {argument.type}" for name, argument in needed.items())
    passed = ", ".join(f"{name}: ${name}" for name in needed)
    variables = {name: sample(argument.type) for name, argument in needed.items()}
    fields = " { __typename }" if is_composite_type(get_named_type(root.field.type)) else ""
    head = f"{root.operation} ({declared})" if declared else root.operation
    arguments = f"({passed})" if passed else ""
    return {"query": f"{head} {{ {root.name}{arguments}{fields} }}", "variables": variables}


async def ask(url: str, root: Root) -> dict[str, Any]:
    """The answer, or the first frame of the stream, to somebody without any credential."""
    accept = "text/event-stream" if root.operation == "subscription" else "application/json"
    async with (
        aiohttp.ClientSession(headers={"Accept": accept}) as http,
        http.post(f"{url}/graphql", json=call(root)) as response,
    ):
        if response.content_type != "text/event-stream":
            whole: dict[str, Any] = await response.json(content_type=None)
            return whole
        async for line in response.content:
            if line.startswith(b"data: {"):
                frame: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return frame
    raise AssertionError("the stream ended without a frame")


def test_the_file_is_current() -> None:
    assert FILE.read_text() == sdl(schema), "run `make graphql`"
    assert OPENAPI.read_text() == openapi(), "run `make graphql`"


def undescribed() -> Iterator[str]:
    for name, kind in SCHEMA.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            yield name
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from (f"{name}.{key}" for key, field in kind.fields.items() if not field.description)


def test_every_type_and_field_is_described() -> None:
    assert list(undescribed()) == []


@pytest.mark.parametrize("root", [pytest.param(root, id=root.name) for root in roots() if root.name not in PUBLIC])
async def test_strangers_are_turned_away(server: Running, root: Root) -> None:
    answer = await ask(server.url, root)

    assert not any((answer.get("data") or {}).values()), answer
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["UNAUTHENTICATED"], answer


async def test_what_is_public_answers_strangers(server: Running) -> None:
    for root in roots():
        if root.name in {"server", "rateLimit", "signOut"}:
            answer = await ask(server.url, root)
            assert answer["data"][root.name], answer


def test_the_public_fields_exist() -> None:
    assert {root.name for root in roots()} >= PUBLIC
