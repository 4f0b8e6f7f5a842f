"""Versions of models' prices: what a call cost stays explainable after a price has changed."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, select, update
from sqlalchemy.orm import Mapped, mapped_column

from domain.calls import Price
from domain.ids import new_id
from persistence.base import Base, Created, Key
from persistence.database import Session
from persistence.models import ModelRow

USD = Numeric(18, 8)


class ModelPriceRow(Base):
    """US dollars per million tokens from `created_at` on, until the model's next version."""

    __tablename__ = "model_prices"
    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("models.id", ondelete="CASCADE"), index=True)
    input_usd_per_million: Mapped[Decimal] = mapped_column(USD)
    cached_input_usd_per_million: Mapped[Decimal | None] = mapped_column(USD)
    output_usd_per_million: Mapped[Decimal] = mapped_column(USD)
    created_at: Mapped[Created]


COLUMNS = ("input_usd_per_million", "cached_input_usd_per_million", "output_usd_per_million")


def price_of(row: ModelRow) -> Price | None:
    """The price of a model now; None when nobody knows it. Local models cost nothing."""
    if row.file is not None:
        return Price(Decimal(0), Decimal(0))
    if row.input_usd_per_million is None or row.output_usd_per_million is None:
        return None
    return Price(row.input_usd_per_million, row.output_usd_per_million, row.cached_input_usd_per_million, row.price_id)


async def note_changes(session: Session, provider_id: UUID) -> None:
    """Begin a new version for each model of a provider whose price is not that of its newest one."""
    known = (ModelRow.provider_id == provider_id) & ModelRow.input_usd_per_million.is_not(None)
    same = [getattr(ModelRow, name).is_not_distinct_from(getattr(ModelPriceRow, name)) for name in COLUMNS]
    current = select(ModelPriceRow.id).where(ModelPriceRow.id == ModelRow.price_id, *same).exists()
    changed = select(ModelRow.id, *(getattr(ModelRow, name) for name in COLUMNS)).where(
        known, ModelRow.output_usd_per_million.is_not(None), ~current
    )
    for row in (await session.execute(changed)).all():
        version = ModelPriceRow(id=new_id(), model_id=row.id, **{name: getattr(row, name) for name in COLUMNS})
        session.add(version)
        await session.execute(update(ModelRow).where(ModelRow.id == row.id).values(price_id=version.id))
    await session.flush()


async def versions_of(session: Session, ids: list[UUID]) -> dict[UUID, list[ModelPriceRow]]:
    """All versions of each model's price, the newest first."""
    found: dict[UUID, list[ModelPriceRow]] = {}
    query = select(ModelPriceRow).where(ModelPriceRow.model_id.in_(ids)).order_by(ModelPriceRow.id.desc())
    for row in await session.scalars(query):
        found.setdefault(row.model_id, []).append(row)
    return found
