"""Doors for figures: over a range of time, and live."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import strawberry

from domain.accounts import Scope, UserRole
from resolvers.context import Context, Info
from schema.metrics import LiveMetrics, Metrics, TimeRangeInput

Everyone = Annotated[
    bool | None,
    strawberry.argument(
        description="For administrators: false for their own figures only. Members cannot ask for everybody's."
    ),
]


@strawberry.type
class MetricsQueries:
    @strawberry.field(description="Figures over a range of time, the viewer's own; administrators see everybody's.")
    async def metrics(
        self,
        info: Info,
        range: Annotated[TimeRangeInput, strawberry.argument(description="When the calls began.")],
        everyone: Everyone = None,
    ) -> Metrics:
        return Metrics(window=range.window(whose(info.context, everyone=everyone)))


@strawberry.type
class MetricsSubscriptions:
    @strawberry.subscription(
        description="What is going on, at once and then every second: the viewer's own; administrators see everybody's."
    )
    async def live_metrics(self, info: Info, everyone: Everyone = None) -> AsyncGenerator[LiveMetrics, None]:
        owner = whose(info.context, everyone=everyone)
        async with aclosing(info.context.engine.live_metrics.watch()) as looks:
            async for seen in looks:
                activity = seen.of(owner)
                yield LiveMetrics(
                    at=seen.at,
                    active_runs=activity.active_runs,
                    queued_runs=activity.queued_runs,
                    output_tokens_per_second=activity.output_tokens / 60,
                    calls_last_minute=activity.calls,
                    errors_last_minute=activity.errors,
                )


def whose(context: Context, *, everyone: bool | None) -> UUID | None:
    """Whose figures are asked for, None for everybody's; Forbidden for a member who asks for those."""
    if everyone:
        context.require(Scope.READ, UserRole.ADMIN)
    viewer = context.require(Scope.READ)
    is_admin = viewer.role is UserRole.ADMIN
    return None if is_admin and everyone is not False else viewer.user_id
