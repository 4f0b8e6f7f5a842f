"""Models, providers and selections as the API shows them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain import models as facts
from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from persistence import model_prices, model_stats, models
from persistence.model_prices import ModelPriceRow
from persistence.model_stats import CallStats
from persistence.models import ModelRow
from schema.context import FieldInfo
from schema.enums import ModelTier, ThinkingMode
from schema.loading import Loader
from schema.model_health import ModelHealth
from schema.nodes import Node
from schema.providers import Provider, provider_by_id

model_by_id = Loader[UUID, ModelRow | None](fetch=models.by_ids, missing=lambda: None)
prices_by_model = Loader[UUID, list[ModelPriceRow]](fetch=model_prices.versions_of, missing=list)
stats_by_model = Loader[UUID, CallStats](fetch=model_stats.stats_of, missing=CallStats)


@strawberry.type(description="A version of a model's price, in US dollars per million tokens.")
class ModelPrice:
    since: datetime = strawberry.field(description="When it began to hold.")
    input_usd_per_million: Decimal = strawberry.field(description="Input.")
    cached_input_usd_per_million: Decimal | None = strawberry.field(
        description="Input that the provider had cached; null: like other input."
    )
    output_usd_per_million: Decimal = strawberry.field(description="Output, reasoning included.")

    @classmethod
    def from_row(cls, row: ModelPriceRow) -> Self:
        return cls(
            since=row.created_at,
            input_usd_per_million=row.input_usd_per_million,
            cached_input_usd_per_million=row.cached_input_usd_per_million,
            output_usd_per_million=row.output_usd_per_million,
        )


@strawberry.type(description="A model of the pool.")
class Model(Node):
    name: str = strawberry.field(description="What its provider calls it.")
    display_name: str = strawberry.field(description="What people call it.")
    enabled: bool = strawberry.field(description="Whether it may be used.")
    available: bool = strawberry.field(description="Whether its file or its provider's offer is there now.")
    capabilities: list[str] = strawberry.field(description="Some of `tools`, `vision`, `reasoning`, `json`.")
    context_window: int | None = strawberry.field(description="Tokens of input and output together; null: not known.")
    max_output_tokens: int | None = strawberry.field(description="Most tokens of one answer; null: not known.")
    input_usd_per_million: Decimal | None = strawberry.field(
        description="US dollars per million tokens of input; null: not known."
    )
    output_usd_per_million: Decimal | None = strawberry.field(
        description="US dollars per million tokens of output; null: not known."
    )
    cached_input_usd_per_million: Decimal | None = strawberry.field(
        description="US dollars per million tokens of input that the provider had cached; null: like other input."
    )
    edited: list[str] = strawberry.field(description="Fields set by a person: the provider's word on them is void.")
    tier: ModelTier = strawberry.field(description="Where it is.")
    load_ms: float | None = strawberry.field(
        description="How long it took to load the last time, in milliseconds; null for remote models, or unknown."
    )
    max_concurrency: int | None = strawberry.field(
        description="Calls that it takes at once, all processes together; further ones wait. Null: any number."
    )
    local: bool = strawberry.field(description="Whether it runs on this server, so that nothing said to it leaves it.")
    row: strawberry.Private[ModelRow]

    @strawberry.field(description="Who serves it.")
    async def provider(self, info: FieldInfo) -> Provider:
        row = await info.context.load(provider_by_id, self.row.provider_id)
        assert row is not None  # noqa: S101 - a model goes with its provider
        return Provider.from_row(row)

    @strawberry.field(description="How it has been doing lately.")
    async def health(self, info: FieldInfo) -> ModelHealth:
        return ModelHealth.of(await info.context.load(stats_by_model, self.row.id))

    @strawberry.field(description="All versions of its price, the newest first. A call costs what held at its time.")
    async def prices(self, info: FieldInfo) -> list[ModelPrice]:
        return [ModelPrice.from_row(row) for row in await info.context.load(prices_by_model, self.row.id)]

    @classmethod
    def from_row(cls, row: ModelRow) -> Self:
        local = row.file is not None
        return cls(
            id=strawberry.ID(global_id(Kind.MODEL, row.id)),
            name=row.name,
            display_name=row.display_name,
            enabled=row.enabled,
            available=row.available,
            capabilities=row.capabilities,
            context_window=row.context_window,
            max_output_tokens=row.max_output_tokens,
            input_usd_per_million=None if local else row.input_usd_per_million,
            output_usd_per_million=None if local else row.output_usd_per_million,
            cached_input_usd_per_million=None if local else row.cached_input_usd_per_million,
            edited=[to_camel_case(name) for name in row.edited],
            load_ms=row.details.get("load_ms") if local else None,
            tier=ModelTier(row.details.get("tier", ModelTier.STORAGE)) if local else ModelTier.REMOTE,
            max_concurrency=row.max_concurrency,
            local=local,
            row=row,
        )


@strawberry.type(description="One part of a score.")
class SelectionReason:
    code: str = strawberry.field(description="`quality`, `cost`, `latency`, `errors` or `pinned`.")
    weight: float = strawberry.field(description="What it adds to the score; negative if it speaks against the model.")
    text: str = strawberry.field(description="The same in words.")


@strawberry.type(description="A model as the selection saw it.")
class SelectionCandidate:
    model: Model = strawberry.field(description="The model.")
    score: float | None = strawberry.field(description="The highest wins; null for a model that could not be chosen.")
    expected_quality: float | None = strawberry.field(description="From 0 to 1.")
    expected_cost_usd: Decimal | None = strawberry.field(description="For an ordinary answer; null: not known.")
    expected_ttft_ms: float | None = strawberry.field(description="Expected time to the first token, in milliseconds.")
    excluded_because: str | None = strawberry.field(description="Why it could not be chosen; null if it could.")
    trust: float | None = strawberry.field(
        description="How much of the expected quality stands on results, from 0 (only a prior) to 1; null: not known."
    )


@strawberry.type(description="Which model answers and why.")
class ModelSelection:
    model_key: strawberry.Private[UUID]
    model_id: strawberry.ID = strawberry.field(description="Global id of the model.")
    confidence: float = strawberry.field(
        description="The probability that its answer is at least as good as the next candidate's, from 0 to 1; 0 when "
        "a safe default answered."
    )
    reasoning: str = strawberry.field(description="The choice in one or two plain sentences.")
    source: str = strawberry.field(
        description="`policy` when the score decided, `sticky` when the chat keeps its model because it is still among "
        "the best, `explored` when it is tried to learn more about it, `pinned` when somebody asked for the model, "
        "`only_one` when no other could be chosen, `default` when the selection failed and a safe default answered."
    )
    task_type: str | None = strawberry.field(
        description="The kind of task, such as `code`, `math`, `law` or `conversation`; null in older selections."
    )
    policy_version: str = strawberry.field(description="Which rules decided.")
    duration_ms: float = strawberry.field(description="How long the choice took, in milliseconds.")
    reasons: list[SelectionReason] = strawberry.field(description="The parts of the chosen model's score.")
    propensity: float = strawberry.field(
        description="With which probability the policy makes this choice for this task, from 0 to 1."
    )
    seen: strawberry.Private[list[facts.Candidate]]
    next_best: strawberry.Private[list[UUID]]

    @strawberry.field(
        description="All models of that time: the best first, then those excluded; not those removed since."
    )
    async def candidates(self, info: FieldInfo) -> list[SelectionCandidate]:
        rows = await asyncio.gather(*(info.context.load(model_by_id, c.model_id) for c in self.seen))
        found = zip(self.seen, rows, strict=True)
        return [_candidate(candidate, row) for candidate, row in found if row is not None]

    @strawberry.field(description="Who answers if it cannot, best first; not those removed since.")
    async def fallbacks(self, info: FieldInfo) -> list[Model]:
        rows = await asyncio.gather(*(info.context.load(model_by_id, model_id) for model_id in self.next_best))
        return [Model.from_row(row) for row in rows if row is not None]

    @strawberry.field(description="The model; null once it has been removed.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = await info.context.load(model_by_id, self.model_key)
        return None if row is None else Model.from_row(row)

    @classmethod
    def of(cls, selection: facts.Selection) -> Self:
        return cls(
            model_key=selection.model_id,
            model_id=strawberry.ID(global_id(Kind.MODEL, selection.model_id)),
            confidence=selection.confidence,
            reasoning=selection.reasoning,
            source=selection.source,
            task_type=selection.task_type,
            policy_version=selection.policy_version,
            duration_ms=selection.duration_ms,
            reasons=[SelectionReason(code=r.code, weight=r.weight, text=r.text) for r in selection.reasons],
            propensity=selection.propensity,
            seen=selection.candidates,
            next_best=selection.fallbacks,
        )

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any]) -> Self:
        """From the form in `runs.selection` and in run events."""
        return cls.of(models.selection_from(stored))


def _candidate(candidate: facts.Candidate, row: ModelRow) -> SelectionCandidate:
    return SelectionCandidate(
        model=Model.from_row(row),
        score=candidate.score,
        expected_quality=candidate.expected_quality,
        expected_cost_usd=candidate.expected_cost_usd,
        expected_ttft_ms=candidate.expected_ttft_ms,
        excluded_because=candidate.excluded_because,
        trust=candidate.trust,
    )


@strawberry.input(
    description="What matters for the choice: weights from 0 to 1, of which only the ratio counts. Default: "
    "quality .5, cost .25, latency .25; what is left out keeps its default."
)
class SelectionPreferenceInput:
    quality: float | None = strawberry.field(default=None, description="A good answer.")
    cost: float | None = strawberry.field(default=None, description="A cheap answer.")
    latency: float | None = strawberry.field(default=None, description="A quick answer.")

    @property
    def weights(self) -> dict[str, float]:
        """The weights that were given; BadUserInput for what is no weight."""
        given = {f.name: getattr(self, f.name) for f in fields(facts.Preference)}
        weights = {name: value for name, value in given.items() if isinstance(value, int | float)}
        wrong = {
            f"input.preference.{name}": f"must be between 0 and 1, not {value:g}"
            for name, value in weights.items()
            if not (math.isfinite(value) and 0 <= value <= 1)
        }
        if wrong:
            raise BadUserInput(wrong)
        return weights


@strawberry.input(description="A task to choose a model for, without running it.")
class SelectModelInput:
    prompt: str = strawberry.field(description="What would be asked.")
    chat_id: strawberry.ID | None = strawberry.field(
        default=None, description="The chat it would be asked in; its messages count as input."
    )
    thinking: ThinkingMode | None = strawberry.field(
        default=None, description="STRATEGIC and FUTURE let quality count twice."
    )
    requires: list[str] | None = strawberry.field(
        default=None, description="Capabilities it needs: `tools`, `vision`, `reasoning`, `json`."
    )
    preference: SelectionPreferenceInput | None = strawberry.field(default=None, description="What matters.")
    max_cost_usd: Decimal | None = strawberry.field(
        default=None, description="Most that an ordinary answer may cost, in US dollars."
    )
    local_only: bool | None = strawberry.field(
        default=None, description="Whether nothing may leave this server; default: false."
    )


@strawberry.input(
    description="Input of updateModel. What is left out stays as it is; null gives a field back to the provider, whose "
    "word counts again from the next time it is asked."
)
class UpdateModelInput:
    id: strawberry.ID = strawberry.field(description="The model.")
    enabled: bool | None = strawberry.field(default=strawberry.UNSET, description="Whether it may be used.")
    display_name: str | None = strawberry.field(
        default=strawberry.UNSET, description="What people call it, from 1 to 100 characters; null: its name."
    )
    capabilities: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Some of `tools`, `vision`, `reasoning`, `json`."
    )
    context_window: int | None = strawberry.field(
        default=strawberry.UNSET, description="Tokens of input and output together."
    )
    max_output_tokens: int | None = strawberry.field(default=strawberry.UNSET, description="Most tokens of one answer.")
    input_usd_per_million: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="US dollars per million tokens of input."
    )
    cached_input_usd_per_million: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="US dollars per million tokens of input that the provider had cached."
    )
    output_usd_per_million: Decimal | None = strawberry.field(
        default=strawberry.UNSET, description="US dollars per million tokens of output."
    )
    max_concurrency: int | None = strawberry.field(
        default=strawberry.UNSET, description="Calls at once, from 1 to 1000, for runs from now on; null: any number."
    )


@strawberry.type(description="What updateModel changed.")
class UpdateModelPayload:
    model: Model = strawberry.field(description="The model as it is now.")
