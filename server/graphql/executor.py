"""graphql-core's executor with a short way for plain fields and no memory of past events."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from graphql import GraphQLError, OperationType, Undefined
from graphql.execution.collect_fields import collect_fields
from graphql.pyutils import Path, gather_with_cancel
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from server.graphql.asking import Gap, filled, taken
from server.graphql.planning import Field, fields_of, reading_of
from server.graphql.reading import Reading, Unusual


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.is_awaitable = cast("Any", optimized_is_awaitable)
        self.plans: dict[tuple[Any, int], tuple[Any, list[Field]]] = {}
        self.gaps: list[Gap] = []
        # An event of a subscription has a context of its own, which resolvers could not be given once for all.
        self.asks = self.operation.operation is not OperationType.SUBSCRIPTION
        self._lists: dict[tuple[Any, int], tuple[Any, Reading | None]] = {}
        self._is_event = False
        self._root_fields: list[Any] = []
        self._is_watched = bool(self.middleware_manager and self.middleware_manager.middlewares)

    def root_fields(self) -> Any:
        """The root fields of a subscription. graphql-core collects them anew for each event and keys what it remembers
        by their identity, so that its memory grows with every event; here all events share them."""
        if not self._root_fields:
            fields = collect_fields(
                self.schema,
                self.fragments,
                self.variable_values,
                cast("Any", self.schema.subscription_type),
                self.operation,
                self.hide_suggestions,
            )
            self._root_fields.append(fields)
        return self._root_fields[0]

    def build_per_event_executor(self, payload: Any) -> Any:
        """Each event gets a context of its own, whose loaders do not answer with what was true at an earlier one."""
        executor = cast("FastExecutor", super().build_per_event_executor(payload))
        executor._is_event = True  # noqa: SLF001 - a copy of ourselves
        if (fresh := getattr(self.context_value, "fresh", None)) is not None:
            executor.context_value = fresh()
        return executor

    def execute_operation(self, serially: bool | None = None) -> Any:
        if not self._is_event or self.abort_signal is not None:
            return super().execute_operation(serially)
        try:
            fields, root = self.root_fields(), cast("Any", self.schema.subscription_type)
            data: Any = self.execute_collected_root_fields(
                root, self.root_value, fields.grouped_field_set, False, fields.new_defer_usages
            )
        except GraphQLError as error:
            return self._failed(error)
        return self._finished(data) if self.is_awaitable(data) else self.build_response(data)

    async def _finished(self, data: Any) -> Any:
        try:
            return self.build_response(await data)
        except GraphQLError as error:
            return self._failed(error)

    def _failed(self, error: GraphQLError) -> Any:
        self.collected_errors.add(error, None)
        return self.build_response(None)

    def execute_fields(self, parent_type: Any, source_value: Any, path: Any, grouped_field_set: Any, *rest: Any) -> Any:
        if self._is_watched:
            return super().execute_fields(parent_type, source_value, path, grouped_field_set, *rest)
        results: dict[str, Any] = {}
        pending: list[str] = []
        for name, details, plain in fields_of(self, parent_type, grouped_field_set):
            if plain is not None and not plain.reading.asks:
                try:
                    results[name] = plain.read(source_value)
                    continue
                except Unusual:
                    pass
            try:
                value = self.execute_field(
                    parent_type, source_value, details, Path(path, name, parent_type.name), *rest
                )
            except GraphQLError:
                if pending:
                    self.settle_in_background([results[key] for key in pending])
                raise
            if value is not Undefined:
                results[name] = value
                if self.is_awaitable(value):
                    pending.append(name)
        return _gathered(results, pending) if pending else results

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        if type(result) is list and result and not self._is_watched:
            key = (return_type, id(field_details_list))
            known = self._lists.get(key)
            if known is None:
                known = (field_details_list, reading_of(self, return_type, field_details_list))
                self._lists[key] = known
            if known[1] is not None:
                try:
                    data = known[1].of(result)
                except Unusual:
                    self.gaps.clear()
                else:
                    if not self.gaps:
                        return data
                    by_core = partial(
                        super().complete_list_value, return_type, field_details_list, info, path, result, *rest
                    )
                    return self._filled(data, taken(self.gaps), by_core)
        return super().complete_list_value(return_type, field_details_list, info, path, result, *rest)

    async def _filled(self, data: Any, gaps: list[Gap], by_core: Callable[[], Any]) -> Any:
        """What was read, when resolvers have filled its gaps; what graphql-core makes of it, when they cannot."""
        try:
            await filled(gaps, self.gaps)
        except Unusual:
            made = by_core()
            return await made if self.is_awaitable(made) else made
        return data


async def _gathered(results: dict[str, Any], pending: list[str]) -> dict[str, Any]:
    if len(pending) == 1:
        results[pending[0]] = await results[pending[0]]
    else:
        values = await gather_with_cancel(*(results[name] for name in pending))
        results.update(zip(pending, values, strict=True))
    return results
