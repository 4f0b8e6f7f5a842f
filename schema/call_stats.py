"""Sums and percentiles over calls, as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

import numpy as np
import strawberry

from persistence.histograms import SHARES, Measure, percentiles, quantiles
from persistence.metrics import Tally
from schema.model_health import Percentiles


@strawberry.type(
    description="What calls to models add up to. Sums are exactly those of the ledger; percentiles are within 2 % of "
    "the value of their rank. Times and speeds are those of calls that succeeded."
)
class ModelCallStats:
    calls: int = strawberry.field(description="Calls, however they ended. They count when they began.")
    errors: int = strawberry.field(description="Calls that failed. A cancelled call has not.")
    error_rate: float | None = strawberry.field(description="Share of calls that failed, from 0 to 1; null: no calls.")
    input_tokens: float = strawberry.field(description="Tokens sent; a whole number that may be large.")
    output_tokens: float = strawberry.field(description="Tokens received; a whole number that may be large.")
    cost_usd: Decimal = strawberry.field(description="Money in US dollars, at the prices of the time.")
    spreads: strawberry.Private[Spreads]
    place: strawberry.Private[int]

    @strawberry.field(description="Time to the first token in milliseconds.")
    def ttft_ms(self) -> Percentiles:
        return self.spreads.of(self.place)[Measure.TTFT_MS]

    @strawberry.field(description="Time to the end in milliseconds.")
    def duration_ms(self) -> Percentiles:
        return self.spreads.of(self.place)[Measure.DURATION_MS]

    @strawberry.field(description="Speed of output after the first token, of answers of two tokens or more.")
    def output_tokens_per_second(self) -> Percentiles:
        return self.spreads.of(self.place)[Measure.TOKENS_PER_SECOND]


class Spreads:
    """The percentiles of tallies, worked out for all of them when those of one are asked for."""

    def __init__(self, tallies: Sequence[Tally]) -> None:
        self._tallies = tallies

    def of(self, place: int) -> tuple[Percentiles, ...]:
        return self._found[place]

    @cached_property
    def _found(self) -> list[tuple[Percentiles, ...]]:
        return percentiles_of(self._tallies)


def stats_of(tallies: Sequence[Tally]) -> list[ModelCallStats]:
    """One for each tally."""
    spreads = Spreads(tallies)
    return [
        ModelCallStats(
            calls=tally.calls,
            errors=tally.errors,
            error_rate=tally.errors / tally.calls if tally.calls else None,
            input_tokens=float(tally.input_tokens),
            output_tokens=float(tally.output_tokens),
            cost_usd=tally.cost_usd,
            spreads=spreads,
            place=place,
        )
        for place, tally in enumerate(tallies)
    ]


def percentiles_of(tallies: Sequence[Tally]) -> list[tuple[Percentiles, ...]]:
    """For each tally, those of each measure."""
    known = np.array([tally.percentiles != b"" for tally in tallies], bool)
    found = np.empty((len(tallies), len(Measure), len(SHARES)))
    found[known] = percentiles([tally.percentiles for tally in tallies if tally.percentiles])
    found[~known] = quantiles([tally.histogram for tally in tallies if not tally.percentiles], SHARES)
    shown = found.astype(object)
    shown[np.isnan(found)] = None
    values = shown.reshape(-1, len(SHARES)).T.tolist()
    spreads = iter([Percentiles(p50=p50, p95=p95, p99=p99) for p50, p95, p99 in zip(*values, strict=True)])
    return list(zip(*[spreads] * len(Measure), strict=True))
