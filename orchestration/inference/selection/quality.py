"""The expected quality of each model of the pool for one prompt: prior, public profile, and what was learned here."""

import math
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from domain.selection import EVERY_KIND, Belief, Beliefs, Policy
from orchestration.inference.families import family_of, parameters_of, quality_prior
from orchestration.inference.selection.categories import ruled
from orchestration.inference.selection.profiles import KNOWN, standing
from persistence.model_stats import ModelFacts
from persistence.models import ModelRow

if TYPE_CHECKING:
    from orchestration.inference.selection.predictor import Estimate, Predictor, Profile, Reading

TYPICAL = 0.4
"""Log-odds of the average measured model, which the easiness of topics is relative to."""
LENGTH = 0.08
"""What a prompt's length adds to the lead of a model with prior 1 over one with prior 0, for each standard deviation.
Of all signals only this one held on every suite that was kept out of the fit: stronger models gain on longer prompts.
"""
BY_SIZE = 0.6
"""How far the size of an unknown model says more than nothing: big models of long ago are worse than their size."""
PER_DOUBLING = 0.04
"""How the prior of an unknown model rises with its price, around .5 at one US dollar per million output tokens."""
CLEAR = 0.3
"""Share of a kind below which a prompt is a general question."""
FIRMNESS = 24.0
"""An expectation that results carry fully takes this many times more evidence to be moved, beside what any takes."""
LARGEST_MOOD, FEW_SIGNALS = 0.15, 10.0
NOTHING = Belief(0.0, 0.0)
UNMEASURED = frozenset({"conversation", "transformation", "writing"})
"""Kinds that rules find and that no public result stands behind."""


class Expectation(NamedTuple):
    """`trust`, from 0 to 1, is the part of the quality that results carry; the rest is the prior's."""

    quality: float
    trust: float


class Insight(NamedTuple):
    """What a prompt is, and what to expect of each model for it, in the order of the pool. `share` is from 0 to 1."""

    kind: str
    share: float
    expected: list[Expectation]


class Learned(NamedTuple):
    """What was learned here, and the kind of task that it is asked for."""

    kind: str
    policy: Policy
    beliefs: Beliefs
    mood: float


def insight(
    prompt: str, pool: Sequence[ModelFacts], *, predictor: "Predictor", policy: Policy, beliefs: Beliefs
) -> Insight:
    reading = predictor.read(prompt)
    by_rule = ruled(prompt)
    kind, share = (by_rule, 1.0) if by_rule is not None else _kind(reading)
    measured = by_rule not in UNMEASURED
    profiles = [predictor.profile(facts.model.name) for facts in pool]
    estimates = _estimates(reading, profiles, predictor) if measured else [None] * len(pool)
    level = _odds_to_share(TYPICAL + reading.easiness * share) - _odds_to_share(TYPICAL) if measured else 0.0
    # A profile that stands beside mere priors would tilt the comparison: it counts as far as the others have one.
    trusts = [0.0 if one is None else one.trust for one in estimates]
    best = max(trusts, default=0.0)
    company = policy.profile_trust * (sum(trusts) / len(trusts) / best) ** 2 if best > 0 else 0.0
    learned, expected = Learned(kind, policy, beliefs, mood(beliefs)), []
    for facts, profile, estimate in zip(pool, profiles, estimates, strict=True):
        prior = prior_of(facts.model, None if profile is None else predictor.ability(profile))
        blended = _blend(prior + level, estimate, company)
        if measured:
            lead = LENGTH * (prior - 0.5) * reading.length * (1 - blended.trust)
            blended = blended._replace(quality=blended.quality + lead)
        expected.append(_learned(blended, facts.model.id, learned))
    return Insight(kind, share, expected)


