"""Providers as people keep them: added, changed and removed, and what people correct about their models."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from domain.errors import Conflict, NotFound
from domain.ids import new_id
from domain.models import ProviderKind
from persistence import model_breakers, model_prices, models
from persistence.database import Session
from persistence.model_registration import TOLD, hold_pool, told
from persistence.models import ModelRow, ProviderRow

USER = "user"
MANAGED = {
    "settings": "This provider comes from the server's settings. Change OPENAI_BASE_URL and OPENAI_API_KEY there.",
    "local": "The local models are the files of the models folder. Delete the files, or switch single models off.",
}
NAME = "uq_providers_name"
UNTOLD: dict[str, Callable[[ModelRow], Any]] = {
    "display_name": lambda row: row.name,
    "capabilities": lambda _: [],
}
"""What columns hold that nobody has said anything about and that cannot be null."""


async def listed(session: Session) -> list[ProviderRow]:
    return list(await session.scalars(select(ProviderRow).order_by(ProviderRow.id)))


async def by_id(session: Session, provider_id: UUID) -> ProviderRow:
    """NotFound when there is none."""
    if (row := await session.get(ProviderRow, provider_id)) is None:
        raise NotFound("There is no such provider.")
    return row


async def of_user(session: Session, provider_id: UUID) -> ProviderRow:
    """A provider that people keep, with its row locked; Conflict for one that the server keeps by itself."""
    row = await session.scalar(select(ProviderRow).where(ProviderRow.id == provider_id).with_for_update())
    if row is None:
        raise NotFound("There is no such provider.")
    if row.source != USER:
        raise Conflict(MANAGED[row.source])
    return row


async def with_keys(session: Session) -> list[ProviderRow]:
    """Providers that have a key stored, locked."""
    query = select(ProviderRow).where(ProviderRow.api_key_encrypted.is_not(None)).order_by(ProviderRow.id)
    return list(await session.scalars(query.with_for_update()))


async def add(session: Session, *, name: str, kind: ProviderKind, base_url: str) -> ProviderRow:
    """A provider without a key yet; Conflict when the name is taken."""
    row = ProviderRow(id=new_id(), name=name, kind=kind, base_url=base_url, api_key_encrypted=None, source=USER)
    session.add(row)
    await flushed(session, name)
    return row


async def flushed(session: Session, name: str) -> None:
    """Write what has changed; Conflict when another provider has that name."""
    try:
        await session.flush()
    except IntegrityError as error:
        if NAME in str(error.orig):
            raise Conflict(f"There is a provider named {name!r} already. Choose another name.") from error
        raise


async def remove(session: Session, provider_id: UUID) -> None:
    """A provider with its models. Their lines in the ledger stay."""
    await hold_pool(session)
    await of_user(session, provider_id)
    await session.execute(delete(ProviderRow).where(ProviderRow.id == provider_id))
    await told(session)


async def note_discovery(session: Session, provider_id: UUID, problem: str | None) -> None:
    """Whether the provider could list its models just now."""
    values: dict[str, Any] = {"problem": problem}
    if problem is None:
        values["discovered_at"] = func.now()
    await session.execute(update(ProviderRow).where(ProviderRow.id == provider_id).values(**values))
    await told(session)


async def model_ids(session: Session, provider_id: UUID) -> list[UUID]:
    return list(await session.scalars(select(ModelRow.id).where(ModelRow.provider_id == provider_id)))


async def edit_model(session: Session, model_id: UUID, changed: Mapping[str, Any]) -> ModelRow:
    """Set columns of a model to what a person says; a provider's word does not change them any more.

    A column set to None is the provider's again. Switching a model on gives it a new chance.
    """
    await hold_pool(session)
    row = await models.existing(session, model_id)
    for name, value in changed.items():
        setattr(row, name, UNTOLD[name](row) if value is None and name in UNTOLD else value)
    theirs = {name for name, value in changed.items() if value is not None and name in (*TOLD, "capabilities")}
    row.edited = sorted((set(row.edited) - set(changed)) | theirs)
    await session.flush()
    await model_prices.note_changes(session, row.provider_id)
    if changed.get("enabled"):
        await model_breakers.reset(session, [model_id])
    await told(session)
    await session.refresh(row)
    return row


async def models_of(session: Session, provider_id: UUID) -> Sequence[ModelRow]:
    query = select(ModelRow).where(ModelRow.provider_id == provider_id, ModelRow.available).order_by(ModelRow.name)
    return (await session.scalars(query)).all()


async def models_by_provider(session: Session, ids: list[UUID]) -> dict[UUID, list[ModelRow]]:
    """All models of these providers, those included that are not offered now."""
    found: dict[UUID, list[ModelRow]] = {}
    for row in await session.scalars(select(ModelRow).where(ModelRow.provider_id.in_(ids)).order_by(ModelRow.name)):
        found.setdefault(row.provider_id, []).append(row)
    return found
