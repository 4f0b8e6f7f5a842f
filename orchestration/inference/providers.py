"""Providers that administrators keep: added, changed, asked for their models again and again, removed."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.errors import BadUserInput
from domain.models import ProviderKind
from domain.runs import RunFailure
from orchestration.inference.addresses import checked_base_url
from orchestration.inference.chat_client import Endpoint
from orchestration.inference.presets import BY_KIND, PRESETS, kind_of
from orchestration.inference.register import take_stock
from orchestration.inference.secrets import Keyring
from persistence import model_breakers, providers
from persistence.database import Database
from persistence.models import ModelRow, ProviderRow

log = logging.getLogger(__name__)

AGAIN = timedelta(hours=1)
LOOK_AGAIN = 60.0
"""Seconds between two looks at which providers are due. Those that could not be asked are due each time."""

LONGEST_NAME, LONGEST_KEY, MOST_NAMES = 100, 4_000, 500


class Addresses(Protocol):
    """What of the pool is needed to ask a provider."""

    def endpoint_of(self, provider: ProviderRow) -> Endpoint: ...


class Stocked(NamedTuple):
    """A provider and the models that it has now."""

    provider: ProviderRow
    models: Sequence[ModelRow]


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change about a provider; None leaves a thing as it is, an empty key removes the key."""

    name: str | None = None
    base_url: str | None = None
    api_key: str | None = None
    models: Sequence[str] | None = None


class Providers:
    def __init__(self, db: Database, keys: Keyring, addresses: Addresses, changed: Callable[[], None]) -> None:
        self._db, self._keys, self._addresses, self._changed = db, keys, addresses, changed

    async def add(
        self, *, kind: str, name: str | None, base_url: str | None, api_key: str | None, models: Sequence[str] | None
    ) -> Stocked:
        """A new provider with its models, asked for within ten seconds. One that does not answer is kept as well,
        says why, and is asked again. BadUserInput or Conflict when it cannot be kept.
        """
        found = kind_of(kind)
        if found is None:
            known = ", ".join(preset.kind.value for preset in PRESETS)
            raise BadUserInput({"input.kind": f"is not a kind of provider; there are {known}"})
        preset = BY_KIND[found]
        address = (base_url or "").strip() or preset.base_url
        if address is None:
            raise BadUserInput({"input.baseUrl": f"is needed for {preset.title}: {preset.hint}"})
        address = checked_base_url(address)
        title, key, names = checked_name(name or preset.title), checked_key(api_key), checked_models(models)
        async with self._db.write() as session:
            row = await providers.add(session, name=title, kind=found, base_url=address)
            if key:
                row.api_key_encrypted = self._keys.seal(key, row.id)
        return await self._stocked(row, names)

    async def change(self, provider_id: UUID, changes: Changes) -> Stocked:
        """A provider with other facts, and what it has now. Its models get a new chance: a new key may be the cure."""
        name = None if changes.name is None else checked_name(changes.name)
        address = None if changes.base_url is None else checked_base_url(changes.base_url)
        key, names = checked_key(changes.api_key), checked_models(changes.models)
        async with self._db.write() as session:
            row = await providers.of_user(session, provider_id)
            if address is not None and address != row.base_url:
                if row.api_key_encrypted is not None and changes.api_key is None:
                    # Else whoever may change the address could have the key sent to a place of their own.
                    raise BadUserInput({"input.apiKey": "must be given again with a new base URL"})
                row.base_url = address
            if name is not None:
                row.name = name
            if changes.api_key is not None:
                row.api_key_encrypted = self._keys.seal(key, row.id) if key else None
            await providers.flushed(session, row.name)
            await model_breakers.reset(session, await providers.model_ids(session, provider_id))
        return await self._stocked(row, names)

    async def refresh(self, provider_id: UUID) -> Stocked:
        """Ask a provider now what models it has."""
        async with self._db.read() as session:
            row = await providers.by_id(session, provider_id)
        return await self._stocked(row, None)

    async def remove(self, provider_id: UUID) -> None:
        async with self._db.write() as session:
            await providers.remove(session, provider_id)
        self._changed()

    async def rotate(self) -> None:
        """Seal every key that an earlier secret key has sealed with the current one."""
        async with self._db.write() as session:
            for row in await providers.with_keys(session):
                sealed = row.api_key_encrypted and self._keys.resealed(row.api_key_encrypted, row.id)
                if sealed:
                    row.api_key_encrypted = sealed
                    log.info("the key of the provider %s is sealed with the current secret key now", row.name)

    async def keep_fresh(self) -> float:
        """A source of the pool: asks those providers again whose list is old, or who did not answer."""
        async with self._db.read() as session:
            rows = [row for row in await providers.listed(session) if row.source == providers.USER and _due(row)]
        await asyncio.gather(*(self._take_stock(row, None) for row in rows))
        return LOOK_AGAIN

    async def _stocked(self, row: ProviderRow, names: Sequence[str] | None) -> Stocked:
        await self._take_stock(row, names)
        async with self._db.read() as session:
            return Stocked(await providers.by_id(session, row.id), await providers.models_of(session, row.id))

    async def _take_stock(self, row: ProviderRow, names: Sequence[str] | None) -> None:
        if row.kind is ProviderKind.LOCAL:
            return
        try:
            await take_stock(self._db, row.id, self._addresses.endpoint_of(row), row.kind, names)
        except RunFailure as failure:
            async with self._db.write() as session:
                await providers.note_discovery(session, row.id, failure.message)
        self._changed()


def _due(row: ProviderRow) -> bool:
    return row.problem is not None or row.discovered_at is None or datetime.now(UTC) - row.discovered_at > AGAIN


def checked_name(name: str) -> str:
    name = name.strip()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadUserInput({"input.name": f"must have 1 to {LONGEST_NAME} characters"})
    return name


def checked_key(key: str | None) -> str:
    """The key without blanks around it; it goes into a header, so nothing that breaks one may be in it."""
    key = (key or "").strip()
    if len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise BadUserInput({"input.apiKey": "is not an API key: it has characters that no key has, or too many"})
    return key


def checked_models(names: Sequence[str] | None) -> list[str] | None:
    """Names of models, each once; None when none are given."""
    given = list(dict.fromkeys(name.strip() for name in names or () if name.strip()))
    if len(given) > MOST_NAMES or any(len(name) > LONGEST_NAME * 2 for name in given):
        raise BadUserInput({"input.models": f"may hold {MOST_NAMES} names of up to {LONGEST_NAME * 2} characters"})
    return given or None
