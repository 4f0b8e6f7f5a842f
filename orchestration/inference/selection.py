"""Choosing the model for a task: hard limits, then a transparent score, then plain words for the result."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from domain.models import Candidate, Preference, Reason, Selection
from domain.runs import RunErrorCode, RunFailure, ThinkingMode
from orchestration.inference.eligibility import TOO_SMALL, Demands, exclusion, holds_all
from orchestration.inference.pool import ModelPool
from orchestration.inference.scoring import ERROR_PENALTY, Outlook, Weights, confidence, outlook
from orchestration.memory.history import estimate_tokens
from persistence.database import Database
from persistence.model_stats import ModelFacts, health

POLICY = "metadata-1"


@dataclass(frozen=True, slots=True)
class Task:
    """What a model is chosen for. `prompt` is the whole conversation, `question` the part that must not be
    cut.
    """

    prompt: str
    question: str | None = None
    model_id: UUID | None = None
    thinking: ThinkingMode = ThinkingMode.IMMEDIATE
    preference: Preference = field(default_factory=Preference)
    requires: frozenset[str] = frozenset()
    local_only: bool = False
    max_cost_usd: Decimal | None = None

    @staticmethod
    def of_run(
        *, prompt: str, model_id: UUID | None, thinking: ThinkingMode, options: Mapping[str, Any],
        question: str | None = None,
    ) -> "Task":  # fmt: skip
        """The task of a run, with the options that are stored with it."""
        weights, limit = options.get("preference"), options.get("max_cost_usd")
        return Task(
            prompt=prompt,
            question=question,
            model_id=model_id,
            thinking=thinking,
            preference=Preference() if weights is None else Preference(*weights),
            max_cost_usd=None if limit is None else Decimal(limit),
        )

    def after(self, earlier: Sequence[str]) -> "Task":
        """The same task at the end of a conversation."""
        return replace(self, prompt="\n".join([*earlier, self.prompt]))

    @property
    def demands(self) -> Demands:
        question = 0 if self.question is None else estimate_tokens(self.question)
        return Demands(estimate_tokens(self.prompt), question, self.requires, self.local_only, self.max_cost_usd)


class Selector:
    def __init__(self, db: Database, pool: ModelPool) -> None:
        self._pool = pool

    async def choose(self, task: Task) -> Selection:
        """The model that should answer; RunFailure when none can."""
        return choose(task, await self._pool.facts())


def choose(task: Task, pool: Sequence[ModelFacts]) -> Selection:
    """A pure function of the task and what is known of the pool: the same facts give the same choice."""
    started = time.perf_counter()
    demands = task.demands
    if task.model_id is not None:
        return _pinned(task.model_id, demands, pool, started)
    outlooks = [outlook(facts, demands.input_tokens) for facts in pool]
    excluded = {o.facts.model.id: exclusion(o, demands) for o in outlooks}
    able = [o for o in outlooks if excluded[o.facts.model.id] is None]
    if not able:  # a model that is down may have recovered, and is better than none
        excluded = {o.facts.model.id: exclusion(o, demands, pinned=True) for o in outlooks}
        able = [o for o in outlooks if excluded[o.facts.model.id] is None]
    if not able:
        raise _nobody(pool, [why for why in excluded.values() if why is not None])
    whole = [o for o in able if holds_all(o.facts, demands)]
    for o in able if whole else ():
        if o not in whole:
            excluded[o.facts.model.id] = f"{TOO_SMALL} for the whole conversation"
    weights = Weights.of(task.preference, task.thinking)
    ranked = sorted(whole or able, key=lambda o: (-o.score(weights), o.facts.model.name, o.facts.model.id))
    return _selection(ranked, [o for o in outlooks if excluded[o.facts.model.id]], excluded, weights, started)


def _selection(
    ranked: list[Outlook],
    rest: list[Outlook],
    excluded: Mapping[UUID, str | None],
    weights: Weights,
    started: float,
) -> Selection:
    best, second = ranked[0], ranked[1] if len(ranked) > 1 else None
    sure = 1.0 if second is None else confidence(best.score(weights), second.score(weights))
    return Selection(
        model_id=best.facts.model.id,
        confidence=round(sure, 4),
        reasoning=_why(best, second),
        source="only_one" if second is None else "policy",
        policy_version=POLICY,
        duration_ms=(time.perf_counter() - started) * 1000,
        reasons=_reasons(best, weights),
        candidates=[
            *(_candidate(o, o.score(weights), None) for o in ranked),
            *(_candidate(o, None, excluded[o.facts.model.id]) for o in rest),
        ],
    )


def _pinned(model_id: UUID, demands: Demands, pool: Sequence[ModelFacts], started: float) -> Selection:
    facts = next((facts for facts in pool if facts.model.id == model_id), None)
    if facts is None:
        message = "The chosen model is not in the pool any more. Choose another one, or let the server choose."
        raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
    expected, name = outlook(facts, demands.input_tokens), facts.model.display_name
    if (why := exclusion(expected, demands, pinned=True)) is not None:
        code = RunErrorCode.CONTEXT_TOO_LONG if why.startswith(TOO_SMALL) else RunErrorCode.MODEL_UNAVAILABLE
        message = f"{name} was asked for but cannot answer this: {why}. Choose another model."
        raise RunFailure(code, message)
    text = f"{name} was asked for."
    return Selection(
        model_id=model_id, confidence=1.0, reasoning=text, source="pinned", policy_version=POLICY,
        duration_ms=(time.perf_counter() - started) * 1000, reasons=[Reason("pinned", 1.0, text)],
        candidates=[_candidate(expected, None, None)],
    )  # fmt: skip


def _nobody(pool: Sequence[ModelFacts], reasons: list[str]) -> RunFailure:
    """No model can take the task: say what stands in the way, and how to get one."""
    if not pool:
        message = (
            "There is no model in the pool. Put a GGUF file into the models folder, or set OPENAI_API_KEY"
            " (and OPENAI_BASE_URL for another provider), and start the server again."
        )
        return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
    if all(why.startswith(TOO_SMALL) for why in reasons):
        message = "The message is too long for every model in the pool. Shorten it, or add a larger model."
        return RunFailure(RunErrorCode.CONTEXT_TOO_LONG, message)
    shown = "; ".join(f"{f.model.display_name}: {why}" for f, why in list(zip(pool, reasons, strict=True))[:3])
    more = f"; and {len(pool) - 3} more" if len(pool) > 3 else ""
    message = (
        f"No model in the pool can answer this ({shown}{more}). Change what is asked for, or add a model:"
        " a GGUF file in the models folder, or OPENAI_API_KEY in the settings."
    )
    down = any(health(facts.stats).state.value == "DOWN" for facts in pool)
    return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=down)


def _candidate(o: Outlook, score: float | None, excluded_because: str | None) -> Candidate:
    return Candidate(
        model_id=o.facts.model.id,
        score=None if score is None else round(score, 4),
        expected_quality=round(o.quality, 3),
        expected_cost_usd=o.cost_usd,
        expected_ttft_ms=round(o.ttft_ms, 1),
        excluded_because=excluded_because,
    )


def _reasons(o: Outlook, weights: Weights) -> list[Reason]:
    reasons = [
        Reason("quality", round(weights.quality * o.quality, 4), f"Expected quality {o.quality:.2f} of 1."),
        Reason("cost", round(-weights.cost * o.cost, 4), f"Expected cost {_money(o.cost_usd)}."),
        Reason(
            "latency",
            round(-weights.latency * o.wait, 4),
            f"First words expected after {o.ttft_ms / 1000:.1f} s.",
        ),
    ]
    if o.errors > 0:
        share = f"{o.facts.stats.faults} of the last {o.facts.stats.judged} calls failed."
        reasons.append(Reason("errors", round(-ERROR_PENALTY * o.errors, 4), share))
    return reasons


def _why(best: Outlook, second: Outlook | None) -> str:
    name = best.facts.model.display_name
    numbers = f"expected quality {best.quality:.2f}, cost {_money(best.cost_usd)}, first words after {_s(best)}"
    if second is None:
        return f"{name} is the only model that can answer this ({numbers})."
    other = f"{second.quality:.2f}, {_money(second.cost_usd)} and {_s(second)}"
    return f"{name}: {numbers}; the next best, {second.facts.model.display_name}, has {other}."


def _s(o: Outlook) -> str:
    return f"about {o.ttft_ms / 1000:.1f} s"


def _money(usd: Decimal | None) -> str:
    if usd is None:
        return "unknown"
    return "nothing" if usd == 0 else f"about ${usd:.4f}"
