"""JSON Schema of an operation's variables, made from the GraphQL schema: the two cannot drift apart."""

from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    OperationDefinitionNode,
    Undefined,
    is_required_input_field,
    type_from_ast,
)

SCALARS: dict[str, dict[str, Any]] = {
    "ID": {"type": "string"},
    "String": {"type": "string"},
    "Int": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "DateTime": {"type": "string", "format": "date-time"},
    "Decimal": {"type": "string", "description": "A decimal number."},
    "JSON": {},
}


def schema_of_variables(schema: GraphQLSchema, operation: OperationDefinitionNode) -> dict[str, Any]:
    """An object with the variables by name; where `input` is the only one, with its fields."""
    found: dict[str, Any] = {}
    needed: list[str] = []
    for definition in operation.variable_definitions or ():
        kind: Any = type_from_ast(schema, definition.type)
        name = definition.variable.name.value
        found[name] = schema_of(kind)
        if isinstance(kind, GraphQLNonNull) and definition.default_value is None:
            needed.append(name)
    if takes_input(operation):
        return dict(found["input"])
    return {"type": "object", "properties": found, "required": needed, "additionalProperties": False}


def takes_input(operation: OperationDefinitionNode) -> bool:
    return [definition.variable.name.value for definition in operation.variable_definitions or ()] == ["input"]


def schema_of(kind: GraphQLInputType) -> dict[str, Any]:
    if isinstance(kind, GraphQLNonNull):
        return schema_of(kind.of_type)
    if isinstance(kind, GraphQLList):
        return {"type": "array", "items": schema_of(kind.of_type)}
    if isinstance(kind, GraphQLEnumType):
        return {"type": "string", "enum": list(kind.values)}
    if isinstance(kind, GraphQLInputObjectType):
        return {
            "type": "object",
            "properties": {name: _field(field) for name, field in kind.fields.items()},
            "required": [name for name, field in kind.fields.items() if is_required_input_field(field)],
            "additionalProperties": False,
        }
    return SCALARS[kind.name]


def _field(field: Any) -> dict[str, Any]:
    found = dict(schema_of(field.type))
    if field.description:
        found["description"] = field.description
    if field.default_value not in (None, Undefined):
        found["default"] = field.default_value
    return found
