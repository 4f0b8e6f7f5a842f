"""The door to one's own rate limit."""

import strawberry

from resolvers.context import Info
from schema.rate_limits import RateLimit


@strawberry.type
class RateLimitQueries:
    @strawberry.field(description="What this request costs, and what is left. Needs no sign-in.")
    async def rate_limit(self, info: Info) -> RateLimit | None:
        allowance = info.context.allowance
        return RateLimit.of(allowance) if allowance else None
