"""The run-event log: one row an event, a gapless sequence per run, fenced by the run's attempt."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg
from sqlalchemy import ForeignKey, Row, select, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.runs import EventKind, RunEvent
from persistence.base import Base, Moment, Word
from persistence.database import Database, Session, run

NOTICE_SIZE = 150
"""Runs named in one notification: PostgreSQL allows 8,000 bytes, one run takes up to 44."""


class RunEventRow(Base):
    __tablename__ = "run_events"
    run_id: Mapped[UUID] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    message_id: Mapped[UUID | None]
    text: Mapped[str | None]
    data: Mapped[dict[str, Any] | None]
    created_at: Mapped[Moment]


class Entry(NamedTuple):
    """An event and the attempt of its run that says it."""

    event: RunEvent
    attempt: int


# ON CONFLICT: a statement whose answer got lost with the connection is sent again and may find its own rows.
# The notifications are in the result, or the planner would leave them out.
# The row lock makes the fence exact: a claim's UPDATE of the run waits for this statement, or this one for the claim,
# and then sees the newer attempt and stores nothing.
APPEND = f"""
    WITH said AS (
        SELECT * FROM json_to_recordset(%s::json)
            AS s (run_id uuid, attempt int, sequence int, kind text,
                  message_id uuid, text text, data jsonb, created_at timestamptz)
    ), mine AS (
        SELECT r.id FROM runs r JOIN (SELECT DISTINCT run_id, attempt FROM said) s
            ON s.run_id = r.id AND s.attempt = r.attempt AND r.finished_at IS NULL
        ORDER BY r.id FOR SHARE OF r
    ), stored AS (
        INSERT INTO run_events (run_id, sequence, kind, message_id, text, data, created_at)
        SELECT s.run_id, s.sequence, s.kind, s.message_id, s.text, s.data, s.created_at
        FROM said s JOIN mine ON mine.id = s.run_id
        ON CONFLICT DO NOTHING
        RETURNING run_id, sequence
    ), newest AS (
        SELECT run_id, max(sequence) AS sequence, row_number() OVER (ORDER BY run_id) / {NOTICE_SIZE} AS batch
        FROM stored GROUP BY run_id
    ), told AS (
        SELECT pg_notify('parley_runs', string_agg(replace(run_id::text, '-', '') || ':' || sequence, ','))
        FROM newest GROUP BY batch
    )
    SELECT id, (SELECT count(*) FROM told) FROM mine
"""


async def append(connection: psycopg.AsyncConnection[Any], entries: Sequence[Entry]) -> set[UUID]:
    """Store entries of any number of runs in one statement and tell their watchers.

    Returns the runs whose attempt is still the newest; entries of all others were not stored: their writer has been
    superseded and must stop.
    """
    rows = _as_json({**_row(event), "attempt": attempt} for event, attempt in entries)
    cursor = await connection.execute(APPEND, [rows], prepare=True)
    return {run_id for run_id, _ in await cursor.fetchall()}


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
)


def _event(row: Row[*tuple[Any, ...]]) -> RunEvent:
    run_id, sequence, kind, created_at, message_id, words, data = row
    return RunEvent(run_id, sequence, EventKind(kind), created_at, message_id, words, data or {})


async def after(session: Session, run_id: UUID, sequence: int, *, limit: int) -> list[RunEvent]:
    """One run's events after a sequence number, in order."""
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id, RunEventRow.sequence > sequence)
    rows = await session.execute(query.order_by(RunEventRow.sequence).limit(limit))
    return [_event(row) for row in rows]


AFTER_MANY = text("""
    SELECT e.run_id, e.sequence, e.kind, e.created_at, e.message_id, e.text, e.data
    FROM unnest(CAST(:runs AS uuid[]), CAST(:sequences AS int[])) AS seen (run_id, sequence)
    CROSS JOIN LATERAL (
        SELECT * FROM run_events r WHERE r.run_id = seen.run_id AND r.sequence > seen.sequence
        ORDER BY r.sequence LIMIT :limit
    ) e ORDER BY e.run_id, e.sequence
""")


async def after_many(session: Session, seen: Mapping[UUID, int], *, limit: int) -> list[RunEvent]:
    """Up to `limit` events of each run after the sequence seen of it: one statement for all of them."""
    values = {"runs": list(seen), "sequences": list(seen.values()), "limit": limit}
    return [_event(row) for row in await session.execute(AFTER_MANY, values)]


async def newest(session: Session, run_id: UUID) -> RunEvent | None:
    """The last event of a run so far."""
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id).order_by(RunEventRow.sequence.desc()).limit(1)
    row = (await session.execute(query)).one_or_none()
    return None if row is None else _event(row)


async def streamed(session: Session, run_id: UUID) -> list[RunEvent]:
    """What the run has said of its message so far: its deltas and discards, in order."""
    kinds = (EventKind.TEXT, EventKind.REASONING, EventKind.MESSAGE_DISCARDED)
    query = select(*COLUMNS).where(RunEventRow.run_id == run_id, RunEventRow.kind.in_(kinds))
    return [_event(row) for row in await session.execute(query.order_by(RunEventRow.sequence))]


class Appender:
    """The event log's own connection, made again when it breaks."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._backend = 0

    async def append(self, entries: Sequence[Entry]) -> set[UUID]:
        """As `append`; raises `psycopg.Error` or `OSError` when the database is away, and nothing is stored then."""
        if self._connection is None or self._connection.closed:
            self._db.told_here.discard(self._backend)
            self._connection = await self._db.connect()
            self._backend = self._connection.info.backend_pid
            self._db.told_here.add(self._backend)
        try:
            return await append(self._connection, entries)
        except (psycopg.OperationalError, OSError):
            await self.close()
            raise

    async def close(self) -> None:
        if self._connection is not None:
            self._db.told_here.discard(self._backend)
            await self._connection.close()
            self._connection = None


Unreachable = (psycopg.OperationalError, OSError)
"""What `Appender.append` raises when the database cannot be reached just now."""
