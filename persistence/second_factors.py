"""Second factors: secrets of authenticator apps and recovery codes, and every query on them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from persistence.base import Base, Created, Moment
from persistence.database import Session


class SecondFactorRow(Base):
    """The sealed secret of a person's app. It is asked for once it is confirmed; `last_step` is the last 30 seconds
    whose code was used, so that none is used twice."""

    __tablename__ = "second_factors"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(server_default="0")
    created_at: Mapped[Created]
    confirmed_at: Mapped[Moment | None]


class RecoveryCodeRow(Base):
    """A code that stands in for the app once. Only its SHA-256 is stored: it has 80 random bits."""

    __tablename__ = "recovery_codes"
    user_id: Mapped[UUID] = mapped_column(ForeignKey("second_factors.user_id", ondelete="CASCADE"), primary_key=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


async def of(session: Session, user_id: UUID | None) -> SecondFactorRow | None:
    """What this person has set up, confirmed or not. The same statement for nobody."""
    row: SecondFactorRow | None = await session.scalar(
        select(SecondFactorRow).where(SecondFactorRow.user_id == user_id)
    )
    return row


async def confirmed(session: Session, user_ids: list[UUID]) -> dict[UUID, int]:
    """Those of these people who have a second factor, with how many recovery codes they have left."""
    codes = select(func.count()).where(RecoveryCodeRow.user_id == SecondFactorRow.user_id).scalar_subquery()
    query = select(SecondFactorRow.user_id, codes).where(
        SecondFactorRow.user_id.in_(user_ids), SecondFactorRow.confirmed_at.is_not(None)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def begin(session: Session, user_id: UUID, secret_sealed: bytes) -> bool:
    """Store a secret that is to be confirmed, instead of an earlier such one; False when one is confirmed already."""
    query = insert(SecondFactorRow).values(user_id=user_id, secret_sealed=secret_sealed)
    query = query.on_conflict_do_update(
        index_elements=[SecondFactorRow.user_id],
        set_={"secret_sealed": secret_sealed, "last_step": 0},
        where=SecondFactorRow.confirmed_at.is_(None),
    )
    return await session.scalar(query.returning(SecondFactorRow.user_id)) is not None


async def confirm(session: Session, user_id: UUID, *, step: int, code_hashes: Collection[bytes]) -> bool:
    """From now on the second factor is asked for; False when it was confirmed meanwhile."""
    mine = (SecondFactorRow.user_id == user_id) & SecondFactorRow.confirmed_at.is_(None)
    query = update(SecondFactorRow).where(mine).values(confirmed_at=func.now(), last_step=step)
    if await session.scalar(query.returning(SecondFactorRow.user_id)) is None:
        return False
    codes = [{"user_id": user_id, "code_hash": code_hash} for code_hash in code_hashes]
    await session.execute(insert(RecoveryCodeRow).values(codes))
    return True


async def use_step(session: Session, user_id: UUID, step: int) -> bool:
    """Use up the code of a step; False when it, or a later one, was used before."""
    unused = (SecondFactorRow.user_id == user_id) & (SecondFactorRow.last_step < step)
    query = update(SecondFactorRow).where(unused).values(last_step=step).returning(SecondFactorRow.user_id)
    return await session.scalar(query) is not None


async def use_recovery_code(session: Session, user_id: UUID, code_hash: bytes) -> bool:
    """Use up a recovery code; False when the person has no such one."""
    mine = (RecoveryCodeRow.user_id == user_id) & (RecoveryCodeRow.code_hash == code_hash)
    return await session.scalar(delete(RecoveryCodeRow).where(mine).returning(RecoveryCodeRow.user_id)) is not None


async def remove(session: Session, user_id: UUID) -> bool:
    """Ask this person for no second factor any more; False when they had none."""
    query = delete(SecondFactorRow).where(SecondFactorRow.user_id == user_id).returning(SecondFactorRow.confirmed_at)
    return await session.scalar(query) is not None


async def sealed(session: Session) -> list[SecondFactorRow]:
    """All secrets, for sealing them anew."""
    return list(await session.scalars(select(SecondFactorRow).order_by(SecondFactorRow.user_id)))


async def reseal(session: Session, user_id: UUID, *, old: bytes, new: bytes) -> None:
    same = (SecondFactorRow.user_id == user_id) & (SecondFactorRow.secret_sealed == old)
    await session.execute(update(SecondFactorRow).where(same).values(secret_sealed=new))
