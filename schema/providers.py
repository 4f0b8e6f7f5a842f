"""Providers as the API shows them, and what administrators say to add and change them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import models, providers
from persistence.models import ModelRow, ProviderRow
from schema.context import FieldInfo
from schema.loading import Loader
from schema.nodes import Node

if TYPE_CHECKING:
    from schema.models import Model

provider_by_id = Loader[UUID, ProviderRow | None](fetch=models.providers_by_ids, missing=lambda: None)
models_by_provider = Loader[UUID, Sequence[ModelRow]](fetch=providers.models_by_provider, missing=tuple)


@strawberry.type(description="An endpoint, or the server itself, that serves models.")
class Provider(Node):
    name: str = strawberry.field(description="Name.")
    kind: str = strawberry.field(
        description="`local` for this server; else `openai`, `azure`, `openrouter`, `groq`, `together`, `mistral`, "
        "`gemini`, `anthropic`, `vllm`, `ollama`, `llamacpp` or `lmstudio`. `openai` is also any compatible endpoint."
    )
    base_url: str | None = strawberry.field(description="Where it is; null for this server.")
    has_api_key: bool = strawberry.field(description="Whether a key is stored for it. The key itself is never shown.")
    managed: bool = strawberry.field(
        description="Whether the server keeps it by itself, from its settings or its models folder: such a provider "
        "can be neither changed nor removed here."
    )
    discovered_at: datetime | None = strawberry.field(description="When it last said which models it has.")
    problem: str | None = strawberry.field(
        description="Why it could not say the last time it was asked; null when it could. It is asked again by itself."
    )
    key: strawberry.Private[UUID]

    @strawberry.field(description="Its models, by name; those that it does not offer now as well.")
    async def models(self, info: FieldInfo) -> list[Annotated[Model, strawberry.lazy("schema.models")]]:
        from schema.models import Model  # noqa: PLC0415 - models know their providers, too

        return [Model.from_row(row) for row in await info.context.load(models_by_provider, self.key)]

    @classmethod
    def from_row(cls, row: ProviderRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.PROVIDER, row.id)),
            name=row.name,
            kind=row.kind.value,
            base_url=row.base_url,
            has_api_key=row.api_key_encrypted is not None,
            managed=row.source != providers.USER,
            discovered_at=row.discovered_at,
            problem=row.problem,
            key=row.id,
        )


@strawberry.type(description="A kind of provider, with what is usual for it.")
class ProviderPreset:
    kind: str = strawberry.field(description="What to give as `kind` to `addProvider`.")
    title: str = strawberry.field(description="What people call it.")
    base_url: str | None = strawberry.field(description="Its address, or where it usually is; null: it depends.")
    needs_api_key: bool = strawberry.field(description="Whether it answers nobody without a key.")
    hint: str = strawberry.field(description="What else to know; may be empty.")


@strawberry.input(description="Input of addProvider.")
class AddProviderInput:
    name: str | None = strawberry.field(
        default=None, description="Up to 100 characters; default: what its kind is called."
    )
    kind: str = strawberry.field(
        default="openai", description="One of `providerPresets`; `openai` for any OpenAI-compatible endpoint."
    )
    base_url: str | None = strawberry.field(
        default=None,
        description="Where the API is, such as https://api.example.com/v1; default: that of its kind. Addresses of "
        "your own network are fine; link-local ones are not.",
    )
    api_key: str | None = strawberry.field(
        default=None, description="Its key. It is stored encrypted and never shown again."
    )
    models: list[str] | None = strawberry.field(
        default=None, description="Names of its models, if it does not list them; at most 500."
    )


@strawberry.input(description="Input of updateProvider. What is left out, or null, stays as it is.")
class UpdateProviderInput:
    id: strawberry.ID = strawberry.field(description="The provider.")
    name: str | None = strawberry.field(default=None, description="Another name.")
    base_url: str | None = strawberry.field(
        default=None, description="Another address. A key that is stored must be given again with it."
    )
    api_key: str | None = strawberry.field(default=None, description="Another key; an empty one removes it.")
    models: list[str] | None = strawberry.field(default=None, description="Its models now, instead of asking it.")


@strawberry.type(description="What addProvider made.")
class AddProviderPayload:
    provider: Provider = strawberry.field(description="The provider; its `problem` tells if it does not answer.")
    models: list[Annotated[Model, strawberry.lazy("schema.models")]] = strawberry.field(
        description="Its models, which can be used at once."
    )


@strawberry.type(description="What updateProvider or refreshProvider found.")
class UpdateProviderPayload:
    provider: Provider = strawberry.field(description="The provider; its `problem` tells if it does not answer.")
    models: list[Annotated[Model, strawberry.lazy("schema.models")]] = strawberry.field(
        description="The models that it offers now."
    )


@strawberry.type(description="What removeProvider removed.")
class RemoveProviderPayload:
    id: strawberry.ID = strawberry.field(description="Id of the provider that was removed.")
