"""Approaches to a question that were looked at side by side, as they are stored with a run."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

CHOICE = "choice"
"""The key of the step whose output has a run's alternatives."""


@dataclass(frozen=True, slots=True)
class Projection:
    """Where an approach leads: soon, in the long run, what may go wrong, whether one can go back, and what would have
    to be true for it to work."""

    near: str
    far: str
    risks: list[str]
    reversibility: str
    conditions: list[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How well an approach does by one criterion, from 0 to 10."""

    criterion: str
    score: int


@dataclass(frozen=True, slots=True)
class Alternative:
    """`number` counts from 1. `model` has projected it; `problem` says why nobody has. `total` is the mean of its
    scores, None while it has none."""

    number: int
    title: str
    idea: str
    projection: Projection | None = None
    model: str | None = None
    problem: str | None = None
    scores: list[Score] = field(default_factory=list)
    total: float | None = None
    why: str = ""
    chosen: bool = False

    def stored(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Self:
        projection = stored["projection"]
        scores = [Score(**score) for score in stored["scores"]]
        return cls(**stored | {"projection": projection and Projection(**projection), "scores": scores})


def alternatives_in(output: dict[str, Any] | None) -> list[Alternative]:
    """The alternatives that a step with the key CHOICE has left; none without one."""
    return [Alternative.from_stored(stored) for stored in (output or {}).get("alternatives", [])]
