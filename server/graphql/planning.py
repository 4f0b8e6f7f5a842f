"""What a selection comes to: which of its fields can be read plainly, which resolvers can be asked for many objects."""

from collections.abc import Mapping
from enum import Enum
from functools import partial
from typing import Any, NamedTuple

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLNonNull,
    GraphQLString,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)
from graphql.execution.values import get_argument_values
from graphql.pyutils import Path
from strawberry.schema.schema_converter import get_arguments

from schema.loading import TOGETHER
from server.graphql.asking import Asked, Asking
from server.graphql.reading import Items, Objects, Plain, Reading

AS_THEY_ARE: dict[Any, type] = {GraphQLString: str, GraphQLBoolean: bool, GraphQLID: str}
"""Types of which every value may go out. Not every number may: a float can be NaN, an integer too large."""


UNCHANGING = str | int | float | bool | None | Enum
"""What resolvers of several objects may be given together: nobody can change it."""


class Field(NamedTuple):
    """One response name of a selection; `plain` is None when it needs a resolver."""

    name: str
    details: Any
    plain: Plain | None


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
        return item and Reading(None, Items(item), non_null, item.asks, exact=True)
    return _objects(executor, kind, details, non_null=non_null)


def _objects(executor: Any, kind: Any, details: Any, *, non_null: bool) -> Reading | None:
    """Concrete types with fields that can be neither read nor asked for are left out: their objects are Unusual."""
    concrete = executor.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
    known: dict[type, list[Any]] = {}
    for object_type in concrete:
        of = _class_of(object_type)
        if of is None or of in known:
            return None  # what it is an object of is not said by its class alone
        selected = executor.collect_subfields(object_type, details).grouped_field_set
        fields = fields_of(executor, object_type, selected)
        found = [field.plain or (executor.asks and _asked(executor, object_type, field)) for field in fields]
        if all(found):
            known[of] = found
    if any(type(field) is Asked or field.reading.asks for fields in known.values() for field in fields):
        return Reading(None, Asking(known, executor.gaps), non_null, asks=True, exact=True)
    return Reading(None, Objects(known), non_null, exact=True) if known else None


def _class_of(object_type: Any) -> type | None:
    """The class of all objects of a type; None where Strawberry would ask the objects themselves."""
    own = object_type.extensions.get("strawberry-definition")
    if not is_object_type(object_type) or own is None or own.is_type_of is not None:
        return None
    # Of a generic type, Strawberry makes a class for each use, of which there are no objects.
    found: type = own.concrete_of.origin if own.concrete_of else own.origin
    return found


def _asked(executor: Any, object_type: Any, field: Field) -> Asked | None:
    kind = executor.schema.get_field(object_type, field.details[0].node.name.value)
    reading = kind and reading_of(executor, kind.type, field.details)
    return reading and _asked_with(executor, object_type, field.name, field.details, reading)


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


def _asked_with(executor: Any, parent_type: Any, name: str, details: Any, reading: Reading) -> Asked | None:
    """How to ask for a field; None where Strawberry would do more than to call the resolver."""
    first, nodes = details[0], [each.node for each in details]
    field = executor.schema.get_field(parent_type, first.node.name.value)
    own = field.extensions.get("strawberry-definition")
    resolver = own and own.base_resolver
    if not resolver or own.extensions or not resolver.self_parameter or resolver.root_parameter:
        return None
    if resolver.parent_parameter:
        return None
    raw = executor.build_resolve_info(field, nodes, parent_type, Path(None, name, parent_type.name))
    of_strawberry = executor.schema._strawberry_schema  # noqa: SLF001 - Strawberry's own way back
    info = of_strawberry.config.info_class(_raw_info=raw, _field=own)
    try:
        given = get_argument_values(
            field, first.node, executor.variable_values, first.fragment_variable_values, executor.hide_suggestions
        )
        _, named = get_arguments(
            field=own, source=None, info=info, kwargs=given, config=of_strawberry.config,
            scalar_registry=of_strawberry.schema_converter.scalar_registry,
        )  # fmt: skip
    except GraphQLError:
        return None
    if not all(value is info or isinstance(value, UNCHANGING) for value in named.values()):
        return None
    many = getattr(resolver.wrapped_func, TOGETHER, None)
    return Asked(name, partial(_call, resolver, named), many and partial(many, **named), reading)


def _call(resolver: Any, named: dict[str, Any], source: Any) -> Any:
    return resolver(source, **named)
