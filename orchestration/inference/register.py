"""Bringing models into the pool at start: files in the models folder, and the provider named in the
settings.
"""

import logging
from collections.abc import Sequence
from uuid import UUID

import openai

from domain.models import ModelTier, ProviderKind
from orchestration.inference.chat_client import Endpoint
from orchestration.inference.discovery import discover, named
from orchestration.inference.failures import failure_of
from orchestration.inference.families import quality_prior
from orchestration.inference.secrets import Undecipherable, seal, unseal
from persistence import model_registration, providers
from persistence.database import Database
from persistence.model_registration import KnownModel
from persistence.models import ProviderRow

log = logging.getLogger(__name__)

LOCAL = "Local models"


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
    return await take_stock(db, provider_id, endpoint, ProviderKind.OPENAI, model_names)


async def take_stock(
    db: Database, provider_id: UUID, endpoint: Endpoint, kind: ProviderKind, model_names: Sequence[str] | None = None
) -> bool:
    """Put the models of a provider into the pool, asked from it unless they are named.

    False when it cannot say just now: what it had before stays, and the provider's row says why.
    """
    try:
        known = await named(model_names, endpoint.base_url, kind) if model_names else await discover(endpoint, kind)
    except (openai.APIError, TimeoutError) as error:
        problem = failure_of(error, "the provider").message
        log.warning("%s does not list its models (%s)", endpoint.base_url, problem)
        async with db.write() as session:
            await providers.note_discovery(session, provider_id, problem)
        return False
    async with db.write() as session:
        await model_registration.hold_pool(session)
        await model_registration.put_models(session, provider_id, known, complete=True)
        await providers.note_discovery(session, provider_id, None)
    return True


async def retire_settings_provider(db: Database) -> None:
    """The settings name no provider any more: its models stay in the books, but are not available."""
    async with db.write() as session:
        await model_registration.hold_pool(session)
        for row in await model_registration.providers_of(session, "settings"):
            row.api_key_encrypted = None
            await model_registration.retire(session, row.id)
        await model_registration.told(session)


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
