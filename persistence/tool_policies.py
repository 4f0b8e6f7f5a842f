"""Rules on which tools may run and which ask first, with the grants that answer them, and every query on both."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.tools import Standing, ToolApproval, ToolRule
from persistence.approvals import ToolGrantRow
from persistence.base import Base, Created, Key, Word
from persistence.database import Session, run


class ToolPolicyRow(Base):
    """One rule: of one person, or for everybody where `user_id` is empty. `pattern` is a glob over `source/name`."""

    __tablename__ = "tool_policies"
    id: Mapped[Key]
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    pattern: Mapped[str]
    approval: Mapped[ToolApproval] = mapped_column(Word(ToolApproval))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    __table_args__ = (
        UniqueConstraint("user_id", "pattern"),
        Index("uq_tool_policies_everybody", "pattern", unique=True, postgresql_where=text("user_id IS NULL")),
    )


STANDING = """
    SELECT pattern, approval, NULL::uuid FROM tool_policies WHERE user_id = %(user_id)s OR user_id IS NULL
    UNION ALL
    SELECT NULL, NULL, tool_key FROM tool_grants
    WHERE user_id = %(user_id)s AND (chat_id IS NULL OR chat_id = %(chat_id)s::uuid)
        AND (run_id IS NULL OR run_id = %(run_id)s::uuid)
"""


async def standing(
    session: Session, user_id: UUID, *, chat_id: UUID | None = None, run_id: UUID | None = None
) -> Standing:
    """What a person's tools may do everywhere, or in one of their runs: for runs, which need it before they begin."""
    values = {"user_id": user_id, "chat_id": chat_id, "run_id": run_id}
    found = await run(session, STANDING, values)
    rules = tuple(ToolRule(pattern, ToolApproval(approval)) for pattern, approval, _ in found if approval)
    return Standing(rules, frozenset(key for *_, key in found if key))


async def standings(session: Session, user_ids: list[UUID]) -> dict[UUID, Standing]:
    """What tools may do everywhere, by person: in practice the one who asks."""
    found: dict[UUID, Standing] = {}
    for user_id in user_ids:
        rules = tuple(ToolRule(row.pattern, row.approval) for row in await listed(session, user_id))
        everywhere = ToolGrantRow.chat_id.is_(None) & ToolGrantRow.run_id.is_(None)
        granted = select(ToolGrantRow.tool_key).where(ToolGrantRow.user_id == user_id, everywhere)
        found[user_id] = Standing(rules, frozenset(await session.scalars(granted)))
    return found


async def listed(session: Session, user_id: UUID) -> Sequence[ToolPolicyRow]:
    """The rules that count for a person: those for everybody first."""
    mine = or_(ToolPolicyRow.user_id.is_(None), ToolPolicyRow.user_id == user_id)
    order = ToolPolicyRow.user_id.is_not(None), ToolPolicyRow.pattern
    return list(await session.scalars(select(ToolPolicyRow).where(mine).order_by(*order)))


async def put(session: Session, user_id: UUID | None, pattern: str, approval: ToolApproval) -> ToolPolicyRow:
    """Make a rule, or change the one with this pattern; a `user_id` of None is everybody."""
    values = {"user_id": user_id, "pattern": pattern, "approval": approval}
    everybody = user_id is None
    statement = (
        insert(ToolPolicyRow)
        .values(values)
        .on_conflict_do_update(
            index_elements=["pattern"] if everybody else ["user_id", "pattern"],
            index_where=ToolPolicyRow.user_id.is_(None) if everybody else None,
            set_={"approval": approval, "updated_at": func.now()},
        )
    )
    row: ToolPolicyRow = (await session.scalars(statement.returning(ToolPolicyRow))).one()
    return row


async def remove(session: Session, user_id: UUID | None, pattern: str) -> None:
    """Take a rule away; nothing happens when there is none."""
    whose = ToolPolicyRow.user_id.is_(None) if user_id is None else ToolPolicyRow.user_id == user_id
    await session.execute(delete(ToolPolicyRow).where(whose, ToolPolicyRow.pattern == pattern))


async def count(session: Session, user_id: UUID | None) -> int:
    whose = ToolPolicyRow.user_id.is_(None) if user_id is None else ToolPolicyRow.user_id == user_id
    return await session.scalar(select(func.count()).select_from(ToolPolicyRow).where(whose)) or 0
