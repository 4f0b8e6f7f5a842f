"""Budgets and what calls at work have reserved of them: the tables and every query on them.

What was spent is never kept beside the ledger: it is the ledger's sum, so both are always the same.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    Select,
    UniqueConstraint,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.budgets import Amount, BudgetPeriod, Spending
from domain.errors import NotFound
from persistence.accounts import ApiKeyRow, UserRow
from persistence.base import Base, Created, Key, Moment, Word
from persistence.database import Session, run

RESERVED_MINUTES = 60
"""After this the process that reserved is taken for dead. A call that takes longer is still entered in the ledger."""


class BudgetRow(Base):
    """Most that a person may spend in each period; with a key, most of it through that key."""

    __tablename__ = "budgets"
    id: Mapped[Key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    period: Mapped[BudgetPeriod] = mapped_column(Word(BudgetPeriod))
    most_tokens: Mapped[int | None] = mapped_column(BigInteger)
    most_usd: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    created_at: Mapped[Created]
    __table_args__ = (
        UniqueConstraint("user_id", "api_key_id", "period", postgresql_nulls_not_distinct=True),
        CheckConstraint("most_tokens IS NOT NULL OR most_usd IS NOT NULL", name="limited"),
    )


class BudgetReservationRow(Base):
    """Most that a call at work may spend; its line in the ledger takes the place of this."""

    __tablename__ = "budget_reservations"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    api_key_id: Mapped[UUID | None]
    tokens: Mapped[int] = mapped_column(BigInteger)
    usd: Mapped[Decimal] = mapped_column(Numeric(18, 10))
    expires_at: Mapped[Moment]
    __table_args__ = (Index("ix_budget_reservations_user_id", "user_id"),)


async def owners(session: Session) -> frozenset[UUID]:
    """Everybody who has a budget."""
    return frozenset(await session.scalars(select(BudgetRow.user_id).distinct()))


async def hold(session: Session, user_id: UUID) -> None:
    """Lock a person's budgets, so that two calls cannot both take what is left."""
    await run(session, "SELECT id FROM budgets WHERE user_id = %(user)s ORDER BY id FOR UPDATE", {"user": user_id})


SPENDING = """
    SELECT b.id, b.period, b.most_tokens, b.most_usd, b.api_key_id IS NOT NULL, spent.tokens, spent.usd,
           reserved.tokens, reserved.usd, p.ends
    FROM budgets b
    CROSS JOIN LATERAL (
      SELECT date_trunc(lower(b.period), now()) AS begins,
             date_trunc(lower(b.period), now()) + ('1 ' || lower(b.period))::interval AS ends) p
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(c.input_tokens::bigint + c.output_tokens), 0)::bigint AS tokens,
             coalesce(sum(c.cost_usd), 0) AS usd
      FROM model_calls c WHERE c.user_id = b.user_id AND c.started_at >= p.begins
        AND (b.api_key_id IS NULL OR c.api_key_id = b.api_key_id)) spent
    CROSS JOIN LATERAL (
      SELECT coalesce(sum(r.tokens), 0)::bigint AS tokens, coalesce(sum(r.usd), 0) AS usd
      FROM budget_reservations r WHERE r.user_id = b.user_id AND r.expires_at > now()
        AND (b.api_key_id IS NULL OR r.api_key_id = b.api_key_id)) reserved
"""
APPLYING = SPENDING + "WHERE b.user_id = %(user)s AND (b.api_key_id IS NULL OR b.api_key_id = %(key)s) ORDER BY b.id"
THESE = SPENDING + "WHERE b.id = ANY(%(ids)s)"


async def applying(session: Session, user_id: UUID, api_key_id: UUID | None) -> list[Spending]:
    """The budgets that a call of this person through this key, or through none, is charged to."""
    return [_spending(row)[1] for row in await run(session, APPLYING, {"user": user_id, "key": api_key_id})]


