"""What Schemathesis holds against an answer: a fault of the server. What is wrong with a request may be an error."""

import json
from typing import Any

import schemathesis
from graphql import parse_value
from hypothesis import strategies as st

_NAMES = st.sampled_from(["steps", "key", "kind", "next", "agent", "prompt", "x"])
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()


def _literal(value: Any) -> str:
    """A value as a document has it: JSON, but for the names, which stand without quotation marks."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(inside)}" for name, inside in value.items()) + "}"
    return "[" + ", ".join(map(_literal, value)) + "]" if isinstance(value, list) else json.dumps(value)


schemathesis.graphql.scalar(
    "JSON",
    st.recursive(
        _LEAVES, lambda inside: st.lists(inside, max_size=3) | st.dictionaries(_NAMES, inside, max_size=4), max_leaves=8
    ).map(lambda value: parse_value(_literal(value))),
)


@schemathesis.check
def no_fault_of_the_server(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    assert response.status_code < 500, f"{response.status_code}: {response.text[:500]}"
    if "json" not in " ".join(response.headers.get("content-type", [])):
        return
    answer = json.loads(response.content)
    errors = (answer.get("errors") if isinstance(answer, dict) else None) or ()
    codes = {(error.get("extensions") or {}).get("code") for error in errors if isinstance(error, dict)}
    assert not codes & {None, "INTERNAL"}, response.text[:500]
