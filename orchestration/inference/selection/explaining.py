"""A choice in plain words: candidates, the parts of the score, and one or two sentences with the numbers."""

from collections.abc import Sequence
from decimal import Decimal

from domain.models import Candidate, Reason
from domain.runs import RunErrorCode, RunFailure
from domain.selection import Policy
from orchestration.inference.selection.categories import KINDS
from orchestration.inference.selection.eligibility import TOO_SMALL
from orchestration.inference.selection.quality import Insight
from orchestration.inference.selection.utility import Outlook, Weights
from persistence.model_stats import ModelFacts, health


def candidate(o: Outlook, score: float | None, excluded_because: str | None) -> Candidate:
    return Candidate(
        model_id=o.facts.model.id,
        score=None if score is None else round(score, 4),
        expected_quality=round(o.quality, 3),
        expected_cost_usd=o.cost_usd,
        expected_ttft_ms=round(o.ttft_ms, 1),
        excluded_because=excluded_because,
        trust=round(o.trust, 3),
        cost=round(o.cost, 4),
        wait=round(o.wait, 4),
        errors=round(o.errors, 4),
    )


def reasons(o: Outlook, weights: Weights, policy: Policy) -> list[Reason]:
    """The parts of a score; their sum is the score."""
    found = [
        Reason("quality", round(weights.quality * o.quality, 4), f"Expected quality {o.quality:.2f} of 1."),
        Reason("cost", round(-weights.cost * o.cost, 4), f"Expected cost {_money(o.cost_usd)}."),
        Reason("latency", round(-weights.latency * o.wait, 4), f"First words expected after {_s(o)}."),
    ]
    if o.errors > 0:
        share = f"{o.facts.stats.faults} of the last {o.facts.stats.judged} calls failed."
        found.append(Reason("errors", round(-policy.error_penalty * o.errors, 4), share))
    return found


def reasoning(chosen: Outlook, other: Outlook | None, seen: Insight, source: str) -> str:
    name = chosen.facts.model.display_name
    if source == "default":
        return f"{name} was taken by a safe default, because the selection failed; the log says why."
    task = KINDS.get(seen.kind, seen.kind) + (f" ({seen.share:.0%} sure)" if seen.share < 1 else "")
    numbers = f"expected quality {chosen.quality:.2f}, cost {_money(chosen.cost_usd)}, first words after {_s(chosen)}"
    if other is None:
        return f"{name} is the only model that can answer this ({numbers})."
    against = f"{other.facts.model.display_name} has {other.quality:.2f}, {_money(other.cost_usd)} and {_s(other)}"
    said = f"{name}: {numbers}, for {task}."
    if source == "sticky":
        return f"{said} It answers this chat already and is still among the best; {against}."
    if source == "explored":
        return f"{said} It is tried to learn more about it; {against}."
    return f"{said} The next best, {against}."


def _s(o: Outlook) -> str:
    return f"about {o.ttft_ms / 1000:.1f} s"


def _money(usd: Decimal | None) -> str:
    if usd is None:
        return "unknown"
    return "nothing" if usd == 0 else f"about ${usd:.4f}"


def nobody(pool: Sequence[ModelFacts], why: list[str]) -> RunFailure:
    """No model can take the task: say what stands in the way, and how to get one."""
    if not pool:
        message = (
            "There is no model in the pool. Put a GGUF file into the models folder, or set OPENAI_API_KEY"
            " (and OPENAI_BASE_URL for another provider), and start the server again."
        )
        return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message)
    if all(reason.startswith(TOO_SMALL) for reason in why):
        message = "The message is too long for every model in the pool. Shorten it, or add a larger model."
        return RunFailure(RunErrorCode.CONTEXT_TOO_LONG, message)
    shown = "; ".join(f"{f.model.display_name}: {reason}" for f, reason in list(zip(pool, why, strict=True))[:3])
    more = f"; and {len(pool) - 3} more" if len(pool) > 3 else ""
    message = (
        f"No model in the pool can answer this ({shown}{more}). Change what is asked for, or add a model:"
        " a GGUF file in the models folder, or OPENAI_API_KEY in the settings."
    )
    down = any(health(facts.stats).state.value == "DOWN" for facts in pool)
    return RunFailure(RunErrorCode.MODEL_UNAVAILABLE, message, retryable=down)
