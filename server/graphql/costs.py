"""What an operation could cost: how many objects it may return, counted from its document and its page sizes.

A field that returns an object is one object; a list is as many as its page may hold, or `ASSUMED` where it has no
pages. What is inside a list counts once for each of its items. Plain values are free, and so are the edges of a
connection, because their nodes are counted.
"""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from schema.pages import DEFAULT_PAGE, LARGEST_PAGE

ASSUMED = 10
"""Items of a list that has no pages."""
OBJECTS_PER_POINT = 100
POINTS_PER_MUTATION = 5
CONNECTION = "Connection"


class Variable(NamedTuple):
    name: str
    default: int | None


Given = Variable | int | None
"""What a document says of a page's size, or of how many ids it has."""


class Size(NamedTuple):
    """How many items a list may have: what the first argument says that is given, or `otherwise`."""

    given: tuple[Given, ...]
    otherwise: int
    most: int | None

    def of(self, variables: Mapping[str, Any]) -> int:
        for given in self.given:
            found = _length(variables.get(given.name, given.default)) if isinstance(given, Variable) else given
            if found is not None:
                return max(found if self.most is None else min(found, self.most), 0)
        return self.otherwise


class Price(NamedTuple):
    """`fixed` objects, and for each list whose length variables say, that many times what is inside it."""

    fixed: int = 0
    lists: tuple[tuple[Size, "Price"], ...] = ()

    def of(self, variables: Mapping[str, Any]) -> int:
        return self.fixed + sum(size.of(variables) * inside.of(variables) for size, inside in self.lists)

    def beside(self, other: "Price") -> "Price":
        return Price(self.fixed + other.fixed, self.lists + other.lists)

    def times(self, size: Size) -> "Price":
        if any(isinstance(given, Variable) for given in size.given):
            return Price(0, ((size, self),))
        count = size.of({})
        if not self.lists:
            return Price(self.fixed * count)
        return Price(0, ((Size((count,), count, None), self),))


class OperationPrice(NamedTuple):
    objects: Price
    mutations: int

    def points(self, variables: Mapping[str, Any] | None) -> int:
        """What is charged for it: one at least, one for each hundred objects, and five for each change."""
        objects = math.ceil(self.objects.of(variables or {}) / OBJECTS_PER_POINT)
        return max(1, objects + POINTS_PER_MUTATION * self.mutations)


ONE = Size((), 1, None)


def prices(document: DocumentNode, schema: GraphQLSchema) -> dict[str | None, OperationPrice]:
    """The price of each operation of a valid document within the limits on its fields, by name."""
    found: dict[str | None, OperationPrice] = {}
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            pricing = _Pricing(document, schema, node)
            objects = pricing.whole()
            changes = pricing.roots if node.operation is OperationType.MUTATION else 0
            found[node.name.value if node.name else None] = OperationPrice(objects, changes)
    return found


class _Pricing:
    def __init__(self, document: DocumentNode, schema: GraphQLSchema, operation: OperationDefinitionNode) -> None:
        self._schema, self._operation = schema, operation
        self._root, self.roots = schema.get_root_type(operation.operation), 0
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._defaults = {
            node.variable.name.value: _written(node.default_value) for node in operation.variable_definitions or ()
        }

    def whole(self) -> Price:
        return self._selection(self._root, self._operation.selection_set, ONE)

    def _selection(self, parent: GraphQLNamedType | None, selections: SelectionSetNode, page: Size) -> Price:
        """`page` is the size of the lists directly in this selection, where it is that of a connection."""
        total = Price()
        for node in selections.selections:
            match node:
                case FieldNode():
                    total = total.beside(self._field(parent, node, page))
                case FragmentSpreadNode():
                    fragment = self._fragments[node.name.value]
                    kind = self._schema.get_type(fragment.type_condition.name.value)
                    total = total.beside(self._selection(kind, fragment.selection_set, page))
                case InlineFragmentNode(type_condition=condition):
                    kind = self._schema.get_type(condition.name.value) if condition else parent
                    total = total.beside(self._selection(kind, node.selection_set, page))
        return total

    def _field(self, parent: GraphQLNamedType | None, node: FieldNode, page: Size) -> Price:
        self.roots += parent is self._root
        field = self._schema.get_field(parent, node.name.value)  # type: ignore[arg-type]
        if field is None or node.selection_set is None or not is_composite_type(get_named_type(field.type)):
            return Price()
        kind = get_named_type(field.type)
        if kind.name.endswith(CONNECTION) and "first" in field.args:
            size = self._size(node, ("first", "last"), DEFAULT_PAGE, LARGEST_PAGE)
            return Price(1).beside(self._selection(kind, node.selection_set, size))
        inside = self._selection(kind, node.selection_set, ONE)
        if parent is not None and parent.name.endswith(CONNECTION):
            is_edge = is_list_type(get_nullable_type(field.type))
            return inside.times(page) if is_edge else Price(1).beside(inside)
        return Price(1).beside(inside).times(self._length(node, field))

    def _length(self, node: FieldNode, field: GraphQLField) -> Size:
        if not is_list_type(get_nullable_type(field.type)):
            return ONE
        return self._size(node, ("ids",), ASSUMED, None)

    def _size(self, node: FieldNode, names: tuple[str, ...], otherwise: int, most: int | None) -> Size:
        given = (argument for name in names for argument in node.arguments or () if argument.name.value == name)
        return Size(tuple(self._given(argument.value) for argument in given), otherwise, most)

    def _given(self, value: ValueNode) -> Given:
        if isinstance(value, VariableNode):
            return Variable(value.name.value, self._defaults.get(value.name.value))
        return _written(value)


def _written(value: ValueNode | None) -> int | None:
    if isinstance(value, IntValueNode):
        return int(value.value)
    return len(value.values) if isinstance(value, ListValueNode) else None


def _length(value: Any) -> int | None:
    """A whole number, also when it is written as 200.0, which GraphQL takes for one; or the length of a list. What is
    neither is refused when variables are looked at."""
    if isinstance(value, list):
        return len(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) else None
