"""The product's own selector behind the interface of router evaluations.

`route_pool(prompt, models)` gives the expected quality of each model; `route(prompt)` the probability that the cheap
model of a pair suffices (told the pair with `route(prompt, weak, strong)`); `select` and `feedback` choose and learn
online. Models are `{"id", "input_per_mtok", "output_per_mtok"}`, with prices in US dollars per million tokens.
"""

import inspect
import math
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from domain.models import Preference, ProviderKind
from domain.selection import EVERY_KIND, Belief, Beliefs, Policy
from orchestration.inference.selection.choosing import Mind, choose
from orchestration.inference.selection.predictor import Predictor, load
from orchestration.inference.selection.quality import Insight, insight
from orchestration.inference.selection.task import Task
from persistence.model_stats import CallStats, ModelFacts
from persistence.models import ModelRow, ProviderRow

PAIR = ("mixtral-8x7b-instruct", "gpt-4-1106-preview")
"""The cheap and the strong model that `route(prompt)` decides between."""
PRICES = ((0.5, 0.5), (10.0, 30.0))
"""Prices of a cheap and of a strong model, for those that nothing else is known of."""
LEVEL, SLOPE = 2.17, 4.97
"""Calibrate the lead of the strong model to the probability that the cheap one suffices (held-out public rows)."""
SPACE = UUID(int=0)
POLICY = Policy()
BELIEFS: Beliefs = {}
TABLES: list[Predictor] = []
"""Other tables than the shipped ones, the last first: those that were fitted without the questions that are asked."""


def predictor() -> Predictor:
    return TABLES[-1] if TABLES else load()


@lru_cache(maxsize=4096)
def facts(name: str, input_usd: float | None, output_usd: float | None) -> ModelFacts:
    """A model of the pool that only its name and price are known of."""
    provider = ProviderRow(id=SPACE, name="bench", kind=ProviderKind.OPENAI, base_url=None, source="user")
    known = dict.fromkeys(ModelRow.__mapper__.column_attrs.keys()) | {
        "id": uuid5(SPACE, name), "provider_id": SPACE, "name": name, "display_name": name, "enabled": True,
        "available": True, "capabilities": [], "details": {}, "input_usd_per_million": _money(input_usd),
        "output_usd_per_million": _money(output_usd),
    }  # fmt: skip
    return ModelFacts(ModelRow(**known), provider, CallStats())


def _money(usd: float | None) -> Decimal | None:
    return None if usd is None else Decimal(str(usd))


def pool_of(models: Sequence[Mapping[str, Any]]) -> list[ModelFacts]:
    return [facts(m["id"], m.get("input_per_mtok"), m.get("output_per_mtok")) for m in models]


def seen(prompt: str, pool: Sequence[ModelFacts]) -> Insight:
    """What the shipped tables say, whatever was learned online meanwhile."""
    return insight(prompt, pool, predictor=predictor(), policy=POLICY, beliefs={})


def route_pool(prompt: str, models: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    pool = pool_of(models)
    expected = seen(prompt, pool).expected
    return {one.model.name: said.quality for one, said in zip(pool, expected, strict=True)}


def _of_pair(prompt: str, weak: str, strong: str) -> float:
    """The probability that the weak model's answer is at least as good as the strong one's."""
    cheap, dear = seen(prompt, [facts(weak, *PRICES[0]), facts(strong, *PRICES[1])]).expected
    return 1 / (1 + math.exp(SLOPE * (dear.quality - cheap.quality) - LEVEL))


def route(prompt: str, weak: str = PAIR[0], strong: str = PAIR[1]) -> float:
    return _of_pair(prompt, weak, strong)


# Evaluations count the required arguments to learn whether a router wants to be told the pair; this one does.
setattr(route, "__signature__", inspect.signature(_of_pair))  # noqa: B010 - functions have no such attribute by type


def select(prompt: str, models: Sequence[Mapping[str, Any]], lam: float) -> str:
    """The model that the product would choose; `lam` is the weight of cost beside a weight of 1 for quality."""
    task = Task(prompt, question=prompt, preference=Preference(1.0, lam, 0.0))
    pool = pool_of(models)
    chosen = choose(task, pool, Mind(POLICY, BELIEFS, predictor())).model_id
    return next(one.model.name for one in pool if one.model.id == chosen)


def feedback(prompt: str, model: str, reward: float) -> None:
    """A result that was checked against the truth: weight 1, where a thumb counts half."""
    one = facts(model, None, None)
    said = insight(prompt, [one], predictor=predictor(), policy=POLICY, beliefs={})
    for kind in (EVERY_KIND, said.kind):
        weight, surprise = BELIEFS.get((one.model.id, kind), Belief(0, 0))
        BELIEFS[one.model.id, kind] = Belief(weight + 1, surprise + reward - said.expected[0].quality)
