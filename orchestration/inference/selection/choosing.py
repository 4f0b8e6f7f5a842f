"""Choosing the model for a task: hard limits, then expected quality, then the score, then who takes it."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

from domain.models import Reason, Selection
from domain.runs import RunErrorCode, RunFailure, ThinkingMode
from domain.selection import Beliefs, Policy
from orchestration.inference.selection.eligibility import TOO_SMALL, exclusion, holds_all
from orchestration.inference.selection.explaining import candidate, nobody, reasoning, reasons
from orchestration.inference.selection.quality import Insight, insight, priors
from orchestration.inference.selection.task import Task
from orchestration.inference.selection.utility import Outlook, Weights, outlook
from persistence.model_stats import ModelFacts

if TYPE_CHECKING:
    from orchestration.inference.selection.predictor import Predictor

FALLBACKS = 5
"""Models that stand ready after the chosen one."""
CAREFUL = 0.75
"""Weight of quality above which nobody is experimented on."""


@dataclass(frozen=True, slots=True)
class Mind:
    """What a choice is made with: rules, evidence, and the predictor (None: priors only, and the choice says so)."""

    policy: Policy = field(default_factory=Policy)
    beliefs: Beliefs = field(default_factory=dict)
    predictor: "Predictor | None" = None
    dice: random.Random = field(default_factory=random.SystemRandom)


def choose(task: Task, pool: Sequence[ModelFacts], mind: Mind) -> Selection:
    """A pure function of its arguments (but for the dice, when it may explore); RunFailure when no model can."""
    if task.wishes:
        plain = replace(task, wishes=frozenset())
        try:
            return choose(replace(plain, requires=task.requires | task.wishes), pool, mind)
        except RunFailure:  # nobody has them: an answer that does without is better than none
            return choose(plain, pool, mind)
    started = time.perf_counter()
    demands = task.demands
    if task.model_id is not None:
        return _pinned(task, task.model_id, pool, mind, started)
    seen = _insight(task, pool, mind)
    outlooks = [
        outlook(facts, demands.input_tokens, seen.kind, expected)
        for facts, expected in zip(pool, seen.expected, strict=True)
    ]
    excluded = {o.facts.model.id: exclusion(o, demands) for o in outlooks}
    able = [o for o in outlooks if excluded[o.facts.model.id] is None]
    if not able:  # a model that is down may have recovered, and is better than none
        excluded = {o.facts.model.id: exclusion(o, demands, pinned=True) for o in outlooks}
        able = [o for o in outlooks if excluded[o.facts.model.id] is None]
    if not able:
        raise nobody(pool, [why for why in excluded.values() if why is not None])
    whole = [o for o in able if holds_all(o.facts, demands)]
    if whole:
        for o in able:
            if not holds_all(o.facts, demands):
                excluded[o.facts.model.id] = f"{TOO_SMALL} for the whole conversation"
    weights = Weights.of(task.preference, task.thinking, mind.policy)

    def order(o: Outlook) -> tuple[float, str, UUID]:
        return -o.score(weights, mind.policy), o.facts.model.name, o.facts.model.id

    ranked = sorted(whole or able, key=order)
    taken = _taken(ranked, task, weights, mind)
    rest = [o for o in outlooks if excluded[o.facts.model.id]]
    return _selection(taken, ranked, rest, excluded, seen, weights, mind, started)


def _insight(task: Task, pool: Sequence[ModelFacts], mind: Mind) -> Insight:
    if mind.predictor is None:
        return priors(pool)
    question = task.prompt if task.question is None else task.question
    return insight(question, pool, predictor=mind.predictor, policy=mind.policy, beliefs=mind.beliefs)


@dataclass(frozen=True, slots=True)
class Taken:
    """Who takes the task, why, and with which probability."""

    chosen: Outlook
    source: str
    propensity: float


def _taken(ranked: list[Outlook], task: Task, weights: Weights, mind: Mind) -> Taken:
    policy, best = mind.policy, ranked[0]
    if len(ranked) == 1:
        return Taken(best, "only_one", 1.0)
    if mind.predictor is None:
        return Taken(best, "default", 1.0)
    floor = best.score(weights, policy) - policy.sticky_margin
    current = next((o for o in ranked if o.facts.model.name == task.current), None)
    if current is not None and current is not best and current.score(weights, policy) >= floor:
        return Taken(current, "sticky", 1.0)
    floor = best.score(weights, policy) - policy.explore_within
    near = [o for o in ranked if o.score(weights, policy) >= floor]
    may_explore = task.explore and current is None and task.thinking is ThinkingMode.IMMEDIATE
    if not may_explore or weights.quality > CAREFUL or len(near) < 2 or policy.exploration <= 0:
        return Taken(best, "policy", 1.0)
    share = policy.exploration / len(near)
    if mind.dice.random() < policy.exploration:
        chosen = mind.dice.choice(near)
        return (
            Taken(chosen, "policy", 1 - policy.exploration + share)
            if chosen is best
            else Taken(chosen, "explored", share)
        )
    return Taken(best, "policy", 1 - policy.exploration + share)


def _selection(
    taken: Taken, ranked: list[Outlook], rest: list[Outlook], excluded: Mapping[UUID, str | None],
    seen: Insight, weights: Weights, mind: Mind, started: float,
) -> Selection:  # fmt: skip
    chosen, policy = taken.chosen, mind.policy
    others = [o for o in ranked if o is not chosen]
    other = others[0] if others else None
    return Selection(
        model_id=chosen.facts.model.id,
        confidence=_confidence(chosen, other, mind),
        reasoning=reasoning(chosen, other, seen, taken.source),
        source=taken.source,
        policy_version=policy.version if mind.predictor is not None else f"{policy.version} (default)",
        duration_ms=(time.perf_counter() - started) * 1000,
        task_type=seen.kind,
        reasons=reasons(chosen, weights, policy),
        candidates=[
            *(candidate(o, o.score(weights, policy), None) for o in ranked),
            *(candidate(o, None, excluded[o.facts.model.id]) for o in rest),
        ],
        fallbacks=[o.facts.model.id for o in others[:FALLBACKS]],
        propensity=round(taken.propensity, 6),
    )


def _confidence(chosen: Outlook, other: Outlook | None, mind: Mind) -> float:
    """That the chosen model's answer is at least as good as the runner-up's; 0 by the safe default."""
    if other is None:
        return 1.0
    if mind.predictor is None:
        return 0.0
    return round(mind.predictor.at_least_as_good(chosen.quality, other.quality), 4)


def _pinned(task: Task, model_id: UUID, pool: Sequence[ModelFacts], mind: Mind, started: float) -> Selection:
    """The model that somebody asked for, if it can at all; what is expected of it is noted, to learn from it."""
    facts = next((facts for facts in pool if facts.model.id == model_id), None)
    if facts is None:
        message = "The chosen model is not in the pool any more. Choose another one, or let the server choose."
        raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
    seen, demands, name = _insight(task, [facts], mind), task.demands, facts.model.display_name
    expected = outlook(facts, demands.input_tokens, seen.kind, seen.expected[0])
    if (why := exclusion(expected, demands, pinned=True)) is not None:
        code = RunErrorCode.CONTEXT_TOO_LONG if why.startswith(TOO_SMALL) else RunErrorCode.MODEL_UNAVAILABLE
        message = f"{name} was asked for but cannot answer this: {why}. Choose another model."
        raise RunFailure(code, message)
    text = f"{name} was asked for."
    return Selection(
        model_id=model_id, confidence=1.0, reasoning=text, source="pinned", policy_version=mind.policy.version,
        duration_ms=(time.perf_counter() - started) * 1000, task_type=seen.kind,
        reasons=[Reason("pinned", 1.0, text)], candidates=[candidate(expected, None, None)],
    )  # fmt: skip