async def spending_of(session: Session, ids: list[UUID]) -> dict[UUID, Spending]:
    """How these budgets stand, in one statement."""
    return dict(_spending(row) for row in await run(session, THESE, {"ids": ids}))


def _spending(row: tuple[Any, ...]) -> tuple[UUID, Spending]:
    key, period, most_tokens, most_usd, of_key, tokens, usd, reserved_tokens, reserved_usd, ends = row
    spent, reserved = Amount(tokens, usd), Amount(reserved_tokens, reserved_usd)
    return key, Spending(BudgetPeriod(period), most_tokens, most_usd, spent, reserved, ends, of_key)


RESERVE = """
    INSERT INTO budget_reservations (id, user_id, api_key_id, tokens, usd, expires_at)
    VALUES (%(id)s, %(user)s, %(key)s, %(tokens)s, %(usd)s, now() + make_interval(mins => %(minutes)s))
"""


async def reserve(session: Session, call_id: UUID, user_id: UUID, api_key_id: UUID | None, amount: Amount) -> None:
    """Keep so much for a call until it is entered in the ledger; what dead processes kept is let go of."""
    lapsed = BudgetReservationRow.user_id == user_id, BudgetReservationRow.expires_at < func.now()
    await session.execute(delete(BudgetReservationRow).where(*lapsed))
    values = {"id": call_id, "user": user_id, "key": api_key_id, "tokens": amount.tokens, "usd": amount.usd}
    await run(session, RESERVE, {**values, "minutes": RESERVED_MINUTES})


async def put(
    session: Session,
    user_id: UUID,
    api_key_id: UUID | None,
    period: BudgetPeriod,
    *,
    most_tokens: int | None,
    most_usd: Decimal | None,
) -> BudgetRow | None:
    """Set a budget, or remove it when nothing is limited. NotFound for a person that is none, and for a key of
    somebody else."""
    if await session.scalar(select(UserRow.id).where(UserRow.id == user_id)) is None:
        raise NotFound("There is no such person.")
    owner = select(ApiKeyRow.user_id).where(ApiKeyRow.id == api_key_id)
    if api_key_id is not None and await session.scalar(owner) != user_id:
        raise NotFound("This person has no such API key.")
    if most_tokens is None and most_usd is None:
        key = BudgetRow.api_key_id.is_not_distinct_from(api_key_id)
        await session.execute(delete(BudgetRow).where(BudgetRow.user_id == user_id, key, BudgetRow.period == period))
        return None
    limits = {"most_tokens": most_tokens, "most_usd": most_usd}
    values = {"user_id": user_id, "api_key_id": api_key_id, "period": period, **limits}
    added = insert(BudgetRow).values(values).on_conflict_do_update(
        index_elements=["user_id", "api_key_id", "period"], set_=limits
    )  # fmt: skip
    return (
        await session.execute(added.returning(BudgetRow), execution_options={"populate_existing": True})
    ).scalar_one()


def _seen(query: Select[Any], viewer_id: UUID | None, user_id: UUID | None) -> Select[Any]:
    for person in (viewer_id, user_id):
        if person is not None:
            query = query.where(BudgetRow.user_id == person)
    return query


async def page(
    session: Session, viewer_id: UUID | None, *, user_id: UUID | None, limit: int, after: UUID | None
) -> list[BudgetRow]:
    """Budgets, the oldest first: all of them, or those of the viewer, or of one person."""
    query = _seen(select(BudgetRow), viewer_id, user_id)
    if after is not None:
        query = query.where(BudgetRow.id > after)
    return list(await session.scalars(query.order_by(BudgetRow.id).limit(limit)))


async def count(session: Session, viewer_id: UUID | None, *, user_id: UUID | None) -> int:
    return await session.scalar(_seen(select(func.count()).select_from(BudgetRow), viewer_id, user_id)) or 0


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, BudgetRow]:
    """Those of the budgets that are the viewer's."""
    rows = await session.scalars(select(BudgetRow).where(BudgetRow.id.in_(ids), BudgetRow.user_id == user_id))
    return {row.id: row for row in rows}
