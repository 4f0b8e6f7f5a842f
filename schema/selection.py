"""Ratings, and the rules of the selection as the API shows them."""

from __future__ import annotations

import math
from dataclasses import fields
from datetime import datetime
from typing import Any, Self

import strawberry

from domain import selection as facts
from domain.errors import BadUserInput
from persistence.selection import PolicyRow
from schema.enums import MessageRating
from schema.messages import Message

NUMBERS = {
    "profile_trust": "How far results on public questions count against a model's prior, from 0 to 1.",
    "belief_strength": "Weight of evidence at which what was learned here counts half.",
    "longest_shift": "Most that evidence can move an expected quality.",
    "half_life_days": "Days after which evidence counts half.",
    "error_penalty": "What a model that always fails loses.",
    "thinking_boost": "How many times as much quality counts when a person asks for more thought.",
    "sticky_margin": "How far behind the best the model of a chat may fall before another one takes over.",
    "exploration": "Share of choices that may go to another model that is nearly as good; 0: never.",
    "explore_within": "How far behind the best such a model may be.",
}


def _number(name: str) -> Any:
    return strawberry.field(description=NUMBERS[name])


@strawberry.type(description="One version of the rules by which models are chosen.")
class SelectionPolicy:
    version: str = strawberry.field(description="Its name; selections carry it as `policyVersion`.")
    active: bool = strawberry.field(description="Whether models are chosen by it.")
    created_at: datetime | None = strawberry.field(description="When it was added; null for the shipped one.")
    profile_trust: float = _number("profile_trust")
    belief_strength: float = _number("belief_strength")
    longest_shift: float = _number("longest_shift")
    half_life_days: float = _number("half_life_days")
    error_penalty: float = _number("error_penalty")
    thinking_boost: float = _number("thinking_boost")
    sticky_margin: float = _number("sticky_margin")
    exploration: float = _number("exploration")
    explore_within: float = _number("explore_within")

    @classmethod
    def of(cls, policy: facts.Policy, *, active: bool, created_at: datetime | None = None) -> Self:
        numbers = {name: getattr(policy, name) for name in NUMBERS}
        return cls(version=policy.version, active=active, created_at=created_at, **numbers)

    @classmethod
    def from_row(cls, row: PolicyRow) -> Self:
        return cls.of(row.policy, active=row.active, created_at=row.created_at)


@strawberry.input(description="Rules to try or to add; what is left out is as in the shipped rules.")
class PolicyRulesInput:
    profile_trust: float | None = strawberry.field(default=None, description=NUMBERS["profile_trust"])
    belief_strength: float | None = strawberry.field(default=None, description=NUMBERS["belief_strength"])
    longest_shift: float | None = strawberry.field(default=None, description=NUMBERS["longest_shift"])
    half_life_days: float | None = strawberry.field(default=None, description=NUMBERS["half_life_days"])
    error_penalty: float | None = strawberry.field(default=None, description=NUMBERS["error_penalty"])
    thinking_boost: float | None = strawberry.field(default=None, description=NUMBERS["thinking_boost"])
    sticky_margin: float | None = strawberry.field(default=None, description=NUMBERS["sticky_margin"])
    exploration: float | None = strawberry.field(default=None, description=NUMBERS["exploration"])
    explore_within: float | None = strawberry.field(default=None, description=NUMBERS["explore_within"])

    def policy(self, version: str) -> facts.Policy:
        """The rules as a policy; BadUserInput for numbers out of bounds."""
        given = {f.name: getattr(self, f.name) for f in fields(facts.Policy) if f.name != "version"}
        numbers = {name: value for name, value in given.items() if value is not None}
        wrong: dict[str, str] = {}
        for name, value in numbers.items():
            low, high = facts.LIMITS[name]
            if not (math.isfinite(value) and low <= value <= high):
                head, *rest = name.split("_")
                path = head + "".join(word.title() for word in rest)
                wrong[f"input.rules.{path}"] = f"must be between {low:g} and {high:g}, not {value:g}"
        if wrong:
            raise BadUserInput(wrong)
        return facts.Policy(version=version, **numbers)


@strawberry.input(description="A new version of the rules.")
class AddPolicyInput:
    version: str = strawberry.field(description="Its name: 1 to 40 letters, digits, dots, dashes or underscores.")
    rules: PolicyRulesInput = strawberry.field(description="What it says.")


@strawberry.type(description="A policy that was added or put to use.")
class PolicyPayload:
    policy: SelectionPolicy = strawberry.field(description="The policy.")


@strawberry.input(description="Rules to replay past choices with.")
class ReplayPolicyInput:
    rules: PolicyRulesInput = strawberry.field(description="What they say.")


@strawberry.type(description="What choices were expected to bring, on average.")
class ReplaySide:
    quality: float = strawberry.field(description="Expected quality, from 0 to 1.")
    cost_usd: float = strawberry.field(description="Expected cost of an answer in US dollars; unknown prices count 0.")
    ttft_ms: float = strawberry.field(description="Expected time to the first token, in milliseconds.")


@strawberry.type(
    description="What rules would have changed in the newest 2,000 choices of this server that no person had pinned. "
    "Qualities are those expected at the time."
)
class PolicyReplay:
    decisions: int = strawberry.field(description="Choices that were replayed.")
    changed: int = strawberry.field(description="Choices that would have been others.")
    judged: int = strawberry.field(description="Choices that people have judged since, by thumbs and deeds.")
    reward: float | None = strawberry.field(description="Mean reward of the judged ones, from 0 to 1.")
    estimated_reward: float | None = strawberry.field(
        description="What the rules would have got, from the judged choices that they share, weighted by inverse "
        "propensity; null where they share none."
    )
    before: ReplaySide | None = strawberry.field(description="What was chosen.")
    after: ReplaySide | None = strawberry.field(description="What would have been chosen.")


@strawberry.input(description="A thumb on an answer.")
class RateMessageInput:
    message_id: strawberry.ID = strawberry.field(description="The answer.")
    rating: MessageRating | None = strawberry.field(default=None, description="Up or down; null takes it away.")


@strawberry.type(description="The message that was rated.")
class RateMessagePayload:
    message: Message = strawberry.field(description="The message.")
