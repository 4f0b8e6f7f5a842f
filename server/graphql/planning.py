"""What a selection comes to: which of its fields can be read plainly, which resolvers can be asked for many objects."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLString,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)
from strawberry.schema.types.base_scalars import isoformat

from schema.rows import ITEMS, READS, shows_row
from schema.rows import Items as ItemsOf
from server.graphql.asking import Asked
from server.graphql.reading import (
    Columns,
    Field,
    Items,
    Leaf,
    Made,
    Objects,
    Read,
    Reading,
    Usual,
    columns_of,
    reader,
    refuse,
)

USUAL: Mapping[Any, Usual] = {
    GraphQLString: Usual(str),
    GraphQLBoolean: Usual(bool),
    GraphQLID: Usual(str),
    GraphQLInt: Usual(int, only=" and -2147483648 <= {v} <= 2147483647"),
    GraphQLFloat: Usual(float, only=" and {v} - {v} == 0"),  # neither infinite nor no number
}


def plan_of(executor: Any, kind: Any, details: Any) -> Read | None:
    """How to read values of a type with what is selected on it; None where graphql-core has to do it."""
    try:
        reading = _reading(executor, kind, details)
    except GraphQLError:  # a directive with a variable that is null: graphql-core will say so
        return None
    return None if reading is None else reader(reading)


def _reading(executor: Any, kind: Any, details: Any) -> Reading | None:
    non_null = isinstance(kind, GraphQLNonNull)
    kind = get_nullable_type(kind)
    if is_leaf_type(kind):
        return Leaf(_usual(kind), kind.coerce_output_value, non_null)
    if is_list_type(kind):
        item = _reading(executor, kind.of_type, details)
        return item and Items(item, non_null)
    return _objects(executor, kind, details, non_null=non_null)


@cache
def _usual(kind: Any) -> Usual | None:
    """What most values of a leaf's type are, where that is known: a scalar's, or an enum's."""
    members = getattr(kind, "wrapped_cls", None)
    if members is not None:
        return Usual(members, "{using}[{v}]", using={one: kind.coerce_output_value(one) for one in members})
    own = kind.extensions.get("strawberry-definition")
    if own is not None and own.origin is datetime and own.serialize is isoformat:
        return Usual(datetime, only=" and {v}.tzinfo is {using}", using=UTC)  # JSON has it as `isoformat` does
    if own is not None and own.origin is Decimal and own.serialize is str:
        return Usual(Decimal, "{using}({v})", using=str)
    return USUAL.get(kind)


def _objects(executor: Any, kind: Any, details: Any, *, non_null: bool) -> Objects | None:
    """Concrete types with fields that can be neither read nor asked for are left out: their objects are Unusual."""
    concrete = executor.schema.get_possible_types(kind) if is_abstract_type(kind) else [kind]
    known: dict[type, list[Field]] = {}
    for object_type in concrete:
        of = _class_of(object_type)
        if of is None or of in known:
            return None  # what it is an object of is not said by its class alone
        selected = executor.collect_subfields(object_type, details).grouped_field_set
        found = [_field(executor, object_type, of, name, each) for name, each in selected.items()]
        if None not in found:
            known[of] = [field for field in found if field is not None]
    return Objects(known, non_null) if known else None


def _class_of(object_type: Any) -> type | None:
    """The class of all objects of a type; None where Strawberry would ask the objects themselves."""
    own = object_type.extensions.get("strawberry-definition")
    if not is_object_type(object_type) or own is None or own.is_type_of is not None:
        return None
    # Of a generic type, Strawberry makes a class for each use, of which there are no objects.
    found: type = own.concrete_of.origin if own.concrete_of else own.origin
    return found


def _field(executor: Any, parent_type: Any, of: type, name: str, details: Any) -> Field | None:
    """Where a field's value is; None where Strawberry would do more than to read it or to call its resolver."""
    if details[0].node.name.value == "__typename":
        return Field(name, None, constant=parent_type.name)
    field = _plain(executor, parent_type, details)
    if field is None:
        return None
    own = field.extensions["strawberry-definition"]
    marked = getattr(own.base_resolver and own.base_resolver.wrapped_func, ITEMS, None)
    if marked is not None:
        made = _made(executor, field.type, details, marked)
        return None if made is None else Field(name, made, attribute=marked.rows)
    reading = _reading(executor, field.type, details)
    if reading is None:
        return None
    if not own.base_resolver:
        if field.args or not getattr(field.resolve, "_is_default", False) or own.default_resolver is not getattr:
            return None
        return Field(name, reading, attribute=own.python_name, columns=None if shows_row(of) else frozenset())
    found = _answered(own.base_resolver, parent_type, name, field, details, reading)
    return found and found._replace(columns=_columns(own.base_resolver) if shows_row(of) else frozenset())


def _plain(executor: Any, parent_type: Any, details: Any) -> Any:
    """What the schema says of a field; None where it says more than Strawberry usually does."""
    field = executor.schema.get_field(parent_type, details[0].node.name.value)
    own = field and field.extensions.get("strawberry-definition")
    return None if own is None or own.extensions or details[0].fragment_variable_values else field


def _columns(resolver: Any) -> Columns:
    """What a resolver reads of its object's row, if it says so."""
    marked = getattr(resolver.wrapped_func, READS, None)
    return marked and frozenset(marked.columns)


def _made(executor: Any, kind: Any, details: Any, items: ItemsOf) -> Made | None:
    """How the items of a list are read that are made of rows."""
    item_type = get_nullable_type(get_nullable_type(kind).of_type)
    found: list[Field] = []
    for name, each in executor.collect_subfields(item_type, details).grouped_field_set.items():
        if each[0].node.name.value == "__typename":
            found.append(Field(name, None, constant=item_type.name))
            continue
        field = _plain(executor, item_type, each)
        reading = field and _reading(executor, field.type, each)
        if reading is None:
            return None
        of_row = isinstance(reading, Leaf) or (isinstance(reading, Objects) and all(map(shows_row, reading.fields)))
        made = items.made[field.extensions["strawberry-definition"].python_name]
        found.append(Field(name, reading, made=made, columns=frozenset() if of_row else None))
    return Made(found)


def _answered(resolver: Any, parent_type: Any, name: str, field: Any, details: Any, reading: Reading) -> Field | None:
    if not resolver.self_parameter or resolver.root_parameter or resolver.parent_parameter:
        return None
    if not all(is_leaf_type(get_nullable_type(argument.type)) for argument in field.args.values()):
        return None  # many objects could not be given the same one
    if resolver.is_async or field.args or resolver.info_parameter:
        asked = Asked(name, parent_type, field, details, reader(reading), columns_of(reading))
        return Field(name, None, asked=asked)
    marked = getattr(resolver.wrapped_func, READS, None)
    if marked is None or marked.shown is None:
        return Field(name, reading, call=resolver.wrapped_func)
    if marked.kind is None:
        return Field(name, reading, column=marked.shown)
    key = Usual(UUID, f"'{marked.kind.value}_' + {{v}}.int.to_bytes(16).hex()")
    return Field(name, Leaf(key, refuse, non_null=isinstance(field.type, GraphQLNonNull)), column=marked.shown)
