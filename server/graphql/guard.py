"""Parsing, limits and validation of documents, remembered by their text within a budget of bytes."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    parse,
    validate,
)
from graphql.validation import specified_rules
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from server.graphql.costs import OperationPrice, prices
from server.graphql.executor import Plans
from server.graphql.limits import Limits, check_document, check_text, shortened, too_complex

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
MOST_ERRORS = 5
BYTES_EACH, BYTES_PER_CHARACTER = 20_000, 450
"""Memory of a known document with one plan, and by the length of its text; measured, rounded up."""
MOST_BYTES = 32_000_000
ABORTED = "Validation aborted."
"""What graphql-core says when comparing fields of the same name takes longer than its budget allows."""

# The budget is meant to be set so. Its default lets a document of 13 kB take two seconds.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 2_000


@dataclass(frozen=True, slots=True)
class Known:
    """Without a document it could not be parsed, and the only error says why. `prices` are those of the operations by
    name; there are none where anything is wrong. `plans` are what executions have worked out of it."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    prices: Mapping[str | None, OperationPrice] = field(default_factory=dict)
    plans: Plans = field(default_factory=dict)

    def price(self, operation_name: str | None) -> OperationPrice | None:
        """Of the operation that is asked for; None when it cannot be executed."""
        if operation_name is None and len(self.prices) == 1:
            return next(iter(self.prices.values()))
        return self.prices.get(operation_name)

    def may_run(
        self,
        limits: Limits,
        *,
        variable_values: dict[str, Any] | None = None,
        operation_name: str | None = None,
        **_: Any,
    ) -> bool:
        """Whether nothing is wrong with the operation, nor with how much it asks for."""
        price = self.price(operation_name)
        return price is not None and price.objects.of(variable_values or {}) <= limits.objects


class Documents:
    """Known documents of one schema, least recently used last."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self._bytes = limits, 0
        self._known: OrderedDict[str, Known] = OrderedDict()

    def has(self, text: str) -> bool:
        """Whether a document has been examined, so that looking it up costs nothing."""
        return text in self._known

    def look_up(self, text: str, schema: GraphQLSchema) -> Known:
        """The parsed document, or what is wrong with it."""
        known = self._known.get(text)
        if known is None:
            known = self._examine(text, schema)
            self._keep(text, known)
        else:
            self._known.move_to_end(text)
        return known

    def _examine(self, text: str, schema: GraphQLSchema) -> Known:
        document = None
        try:
            check_text(text, self.limits)
            document = self._parsed(text)
            check_document(document, self.limits)
        except GraphQLError as wrong:
            return Known(document, (wrong.with_traceback(None),))
        errors = validate(schema, document, RULES, max_errors=MOST_ERRORS, hide_suggestions=True)
        if any(found.message == ABORTED for found in errors):
            return Known(document, (too_repetitive(),))
        for found in map(shortened, errors):
            found.extensions = {"code": "GRAPHQL_VALIDATION_FAILED", **(found.extensions or {})}
        return Known(document, tuple(errors), {} if errors else prices(document, schema))

    def _parsed(self, text: str) -> DocumentNode:
        try:
            return parse(text)
        except GraphQLSyntaxError as error:
            error.extensions = {"code": "GRAPHQL_PARSE_FAILED"}
            raise

    def _keep(self, text: str, known: Known) -> None:
        self._known[text] = known
        self._bytes += _size(text)
        while self._bytes > MOST_BYTES and len(self._known) > 1:
            oldest, _ = self._known.popitem(last=False)
            self._bytes -= _size(oldest)


def _size(text: str) -> int:
    return BYTES_EACH + len(text) * BYTES_PER_CHARACTER


def too_repetitive() -> GraphQLError:
    limit = overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET // 2
    words = (
        "The document is too complex: it selects the same names too often to check that they agree, at most "
        f"{limit:,} comparisons of fields are allowed."
    )
    figures = {"counted": "comparisons of fields", "limit": limit}
    return GraphQLError(words, extensions={"code": "QUERY_TOO_COMPLEX", **figures})


class Guard(SchemaExtension):
    """Puts `Documents` in the place of Strawberry's own parsing and validation."""

    documents: Documents

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        self._errors: tuple[GraphQLError, ...] = ()
        if context.query:
            known = self.documents.look_up(context.query, context.schema._schema)  # noqa: SLF001
            if known.document is None:
                raise known.errors[0].with_traceback(None)
            context.graphql_document, self._errors = known.document, known.errors
            _check_name(known.document, context._provided_operation_name)  # noqa: SLF001
            if not known.errors:
                self._errors = self._excess(known, context._provided_operation_name)  # noqa: SLF001
        yield

    def _excess(self, known: Known, name: str | None) -> tuple[GraphQLError, ...]:
        price, most = known.price(name), self.documents.limits.objects
        objects = price.objects.of(self.execution_context.variables or {}) if price else 0
        return (too_complex("objects to return", objects, most),) if objects > most else ()

    def on_validate(self) -> Iterator[None]:
        self.execution_context.validation_rules = ()
        if self._errors:
            self.execution_context.pre_execution_errors = list(self._errors)
        yield


def _check_name(document: DocumentNode, name: str | None) -> None:
    """GraphQLError unless the name picks one operation (GetOperation in the specification, section 6.1)."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    names = [node.name.value for node in operations if node.name]
    if name is None and len(operations) > 1:
        words = f"The document has several operations; `operationName` must say which: {', '.join(names[:5])}."
    elif not operations or (name is not None and name not in names):
        words = f"There is no operation named {name!r} in the document." if name else "There is no operation to run."
    else:
        return
    raise GraphQLError(words, extensions={"code": "BAD_USER_INPUT"})


def guard_for(limits: Limits) -> type[Guard]:
    """A Guard with a cache of its own; one class a schema, so that the cache is shared by all requests."""
    return type("Guard", (Guard,), {"documents": Documents(limits)})
