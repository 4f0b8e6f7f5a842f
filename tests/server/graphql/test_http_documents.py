"""Documents over HTTP that are not executed: those that ask too much, that are wrong, and that cannot start."""

import time
from typing import Any

import pytest

from tests.server.graphql.conftest import Toy
from tests.server.graphql.replies import EVENTS, GRAPHQL, JSON, posted

DEEP = "{a" * 50_000 + "}" * 50_000


def nested(count: int, spreads: int) -> str:
    """Fragments that each spread the next one so many times."""
    fragments = (f"fragment f{n} on Query {{ {f'...f{n + 1} ' * spreads}}}" for n in range(count))
    return " ".join(["{ ...f0 }", *fragments, f"fragment f{count} on Query {{ hello }}"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (DEEP, "it has 150,000 characters, at most 50,000"),
        ("{a" * 10_000 + "}" * 10_000, "it has 10,000 levels of nesting, at most 100"),
        ("{ hello(x: " + "[" * 5_000 + "]" * 5_000 + ") }", "it has 5,002 levels of nesting, at most 100"),
        ("{ branch " * 30 + "{ id }" + "}" * 30, "it has 31 levels of fields, at most 20"),
        ("{" + " ".join(f"a{n}: hello" for n in range(600)) + "}", "it has 600 aliases, at most 50"),
        ("{ hello " + "@include(if: true) " * 250 + "}", "it has 250 directives, at most 20"),
        ("{ " + "hello " * 1_900 + "}", "it has 1,900 fields, at most 1,000"),
        ("{ " + "hello " * 6_000 + "}", "it has 6,002 tokens, at most 2,500"),
        ("{ leaves(count: [" + "1 " * 600 + "]) { id } }", "it has 600 tokens in lists and objects"),
        ("{ wish(input: {" + "a: 1 " * 200 + "}) }", "it has 600 tokens in lists and objects"),
        (nested(18, 2), "it has 262,144 fields, at most 1,000"),
        (nested(60, 2), "levels of fragments"),
        (nested(200, 1), "levels of fragments"),
    ],
    ids=lambda value: value[:30],
)
async def test_a_document_that_asks_too_much_is_refused_with_the_numbers(toy: Toy, query: str, words: str) -> None:
    begun = time.process_time()
    for accept in (GRAPHQL, JSON, EVENTS):
        reply = await posted(toy, query, accept)
        body = reply.events[0] if accept == EVENTS else reply.body
        [error] = body["errors"]
        assert "data" not in body
        assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX"
        assert words in error["message"]

    assert time.process_time() - begun < 3


@pytest.mark.parametrize("spread", ["... on Query { hello }", "...g"])
async def test_fragments_in_circles_are_refused(toy: Toy, spread: str) -> None:
    query = f"{{ ...f }} fragment f on Query {{ ...g {spread} }} fragment g on Query {{ ...f }}"

    code, message = (await posted(toy, query)).error

    assert code == "GRAPHQL_VALIDATION_FAILED"
    assert "within itself" in message


@pytest.mark.parametrize(
    ("query", "more", "code"),
    [
        ("{ hello", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ hell }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: Int!) { leaves(count: $n) { id } }", {}, "BAD_USER_INPUT"),
        ("query ($n: Int!) { leaves(count: $n) { id } }", {"variables": {"n": "one"}}, "BAD_USER_INPUT"),
        ("query a { hello } query b { hello }", {}, "BAD_USER_INPUT"),
        ("query a { hello }", {"operationName": "b"}, "BAD_USER_INPUT"),
        ("fragment f on Query { hello }", {}, None),
    ],
)
async def test_an_operation_that_cannot_start_is_a_request_error(
    toy: Toy, query: str, more: dict[str, Any], code: str | None
) -> None:
    new, old = await posted(toy, query, **more), await posted(toy, query, JSON, **more)

    assert (new.status, new.kind) == (400, GRAPHQL)
    assert (old.status, old.kind) == (200, JSON)
    assert new.body == old.body
    assert code in (None, new.error[0])


@pytest.mark.parametrize(
    "query", ["{ hell }", "{ branch { leav { id } } }", "{ leaves(coun: 1) { id } }", "{ wish(input: {nam: 1}) }"]
)
async def test_errors_do_not_suggest_names(toy: Toy, query: str) -> None:
    reply = await posted(toy, query)

    assert "Did you mean" not in reply.text
    assert not {"hello", 'leaves"', "count"} & set(reply.text.split("'"))
