"""How models come into the pool and leave it: providers and models as the server itself puts them there."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from domain.ids import new_id
from domain.models import ProviderKind
from persistence import model_prices
from persistence.database import Session
from persistence.models import ModelRow, ProviderRow
from persistence.notifications import MODELS


class KnownModel(NamedTuple):
    """A model as a provider or a file presents it; what is None is not known."""

    name: str
    display_name: str
    capabilities: Sequence[str] = ()
    context_window: int | None = None
    max_output_tokens: int | None = None
    input_usd_per_million: Decimal | None = None
    output_usd_per_million: Decimal | None = None
    cached_input_usd_per_million: Decimal | None = None
    quality: float | None = None
    file: str | None = None
    details: Mapping[str, Any] = {}


TOLD = (
    "context_window",
    "max_output_tokens",
    "input_usd_per_million",
    "output_usd_per_million",
    "cached_input_usd_per_million",
)
"""Columns that a provider tells and that may change."""


async def hold_pool(session: Session) -> None:
    """Let processes change the pool one at a time; released when the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("models", 0))))


async def put_provider(
    session: Session, *, name: str, kind: ProviderKind, base_url: str | None, source: str
) -> ProviderRow:
    """The provider that the server itself keeps under this name, made or brought up to date.

    A name that a person has taken for another provider gets the source behind it.
    """
    same = select(ProviderRow).where(ProviderRow.source == source, ProviderRow.kind == kind)
    taken = await session.scalar(select(ProviderRow.id).where(ProviderRow.name == name, ProviderRow.source != source))
    name = name if taken is None else f"{name} ({source})"
    row = await session.scalar(same.where(ProviderRow.name == name))
    if row is None:
        row = ProviderRow(id=new_id(), name=name, kind=kind, base_url=base_url, api_key_encrypted=None, source=source)
        session.add(row)
    row.base_url = base_url
    await session.flush()
    return row


async def put_models(session: Session, provider_id: UUID, known: Sequence[KnownModel], *, complete: bool) -> None:
    """Models of a provider, made or made available again. What is told of a model now takes the place of what was
    told before, but not of what a person has set. With `complete`, models left out are not available now.
    """
    for model in sorted({model.name: model for model in known}.values(), key=lambda model: model.name):
        statement = insert(ModelRow).values(id=new_id(), provider_id=provider_id, **model._asdict())
        new = statement.excluded
        kept = {name: _told(getattr(ModelRow, name), new[name]) for name in TOLD}
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["provider_id", "name"],
                set_={
                    "available": True,
                    "file": new.file,
                    "details": new.details.concat(ModelRow.details),
                    "quality": func.coalesce(ModelRow.quality, new.quality),
                    "capabilities": _capabilities(new),
                    **kept,
                },
            )
        )
    if complete:
        await retire(session, provider_id, keep=[model.name for model in known])
    await model_prices.note_changes(session, provider_id)
    await told(session)


def _told(old: Any, new: Any) -> Any:
    return case((_edited(old.key), old), else_=func.coalesce(new, old))


def _edited(name: str) -> Any:
    return literal(name) == func.any(ModelRow.edited)


def _capabilities(new: Any) -> Any:
    """An empty list says that nothing is known, not that the model can do nothing."""
    kept = or_(_edited("capabilities"), func.cardinality(new.capabilities) == 0)
    return case((kept, ModelRow.capabilities), else_=new.capabilities)


async def retire(session: Session, provider_id: UUID, *, keep: Sequence[str] = ()) -> None:
    """Models of a provider that are not there any more; they come back with `put_models`."""
    gone = (ModelRow.provider_id == provider_id) & ModelRow.name.not_in(keep)
    await session.execute(update(ModelRow).where(gone).values(available=False))


async def providers_of(session: Session, source: str) -> list[ProviderRow]:
    return list(await session.scalars(select(ProviderRow).where(ProviderRow.source == source)))


async def told(session: Session) -> None:
    """Tell every process, when this transaction commits, that the pool has changed."""
    await session.execute(select(func.pg_notify(MODELS, "")))
