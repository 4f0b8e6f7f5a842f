"""Rules of a selection, what it learns from, and what it believes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Policy:
    """One version of the rules by which models are chosen. The defaults are the shipped policy.

    `profile_trust` scales how far public results count against a model's prior, `belief_strength` is the weight of
    evidence at which what was learned here counts half, `longest_shift` bounds it; `half_life_days` is how soon
    evidence fades. `sticky_margin` is how far behind the best the model of a chat may fall before another one takes
    over. `exploration` is the share of choices that may go to another model within `explore_within` of the best.
    """

    version: str = "learned-1"
    profile_trust: float = 1.0
    belief_strength: float = 15.0
    longest_shift: float = 0.25
    half_life_days: float = 138.0
    error_penalty: float = 0.5
    thinking_boost: float = 2.0
    sticky_margin: float = 0.03
    exploration: float = 0.0
    explore_within: float = 0.03


LIMITS = {
    "profile_trust": (0.0, 1.0), "belief_strength": (1.0, 1_000.0), "longest_shift": (0.0, 1.0),
    "half_life_days": (1.0, 3_650.0), "error_penalty": (0.0, 2.0), "thinking_boost": (1.0, 10.0),
    "sticky_margin": (0.0, 1.0), "exploration": (0.0, 0.1), "explore_within": (0.0, 0.2),
}  # fmt: skip
"""What an operator may set each number of a policy to."""


CHOSEN = frozenset({"policy", "sticky", "explored"})
"""Sources of selections in which a policy had a choice."""


class MessageRating(StrEnum):
    UP = "UP"
    DOWN = "DOWN"


class SignalKind(StrEnum):
    """Where a piece of evidence about an answer comes from."""

    RATING = "rating"
    REGENERATED = "regenerated"
    """The same question went to another model."""
    EDITED = "edited"
    """The question was put differently: the answer may have missed it."""
    FAILED = "failed"
    """The model gave no answer although it was there."""
    PREFERRED = "preferred"
    """Of several models that answered side by side, a person goes on from this one's answer."""


WEIGHTS = {
    SignalKind.RATING: 0.5, SignalKind.REGENERATED: 0.3, SignalKind.EDITED: 0.1, SignalKind.FAILED: 0.5,
    SignalKind.PREFERRED: 0.5,
}  # fmt: skip
"""What a signal counts, where a result that was checked against the truth counts 1."""


class Belief(NamedTuple):
    """Evidence on a model and a kind of task: faded weight, and faded sum of weight x (reward - expected)."""

    weight: float
    surprise: float


Beliefs = dict[tuple[UUID, str], Belief]
EVERY_KIND = "*"
"""The kind under which evidence of all kinds is also kept: a new kind starts from it."""
