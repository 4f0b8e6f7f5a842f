"""Subscriptions as a stream of encoded payloads: set up once, then a tight loop for each event."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, GraphQLNonNull, is_abstract_type, is_object_type
from graphql.execution import create_source_event_stream
from graphql.execution.collect_fields import collect_fields, collect_subfields
from strawberry.types.graphql import OperationType

from server.graphql.executor import Leaf, Unusual, leaf, read

Mask = Callable[[GraphQLError], GraphQLError]
TIME_SLICE = 0.004
"""Seconds after which a stream that never waits lets others have a turn."""


class Refused(Exception):
    """The operation cannot start; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


class Compiled:
    """A subscription's selection as a list of plain reads for each type of event that has only plain fields."""

    def __init__(self, executor: Any) -> None:
        self.reads: dict[type, list[Leaf]] = {}
        self.name = ""
        schema, operation = executor.schema, executor.operation
        fragments, variables, hide = executor.fragments, executor.variable_values, executor.hide_suggestions
        root = schema.subscription_type
        fields = collect_fields(schema, fragments, variables, root, operation, hide).grouped_field_set
        ((self.name, details),) = fields.items()
        kind = schema.get_field(root, details[0].node.name.value).type
        kind = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        concrete = schema.get_possible_types(kind) if is_abstract_type(kind) else [kind] if is_object_type(kind) else []
        for event_type in concrete:
            below = collect_subfields(schema, fragments, variables, operation, event_type, details, hide)
            reads = [leaf(schema, event_type, name, found) for name, found in below.grouped_field_set.items()]
            own = event_type.extensions.get("strawberry-definition")
            if own is not None and all(reads):
                self.reads[own.origin] = [found for found in reads if found is not None]

    def data(self, event: Any) -> dict[str, Any] | None:
        """The event as data; None when the executor must do it."""
        reads = self.reads.get(type(event))
        if reads is None:
            return None
        try:
            return {self.name: {found.name: read(found, event) for found in reads}}
        except Unusual:
            return None


async def payloads(
    schema: Any,
    query: str,
    variables: dict[str, Any] | None,
    operation_name: str | None,
    context: Any,
    mask: Mask,
) -> AsyncGenerator[bytes, None]:
    """Encoded results of any operation: one of a query or mutation, one for each event of a subscription.

    Raises Refused when the operation cannot start. An error inside an event is in that event's result, masked.
    """
    prepared = schema._create_execution_context(  # noqa: SLF001 - the steps of Schema.stream, one by one
        query=query,
        allowed_operation_types=set(OperationType),
        variable_values=variables,
        context_value=context,
        operation_name=operation_name,
    )
    extensions = schema.get_extensions()
    for extension in extensions:
        extension.execution_context = prepared
    runner = schema.create_extensions_runner(prepared, extensions)
    async with runner.operation():
        try:
            refused = await schema._prepare_operation_async(prepared, runner)  # noqa: SLF001
        except Exception as error:
            words = str(error) or getattr(error, "as_http_error_reason", lambda: "There is no operation to run.")()
            raise Refused([GraphQLError(words, extensions={"code": "BAD_USER_INPUT"})]) from error
        if refused is not None:
            raise Refused([mask(error) for error in refused.errors or ()])
        if prepared.operation_type is OperationType.SUBSCRIPTION:
            async for payload in _events(schema, prepared, mask):
                yield payload
            return
    result = await schema.execute(
        query, variable_values=variables, context_value=context, operation_name=operation_name
    )
    yield encode(result.data, result.errors)


async def _events(schema: Any, prepared: Any, mask: Mask) -> AsyncGenerator[bytes, None]:
    executor = schema.execution_context_class.build(
        schema._schema,  # noqa: SLF001
        prepared.graphql_document,
        None,
        prepared.context,
        prepared.variables,
        prepared.operation_name,
        operation_extensions=None,
    )
    if isinstance(executor, list):
        raise Refused([mask(error) for error in executor])
    source: Any = create_source_event_stream(executor)
    if hasattr(source, "__await__"):
        source = await source
    if isinstance(source, ExecutionResult):
        raise Refused([mask(error) for error in source.errors or ()])
    compiled = Compiled(executor)
    turn = time.perf_counter()
    try:
        async for event in source:
            data, errors = compiled.data(event), None
            if data is None:
                result = executor.build_per_event_executor(event).execute_operation(False)
                result = await result if hasattr(result, "__await__") else result
                data, errors = result.data, [mask(error) for error in result.errors or ()]
            yield encode(data, errors)
            if time.perf_counter() - turn > TIME_SLICE:
                await asyncio.sleep(0)
                turn = time.perf_counter()
    except Exception as error:
        failed = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
        raise Refused([mask(failed)]) from error
    finally:
        await source.aclose()


def encode(data: Any, errors: list[GraphQLError] | None) -> bytes:
    if errors:
        return orjson.dumps({"data": data, "errors": [error.formatted for error in errors]})
    return b'{"data":' + orjson.dumps(data) + b"}"
