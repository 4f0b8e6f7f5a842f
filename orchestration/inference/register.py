"""Bringing models into the pool at start: files in the models folder, and the provider named in the
settings.
"""

import asyncio
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit
from uuid import UUID

import openai

from domain.models import ModelTier, ProviderKind
from orchestration.inference.chat_client import Endpoint, read_object
from orchestration.inference.families import OFFICIAL, family_of, is_chat_model, quality_prior
from orchestration.inference.secrets import Undecipherable, seal, unseal
from persistence import model_registration
from persistence.database import Database
from persistence.model_registration import KnownModel
from persistence.models import ProviderRow

log = logging.getLogger(__name__)

LOCAL = "Local models"

DISCOVERY = 10.0
"""Seconds that a provider gets to list its models."""

MOST_MODELS = 500


async def register_local_models(db: Database, files: Sequence[KnownModel]) -> None:
    """One model for each file; models whose file has gone are kept, but not available. Safe to run in many
    processes.
    """
    async with db.write() as session:
        await model_registration.hold_pool(session)
        local = await model_registration.put_provider(
            session, name=LOCAL, kind=ProviderKind.LOCAL, base_url=None, source="local"
        )
        await model_registration.put_models(session, local.id, files, complete=True)


def local_model(
    *, name: str, file: str, display_name: str, context_window: int | None, parameters: float | None,
    capabilities: Sequence[str] = (), details: dict[str, object] | None = None,
) -> KnownModel:  # fmt: skip
    """A model file as the pool stores it. `parameters` is in billions."""
    return KnownModel(
        name=name,
        display_name=display_name,
        capabilities=sorted(capabilities),
        context_window=context_window,
        quality=quality_prior(name, local=True, parameters=parameters),
        file=file,
        details={"tier": ModelTier.STORAGE.value, "parameters": parameters, **(details or {})},
    )


async def register_settings_provider(
    db: Database,
    *,
    name: str,
    endpoint: Endpoint,
    secret_key: bytes,
    model_names: Sequence[str] | None = None,
) -> bool:
    """The provider of the settings with its key and its models, asked from it unless they are named.

    False when it cannot say what it has just now; what it had before stays in the pool. Safe to run in many
    processes.
    """
    async with db.write() as session:
        await model_registration.hold_pool(session)
        row = await model_registration.put_provider(
            session, name=name, kind=ProviderKind.OPENAI, base_url=endpoint.base_url, source="settings"
        )
        _put_key(row, endpoint.api_key, secret_key)
        for other in await model_registration.providers_of(session, "settings"):
            if other.id != row.id:
                await model_registration.retire(session, other.id)
        provider_id = row.id
    names = list(model_names) if model_names else await _listed(endpoint)
    if names is None:
        return False
    await _put(db, provider_id, endpoint, names)
    return True


async def retire_settings_provider(db: Database) -> None:
    """The settings name no provider any more: its models stay in the books, but are not available."""
    async with db.write() as session:
        await model_registration.hold_pool(session)
        for row in await model_registration.providers_of(session, "settings"):
            row.api_key_encrypted = None
            await model_registration.retire(session, row.id)
        await model_registration.told(session)


async def _put(db: Database, provider_id: UUID, endpoint: Endpoint, names: Sequence[str]) -> None:
    official = urlsplit(endpoint.base_url).hostname == OFFICIAL
    async with db.write() as session:
        await model_registration.hold_pool(session)
        await model_registration.put_models(
            session, provider_id, [_known(name, official) for name in names], complete=True
        )


def _put_key(row: ProviderRow, api_key: str | None, secret_key: bytes) -> None:
    """Seal the key again only when it is another one: sealing gives new bytes each time."""
    try:
        stored = None if row.api_key_encrypted is None else unseal(row.api_key_encrypted, secret_key, row.id)
    except Undecipherable:
        stored = None
    if api_key is None:
        row.api_key_encrypted = None
    elif stored != api_key:
        row.api_key_encrypted = seal(api_key, secret_key, row.id)


async def _listed(endpoint: Endpoint) -> list[str] | None:
    """Names of the chat models that a provider lists."""
    try:
        async with (
            asyncio.timeout(DISCOVERY),
            endpoint.request("GET", "/models", wait=DISCOVERY) as (response, exchange),
        ):
            answer = await read_object(response, exchange)
    except (openai.APIError, TimeoutError) as error:
        log.warning("%s does not list its models (%s)", endpoint.base_url, error)
        return None
    official = urlsplit(endpoint.base_url).hostname == OFFICIAL
    found = [entry.get("id") for entry in answer.get("data") or () if isinstance(entry, dict)]
    names = {name for name in found if isinstance(name, str) and is_chat_model(name, official=official)}
    return sorted(names)[:MOST_MODELS]


def _known(name: str, official: bool) -> KnownModel:
    """What the name tells. Windows and capabilities hold behind other people's endpoints as well; prices do
    not.
    """
    bare = name.rsplit("/", 1)[-1]
    family = family_of(bare)
    quality = quality_prior(bare, local=False)
    if family is None:
        return KnownModel(name=name, display_name=name, quality=quality)
    input_usd, output_usd = family.prices if official else (None, None)
    return KnownModel(
        name=name,
        display_name=name,
        capabilities=list(family.capabilities),
        context_window=family.context_window,
        max_output_tokens=family.max_output_tokens,
        input_usd_per_million=input_usd,
        output_usd_per_million=output_usd,
        quality=quality,
    )