def _estimates(
    reading: "Reading", profiles: "Sequence[Profile | None]", predictor: "Predictor"
) -> "list[Estimate | None]":
    """What the profiles say, in the order of the pool; None for models without one."""
    there = [profile for profile in dict.fromkeys(profiles) if profile is not None]
    said = dict(zip(there, predictor.estimate(reading, there), strict=True)) if there else {}
    return [None if profile is None else said[profile] for profile in profiles]


def priors(pool: Sequence[ModelFacts]) -> Insight:
    """What is left when the predictor fails: the priors of the models."""
    return Insight("general", 0.0, [Expectation(prior_of(facts.model, None), 0.0) for facts in pool])


def prior_of(row: ModelRow, ability: float | None) -> float:
    """What a person has said of the model; else its public profile, its family or size, or its price."""
    return _prior(row.name, row.file is not None, row.quality, row.output_usd_per_million, ability)


@lru_cache(KNOWN)
def _prior(name: str, local: bool, said: float | None, price: Decimal | None, ability: float | None) -> float:
    by_name = quality_prior(name, local=local)
    if said is not None and (local or said != by_name):
        return said
    if family_of(name) is not None:
        return by_name
    if ability is not None:
        return _odds_to_share(ability)
    if (known := standing(name)) is not None:
        return known
    if local or parameters_of(name) is not None or not price:
        return by_name if local else 0.5 + BY_SIZE * (by_name - 0.5)
    return min(0.75, max(0.35, 0.5 + PER_DOUBLING * math.log2(float(price))))


def mood(beliefs: Beliefs) -> float:
    """By how much people judge all models better or worse than expected: thumbs come mostly from the disappointed,
    and that must not drive everybody to the models that nobody has tried yet. Where all evidence is about one model,
    it is taken to be that model's doing.
    """
    whole = [belief for (_, kind), belief in beliefs.items() if kind == EVERY_KIND]
    weight = sum(belief.weight for belief in whole)
    if weight <= 0:
        return 0.0
    shared = 1 - (max(belief.weight for belief in whole) / weight) ** 2
    common = sum(belief.surprise for belief in whole) / (weight + FEW_SIGNALS)
    return shared * min(LARGEST_MOOD, max(-LARGEST_MOOD, common))


def shift_of(model_id: UUID, kind: str, *, strength: float, mood: float, beliefs: Beliefs) -> tuple[float, float]:
    """How far evidence moves the quality, and the weight of that evidence; a kind starts from all kinds' shift."""
    whole, here = beliefs.get((model_id, EVERY_KIND), NOTHING), beliefs.get((model_id, kind), NOTHING)
    start = (whole.surprise - mood * whole.weight) / (whole.weight + strength)
    return (here.surprise - mood * here.weight + strength * start) / (here.weight + strength), here.weight


def _kind(reading: "Reading") -> tuple[str, float]:
    kind = max(reading.kinds, key=reading.kinds.__getitem__)
    share = reading.kinds[kind]
    return (kind, share) if share >= CLEAR else ("general", 1 - share)


def _blend(base: float, profile: "Estimate | None", company: float) -> Expectation:
    if profile is None:
        return Expectation(base, 0.0)
    trust = profile.trust * company
    return Expectation(trust * profile.quality + (1 - trust) * base, trust)


def _learned(expected: Expectation, model_id: UUID, learned: "Learned") -> Expectation:
    """The more results stand behind an expectation, the more evidence it takes to move it."""
    policy = learned.policy
    strength = policy.belief_strength * (1 + FIRMNESS * expected.trust)
    shift, weight = shift_of(model_id, learned.kind, strength=strength, mood=learned.mood, beliefs=learned.beliefs)
    own = weight / (weight + strength)
    shift = min(policy.longest_shift, max(-policy.longest_shift, shift))
    quality = min(0.98, max(0.02, expected.quality + shift))
    return Expectation(quality, 1 - (1 - expected.trust) * (1 - own))


def _odds_to_share(odds: float) -> float:
    return 1 / (1 + math.exp(-odds))
