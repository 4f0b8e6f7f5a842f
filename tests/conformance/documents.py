"""Random operations on the schema, valid and invalid ones, the same for the same seed."""

import random
from collections.abc import Iterator
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from domain.ids import Kind, global_id, new_id
from tests.graphql.test_schema import Root, roots

LEFT_OUT = {
    "signOut", "deleteAccount", "changePassword",  # they end the session that asks
    "addProvider", "refreshProvider", "updateProvider", "downloadModel", "resumeDownload", "addMcpServer",
    "updateMcpServer", "testModel",  # they call addresses out of the input
}  # fmt: skip
TEXTS = ("", "x", "a" * 5_000, "\x00", "💥" * 20, "' OR 1=1 --", "<script>alert(1)</script>", "%s%n{0}", "\ud800",
         "../../etc/passwd", "NaN", "2030-01-01T00:00:00Z", "9" * 400, "\u202e\u2028", "null", "${jndi:x}")  # fmt: skip
NUMBERS = (0, 1, -1, 7, 200, 201, 2**31 - 1, -(2**31), 2**31, 2**63, 1e308, -0.0, 0.5)
DEEPEST = 3


class Fuzz:
    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)
        self._roots = [root for root in roots() if root.operation != "subscription" and root.name not in LEFT_OUT]

    def operations(self, count: int) -> Iterator[dict[str, Any]]:
        """Bodies of requests."""
        for _ in range(count):
            yield self._operation(self._dice.choice(self._roots))

    def _operation(self, root: Root) -> dict[str, Any]:
        chosen = {
            name: one for name, one in root.field.args.items() if is_required_argument(one) or self._dice.random() < 0.6
        }
        variables = {name: self._value(one.type) for name, one in chosen.items() if self._dice.random() < 0.97}
        declared = ", ".join(f"${name}: {one.type}" for name, one in chosen.items())
        passed = ", ".join(f"{name}: ${name}" for name in chosen)
        head = f"{root.operation} ({declared})" if declared else root.operation
        arguments = f"({passed})" if passed else ""
        selection = self._selection(get_named_type(root.field.type), DEEPEST)
        return {"query": f"{head} {{ {root.name}{arguments}{selection} }}", "variables": variables}

    def _selection(self, kind: GraphQLNamedType, depth: int) -> str:
        if not is_composite_type(kind):
            return ""
        names = ["__typename"]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and depth:
            fields = [
                (name, one)
                for name, one in kind.fields.items()
                if not any(is_required_argument(argument) for argument in one.args.values())
            ]
            for name, one in self._dice.sample(fields, min(len(fields), 6)):
                inner = self._selection(get_named_type(one.type), depth - 1)
                names.append(f"{name}{inner}")
        return " { " + " ".join(names) + " }"

    def _value(self, kind: GraphQLInputType) -> Any:
        if self._dice.random() < 0.04:
            return self._dice.choice([None, [], {}, True, *TEXTS, *NUMBERS, [[]], {"x": 1}])
        if is_non_null_type(kind):
            return self._value(kind.of_type)
        if is_list_type(kind):
            return [self._value(kind.of_type) for _ in range(self._dice.choice([0, 1, 2, 120]))]
        if isinstance(kind, GraphQLEnumType):
            return self._dice.choice([*kind.values])
        if isinstance(kind, GraphQLInputObjectType):
            wanted = (one for one in kind.fields.items() if is_non_null_type(one[1].type) or self._dice.random() < 0.5)
            return {name: self._value(one.type) for name, one in wanted}
        return self._scalar(str(kind))

    def _scalar(self, name: str) -> Any:
        match name:
            case "ID":
                return self._dice.choice([global_id(self._dice.choice(list(Kind)), new_id()), *TEXTS[:6]])
            case "Int":
                return self._dice.choice([number for number in NUMBERS if isinstance(number, int)])
            case "Float":
                return self._dice.choice(NUMBERS)
            case "Boolean":
                return self._dice.random() < 0.5
            case "Decimal":
                return self._dice.choice(["0", "-1", "1.5", "NaN", "Infinity", "1E+400", "x", "9" * 60])
            case "DateTime":
                return self._dice.choice(["2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                                          "2030-01-01T00:00:00", "2030-02-30T00:00:00Z", "x"])  # fmt: skip
            case "JSON":
                return self._dice.choice([{}, [], {"a": {"b": [1, None, "x"]}}, "x", 1, None])
        return self._dice.choice(TEXTS)
