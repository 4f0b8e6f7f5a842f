"""Replay: what another policy would have chosen where this server has chosen before."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domain.runs import ThinkingMode
from domain.selection import Policy
from orchestration.inference.selection.task import preference_of
from orchestration.inference.selection.utility import Weights, score
from persistence import selection
from persistence.database import Database
from persistence.selection import Decision

MOST = 2_000
"""Past choices that are looked at, the newest ones."""


@dataclass(frozen=True, slots=True)
class Side:
    """Means over the replayed choices, by what was expected at the time. Money is in US dollars."""

    quality: float
    cost_usd: float
    ttft_ms: float


@dataclass(frozen=True, slots=True)
class Replay:
    """`reward` is the mean reward of choices that people judged; `estimated_reward` what the other policy would have
    got, by the judged choices on which both agree, weighted by how unlikely they were (self-normalised inverse
    propensity); None where there are none.
    """

    decisions: int
    changed: int
    judged: int
    reward: float | None
    estimated_reward: float | None
    before: Side | None
    after: Side | None


async def replay(db: Database, policy: Policy) -> Replay:
    async with db.read() as session:
        past = await selection.decisions(session, limit=MOST)
    return compare(past, policy)


def compare(past: list[Decision], policy: Policy) -> Replay:
    pairs = [(decision, _by(decision.selection), _best(decision, policy)) for decision in past]
    pairs = [(decision, old, new) for decision, old, new in pairs if old is not None and new is not None]
    judged = [(d.reward, 1 / max(_propensity(d), 1e-3), old is new) for d, old, new in pairs if d.reward is not None]
    agreed = [(reward, weight) for reward, weight, same in judged if same]
    total = sum(weight for _, weight in agreed)
    return Replay(
        decisions=len(pairs),
        changed=sum(old is not new for _, old, new in pairs),
        judged=len(judged),
        reward=sum(reward for reward, _, _ in judged) / len(judged) if judged else None,
        estimated_reward=sum(reward * weight for reward, weight in agreed) / total if agreed else None,
        before=_side([old for _, old, _ in pairs if old is not None]),
        after=_side([new for _, _, new in pairs if new is not None]),
    )


def _propensity(decision: Decision) -> float:
    return float(decision.selection.get("propensity") or 1.0)


def _by(stored: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The candidate that was chosen."""
    return next((c for c in stored["candidates"] if c["model_id"] == stored["model_id"]), None)


def _best(decision: Decision, policy: Policy) -> Mapping[str, Any] | None:
    """The candidate that the policy would have taken, of those that could be chosen then; None if it cannot be told."""
    weights = Weights.of(preference_of(decision.options), ThinkingMode(decision.thinking), policy)
    able = [c for c in decision.selection["candidates"] if c["score"] is not None and c.get("wait") is not None]
    if not able:
        return None

    def worth(c: Mapping[str, Any]) -> float:
        return score(c["expected_quality"], c["cost"], c["wait"], c["errors"], weights, policy)

    best: Mapping[str, Any] = max(able, key=worth)
    chosen = _by(decision.selection)
    stays = decision.selection["source"] == "sticky" and chosen in able and chosen is not None
    if stays and chosen is not None and worth(chosen) >= worth(best) - policy.sticky_margin:
        return chosen
    return best


def _side(chosen: list[Mapping[str, Any]]) -> Side | None:
    if not chosen:
        return None
    costs = [float(c["expected_cost_usd"] or 0) for c in chosen]
    return Side(
        quality=sum(c["expected_quality"] for c in chosen) / len(chosen),
        cost_usd=sum(costs) / len(chosen),
        ttft_ms=sum(c["expected_ttft_ms"] for c in chosen) / len(chosen),
    )
