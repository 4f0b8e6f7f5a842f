"""Approaches that a run has looked at, as the API shows them."""

from typing import Self

import strawberry

from domain import alternatives as stored


@strawberry.type(description="Where an approach leads.")
class Projection:
    near: str = strawberry.field(description="What follows soon.")
    far: str = strawberry.field(description="What follows in the long run.")
    risks: list[str] = strawberry.field(description="What may go wrong.")
    reversibility: str = strawberry.field(description="How hard it is to go back.")
    conditions: list[str] = strawberry.field(description="What would have to be true for it to work.")


@strawberry.type(description="How well an approach does by one criterion.")
class AlternativeScore:
    criterion: str = strawberry.field(description="The criterion.")
    score: int = strawberry.field(description="From 0, which is bad, to 10.")


@strawberry.type(description="One of several approaches to a question.")
class Alternative:
    number: int = strawberry.field(description="Its number in the run, from 1.")
    title: str = strawberry.field(description="What it is called.")
    approach: str = strawberry.field(description="What would be done.")
    projection: Projection | None = strawberry.field(description="Where it leads; null when nobody could say.")
    model_name: str | None = strawberry.field(description="The model that has thought it through.")
    problem: str | None = strawberry.field(description="Why it could not be thought through.")
    scores: list[AlternativeScore] = strawberry.field(description="Its scores; empty when it could not be judged.")
    total_score: float | None = strawberry.field(description="The mean of its scores, from 0 to 10.")
    why: str = strawberry.field(description="Why it has these scores, in one sentence.")
    chosen: bool = strawberry.field(description="Whether the answer follows it.")

    @classmethod
    def of(cls, found: stored.Alternative) -> Self:
        ahead = found.projection
        return cls(
            number=found.number,
            title=found.title,
            approach=found.idea,
            projection=None
            if ahead is None
            else Projection(
                near=ahead.near,
                far=ahead.far,
                risks=ahead.risks,
                reversibility=ahead.reversibility,
                conditions=ahead.conditions,
            ),
            model_name=found.model,
            problem=found.problem,
            scores=[AlternativeScore(criterion=one.criterion, score=one.score) for one in found.scores],
            total_score=found.total,
            why=found.why,
            chosen=found.chosen,
        )
