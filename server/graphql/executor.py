"""graphql-core's executor with a short way for what can be planned, and no memory of past events."""

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from graphql import GraphQLError
from graphql.execution.collect_fields import collect_fields
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from server.graphql.asking import filled
from server.graphql.planning import plan_of
from server.graphql.reading import Gaps, Read, Unusual

Plans = dict[Any, dict[Any, Read | None]]
"""What was worked out of one document, for all its executions, by what @skip and @include go by; nothing else changes
what a selection comes to."""
MOST_CONDITIONS = 4
"""Different values of that for which plans are kept."""


class FastExecutor(StrawberryGraphQLCoreExecutionContext):
    def __init__(self, *arguments: Any, plans: Plans | None = None, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.is_awaitable = cast("Any", optimized_is_awaitable)
        self._plans = self._known({} if plans is None else plans)
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

    def complete_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """What the operation asks for is read as a whole, if it can be."""
        by_core = partial(super().complete_value, return_type, field_details_list, info, path, result, *rest)
        if path.prev is not None or return_type is not info.return_type or self._is_watched:
            return by_core()
        return self._read(return_type, field_details_list, result, by_core)

    def complete_list_value(
        self, return_type: Any, field_details_list: Any, info: Any, path: Any, result: Any, *rest: Any
    ) -> Any:
        """Else each list in it."""
        by_core = partial(super().complete_list_value, return_type, field_details_list, info, path, result, *rest)
        if self._is_watched:
            return by_core()
        return self._read(return_type, field_details_list, result, by_core)

    def plan(self, kind: Any, details: Any) -> Read | None:
        """How values of a type are read with what is selected on it."""
        key = (kind, *(id(detail.node) for detail in details))
        try:
            return self._plans[key]
        except KeyError:
            plan = self._plans[key] = plan_of(self, kind, details)
            return plan

    def _known(self, plans: Plans) -> dict[Any, Read | None]:
        values = self.variable_values.coerced.items()
        conditions = tuple((name, value) for name, value in values if value is True or value is False)
        if conditions not in plans and len(plans) >= MOST_CONDITIONS:
            plans.clear()
        return plans.setdefault(conditions, {})

    def _read(self, kind: Any, details: Any, value: Any, by_core: Callable[[], Any]) -> Any:
        plan = self.plan(kind, details)
        if plan is None:
            return by_core()
        gaps: Gaps = defaultdict(list)
        try:
            data = plan(value, gaps)
        except Unusual:
            return by_core()
        return self._filled(data, gaps, by_core) if gaps else data

    async def _filled(self, data: Any, gaps: Gaps, by_core: Callable[[], Any]) -> Any:
        """What was read, when resolvers have filled its gaps; what graphql-core makes of it, when they cannot."""
        try:
            await filled(self, gaps)
        except Unusual:
            made = by_core()
            return await made if self.is_awaitable(made) else made
        return data
