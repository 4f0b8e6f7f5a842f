"""Putting a schema together: fast execution, guarded documents, masked errors."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, cast

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    OperationType,
    get_operation_ast,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext, ExecutionResult

from domain import tracing
from server.graphql.executor import FastExecutor
from server.graphql.guard import Documents, Known, guard_for
from server.graphql.limits import Limits, shortened

Mask = Callable[[GraphQLError], GraphQLError]


class MaskedSchema(strawberry.Schema):
    """Replaces each error by what a client may see of it, wherever errors come up."""

    mask: Mask
    documents: Documents

    def known(self, text: str) -> Known:
        """The document of this text."""
        return self.documents.look_up(text, self._schema)

    def _get_custom_context_kwargs(self, *arguments: Any, **named: Any) -> dict[str, Any]:
        # Strawberry hides the suggestions for unknown fields only, not those for arguments and variables.
        return {**super()._get_custom_context_kwargs(*arguments, **named), "hide_suggestions": True}

    async def execute(self, query: str | None, *arguments: Any, **named: Any) -> ExecutionResult:
        """As Strawberry's, within the time that an operation may take: what takes longer is stopped and undone."""
        known = self.known(query or "")
        operation = get_operation_ast(known.document, named.get("operation_name")) if known.document else None
        limits, kind = self.documents.limits, operation.operation if operation else OperationType.QUERY
        seconds = limits.mutation_seconds if kind is OperationType.MUTATION else limits.query_seconds
        name = operation.name.value if operation and operation.name else None
        about = {"graphql.operation.type": kind.value, "graphql.operation.name": name}
        with tracing.span(f"GraphQL {kind.value}", about) as span:
            try:
                async with asyncio.timeout(seconds) as patience:
                    if kind is OperationType.SUBSCRIPTION or arguments or not known.may_run(limits, **named):
                        result = await super().execute(query, *arguments, **named)
                    else:
                        result = await self._executed(known, **named)
            except TimeoutError:
                if not patience.expired():
                    raise
                result = ExecutionResult(data=None, errors=[timed_out(seconds)])
            if result.errors:
                span.tell({}, failed=str((result.errors[0].extensions or {}).get("code")))
            return result

    def executor(
        self, known: Known, context: Any, variables: dict[str, Any] | None, operation_name: str | None
    ) -> FastExecutor | list[GraphQLError]:
        """What executes an operation of a valid document; or what is wrong with the variables."""
        found: Any = FastExecutor.build(
            self._schema,
            cast("DocumentNode", known.document),
            None,
            context,
            variables,
            operation_name,
            hide_suggestions=True,
            plans=known.plans,
        )
        return cast("FastExecutor | list[GraphQLError]", found)

    async def _executed(
        self,
        known: Known,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        operation_name: str | None = None,
    ) -> ExecutionResult:
        """The result of what Strawberry would find nothing wrong with. It looks anew at each execution, with hooks for
        extensions of which the guard is the only one: that takes as long as all else about a small query."""
        data, errors = None, None
        try:
            executor = self.executor(known, context_value, variable_values, operation_name)
            if isinstance(executor, list):
                errors = executor
            else:
                result: Any = executor.execute_operation()
                result = await result if executor.is_awaitable(result) else result
                data, errors = result.data, result.errors
        except Exception as error:  # noqa: BLE001 - as Strawberry's; the mask logs it
            errors = [error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)]
        if errors:
            self._process_errors(errors)
        return ExecutionResult(data=data, errors=errors)

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


def timed_out(seconds: float) -> GraphQLError:
    words = f"The operation took longer than {seconds:g} seconds, and was stopped. Ask for less at once."
    return GraphQLError(words, extensions={"code": "TIMED_OUT"})


def with_code(mask: Mask) -> Mask:
    """Every error has a code: what has none and comes from no resolver is about the request's variables."""

    def masked(error: GraphQLError) -> GraphQLError:
        error = shortened(mask(error))
        if "code" not in (error.extensions or {}):
            code = "BAD_USER_INPUT" if error.path is None else "INTERNAL"
            error.extensions = {**(error.extensions or {}), "code": code}
        return error

    return masked


def sdl(schema: strawberry.Schema) -> str:
    """The schema's definition, sorted: for the file that is checked in. (A sorted schema cannot be served: sorting
    loses Strawberry's enums.)"""
    return print_schema(lexicographic_sort_schema(schema._schema)) + "\n"  # noqa: SLF001
