"""Storing what runs say in PostgreSQL: any number of runs in one statement, fenced, on a connection of its own."""

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import psycopg

from domain.runs import RunEvent
from persistence.database import Database

NOTICE_SIZE = 150
"""Runs named in one notification: PostgreSQL allows 8,000 bytes, one run takes up to 44."""

RESERVE = 4_096
"""Numbers that a run may use outside PostgreSQL before it has to store here again."""

PATIENCE = 10.0
"""Seconds to wait for the answer to a statement; then the connection is given up, and the statement sent again."""

Unreachable = (psycopg.OperationalError, OSError, TimeoutError)
"""What is raised when the database cannot be reached just now."""


Attempt = tuple[UUID, int]
"""A run and which of its attempts."""


class Entry(NamedTuple):
    """An event and the attempt of its run that says it."""

    event: RunEvent
    attempt: int

    @property
    def by(self) -> Attempt:
        return self.event.run_id, self.attempt


# ON CONFLICT: a statement whose answer got lost with the connection is sent again and may find its own rows.
# The notifications are in the result, or the planner would leave them out.
_STORE = f"""
    WITH said AS (
        SELECT * FROM json_to_recordset(%s::json)
            AS s (run_id uuid, attempt int, sequence int, kind text, message_id uuid, text text, data jsonb,
                  pieces int[], created_at timestamptz)
    ), {{mine}}, stored AS (
        INSERT INTO run_events (run_id, sequence, kind, message_id, text, data, pieces, created_at)
        SELECT s.run_id, s.sequence, s.kind, s.message_id, s.text, s.data, s.pieces, s.created_at
        FROM said s JOIN mine ON mine.id = s.run_id AND mine.attempt = s.attempt
        ON CONFLICT DO NOTHING
        RETURNING run_id, sequence
    ), newest AS (
        SELECT run_id, max(sequence) AS sequence, row_number() OVER (ORDER BY run_id) / {NOTICE_SIZE} AS batch
        FROM stored GROUP BY run_id
    ), told AS (
        SELECT pg_notify('parley_runs', string_agg(replace(run_id::text, '-', '') || ':' || sequence, ','))
        FROM newest GROUP BY batch
    )
    SELECT id, attempt, (SELECT count(*) FROM told) FROM mine
"""
_OWNED = """
    SELECT r.id, s.attempt, s.sequence FROM runs r
    JOIN (SELECT run_id, attempt, max(sequence) AS sequence FROM said GROUP BY run_id, attempt) s
        ON s.run_id = r.id AND s.attempt = r.attempt AND r.finished_at IS NULL
    ORDER BY r.id"""

# The row lock makes the fence exact: a claim's UPDATE of the run waits for this statement, or this one for the claim,
# and then sees the newer attempt and stores nothing.
APPEND = _STORE.format(mine=f"mine AS ({_OWNED} FOR SHARE OF r)")

SETTLE = _STORE.format(
    mine=f"""mine AS ({_OWNED} FOR NO KEY UPDATE OF r), reserved AS (
        UPDATE runs SET reserved_sequence = mine.sequence + {RESERVE} FROM mine WHERE runs.id = mine.id
    )"""
)


def _as_json(entries: Sequence[Entry]) -> str:
    """Rows as one parameter: the driver takes five times as long for an array for each column."""
    rows = [
        {
            "run_id": event.run_id,
            "attempt": attempt,
            "sequence": event.sequence,
            "kind": event.kind,
            "message_id": event.message_id,
            "text": event.text,
            "data": event.data or None,
            "pieces": event.pieces or None,
            "created_at": event.created_at,
        }
        for event, attempt in entries
    ]
    return orjson.dumps(rows).decode()


class Appender:
    """The event log's own connection, made again when it breaks."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._backend = 0

    async def append(self, entries: Sequence[Entry]) -> set[Attempt]:
        """Store entries of any number of runs in one statement and tell their watchers.

        Returns the attempts that are still the newest of their runs; entries of all others were not stored: their
        writer has been superseded and must stop. Raises one of `Unreachable` when the database is away.
        """
        return await self._execute(APPEND, entries)

    async def settle(self, entries: Sequence[Entry]) -> set[Attempt]:
        """As `append`, and reserve each run `RESERVE` numbers above the last one for use outside PostgreSQL."""
        return await self._execute(SETTLE, entries)

    async def _execute(self, statement: str, entries: Sequence[Entry]) -> set[Attempt]:
        try:
            async with asyncio.timeout(PATIENCE):
                if self._connection is None or self._connection.closed:
                    self._db.told_here.discard(self._backend)
                    self._connection = await self._db.connect()
                    self._backend = self._connection.info.backend_pid
                    self._db.told_here.add(self._backend)
                cursor = await self._connection.execute(statement, [_as_json(entries)], prepare=True)
                return {(run_id, attempt) for run_id, attempt, _ in await cursor.fetchall()}
        except Unreachable:
            await self.close()
            raise

    async def close(self) -> None:
        if self._connection is not None:
            self._db.told_here.discard(self._backend)
            await self._connection.close()
            self._connection = None
