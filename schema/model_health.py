"""How models have been doing, and how a test of one went."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry

from persistence import model_stats
from persistence.model_stats import CallStats, Quantiles
from schema.enums import BreakerState, HealthState, RunErrorCode


@strawberry.type(description="How something measured is spread; null where nothing was measured.")
class Percentiles:
    p50: float | None = strawberry.field(description="Half of the values are at most this.")
    p95: float | None = strawberry.field(description="95 of 100 values are at most this.")
    p99: float | None = strawberry.field(description="99 of 100 values are at most this.")

    @classmethod
    def of(cls, quantiles: Quantiles) -> Self:
        return cls(p50=quantiles.p50, p95=quantiles.p95, p99=quantiles.p99)


@strawberry.type(description="How a model has been doing lately, judged from the calls that this server made to it.")
class ModelHealth:
    state: HealthState = strawberry.field(
        description="DOWN while its breaker is OPEN; DEGRADED after a failed call, or when a fifth of those of the "
        "last 15 minutes failed; UNKNOWN without calls in the last 6 hours. Only the model's own failures count."
    )
    since: datetime | None = strawberry.field(description="Since when it has been so, as far back as 6 hours.")
    error_rate: float | None = strawberry.field(
        description="Share of failed calls of the last 15 minutes, from 0 to 1."
    )
    ttft_ms: Percentiles = strawberry.field(description="Time to the first token in milliseconds, last 6 hours.")
    output_tokens_per_second: Percentiles = strawberry.field(description="Speed of output, last 6 hours.")
    reason: str | None = strawberry.field(description="What is wrong, when something is.")
    breaker: BreakerState = strawberry.field(
        description="OPEN after three failures in a row, at once when the provider asks for a pause, and until the key "
        "is changed when the provider refuses it. While it is not CLOSED, other models are chosen."
    )
    open_until: datetime | None = strawberry.field(
        description="When an OPEN breaker lets a call through again; null when it does not by itself."
    )

    @classmethod
    def of(cls, stats: CallStats) -> Self:
        judged, breaker = model_stats.health(stats), stats.breaker
        state = BreakerState.CLOSED if breaker is None else breaker.state
        return cls(
            state=judged.state,
            since=judged.since,
            error_rate=judged.error_rate,
            ttft_ms=Percentiles.of(stats.ttft_ms),
            output_tokens_per_second=Percentiles.of(stats.tokens_per_second),
            reason=judged.reason,
            breaker=state,
            open_until=breaker.until if breaker is not None and state is BreakerState.OPEN else None,
        )


@strawberry.type(description="Why a test of a model failed.")
class ModelTestError:
    code: RunErrorCode = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What was wrong and what to do.")


@strawberry.type(description="How a test of a model went.")
class TestModelPayload:
    ok: bool = strawberry.field(description="Whether it answered.")
    ttft_ms: float | None = strawberry.field(description="Time to its first token in milliseconds.")
    output_tokens_per_second: float | None = strawberry.field(description="How quickly it wrote its short answer.")
    error: ModelTestError | None = strawberry.field(description="What went wrong; null when nothing did.")
