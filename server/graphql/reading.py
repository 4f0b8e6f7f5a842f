"""Plain reading: how to take a selection straight off objects, without a resolver, for whole trees of plain fields.

A field is plain when Strawberry would read it off an attribute and so are all fields selected below it. Whatever is
unusual about a value raises Unusual: then graphql-core must do it, so that results and errors are its own.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLNonNull,
    GraphQLString,
    Undefined,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)
from strawberry.execution import optimized_is_awaitable

AS_THEY_ARE: dict[Any, type] = {GraphQLString: str, GraphQLBoolean: bool, GraphQLID: str}
"""Types of which every value may go out. Not every number may: a float can be NaN, an integer too large."""


class Unusual(Exception):
    """A value that graphql-core must deal with: an error, an awaitable, a null where none may be."""


class Reading(NamedTuple):
    """How a value goes out. Values of exactly the type `unchanged` go out as they are."""

    unchanged: type | None
    coerce: Callable[[Any], Any]
    non_null: bool

    def of(self, value: Any) -> Any:
        if type(value) is self.unchanged:
            return value
        if value is None:
            if self.non_null:
                raise Unusual
            return None
        if isinstance(value, Exception) or optimized_is_awaitable(value):
            raise Unusual
        try:
            value = self.coerce(value)
        except Exception as error:
            raise Unusual from error
        if value is None or value is Undefined:
            raise Unusual
        return value


class Plain(NamedTuple):
    """A plain field. Without an `attribute` it is __typename, and `constant` its value."""

    name: str
    attribute: str | None
    constant: str
    reading: Reading

    def read(self, source: Any) -> Any:
        if self.attribute is None:
            return self.constant
        try:
            value = getattr(source, self.attribute)
        except Exception as error:
            raise Unusual from error
        return self.reading.of(value)


class Field(NamedTuple):
    """One response name of a selection; `plain` is None when it needs a resolver."""

    name: str
    details: Any
    plain: Plain | None


class Objects:
    """Reads an object by what is selected on its class."""

    def __init__(self, plain_fields: Mapping[type, Sequence[Plain]]) -> None:
        self._by_class = {
            cls: tuple((field.name, field.attribute, field.constant, *field.reading, field.reading) for field in fields)
            for cls, fields in plain_fields.items()
        }

    def __call__(self, source: Any) -> dict[str, Any]:
        fields = self._by_class.get(type(source))
        if fields is None:
            raise Unusual
        data: dict[str, Any] = {}
        # The innermost loop of every stream and list: what most values need is written out here.
        for name, attribute, constant, unchanged, _, non_null, reading in fields:
            if attribute is None:
                data[name] = constant
                continue
            value = getattr(source, attribute)
            if type(value) is unchanged:
                data[name] = value
            elif value is None and not non_null:
                data[name] = None
            else:
                data[name] = reading.of(value)
        return data


class Items:
    """Reads a list item by item."""

    def __init__(self, item: Reading) -> None:
        self._item = item

    def __call__(self, source: Any) -> list[Any]:
        if type(source) is not list:
            raise Unusual
        of = self._item.of
        return [of(item) for item in source]


def fields_of(executor: Any, parent_type: Any, grouped_field_set: Mapping[str, Any]) -> list[Field]:
    """The selection on one object type; `executor` remembers it."""
    key = (parent_type, id(grouped_field_set))
    known: tuple[Any, list[Field]] | None = executor.plans.get(key)
    if known is None:
        fields = [
            Field(name, details, _plain(executor, parent_type, name, details))
            for name, details in grouped_field_set.items()
        ]
        # The set is kept beside its plan, so that its id stays its own.
        known = executor.plans[key] = (grouped_field_set, fields)
    return known[1]


def reading_of(executor: Any, kind: Any, details: Any) -> Reading | None:
    """How to read values of a type with what is selected on it; None when none of it can be read plainly."""
    non_null = isinstance(kind, GraphQLNonNull)
    kind = kind.of_type if non_null else kind
    if is_leaf_type(kind):
        return Reading(AS_THEY_ARE.get(kind), kind.coerce_output_value, non_null)
    if is_list_type(kind):
        item = reading_of(executor, kind.of_type, details)
        return item and Reading(None, Items(item), non_null)
    return _objects(executor, kind, details, non_null=non_null)


def _objects(executor: Any, kind: Any, details: Any, *, non_null: bool) -> Reading | None:
    """Concrete types with other than plain fields are left out: their objects are Unusual."""
    concrete = executor.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
    plain: dict[type, list[Plain]] = {}
    for object_type in concrete:
        own = object_type.extensions.get("strawberry-definition")
        if not is_object_type(object_type) or own is None or own.is_type_of is not None or own.origin in plain:
            return None  # what it is an object of is not said by its class alone
        selected = executor.collect_subfields(object_type, details).grouped_field_set
        found = [field.plain for field in fields_of(executor, object_type, selected)]
        if all(found):
            plain[own.origin] = [field for field in found if field is not None]
    return Reading(None, Objects(plain), non_null) if plain else None


def _plain(executor: Any, parent_type: Any, name: str, details: Any) -> Plain | None:
    node = details[0].node
    if node.name.value == "__typename":
        return Plain(name, None, parent_type.name, Reading(str, str, non_null=True))
    field = executor.schema.get_field(parent_type, node.name.value)
    if node.arguments or field is None or field.args or not getattr(field.resolve, "_is_default", False):
        return None
    own = field.extensions.get("strawberry-definition")
    if own is None or own.base_resolver or own.extensions or own.default_resolver is not getattr:
        return None
    reading = reading_of(executor, field.type, details)
    return reading and Plain(name, own.python_name, "", reading)
