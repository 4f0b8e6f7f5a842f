"""Putting a schema together: fast execution, guarded documents, masked errors."""

from collections.abc import Callable, Iterable
from typing import Any

import strawberry
from graphql import GraphQLError, lexicographic_sort_schema, print_schema
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from server.graphql.executor import FastExecutor
from server.graphql.guard import Documents, guard_for
from server.graphql.limits import Limits

Mask = Callable[[GraphQLError], GraphQLError]


class MaskedSchema(strawberry.Schema):
    """Replaces each error by what a client may see of it, wherever errors come up."""

    mask: Mask
    documents: Documents

    def _get_custom_context_kwargs(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        # Strawberry hides the suggestions for unknown fields only, not those for arguments and variables.
        return {**super()._get_custom_context_kwargs(*arguments, **named), "hide_suggestions": True}

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        errors[:] = [self.mask(error) for error in errors]


def build_schema(
    query: type,
    mutation: type | None = None,
    subscription: type | None = None,
    *,
    types: Iterable[Any] = (),
    mask: Mask,
    limits: Limits | None = None,
) -> MaskedSchema:
    """A schema to serve. Suggestions of names are off: they tell strangers about the schema."""
    guard = guard_for(limits or Limits())
    schema = MaskedSchema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=list(types),
        config=StrawberryConfig(disable_field_suggestions=True),
        extensions=[guard],
        execution_context_class=FastExecutor,
    )
    schema.mask, schema.documents = with_code(mask), guard.documents
    return schema


def with_code(mask: Mask) -> Mask:
    """Every error has a code: what has none and comes from no resolver is about the request's variables."""

    def masked(error: GraphQLError) -> GraphQLError:
        error = mask(error)
        if "code" not in (error.extensions or {}):
            code = "BAD_USER_INPUT" if error.path is None else "INTERNAL"
            error.extensions = {**(error.extensions or {}), "code": code}
        return error

    return masked


def sdl(schema: strawberry.Schema) -> str:
    """The schema's definition, sorted: for the file that is checked in. (A sorted schema cannot be served: sorting
    loses Strawberry's enums.)"""
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"  # noqa: SLF001
