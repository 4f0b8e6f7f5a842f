"""Hard limits: which models cannot take a task at all, and why, in words for people."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from domain.models import HealthState
from orchestration.inference.pool import answer_tokens
from orchestration.inference.selection.utility import Outlook
from persistence.model_stats import ModelFacts, health


@dataclass(frozen=True, slots=True)
class Demands:
    """What a task needs of a model. `question_tokens` must fit; of the rest older messages may be left
    out.
    """

    input_tokens: int
    question_tokens: int
    requires: frozenset[str] = frozenset()
    local_only: bool = False
    max_cost_usd: Decimal | None = None


TOO_SMALL = "its context window is too small"


def exclusion(outlook: Outlook, demands: Demands, *, pinned: bool = False) -> str | None:
    """Why this model cannot be chosen; None if it can. Who pins a model may ask one that has trouble."""
    return next((why for why in _obstacles(outlook, demands, pinned) if why is not None), None)


def _obstacles(outlook: Outlook, demands: Demands, pinned: bool) -> Iterator[str | None]:
    facts = outlook.facts
    yield _unusable(facts)
    if demands.local_only and facts.model.file is None:
        yield "it is not local"
    if demands.requires and (missing := sorted(demands.requires - set(facts.model.capabilities))):
        yield f"it lacks {', '.join(missing)}"
    yield _too_long(facts, demands.question_tokens)
    yield _too_dear(outlook, demands.max_cost_usd)
    judged = health(facts.stats)
    if judged.state is HealthState.DOWN and not pinned:
        yield f"it is down: {judged.reason}"


def _unusable(facts: ModelFacts) -> str | None:
    model = facts.model
    if not model.enabled:
        return "it is switched off"
    if not model.available:
        return "its file has gone" if model.file is not None else "its provider does not offer it now"
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
