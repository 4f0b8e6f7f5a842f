"""graphql-core's executor with a short way for plain fields and no memory of past events.

Fields that Strawberry reads straight off an attribute and whose type is a scalar or enum are read here directly;
everything else, and everything unusual, goes the ordinary way, so that results and errors are graphql-core's own.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast

from graphql import (
    GraphQLBoolean,
    GraphQLFloat,
    GraphQLID,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    is_leaf_type,
)
from graphql.pyutils import Path, gather_with_cancel
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

AS_THEY_ARE: dict[Any, type] = {GraphQLString: str, GraphQLBoolean: bool, GraphQLID: str, GraphQLFloat: float}


class Leaf(NamedTuple):
    """How to read one plain field. Values of exactly `unchanged` need no coercion; no `attribute` is __typename."""

    name: str
    attribute: str | None
    unchanged: type | None
    coerce: Callable[[Any], Any]
    non_null: bool
    constant: str


class Unusual(Exception):
    """A value that graphql-core must deal with: an error, an awaitable, a null where none may be."""


def leaf(schema: Any, parent_type: Any, name: str, details: Sequence[Any]) -> Leaf | None:
    """How to read a field without a resolver; None for every other field."""
    node = details[0].node
    field_name = node.name.value
    if field_name == "__typename":
        return Leaf(name, None, None, str, non_null=True, constant=parent_type.name)
    if node.arguments:
        return None
    field = schema.get_field(parent_type, field_name)
    if field is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    own = field.extensions.get("strawberry-definition")
    if own is None or own.base_resolver or own.extensions or own.default_resolver is not getattr:
        return None
    kind, non_null = field.type, False
    if isinstance(kind, GraphQLNonNull):
        kind, non_null = kind.of_type, True
    if not is_leaf_type(kind):
        return None
    return Leaf(name, own.python_name, AS_THEY_ARE.get(kind), kind.coerce_output_value, non_null, "")


def read(found: Leaf, source: Any) -> Any:
    """The field's value as it goes out; Unusual when it is not an ordinary one."""
    if found.attribute is None:
        return found.constant
    value = getattr(source, found.attribute, Undefined)
    if type(value) is found.unchanged:
        return value
    if value is None:
        if found.non_null:
            raise Unusual
        return None
    if value is Undefined or isinstance(value, Exception) or optimized_is_awaitable(value):
        raise Unusual
    try:
        value = found.coerce(value)
    except Exception as error:
        raise Unusual from error
    if value is None or value is Undefined:
        raise Unusual
    return value


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.is_awaitable = cast("Any", optimized_is_awaitable)
        self._plans: dict[tuple[Any, int], tuple[Any, list[tuple[str, Any, Leaf | None]]]] = {}

    def build_per_event_executor(self, payload: Any) -> Any:
        """graphql-core's copy shares its memory of collected fields, which grows with each event, and the context,
        whose loaders would answer with what was true at an earlier event: each event gets its own of both."""
        executor: Any = super().build_per_event_executor(payload)
        executor._relevant_sub_fields = {}  # noqa: SLF001
        executor._plans = {}  # noqa: SLF001
        if (fresh := getattr(self.context_value, "fresh", None)) is not None:
            executor.context_value = fresh()
        return executor

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, *rest: Any) -> Any:
        if self.middleware_manager and self.middleware_manager.middlewares:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, *rest)
        plan = self._plan(parent_type, grouped_field_set)
        results: dict[str, Any] = {}
        pending: list[str] = []
        for name, details, found in plan:
            if found is not None:
                try:
                    results[name] = read(found, source_value)
                    continue
                except Unusual:
                    pass
            try:
                value = self.execute_field(
                    parent_type, source_value, details, Path(path, name, parent_type.name), *rest
                )
            except Exception:
                if pending:
                    self.settle_in_background([results[key] for key in pending])
                raise
            if value is not Undefined:
                results[name] = value
                if self.is_awaitable(value):
                    pending.append(name)
        return self._gather(results, pending) if pending else results

    def _plan(self, parent_type: Any, grouped_field_set: Any) -> list[tuple[str, Any, Leaf | None]]:
        # The set is kept beside its plan, so that its id stays its own.
        known = self._plans.get((parent_type, id(grouped_field_set)))
        if known is None:
            plan = [
                (name, details, leaf(self.schema, parent_type, name, details))
                for name, details in grouped_field_set.items()
            ]
            known = self._plans[parent_type, id(grouped_field_set)] = (grouped_field_set, plan)
        return known[1]

    async def _gather(self, results: dict[str, Any], pending: list[str]) -> dict[str, Any]:
        if len(pending) == 1:
            results[pending[0]] = await results[pending[0]]
        else:
            values = await gather_with_cancel(*(results[name] for name in pending))
            results.update(zip(pending, values, strict=True))
        return results
