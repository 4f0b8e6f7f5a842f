"""What a request cost, and what its client may still ask for."""

from datetime import datetime

import strawberry

from domain.rates import Allowance


@strawberry.type(
    description="What this request cost in points, and how much its client may still ask for: the person and the API "
    "key that it was sent with, or the address of somebody who has not signed in. A request costs a point for each "
    "hundred objects that it may return, at least one, and five for each mutation."
)
class RateLimit:
    cost: int = strawberry.field(description="Points of this request.")
    limit: int | None = strawberry.field(description="Points in a minute; null where there is no limit.")
    remaining: int | None = strawberry.field(description="Points that are left; null where there is no limit.")
    reset_at: datetime | None = strawberry.field(
        description="When all points are there again, if no more is asked for; null where there is no limit."
    )

    @staticmethod
    def of(allowance: Allowance) -> "RateLimit":
        return RateLimit(
            cost=allowance.cost,
            limit=allowance.limit,
            remaining=allowance.remaining,
            reset_at=allowance.reset_at,
        )
