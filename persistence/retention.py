"""Forgetting what is older than it is to be kept: the details of runs, and lines of ledgers; and what was deleted:
chats. In steps that are bounded.

Keys of runs and of lines begin with the time at which they were made, so what is old is the beginning of a key. A step
takes the next stretch of it and remembers how far it came: the next one does not look again at what is gone already.
"""

from datetime import datetime
from typing import LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from domain.ids import id_at, tick_of
from persistence.base import Base
from persistence.database import Session, run

RUNS, ROWS = 500, 5_000
"""Runs that one step looks at, and most rows of each table that it removes."""
CHATS, MESSAGES = 50, 250
"""Likewise, of what was deleted."""


class RetentionRow(Base):
    """How far a kind of thing has been forgotten: everything up to the key `up_to`."""

    __tablename__ = "retention"
    kind: Mapped[str] = mapped_column(primary_key=True)
    up_to: Mapped[UUID]


class Step(NamedTuple):
    """What a step has removed, and whether there may be more."""

    removed: int = 0
    more: bool = False


HOLD = """
    INSERT INTO retention (kind, up_to) VALUES (%(kind)s, '00000000-0000-0000-0000-000000000000')
    ON CONFLICT (kind) DO NOTHING
"""
WHERE = "SELECT up_to FROM retention WHERE kind = %(kind)s FOR UPDATE SKIP LOCKED"
MOVE = "UPDATE retention SET up_to = %(up_to)s WHERE kind = %(kind)s"

NEXT_RUNS = """
    SELECT id, coalesce(finished_at < %(before)s, false) AND compacted FROM runs
    WHERE id > %(after)s AND id < %(end)s ORDER BY id LIMIT %(limit)s
"""
# The last event stays: it tells a client that watches the run that it is over, and what the answer is.
FORGET_EVENTS = """
    WITH old AS (
        SELECT e.run_id, e.sequence FROM unnest(%(runs)s::uuid[]) AS r (id)
        CROSS JOIN LATERAL (
            SELECT run_id, sequence FROM run_events WHERE run_id = r.id ORDER BY sequence DESC OFFSET 1
        ) e LIMIT %(limit)s
    ), gone AS (
        DELETE FROM run_events e USING old WHERE e.run_id = old.run_id AND e.sequence = old.sequence RETURNING 1
    ) SELECT count(*) FROM gone
"""
FORGET_OTHERS: tuple[LiteralString, ...] = tuple(
    f"""
    WITH gone AS (
        DELETE FROM {table} WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {table} WHERE run_id = ANY(%(runs)s::uuid[]) LIMIT %(limit)s
        )) RETURNING 1
    ) SELECT count(*) FROM gone
    """
    for table in ("run_steps", "tool_outputs")
)
NEXT_LINES: dict[str, LiteralString] = {
    table: f"""
    WITH old AS (
        SELECT id FROM {table} WHERE id > %(after)s AND id < %(end)s ORDER BY id LIMIT %(limit)s
    ), gone AS (
        DELETE FROM {table} l USING old WHERE l.id = old.id AND l.counted RETURNING l.id
    )
    SELECT (SELECT count(*) FROM gone), (SELECT count(*) FROM old),
        (SELECT id FROM old ORDER BY id DESC LIMIT 1), (SELECT min(id::text) FROM old WHERE id NOT IN (TABLE gone))
    """
    for table in ("model_calls", "tool_calls")
}
LEDGERS = tuple(NEXT_LINES)

