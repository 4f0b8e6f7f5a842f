"""The transparent score behind a selection: expected quality against expected cost and waiting time.

Quality is learned; the scales of cost and waiting are starting values. Every part of a score is shown with the
selection.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from domain.models import ModelTier, Preference
from domain.runs import ThinkingMode
from domain.selection import Policy
from orchestration.inference.pricing import cost_of
from orchestration.inference.selection.quality import Expectation
from persistence.model_stats import CallStats, ModelFacts

EXPECTED_OUTPUT = {"facts": 100, "common_sense": 150, "conversation": 80, "code": 500, "math": 450, "writing": 600}
ORDINARY_OUTPUT = 300
"""Tokens of an ordinary answer to each kind of task, for cost and waiting time."""

LOADING_MS = {ModelTier.RAM: 0.0, ModelTier.SWAP: 2_000.0, ModelTier.STORAGE: 8_000.0, ModelTier.REMOTE: 0.0}
"""Time until a model is ready to read a prompt."""

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


@dataclass(frozen=True, slots=True)
class Weights:
    """What each side counts; the sum is 1."""

    quality: float
    cost: float
    latency: float

    @staticmethod
    def of(preference: Preference, thinking: ThinkingMode, policy: Policy) -> "Weights":
        """Quality counts `thinking_boost` times as much when a person asks for more thought."""
        boost = 1.0 if thinking is ThinkingMode.IMMEDIATE else policy.thinking_boost
        quality, cost, latency = preference.quality * boost, preference.cost, preference.latency
        total = quality + cost + latency
        if total <= 0:
            return Weights.of(Preference(), thinking, policy)
        return Weights(quality / total, cost / total, latency / total)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What to expect of one model for one task; `cost`, `wait` and `errors` run from 0 to 1."""

    facts: ModelFacts
    quality: float
    trust: float
    cost_usd: Decimal | None
    cost: float
    ttft_ms: float
    wait: float
    errors: float

    def score(self, weights: Weights, policy: Policy) -> float:
        return score(self.quality, self.cost, self.wait, self.errors, weights, policy)


def score(quality: float, cost: float, wait: float, errors: float, weights: Weights, policy: Policy) -> float:
    gain = weights.quality * quality - weights.cost * cost - weights.latency * wait
    return gain - policy.error_penalty * errors


def outlook(facts: ModelFacts, input_tokens: int, kind: str, expected: Expectation) -> Outlook:
    row, stats = facts.model, facts.stats
    local, output = row.file is not None, EXPECTED_OUTPUT.get(kind, ORDINARY_OUTPUT)
    cost_usd = cost_of(row, input_tokens, output)
    ttft_ms = _shrunk(stats.ttft_ms.p50, stats.calls, PRIOR_TTFT_MS[local])
    if local:
        ttft_ms += LOADING_MS[ModelTier(row.details.get("tier", ModelTier.STORAGE))]
    speed = _shrunk(stats.tokens_per_second.p50, stats.calls, PRIOR_SPEED[local])
    seconds = ttft_ms / 1000 + output / max(speed, 0.1)
    return Outlook(
        facts=facts,
        quality=expected.quality,
        trust=expected.trust,
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
