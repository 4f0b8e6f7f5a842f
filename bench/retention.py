"""What forgetting old things costs when there are many: one step at the beginning, in the middle and at the end.

`python -m bench.retention [MILLIONS]` seeds a scratch database with so many million events, two by default, of ended
runs with eight events and a step each, and half as many calls; then forgets all but the youngest hundredth, step by
step. At last it deletes chats of some sizes.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import uvloop
from sqlalchemy import text

from persistence import chats, files, retention
from persistence.database import Database, Session, connect
from persistence.migrating import migrate
from persistence.retention import Step
from server.embedded.postgres import EmbeddedPostgres

EVENTS, SLICE, DAYS = 8, 50_000, 100
CHATS = (1_000, 10_000, 50_000)
"""Messages of the chats that are deleted; half of them are answers with a run."""

SCENE = """
    INSERT INTO users (id, email, name, role) VALUES (md5('user')::uuid, 'bench', 'bench', 'MEMBER');
    INSERT INTO chats (id, owner_id, title) VALUES (md5('chat')::uuid, md5('user')::uuid, 'bench');
    INSERT INTO messages (id, chat_id, branch_id, depth, role, content, parts, status)
        VALUES (md5('chat')::uuid, md5('chat')::uuid, md5('chat')::uuid, 0, 'USER', 'bench', '[]', 'COMPLETED');
    CREATE FUNCTION made(at timestamptz, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000'
            || lpad(to_hex(n), 16, '8'))::uuid
    $$;
    CREATE FUNCTION said(chat uuid, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
        SELECT (left(chat::text, 24) || lpad(to_hex(n), 12, '0'))::uuid
    $$;
"""
RUNS = text(f"""
    WITH fresh AS (
        INSERT INTO runs (id, chat_id, user_id, input_id, message_id, thinking, when_busy, status, attempt, compacted,
                          created_at, started_at, finished_at)
        SELECT made(at, n), md5('chat')::uuid, md5('user')::uuid, md5('chat')::uuid, md5('chat')::uuid, 'IMMEDIATE',
            'ENQUEUE', 'COMPLETED', 1, true, at, at, at + interval '1 second'
        FROM (SELECT n, cast(:start AS timestamptz) + n * cast(:pace AS interval) AS at
              FROM generate_series(cast(:low AS bigint), cast(:high AS bigint)) n) drawn
        RETURNING id, created_at
    ), step AS (
        INSERT INTO run_steps (id, run_id, key, kind, name, status)
        SELECT gen_random_uuid(), id, 'turn:1', 'MODEL_CALL', 'm', 'COMPLETED' FROM fresh
    ), call AS (
        INSERT INTO model_calls (id, run_id, user_id, model_name, attempt, outcome, input_tokens, output_tokens,
                                 cost_usd, duration_ms, started_at, counted)
        SELECT made(created_at, n * 4294967296 + ('x' || left(md5(id::text), 7))::bit(28)::bigint), id,
            md5('user')::uuid, 'm', 1, 'succeeded', 10, 10, 0, 900, created_at, true
        FROM fresh, generate_series(1, {EVENTS // 2}) n
    )
    INSERT INTO run_events (run_id, sequence, kind, text, created_at)
    SELECT id, n, CASE n WHEN {EVENTS} THEN 'finished' ELSE 'text' END, repeat('word ', 20), created_at
    FROM fresh, generate_series(1, {EVENTS}) n
""")
CHAT = text("""
    WITH chat AS (
        INSERT INTO chats (id, owner_id, title) VALUES (gen_random_uuid(), md5('user')::uuid, 'bench') RETURNING id
    ), said AS (
        INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status)
        SELECT said(chat.id, n), chat.id, CASE WHEN n > 1 THEN said(chat.id, n - 1) END, said(chat.id, 1), n,
            'ASSISTANT', repeat('word' || n % 97 || ' ', 60), '[]', 'COMPLETED'
        FROM chat, generate_series(1, :messages) n RETURNING id, chat_id, depth
    ), runs AS (
        INSERT INTO runs (id, chat_id, user_id, input_id, message_id, thinking, when_busy, status, attempt, compacted,
                          finished_at)
        SELECT gen_random_uuid(), chat_id, md5('user')::uuid, id, id, 'IMMEDIATE', 'ENQUEUE', 'COMPLETED', 1, true,
            now()
        FROM said WHERE depth % 2 = 0 RETURNING id
    ), events AS (
        INSERT INTO run_events (run_id, sequence, kind, text, created_at)
        SELECT id, n, 'text', repeat('word ', 20), now() FROM runs, generate_series(1, 8) n
    ) SELECT id FROM chat
""")


async def fill(db: Database, millions: float) -> datetime:
    """Returns the moment before which all but a hundredth was made."""
    async with db.engine.begin() as connection:
        for statement in SCENE.split(";\n"):
            if statement.strip():
                await connection.execute(text(statement))
    runs, start, began = int(millions * 1e6 / EVENTS), datetime.now(UTC) - timedelta(days=DAYS), time.monotonic()
    for low in range(0, runs, SLICE // EVENTS):
        async with db.engine.begin() as connection:
            # Keys are right as they are made; checking each of them would take most of the time.
            await connection.execute(text("SET LOCAL session_replication_role = replica"))
            high = min(low + SLICE // EVENTS, runs) - 1
            pace = timedelta(days=DAYS) / runs
            await connection.execute(RUNS, {"start": start, "pace": pace, "low": low, "high": high})
    async with db.engine.connect() as connection:
        plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await plain.execute(text("SET statement_timeout = 0"))
        await plain.execute(text("ANALYZE"))
    print(f"{runs * EVENTS:,} events, {runs:,} steps, {runs * EVENTS // 2:,} calls; {time.monotonic() - began:.0f} s")
    return start + timedelta(days=DAYS * 0.99)


async def forgetting(db: Database, what: str, forget: Callable[[Session], Awaitable[Step]]) -> None:
    """Times of steps in milliseconds, of the first tenth and of the last."""
    times, removed, more = list[float](), 0, True
    while more:
        began = time.perf_counter()
        async with db.write() as session:
            step = await forget(session)
        times.append((time.perf_counter() - began) * 1000)
        removed, more = removed + step.removed, step.more
    tenth = max(1, len(times) // 10)
    first, last = times[:tenth], times[-tenth:]
    print(
        f"{what}: {removed:,} rows in {len(times):,} steps, {sum(times) / 1000:.0f} s; a step took"
        f" {statistics.median(first):.0f} ms in the first tenth, {statistics.median(last):.0f} ms in the last,"
        f" {max(times):.0f} ms at most"
    )


async def filled(db: Database, messages: int) -> UUID:
    async with db.engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        key: UUID = (await connection.execute(CHAT, {"messages": messages})).scalar_one()
    return key


async def deleting(db: Database, messages: int) -> None:
    """A chat goes as people delete it, and a second one like it in one statement."""
    first, second = await filled(db, messages), await filled(db, messages)
    began = time.perf_counter()
    async with db.write() as session:
        await files.leave_chat(session, first)
        await chats.leave(session, first)
    print(f"a chat of {messages:,} messages: gone for everybody in {(time.perf_counter() - began) * 1000:.0f} ms")
    await forgetting(db, "  and what was in it", retention.forget_chats)
    began = time.perf_counter()
    async with db.engine.begin() as connection:
        await connection.execute(text("SET LOCAL statement_timeout = 0"))
        await connection.execute(text("DELETE FROM chats WHERE id = :id"), {"id": second})
    print(f"  another one in one statement: {(time.perf_counter() - began) * 1000:.0f} ms")


async def measure(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder / "postgres")
    await embedded.start()
    await asyncio.to_thread(migrate, embedded.url)
    db = connect(embedded.url)
    before = await fill(db, float(sys.argv[1]) if len(sys.argv) > 1 else 2)
    await forgetting(db, "runs", partial(retention.forget_runs, before=before))
    await forgetting(db, "calls", partial(retention.forget_lines, ledger="model_calls", before=before))
    for messages in CHATS:
        await deleting(db, messages)
    await db.close()
    await embedded.stop()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as made:
        uvloop.run(measure(Path(made)))
