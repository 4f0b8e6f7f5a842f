"""Answers in a shape that an agent's maker has given as JSON Schema."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from agents import AgentOutputSchemaBase
from agents.exceptions import ModelBehaviorError
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

LONGEST = 20_000
"""Characters of a schema as JSON."""
UNSAFE = ("pattern", "patternProperties")
"""A regular expression of a stranger's can take for ever."""


def wrong_with(schema: Mapping[str, Any]) -> str | None:
    """Why this cannot be the schema of answers, when it cannot."""
    if len(json.dumps(schema)) > LONGEST:
        return f"is longer than {LONGEST:,} characters of JSON"
    if schema.get("type") != "object":
        return 'must describe an object: its `type` must be "object"'
    if unsafe := next((key for key in _keywords(schema) if key in UNSAFE), None):
        return f"must not use `{unsafe}`"
    if any(not target.startswith("#") for target in _references(schema)):
        return "may refer with `$ref` to its own parts only, such as #/$defs/name"
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        return f"is not a JSON Schema: {error.message[:200]}"
    return None


def _nodes(value: object) -> Iterator[Mapping[str, Any]]:
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _keywords(schema: Mapping[str, Any]) -> Iterator[str]:
    """Keys of the schema at which it has a rule; the names of properties are not among them."""
    properties = [node["properties"] for node in _nodes(schema) if isinstance(node.get("properties"), Mapping)]
    named = {id(found) for found in properties}
    yield from (key for node in _nodes(schema) if id(node) not in named for key in node)


def _references(schema: Mapping[str, Any]) -> Iterator[str]:
    yield from (node["$ref"] for node in _nodes(schema) if isinstance(node.get("$ref"), str))


class JsonOutput(AgentOutputSchemaBase):
    """The SDK asks the model for it where the model can, and checks the final answer."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = dict(schema)
        self._validator = Draft202012Validator(self._schema)

    def is_plain_text(self) -> bool:
        return False

    def name(self) -> str:
        return "answer"

    def json_schema(self) -> dict[str, Any]:
        return self._schema

    def is_strict_json_schema(self) -> bool:
        return False

    def validate_json(self, json_str: str) -> Any:
        try:
            answer = json.loads(json_str)
            self._validator.validate(answer)
        except json.JSONDecodeError as error:
            raise ModelBehaviorError("the answer is not JSON") from error
        except ValidationError as error:
            raise ModelBehaviorError(f"the answer does not fit its schema: {error.message[:200]}") from error
        return answer