GONE_CHATS = "SELECT id FROM chats WHERE owner_id IS NULL ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED"
THEIR_MESSAGES = "SELECT id FROM messages WHERE chat_id = ANY(%(chats)s::uuid[]) LIMIT %(limit)s"
THEIR_RUNS = """
    SELECT id FROM runs WHERE input_id = ANY(%(messages)s::uuid[])
    UNION SELECT id FROM runs WHERE message_id = ANY(%(messages)s::uuid[])
"""
FORGET_CALLS: tuple[LiteralString, ...] = tuple(
    f"""
    WITH loose AS (
        UPDATE {table} SET run_id = NULL WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM {table} WHERE run_id = ANY(%(runs)s::uuid[]) LIMIT %(limit)s
        )) RETURNING 1
    ) SELECT count(*) FROM loose
    """
    for table in LEDGERS
)
# Clients learn of the chat that it was deleted; of what was in it nothing is told any more.
FORGET_CHANGES = """
    DELETE FROM changes c USING (
        SELECT user_id, unnest(ARRAY[id, input_id, message_id]) AS object_id FROM runs WHERE id = ANY(%(runs)s::uuid[])
        UNION SELECT r.user_id, beside.id FROM runs r JOIN messages beside ON beside.parent_id = r.input_id
            WHERE r.id = ANY(%(runs)s::uuid[])
        UNION SELECT r.user_id, a.id FROM runs r JOIN approvals a ON a.run_id = r.id WHERE r.id = ANY(%(runs)s::uuid[])
    ) gone WHERE c.user_id = gone.user_id AND c.object_id = gone.object_id
"""
# A message takes those below it with it, so these are cut off before.
CUT = """
    UPDATE messages SET parent_id = NULL
    WHERE parent_id = ANY(%(messages)s::uuid[]) AND id <> ALL(%(messages)s::uuid[])
"""
FORGET_MESSAGES = "DELETE FROM messages WHERE id = ANY(%(messages)s::uuid[])"
FORGET_CHATS = """
    DELETE FROM chats c WHERE id = ANY(%(chats)s::uuid[]) AND NOT EXISTS (SELECT FROM messages WHERE chat_id = c.id)
"""


async def _held(session: Session, kind: str) -> UUID | None:
    """How far this kind is, with the row locked; None while another process is at it."""
    await run(session, HOLD, {"kind": kind})
    found = await run(session, WHERE, {"kind": kind})
    return found[0][0] if found else None


async def forget_runs(session: Session, *, before: datetime) -> Step:
    """Remove the events, steps and long results of runs that ended before a moment, of some of them. A run that goes
    on, or whose log is not joined yet, keeps the younger ones waiting."""
    if (after := await _held(session, "runs")) is None:
        return Step()
    looked = {"after": after, "end": id_at(tick_of(before)), "before": before, "limit": RUNS}
    found = await run(session, NEXT_RUNS, looked)
    over = [key for key, is_over in found[: next((n for n, row in enumerate(found) if not row[1]), RUNS)]]
    if not over:
        return Step()
    removed = [(await run(session, query, {"runs": over, "limit": ROWS}))[0][0] for query in _FORGET]
    unfinished = max(removed) >= ROWS
    if not unfinished:
        await run(session, MOVE, {"kind": "runs", "up_to": over[-1]})
    return Step(sum(removed), more=unfinished or len(over) == RUNS)


_FORGET: tuple[LiteralString, ...] = (FORGET_EVENTS, *FORGET_OTHERS)


async def forget_lines(session: Session, *, ledger: str, before: datetime) -> Step:
    """Remove lines of a ledger from before a moment that its sums have, some of them. A line that the sums do not have
    yet stays, and is looked at again."""
    if (after := await _held(session, ledger)) is None:
        return Step()
    looked = {"after": after, "end": id_at(tick_of(before)), "limit": ROWS}
    [(removed, seen, last, uncounted)] = await run(session, NEXT_LINES[ledger], looked)
    if seen and uncounted is None:
        await run(session, MOVE, {"kind": ledger, "up_to": last})
    return Step(removed, more=seen == ROWS and uncounted is None)


async def forget_chats(session: Session) -> Step:
    """Remove some of the messages of chats that were deleted, with all that belongs to them; at last the chats."""
    chats = [key for (key,) in await run(session, GONE_CHATS, {"limit": CHATS})]
    if not chats:
        return Step()
    found = await run(session, THEIR_MESSAGES, {"chats": chats, "limit": MESSAGES})
    messages = {"messages": [key for (key,) in found]}
    runs = [key for (key,) in await run(session, THEIR_RUNS, messages)]
    removed = [(await run(session, query, {"runs": runs, "limit": ROWS}))[0][0] for query in (*_FORGET, *FORGET_CALLS)]
    if max(removed) >= ROWS:
        return Step(sum(removed), more=True)
    await run(session, FORGET_CHANGES, {"runs": runs})
    for query in (CUT, FORGET_MESSAGES):
        await run(session, query, messages)
    await run(session, FORGET_CHATS, {"chats": chats})
    return Step(sum(removed) + len(found), more=True)
