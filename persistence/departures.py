"""Accounts that were deleted: what is left of them goes in small steps, however much it is."""

from typing import LiteralString
from uuid import UUID

from sqlalchemy import delete, exists, func, select

from persistence.accounts import UserRow
from persistence.chats import ChatRow
from persistence.database import Session, run
from persistence.runs import RunRow

STEP = 2_000
"""Lines of one ledger that go in one transaction."""
FEW = 20
"""Of what takes much with it: a file its content, an agent its versions."""

LEDGERS: tuple[LiteralString, ...] = ("model_calls", "tool_calls", "selections", "rollups", "earlier_rollups")


def _removal(table: LiteralString, owner: LiteralString) -> LiteralString:
    return f"""
        WITH gone AS (
            DELETE FROM {table} WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM {table} WHERE {owner} = %(user_id)s LIMIT %(step)s FOR UPDATE SKIP LOCKED
            )) RETURNING 1
        ) SELECT count(*) FROM gone
    """


REMOVE: tuple[tuple[LiteralString, int], ...] = (
    *((_removal(ledger, "user_id"), STEP) for ledger in LEDGERS),
    (_removal("files", "owner_id"), FEW),
    (_removal("agents", "owner_id"), FEW),
    (_removal("workflows", "owner_id"), FEW),
)


async def leaving(session: Session, *, limit: int) -> list[UUID]:
    """People whose account was deleted and who still have something here, longest ago first."""
    query = select(UserRow.id).where(UserRow.left_at.is_not(None)).order_by(UserRow.left_at).limit(limit)
    return list(await session.scalars(query))


async def chats_of(session: Session, user_id: UUID, *, limit: int, after: UUID | None = None) -> list[UUID]:
    """Keys of up to `limit` chats of this person, in their order."""
    query = select(ChatRow.id).where(ChatRow.owner_id == user_id)
    if after is not None:
        query = query.where(ChatRow.id > after)
    return list(await session.scalars(query.order_by(ChatRow.id).limit(limit)))


async def due_chats(session: Session, *, limit: int) -> list[ChatRow]:
    """Chats whose time is over, longest ago first."""
    query = select(ChatRow).where(ChatRow.goes_at < func.now()).order_by(ChatRow.goes_at).limit(limit)
    return list(await session.scalars(query))


async def remove_lines(session: Session, user_id: UUID) -> int:
    """Remove some lines of each ledger, of what is summed from them, files and agents; how many there were."""
    removed = 0
    for query, step in REMOVE:
        [(lines,)] = await run(session, query, {"user_id": user_id, "step": step})
        removed += lines
    return removed


async def finish(session: Session, user_id: UUID) -> bool:
    """Remove the person, with the little that is left; False while there are runs of chats that they had."""
    gone = UserRow.id == user_id, UserRow.left_at.is_not(None), ~exists().where(RunRow.user_id == user_id)
    return await session.scalar(delete(UserRow).where(*gone).returning(UserRow.id)) is not None
