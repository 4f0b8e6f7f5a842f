"""Sums as an earlier version kept them: for each model of each agent, and of each person by day only. They become
those of `rollups` some at a time, and count as what they are until then. Since version 0026 there are no new ones.
"""

from functools import cache
from typing import LiteralString

from sqlalchemy import Column, Index, Table, Text, TextClause, Uuid, text

from persistence.base import Base
from persistence.database import Session
from persistence.ledgers import AGENTS, NOBODY, TABLES, Ledger
from persistence.rollups import ADD, HOURS, KEYS, columns, hold, lines, piled, summed

SUMS, LINES = 2_000, 5_000
"""Most sums, or lines of a ledger, in one step."""

TABLE = Table(
    "earlier_rollups",
    Base.metadata,
    *columns(),
    Column("agent_id", Uuid, nullable=False),
    Index(
        "uq_earlier_rollups", "user_id", "kind", "grain", "start", "subject_id", "name", "agent_id",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip

HOURS_TO_SUM = Table(
    "hours_to_sum",
    Base.metadata,
    Column("ledger", Text, primary_key=True),
    Column("before", Uuid, nullable=False),
)
"""Lines of this ledger with a key less than `before` are not in the sums of each person's hours, though they may be
`counted` and in all others. A ledger that is not here has all its hours."""


def kept(ledger: Ledger) -> tuple[LiteralString, LiteralString, LiteralString]:
    """How earlier sums tell what a ledger is summed by: their kind, and the columns with the subject and its name."""
    return ("call", "agent_id", "''") if ledger is AGENTS else (ledger.kind, "subject_id", "name")


_MOVE = text(f"""
    WITH earlier AS (
        DELETE FROM earlier_rollups WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM earlier_rollups ORDER BY user_id, kind, grain, start LIMIT :limit
        )) RETURNING *
    ), keyed AS (
        SELECT pile.kind, coalesce(user_id, {NOBODY}) AS user_id, grain, start, pile.subject_id, pile.name, calls,
            errors, input_tokens, output_tokens, cost_usd, histogram AS entries
        FROM earlier, LATERAL (VALUES (earlier.kind, earlier.subject_id, earlier.name), ('agent', agent_id, ''))
            AS pile(kind, subject_id, name)
        WHERE pile.kind = earlier.kind OR earlier.kind = 'call'
    ), {summed(KEYS, calls="sum(calls)", count="sum(entry & 4294967295)::bigint")}, added AS ({ADD})
    SELECT count(*) FROM earlier
""")


@cache
def _sum_hours(ledger: Ledger) -> TextClause:
    return text(f"""
        WITH fresh AS (
            SELECT counted, {lines(ledger)} FROM {ledger.table}
            WHERE {ledger.key} < :before ORDER BY {ledger.key} DESC LIMIT :limit
        ), present AS MATERIALIZED (
            -- An account that goes meanwhile is waited for, and its lines have gone with it.
            SELECT id FROM users WHERE id IN (SELECT user_id FROM fresh) FOR KEY SHARE
        ), keyed AS (
            {piled(ledger, HOURS, "present JOIN fresh ON present.id = fresh.user_id")} WHERE counted
        ), {summed(KEYS)}, added AS ({ADD})
        SELECT key FROM fresh ORDER BY key LIMIT 1
    """)


_BEHIND = text("SELECT ledger, before FROM hours_to_sum ORDER BY ledger LIMIT 1")
_FURTHER = text("UPDATE hours_to_sum SET before = :before WHERE ledger = :ledger")
_DONE = text("DELETE FROM hours_to_sum WHERE ledger = :ledger")
_LEDGERS = {ledger.table: ledger for ledger, *_ in TABLES}


async def step(session: Session, *, sums: int = SUMS, lines: int = LINES) -> bool:
    """Move up to so many earlier sums to those of today; once there are none, add up to so many lines to the hours of
    each person, the newest first. Returns whether there may be more to do. Figures stay the same all the time."""
    if not await hold(session) or (await session.execute(_MOVE, {"limit": sums})).scalar_one():
        return True
    behind = (await session.execute(_BEHIND)).one_or_none()
    if behind is None:
        return False
    ledger, before = behind
    found = await session.execute(_sum_hours(_LEDGERS[ledger]), {"before": before, "limit": lines})
    reached = found.scalar_one_or_none()
    await session.execute(_DONE if reached is None else _FURTHER, {"ledger": ledger, "before": reached})
    return True
