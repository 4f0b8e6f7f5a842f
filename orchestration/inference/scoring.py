"""The transparent score behind a selection: expected quality against expected cost and waiting time.

Weights, scales and priors are starting values that nothing has been fitted to; every part of a score is shown
with the selection.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from domain.models import Preference
from domain.runs import ThinkingMode
from orchestration.inference.families import quality_prior
from orchestration.inference.pricing import cost_of
from persistence.model_stats import CallStats, ModelFacts

EXPECTED_OUTPUT = 400
"""Tokens of an ordinary answer, for cost and waiting time."""

CHEAPEST, DEAREST = 0.0001, 1.0
"""US dollars per call between which the cost is felt, on a logarithmic scale."""
LONGEST_WAIT = 60.0
"""Seconds for a whole answer at which waiting cannot become worse, on a logarithmic scale."""
UNKNOWN_COST = 0.4
"""Cost, from 0 to 1, of a model whose price nobody knows."""

PRIOR_CALLS = 5
"""Measured times count as much as the prior after this many calls."""
PRIOR_TTFT_MS = {True: 1_500.0, False: 800.0}
PRIOR_SPEED = {True: 20.0, False: 50.0}
"""Times before anything is measured, for local (True) and remote models."""

ERROR_PENALTY = 0.5
"""What a model that always fails loses."""

THINKING = {ThinkingMode.IMMEDIATE: 1.0, ThinkingMode.STRATEGIC: 2.0, ThinkingMode.FUTURE: 2.0}
"""How much more quality counts when a person asks for more thought."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What each side counts; the sum is 1."""

    quality: float
    cost: float
    latency: float

    @staticmethod
    def of(preference: Preference, thinking: ThinkingMode) -> "Weights":
        quality, cost, latency = preference.quality * THINKING[thinking], preference.cost, preference.latency
        total = quality + cost + latency
        if total <= 0:
            return Weights.of(Preference(), thinking)
        return Weights(quality / total, cost / total, latency / total)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of one model for one task; `cost`, `wait` and `errors` run from 0 to 1."""

    facts: ModelFacts
    quality: float
    cost_usd: Decimal | None
    cost: float
    ttft_ms: float
    wait: float
    errors: float

    def score(self, weights: Weights) -> float:
        return (
            weights.quality * self.quality
            - weights.cost * self.cost
            - weights.latency * self.wait
            - ERROR_PENALTY * self.errors
        )


def outlook(facts: ModelFacts, input_tokens: int) -> Outlook:
    row, stats = facts.model, facts.stats
    local = row.file is not None
    cost_usd = cost_of(row, input_tokens, EXPECTED_OUTPUT)
    ttft_ms = _shrunk(stats.ttft_ms.p50, stats.calls, PRIOR_TTFT_MS[local])
    speed = _shrunk(stats.tokens_per_second.p50, stats.calls, PRIOR_SPEED[local])
    seconds = ttft_ms / 1000 + EXPECTED_OUTPUT / max(speed, 0.1)
    return Outlook(
        facts=facts,
        quality=row.quality if row.quality is not None else quality_prior(row.name, local=local),
        cost_usd=cost_usd,
        cost=UNKNOWN_COST if cost_usd is None else _scaled(float(cost_usd) / CHEAPEST, DEAREST / CHEAPEST),
        ttft_ms=ttft_ms,
        wait=_scaled(seconds, LONGEST_WAIT),
        errors=_error_rate(stats),
    )


def _shrunk(measured: float | None, calls: int, prior: float) -> float:
    """Few measurements move the prior a little, many replace it."""
    if measured is None:
        return prior
    return (measured * calls + prior * PRIOR_CALLS) / (calls + PRIOR_CALLS)


def _scaled(value: float, most: float) -> float:
    """From 0 at nothing to 1 at `most`, logarithmically."""
    return min(1.0, math.log1p(value) / math.log1p(most))


def _error_rate(stats: CallStats) -> float:
    """Faults among recent calls, shrunk towards none."""
    return stats.faults / (stats.judged + PRIOR_CALLS)


def confidence(best: float, second: float) -> float:
    """The softmax probability of the best of two scores; a margin of .05 gives 73 %."""
    return 1 / (1 + math.exp(-(best - second) / 0.05))
