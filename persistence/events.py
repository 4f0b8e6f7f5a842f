"""The run-event log in PostgreSQL: its table, reading it, and adding to it in a transaction of the caller's."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, Integer, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from domain.folding import unread
from domain.runs import DELTAS, EventKind, RunEvent
from persistence.base import Base, Moment, Word
from persistence.database import Session, run
from persistence.runs import RunRow


class RunEventRow(Base):
    """An event, or several deltas joined: then `pieces` are their lengths, and `sequence` is that of the last."""

    __tablename__ = "run_events"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    message_id: Mapped[UUID | None]
    text: Mapped[str | None]
    data: Mapped[dict[str, Any] | None]
    pieces: Mapped[list[int] | None] = mapped_column(ARRAY(Integer))
    created_at: Mapped[Moment]


ADD = """
    WITH stored AS (
        INSERT INTO run_events (run_id, sequence, kind, message_id, text, data, created_at)
        SELECT * FROM json_to_recordset(%(rows)s::json)
            AS s (run_id uuid, sequence int, kind text, message_id uuid, text text, data jsonb, created_at timestamptz)
    )
    SELECT pg_notify('parley_runs', %(told)s)
"""


async def add(session: Session, events: Sequence[RunEvent]) -> None:
    """Store events in the caller's transaction, which holds the run's row; watchers are told when it commits."""
    if not events:
        return
    newest = {event.run_id: event.sequence for event in events}
    told = ",".join(f"{run_id.hex}:{sequence}" for run_id, sequence in newest.items())
    await run(session, ADD, {"rows": _as_json(_row(event) for event in events), "told": told})


def _row(event: RunEvent) -> dict[str, Any]:
    return {
        "run_id": event.run_id,
        "sequence": event.sequence,
        "kind": event.kind,
        "message_id": event.message_id,
        "text": event.text,
        "data": event.data or None,
        "created_at": event.created_at,
    }


def _as_json(rows: Iterable[dict[str, Any]]) -> str:
    """Rows as one parameter: the driver takes five times as long for an array for each column."""
    return orjson.dumps(list(rows)).decode()


COLUMNS = (
    RunEventRow.run_id,
    RunEventRow.sequence,
    RunEventRow.kind,
    RunEventRow.created_at,
    RunEventRow.message_id,
    RunEventRow.text,
    RunEventRow.data,
    RunEventRow.pieces,
)


def _event(row: Sequence[Any]) -> RunEvent:
    run_id, sequence, kind, created_at, message_id, words, data, pieces = row
    joined = tuple(pieces) if pieces else ()
    return RunEvent(run_id, sequence, EventKind(kind), created_at, message_id, words, data or {}, joined)


async def after(session: Session, run_id: UUID, sequence: int, *, limit: int) -> list[RunEvent]:
    """One run's events after a sequence number, in order."""
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id, RunEventRow.sequence > sequence)
    rows = await session.execute(query.order_by(RunEventRow.sequence).limit(limit))
    return unread(map(_event, rows), sequence)


AFTER_MANY = """
    SELECT e.run_id, e.sequence, e.kind, e.created_at, e.message_id, e.text, e.data, e.pieces
    FROM json_to_recordset(%(seen)s::json) AS seen (run_id uuid, sequence int)
    CROSS JOIN LATERAL (
        SELECT * FROM run_events r WHERE r.run_id = seen.run_id AND r.sequence > seen.sequence
        ORDER BY r.sequence LIMIT %(limit)s
    ) e ORDER BY e.run_id, e.sequence
"""


async def after_many(session: Session, seen: Mapping[UUID, int], *, limit: int) -> dict[UUID, list[RunEvent]]:
    """Up to `limit` events of each run after the sequence seen of it, in order: one statement for all of them."""
    cursors = ({"run_id": run_id, "sequence": sequence} for run_id, sequence in seen.items())
    values = {"seen": _as_json(cursors), "limit": limit}
    found: dict[UUID, list[RunEvent]] = {}
    for row in await run(session, AFTER_MANY, values):
        found.setdefault(row[0], []).append(_event(row))
    return {run_id: unread(events, seen[run_id]) for run_id, events in found.items()}


async def position(session: Session, run_id: UUID) -> int:
    """The sequence that the next writer of a run goes on from: above all that any client can have seen.

    That is more than the newest in this table where streams carry the log: their newest part may have been lost with
    the worker that wrote it. The caller holds the run's row, so that no other attempt reads the same.
    """
    last = select(func.max(RunEventRow.sequence)).where(RunEventRow.run_id == run_id).scalar_subquery()
    reserved = select(RunRow.reserved_sequence).where(RunRow.id == run_id).scalar_subquery()
    return await session.scalar(select(func.greatest(last, reserved, 0))) or 0


async def newest(session: Session, run_id: UUID) -> RunEvent | None:
    """The last event of a run so far."""
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id).order_by(RunEventRow.sequence.desc()).limit(1)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _event(row)


async def half_said(session: Session, run_id: UUID, after: int) -> bool:
    """Whether clients may have seen words of the run after a sequence; they need not be in this table, where streams
    carry the log."""
    said = exists().where(
        RunEventRow.run_id == run_id, RunEventRow.sequence > after, RunEventRow.kind.in_(tuple(DELTAS))
    )
    reserved = exists().where(RunRow.id == run_id, RunRow.reserved_sequence > after)
    return bool(await session.scalar(select(said | reserved)))


async def streamed(session: Session, run_id: UUID) -> list[RunEvent]:
    """What the run has said of its message so far: its deltas and discards, in order."""
    kinds = (EventKind.TEXT, EventKind.REASONING, EventKind.MESSAGE_DISCARDED)
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id, RunEventRow.kind.in_(kinds))
    return [_event(row) for row in await session.execute(query.order_by(RunEventRow.sequence))]
