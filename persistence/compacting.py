"""Making the log of ended runs small: their deltas become one row for each stretch of text, and read as before."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text, update

from domain.folding import fold
from domain.runs import RunEvent
from persistence import events
from persistence.database import Session
from persistence.runs import RunRow

Progress = dict[UUID, int]
"""Runs at work, and up to which sequence each is done."""

REMOVE = text("""
    DELETE FROM run_events e
    USING unnest(CAST(:runs AS uuid[]), CAST(:firsts AS int[]), CAST(:lasts AS int[])) AS span (run_id, first, last)
    WHERE e.run_id = span.run_id AND e.sequence >= span.first AND e.sequence < span.last
""")
REWRITE = text("""
    UPDATE run_events e SET text = new.text, pieces = CAST(new.pieces AS int[])
    FROM unnest(CAST(:runs AS uuid[]), CAST(:lasts AS int[]), CAST(:texts AS text[]), CAST(:pieces AS text[]))
        AS new (run_id, last, text, pieces)
    WHERE e.run_id = new.run_id AND e.sequence = new.last
""")


async def due(session: Session, ended_before: datetime, *, limit: int) -> Progress:
    """Runs that ended before a moment and are not compacted, the oldest first."""
    query = select(RunRow.id).where(~RunRow.compacted, RunRow.finished_at < ended_before)
    return dict.fromkeys(await session.scalars(query.order_by(RunRow.finished_at).limit(limit)), 0)


async def compact(session: Session, progress: Progress, *, limit: int) -> Progress:
    """Join the next `limit` rows of each run; returns the runs that have more, and how far they are.

    Runs that another process has at work are left to it. A reader sees the rows before or after, and either way the
    same text from any sequence on.
    """
    query = select(RunRow.id).where(RunRow.id.in_(progress), ~RunRow.compacted).order_by(RunRow.id)
    mine = list(await session.scalars(query.with_for_update(skip_locked=True, key_share=True)))
    found = await events.after_many(session, {run_id: progress[run_id] for run_id in mine}, limit=limit)
    more: Progress = {}
    joined: list[RunEvent] = []
    for run_id, page in found.items():
        folded, as_they_were = fold(page), set(map(id, page))
        joined += [event for event in folded if id(event) not in as_they_were]
        if len(page) >= limit:  # the last of them may go on in the next rows, and is looked at again
            more[run_id] = folded[-2].sequence if len(folded) > 1 else progress[run_id]
    if joined:
        await _replace(session, joined)
    done = [run_id for run_id in mine if run_id not in more]
    await session.execute(update(RunRow).where(RunRow.id.in_(done)).values(compacted=True))
    return more


async def _replace(session: Session, joined: Sequence[RunEvent]) -> None:
    """The last row of each stretch takes the text of all; the others go."""
    spans = {
        "runs": [event.run_id for event in joined],
        "firsts": [event.first for event in joined],
        "lasts": [event.sequence for event in joined],
    }
    texts = {
        "texts": [event.text for event in joined],
        "pieces": ["{" + ",".join(map(str, event.pieces)) + "}" for event in joined],
    }
    await session.execute(REMOVE, spans)
    await session.execute(REWRITE, {**spans, **texts})
