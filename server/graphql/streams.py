"""Operations as a stream of encoded payloads: set up once, then a tight loop over the events."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import create_source_event_stream
from strawberry.extensions.runner import SchemaExtensionsRunner
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.types import ExecutionContext
from strawberry.types import ExecutionResult as StrawberryResult
from strawberry.types.graphql import OperationType

from schema.context import FieldContext
from server.graphql.admission import Admission, Ask, reported
from server.graphql.encoding import encoded
from server.graphql.executor import FastExecutor
from server.graphql.reading import Gaps, Read, Unusual
from server.graphql.schema import MaskedSchema, timed_out

TIME_SLICE = 0.001
"""Seconds after which a stream that never waits lets others have a turn. Others need several turns for one request,
so this is far below the delay that they may feel."""
MOST_WAITS = 20
"""Events in a row that are taken to have been waited for."""


class Refused(Exception):
    """The operation cannot start, or cannot go on; `errors` say why."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(errors)
        self.errors = errors


async def payloads(
    schema: MaskedSchema, ask: Ask, context: FieldContext, admission: Admission
) -> AsyncGenerator[bytes, None]:
    """Encoded results of any operation: one of a query or mutation, one for each event of a subscription.

    Raises Refused, and nothing else. An error inside an event is in that event's result, masked.
    """
    prepared, runner = _prepared(schema, ask, context)
    try:
        async with runner.operation():
            refused = await schema._prepare_operation_async(prepared, runner)  # noqa: SLF001
            if refused is not None:
                raise Refused([schema.mask(error) for error in refused.errors or ()])
            if prepared.operation_type is OperationType.SUBSCRIPTION:
                executor = _executor(schema, ask, context)
                async with aclosing(await _source(schema, executor)) as events:
                    with admission.stream(context.identity):
                        async with aclosing(_events(schema, executor, events)) as frames:
                            async for payload in frames:
                                yield payload
                return
        result = await schema.execute(
            ask.query, variable_values=ask.variables, context_value=context, operation_name=ask.operation_name
        )
        if is_request_error(result):
            raise Refused(result.errors or [])
        report = reported(context.allowance) if ask.wants_cost else {}
        yield encoded({"data": result.data, **report}, result.errors)
    except Refused:
        raise
    except CannotGetOperationTypeError as error:
        raise Refused([no_operation(error)]) from error
    except Exception as error:
        failed = error if isinstance(error, GraphQLError) else GraphQLError(str(error), original_error=error)
        raise Refused([schema.mask(failed)]) from error


async def _events(
    schema: MaskedSchema, executor: FastExecutor, events: AsyncGenerator[Any, None]
) -> AsyncGenerator[bytes, None]:
    plain, turn = _plain(executor), Turn()
    async for event in events:
        turn.goes_on()
        yield plain(event) or await _executed(schema, executor, event)
        if turn.is_over():
            await asyncio.sleep(0)
            turn = Turn()


def _prepared(schema: MaskedSchema, ask: Ask, context: Any) -> tuple[ExecutionContext, SchemaExtensionsRunner]:
    prepared = schema._create_execution_context(  # noqa: SLF001 - the steps of Schema.stream, one by one
        query=ask.query,
        allowed_operation_types=set(OperationType),
        variable_values=ask.variables,
        context_value=context,
        operation_name=ask.operation_name,
    )
    extensions = schema.get_extensions()
    for extension in extensions:
        extension.execution_context = prepared
    return prepared, schema.create_extensions_runner(prepared, extensions)


def no_operation(error: CannotGetOperationTypeError) -> GraphQLError:
    """Which operation was asked for in vain."""
    return GraphQLError(error.as_http_error_reason(), extensions={"code": "BAD_USER_INPUT"})


def is_request_error(result: ExecutionResult | StrawberryResult) -> bool:
    """Whether nothing was executed, so that there is no data, not even null (GraphQL, section 7.1)."""
    return bool(result.errors) and result.data is None and all(error.path is None for error in result.errors or ())


class Turn:
    """How long a stream has gone on without waiting. An event that took its time was waited for: others had a turn
    meanwhile. Some such events may have been work, though; so they do not count for ever."""

    __slots__ = ("_asked", "_began", "_waits")

    def __init__(self) -> None:
        self._began = self._asked = time.perf_counter()
        self._waits = 0

    def goes_on(self) -> None:
        """The next event is there."""
        now = time.perf_counter()
        if now - self._asked > TIME_SLICE and self._waits < MOST_WAITS:
            self._began = now
            self._waits += 1

    def is_over(self) -> bool:
        self._asked = time.perf_counter()
        return self._asked - self._began > TIME_SLICE


async def _source(schema: MaskedSchema, executor: FastExecutor) -> AsyncGenerator[Any, None]:
    """The events of a subscription, as its resolver yields them."""
    source: Any = create_source_event_stream(executor)
    if hasattr(source, "__await__"):
        source = await source
    if isinstance(source, ExecutionResult):
        raise Refused([schema.mask(error) for error in source.errors or ()])
    events: AsyncGenerator[Any, None] = source
    return events


def _plain(executor: FastExecutor) -> Callable[[Any], bytes | None]:
    """Encodes an event without executing anything; None for one that needs it."""
    name, plan = _event_plan(executor)

    def payload(event: Any) -> bytes | None:
        gaps: Gaps = defaultdict(list)
        try:
            data = plan(event, gaps)
        except Unusual:
            return None
        return None if gaps else encoded({"data": {name: data}}, None)

    return payload


def _executor(schema: MaskedSchema, ask: Ask, context: Any) -> FastExecutor:
    executor = schema.executor(schema.known(ask.query), context, ask.variables, ask.operation_name)
    if isinstance(executor, list):
        raise Refused([schema.mask(error) for error in executor])
    return executor


def _event_plan(executor: FastExecutor) -> tuple[str, Read]:
    """Response name and plan of the one root field that a subscription has."""
    ((name, details),) = executor.root_fields().grouped_field_set.items()
    root: Any = executor.schema.subscription_type
    kind = executor.schema.get_field(root, details[0].node.name.value)
    return name, (kind and executor.plan(kind.type, details)) or _unusual


def _unusual(event: Any, gaps: Gaps) -> Any:
    raise Unusual


async def _executed(schema: MaskedSchema, executor: FastExecutor, event: Any) -> bytes:
    seconds = schema.documents.limits.event_seconds
    result = executor.build_per_event_executor(event).execute_operation(False)
    if hasattr(result, "__await__"):
        try:
            async with asyncio.timeout(seconds) as patience:
                result = await result
        except TimeoutError as error:
            if not patience.expired():
                raise
            raise timed_out(seconds) from error
    return encoded({"data": result.data}, [schema.mask(error) for error in result.errors or ()])
