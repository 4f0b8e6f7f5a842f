"""Guessing at the schema as clairvoyance does: what is said of a wrong guess, however near, names nothing else.

A right guess tells more, such as what type a field has; whoever makes it has the name in their list of words.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import aiohttp
from graphql import GraphQLEnumType, GraphQLInputObjectType, is_introspection_type

from tests.conftest import Running
from tests.graphql.test_schema import SCHEMA, roots

JSON = {"Content-Type": "application/json"}
WORD, QUOTED = re.compile(r"[A-Za-z_]\w+"), re.compile(r"['\"](?:[A-Za-z]+\.)?([A-Za-z_]\w+)['\"!\]]")
AT_ONCE = 40
"""Guesses in one document; of more than a hundred errors the rest is not told anyway."""


def near(name: str) -> str:
    """What a person might mistype for it, and servers like to correct."""
    return name[:-1] + ("x" if name[-1] != "x" else "y")


def in_parts(names: Sequence[str]) -> Iterator[list[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield [near(name) for name in names[start : start + AT_ONCE]]


def guesses() -> Iterator[dict[str, Any]]:
    """Requests in which one kind of name is nearly right, and all others are right or none of the schema's."""
    fields: dict[str, list[str]] = {}
    for root in roots():
        fields.setdefault(root.operation, []).append(root.name)
        for argument in root.field.args:
            yield {"query": f"{root.operation} {{ {root.name}({near(argument)}: 1) }}"}
    for operation, names in fields.items():
        for part in in_parts(names):
            yield {"query": f"{operation} {{ {' '.join(part)} }}"}
    types = [name for name, kind in SCHEMA.type_map.items() if not is_introspection_type(kind)]
    for part in in_parts(types):
        yield {"query": "{ " + " ".join(f"... on {name} {{ __typename }}" for name in part) + " }"}
        variables = ", ".join(f"$v{n}: {name}" for n, name in enumerate(part))
        yield {"query": f"query ({variables}) {{ __typename }}"}
    for name, kind in SCHEMA.type_map.items():
        if isinstance(kind, GraphQLInputObjectType):
            given = {near(field): None for field in kind.fields}
            yield {"query": f"query ($v: {name}) {{ node(id: $v) }}", "variables": {"v": given}}
        if isinstance(kind, GraphQLEnumType) and not is_introspection_type(kind):
            for value in kind.values:
                yield {"query": f"query ($v: {name}) {{ node(id: $v) }}", "variables": {"v": near(value)}}
    yield {"query": "{ __typename @skp(if: true) @inclde(if: true) @deprecatd }"}


async def test_what_is_said_of_a_wrong_guess_names_nothing_else(server: Running) -> None:
    names = {*SCHEMA.type_map, *(root.name for root in roots())} - {"Query", "Mutation", "Subscription", "ID"}
    for kind in SCHEMA.type_map.values():
        names |= {*getattr(kind, "fields", ()), *getattr(kind, "values", ())}
    told, count = [], 0
    async with aiohttp.ClientSession(headers=JSON) as http:
        for body in guesses():
            count += 1
            async with http.post(f"{server.url}/graphql", data=json.dumps(body)) as response:
                answer = await response.json(content_type=None)
            given = set(WORD.findall(json.dumps(body)))
            for message in (error["message"] for error in answer["errors"]):
                new = set(QUOTED.findall(message)) & names - given
                if new and set(QUOTED.findall(message)) & given - names:  # it is about the wrong name
                    told.append((body["query"][:80], message))

    assert count > 300
    assert told == []
