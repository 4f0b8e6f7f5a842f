"""Hard limits: which models cannot take a task at all, and why, in words for people."""

from dataclasses import dataclass
from decimal import Decimal

from domain.models import HealthState
from orchestration.inference.pool import answer_tokens
from orchestration.inference.scoring import Outlook
from persistence.model_stats import ModelFacts, health


@dataclass(frozen=True, slots=True)
class Demands:
    """What a task needs of a model. `question_tokens` must fit; of the rest older messages may be left out."""

    input_tokens: int
    question_tokens: int
    requires: frozenset[str] = frozenset()
    local_only: bool = False
    max_cost_usd: Decimal | None = None


TOO_SMALL = "its context window is too small"


def exclusion(outlook: Outlook, demands: Demands, *, pinned: bool = False) -> str | None:
    """Why this model cannot be chosen; None if it can. A person who pins a model may ask one that has trouble."""
    facts = outlook.facts
    if (why := _unusable(facts)) is not None:
        return why
    if demands.local_only and facts.model.file is None:
        return "it is not local"
    if missing := sorted(demands.requires - set(facts.model.capabilities)):
        return f"it lacks {', '.join(missing)}"
    if (why := _too_long(facts, demands.question_tokens)) is not None:
        return why
    if (why := _too_dear(outlook, demands.max_cost_usd)) is not None:
        return why
    judged = health(facts.stats)
    if judged.state is HealthState.DOWN and not pinned:
        return f"it is down: {judged.reason}"
    return None


def _unusable(facts: ModelFacts) -> str | None:
    if not facts.model.enabled:
        return "it is switched off"
    if not facts.model.available:
        return "its file has gone" if facts.model.file is not None else "its provider does not offer it now"
    return None


def _too_long(facts: ModelFacts, tokens: int) -> str | None:
    window = facts.model.context_window
    if window is None or tokens + answer_tokens(facts.model) <= window:
        return None
    return f"{TOO_SMALL}: about {tokens:,} tokens and the answer do not fit into {window:,}"


def _too_dear(outlook: Outlook, most: Decimal | None) -> str | None:
    if most is None:
        return None
    if outlook.cost_usd is None:
        return "its price is unknown, so a limit of cost cannot be kept"
    return f"it would cost about ${outlook.cost_usd:.4f}" if outlook.cost_usd > most else None


def holds_all(facts: ModelFacts, demands: Demands) -> bool:
    """Whether the whole conversation fits, so that nothing has to be left out."""
    return _too_long(facts, demands.input_tokens) is None
