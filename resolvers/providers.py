"""Doors for administrators: providers and their models, added, changed, tried out and removed."""

from decimal import Decimal
from typing import Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from domain.models import CAPABILITIES
from orchestration.inference.presets import PRESETS
from orchestration.inference.providers import Changes, Stocked
from orchestration.inference.trials import try_out
from persistence import models, providers
from resolvers.context import Info
from schema.model_health import ModelTestError, TestModelPayload
from schema.models import Model, UpdateModelInput, UpdateModelPayload
from schema.providers import (
    AddProviderInput,
    AddProviderPayload,
    Provider,
    ProviderPreset,
    RemoveProviderPayload,
    UpdateProviderInput,
    UpdateProviderPayload,
)

LONGEST_DISPLAY_NAME = 100
MOST_TOKENS = 2**31 - 1
HIGHEST_PRICE = Decimal(1_000_000)
COLUMNS = (
    "enabled",
    "display_name",
    "capabilities",
    "context_window",
    "max_output_tokens",
    "input_usd_per_million",
    "cached_input_usd_per_million",
    "output_usd_per_million",
    "max_concurrency",
)
TOKENS, PRICES = COLUMNS[3:5], COLUMNS[5:8]
MOST_CALLS = 1000


@strawberry.type
class ProviderQueries:
    @strawberry.field(description="All providers, the oldest first.")
    async def providers(self, info: Info) -> list[Provider]:
        info.context.require(Scope.READ)
        async with info.context.db.read() as session:
            return [Provider.from_row(row) for row in await providers.listed(session)]

    @strawberry.field(description="Kinds of providers that `addProvider` knows, with what is usual for each.")
    async def provider_presets(self, info: Info) -> list[ProviderPreset]:
        info.context.require(Scope.READ)
        return [
            ProviderPreset(
                kind=preset.kind.value,
                title=preset.title,
                base_url=preset.base_url,
                needs_api_key=preset.needs_api_key,
                hint=preset.hint,
            )
            for preset in PRESETS
        ]


@strawberry.type
class ProviderMutations:
    @strawberry.mutation(
        description="Add a provider and ask it, for ten seconds at most, which models it has. Administrators only. "
        "One that does not answer is kept, with its `problem`, and asked again by itself."
    )
    async def add_provider(self, info: Info, input: AddProviderInput) -> AddProviderPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        stocked = await info.context.engine.pool.providers.add(
            kind=input.kind, name=input.name, base_url=input.base_url, api_key=input.api_key, models=input.models
        )
        return AddProviderPayload(provider=Provider.from_row(stocked.provider), models=_models(stocked))

    @strawberry.mutation(
        description="Change a provider, its key among others, and ask it for its models. Administrators only. "
        "CONFLICT for a provider that the server keeps by itself."
    )
    async def update_provider(self, info: Info, input: UpdateProviderInput) -> UpdateProviderPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        changes = Changes(name=input.name, base_url=input.base_url, api_key=input.api_key, models=input.models)
        stocked = await info.context.engine.pool.providers.change(key_of(Kind.PROVIDER, input.id), changes)
        return UpdateProviderPayload(provider=Provider.from_row(stocked.provider), models=_models(stocked))

    @strawberry.mutation(description="Ask a provider now which models it has. Administrators only.")
    async def refresh_provider(self, info: Info, id: strawberry.ID) -> UpdateProviderPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        stocked = await info.context.engine.pool.providers.refresh(key_of(Kind.PROVIDER, id))
        return UpdateProviderPayload(provider=Provider.from_row(stocked.provider), models=_models(stocked))

    @strawberry.mutation(
        description="Remove a provider with its key and its models; what they cost stays in the ledger. Administrators "
        "only. CONFLICT for a provider that the server keeps by itself."
    )
    async def remove_provider(self, info: Info, id: strawberry.ID) -> RemoveProviderPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        await info.context.engine.pool.providers.remove(key_of(Kind.PROVIDER, id))
        return RemoveProviderPayload(id=id)

    @strawberry.mutation(
        description="Switch a model on or off, or correct what is known of it. Administrators only. A new price holds "
        "for calls from now on."
    )
    async def update_model(self, info: Info, input: UpdateModelInput) -> UpdateModelPayload:
        info.context.require(Scope.WRITE, UserRole.ADMIN)
        model_id = key_of(Kind.MODEL, input.id)
        changed = _changed(input)
        async with info.context.db.write() as session:
            row = await providers.edit_model(session, model_id, changed)
        info.context.engine.pool.changed()
        return UpdateModelPayload(model=Model.from_row(row))

    @strawberry.mutation(
        description="Ask a model a tiny question and see how it goes, for a minute at most. Administrators only: it "
        "may cost a little, and is in the ledger. A success closes the model's breaker."
    )
    async def test_model(self, info: Info, id: strawberry.ID) -> TestModelPayload:
        viewer_id = info.context.require(Scope.WRITE, UserRole.ADMIN).user_id
        model_id = key_of(Kind.MODEL, id)
        async with info.context.db.read() as session:
            await models.existing(session, model_id)
        trial = await try_out(info.context.engine.pool, model_id, viewer_id)
        failure = trial.failure
        error = None if failure is None else ModelTestError(code=failure.code, message=failure.message)
        return TestModelPayload(
            ok=error is None, ttft_ms=trial.ttft_ms, output_tokens_per_second=trial.tokens_per_second, error=error
        )


def _models(stocked: Stocked) -> list[Model]:
    return [Model.from_row(row) for row in stocked.models]


def _changed(input: UpdateModelInput) -> dict[str, Any]:
    """The columns to change; BadUserInput for values that cannot be right."""
    given = {name: getattr(input, name) for name in COLUMNS if getattr(input, name) is not strawberry.UNSET}
    wrong = {f"input.{to_camel_case(name)}": why for name, value in given.items() if (why := _wrong(name, value))}
    if wrong:
        raise BadUserInput(wrong)
    if "capabilities" in given and given["capabilities"] is not None:
        given["capabilities"] = sorted(set(given["capabilities"]))
    return given


def _wrong(name: str, value: Any) -> str | None:
    if value is None:
        return "must be true or false" if name == "enabled" else None
    if name == "display_name" and not 0 < len(value.strip()) <= LONGEST_DISPLAY_NAME:
        return f"must have 1 to {LONGEST_DISPLAY_NAME} characters"
    if name == "capabilities" and (unknown := sorted(set(value) - CAPABILITIES)):
        known = ", ".join(sorted(CAPABILITIES))
        return f"{', '.join(word[:40] for word in unknown[:5])} is unknown; there are {known}"
    if name in TOKENS and not 0 < value <= MOST_TOKENS:
        return "must be a positive number of tokens"
    if name == "max_concurrency" and not 0 < value <= MOST_CALLS:
        return f"must be from 1 to {MOST_CALLS} calls"
    if name in PRICES and not (value.is_finite() and 0 <= value < HIGHEST_PRICE):
        return "must be a price in US dollars that is not negative"
    return None
