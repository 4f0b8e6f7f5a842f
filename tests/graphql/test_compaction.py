"""The log of an ended run gets small, and nobody who reads it can tell."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from domain.folding import fold
from domain.ids import Kind, key_of
from domain.runs import RunEvent
from orchestration.runs.compaction import Compaction
from persistence import events
from persistence.database import Database
from tests.people import Person, text_of
from tests.upstream import Upstream

SPREAD = text("""
    WITH finished AS (
        UPDATE run_events SET sequence = sequence + :count WHERE run_id = :run AND kind = 'finished'
        RETURNING sequence - :count AS start
    )
    INSERT INTO run_events (run_id, sequence, kind, message_id, text, created_at)
    SELECT :run, start + n, CASE WHEN n % 70 < 50 THEN 'text' WHEN n % 70 = 69 THEN 'status' ELSE 'reasoning' END,
        :message, CASE WHEN n % 70 < 69 THEN repeat('é', n % 4) || n END, now()
    FROM finished, generate_series(0, :count - 1) AS n
""")


CURSORS = [*range(0, 2_510, 97), *range(995, 1_010, 3), *range(2_490, 2_510, 4)]
"""Also around the end of the first rows that are joined at once, and of the run."""


async def ended_run(person: Person, db: Database, count: int) -> UUID:
    """A run that has ended, with `count` rows of text, reasoning and a few others."""
    sent, _ = await person.ask("Hello?")
    run_id, message = key_of(Kind.RUN, sent["run"]["id"]), key_of(Kind.MESSAGE, sent["reply"]["id"])
    async with db.write() as session:
        await session.execute(SPREAD, {"run": run_id, "message": message, "count": count})
    return run_id


async def rows(db: Database, run_id: UUID, after: int = 0) -> list[RunEvent]:
    async with db.read() as session:
        return await events.after(session, run_id, after, limit=100_000)


def shown(log: list[RunEvent]) -> list[tuple[Any, ...]]:
    return [(e.sequence, e.kind, e.message_id, e.text, e.created_at) for e in fold(log, limit=10_000_000)]


async def test_compacted_rows_read_the_same_from_every_cursor(ada: Person, db: Database) -> None:
    run_id = await ended_run(ada, db, 2_500)
    before = {after: shown(await rows(db, run_id, after)) for after in CURSORS}
    count = len(await rows(db, run_id))

    compacted = await Compaction(db, timedelta(0)).compact()

    after = {after: shown(await rows(db, run_id, after)) for after in CURSORS}
    assert compacted == 1
    assert count > 2_500
    assert len(await rows(db, run_id)) < 130
    assert after == before


async def test_a_watcher_with_an_old_cursor_gets_exactly_the_rest(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    answer = " ".join(f"word{number}" for number in range(40))
    upstream.reply(answer, delay=0.012)
    sent, seen = await ada.ask("count")
    middle = next(e["sequence"] for e in seen if e["__typename"] == "TextDelta") + 5
    rest = text_of(await ada.events(sent["run"]["id"], middle))

    await Compaction(db, timedelta(0)).compact()

    assert text_of(await ada.events(sent["run"]["id"], middle)) == rest
    assert answer.endswith(rest)
    assert text_of(await ada.events(sent["run"]["id"], 0)) == answer


async def test_runs_are_left_alone_until_the_grace_is_over(ada: Person, db: Database, upstream: Upstream) -> None:
    await ada.ask("one")
    upstream.reply("one two three", held_after=3)
    running = await ada.send("two")
    await upstream.holding.wait()

    assert await Compaction(db, timedelta(minutes=10)).compact() == 0
    assert await Compaction(db, timedelta(0)).compact() == 1
    upstream.release()
    assert text_of(await ada.events(running["run"]["id"])) == "one two three"


async def test_several_processes_may_compact_at_once(ada: Person, db: Database) -> None:
    runs = [await ended_run(ada, db, 300) for _ in range(3)]
    before = [shown(await rows(db, run_id)) for run_id in runs]

    counts = await asyncio.gather(*(Compaction(db, timedelta(0)).compact() for _ in range(3)))

    assert sum(counts) >= 3
    assert [shown(await rows(db, run_id)) for run_id in runs] == before
    assert await Compaction(db, timedelta(0)).compact() == 0
