"""What the log of events costs: CPU time of the writing process for each event, and the time until a reader has it.

PostgreSQL and Redis are processes of their own, so only the writer's work counts. `python -m bench.log`.
"""

import asyncio
import contextlib
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID, uuid4

import uvloop
from sqlalchemy import text

from domain.runs import EventKind
from orchestration.runs.feeds import Feeds
from orchestration.runs.log import EventLog
from persistence import notifications
from persistence.database import Database, connect
from persistence.event_logs import LogStore, PostgresLog
from persistence.migrating import migrate
from persistence.streamed_log import StreamedLog
from server.embedded.postgres import EmbeddedPostgres
from tests.redis_servers import redis_server

RUNS, TICKS, ROUNDS = 100, 200, 3
PROBES = 200

RUN = text("""
    WITH person AS (
        INSERT INTO users (id, email, name, role) VALUES (:user, gen_random_uuid(), 'bench', 'MEMBER') RETURNING id
    ), chat AS (
        INSERT INTO chats (id, owner_id, title, title_by) SELECT :chat, id, 'bench', 'auto' FROM person RETURNING id
    ), message AS (
        INSERT INTO messages (id, chat_id, branch_id, depth, role, content, parts, status)
        SELECT :message, id, :message, 0, 'ASSISTANT', '', '[]', 'IN_PROGRESS' FROM chat RETURNING id, chat_id
    )
    INSERT INTO runs (id, chat_id, user_id, input_id, message_id, thinking, when_busy, status, attempt)
    SELECT :run, chat_id, :user, id, id, 'IMMEDIATE', 'ENQUEUE', 'IN_PROGRESS', 1 FROM message
""")


async def new_run(db: Database) -> UUID:
    run_id = uuid4()
    async with db.write() as session:
        await session.execute(RUN, {"run": run_id, "user": uuid4(), "chat": uuid4(), "message": run_id})
    return run_id


async def writing(db: Database, store: LogStore) -> float:
    """Microseconds of this process's CPU for each event of many runs that are flushed together."""
    log = EventLog(store, lambda news: None)
    writers = [log.open(await new_run(db), 1, 0) for _ in range(RUNS)]
    for writer in writers:
        writer.say(EventKind.STATUS, status="IN_PROGRESS")
    await log.flush()
    before = time.process_time()
    for _ in range(TICKS):
        for writer in writers:
            writer.stream(EventKind.TEXT, writer.run_id, " token")
        await log.flush()
    return (time.process_time() - before) / (RUNS * TICKS) * 1e6


@contextlib.asynccontextmanager
async def reading(db: Database, store: LogStore) -> AsyncIterator[Feeds]:
    """What another process reads with; here on the same loop, so that one clock times both ends."""
    feeds = Feeds(db, store)
    hear = {notifications.RUNS: feeds.notified}
    tasks = [
        asyncio.create_task(feeds.serve()),
        asyncio.create_task(store.listen(feeds.notified, feeds.look_again)),
        asyncio.create_task(notifications.listen(db, hear, feeds.look_again)),
    ]
    yield feeds
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def delays(db: Database, store: LogStore, other: LogStore) -> tuple[list[float], list[float]]:
    """Milliseconds from a word to its being stored, and to a reader elsewhere, one word at a time."""
    stored, seen = asyncio.Event(), asyncio.Event()
    log = EventLog(store, lambda news: stored.set())
    writer = log.open(await new_run(db), 1, 0)
    log.start()

    async def watch(feeds: Feeds) -> None:
        async for _ in feeds.watch(writer.run_id, 0):
            seen.set()

    here: list[float] = []
    there: list[float] = []
    async with reading(db, other) as feeds:
        watching = asyncio.create_task(watch(feeds))
        for _ in range(PROBES):
            await asyncio.sleep(0.02)
            stored.clear()
            seen.clear()
            began = time.perf_counter()
            writer.stream(EventKind.TEXT, writer.run_id, " token")
            await stored.wait()
            here.append((time.perf_counter() - began) * 1e3)
            await seen.wait()
            there.append((time.perf_counter() - began) * 1e3)
        watching.cancel()
        await asyncio.wait({watching})
    await log.stop()
    return here[5:], there[5:]


def described(times: list[float]) -> str:
    return f"median {statistics.median(times):5.2f} ms, 95 % {sorted(times)[len(times) * 95 // 100]:6.2f} ms"


async def main() -> None:
    embedded = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="parley-bench-")))
    await embedded.start()
    await asyncio.to_thread(migrate, embedded.url)
    db = connect(embedded.url)
    print(f"The log of events: {RUNS} runs at once, the best of {ROUNDS} rounds.")
    async with redis_server() as redis:
        stores: dict[str, list[LogStore]] = {
            "PostgreSQL": [PostgresLog(db), PostgresLog(db)],
            "Redis": [StreamedLog(db, redis.url), StreamedLog(db, redis.url)],
        }
        rounds = [{name: await writing(db, store) for name, (store, _) in stores.items()} for _ in range(ROUNDS)]
        for name, (store, other) in stores.items():
            here, there = await delays(db, store, other)
            print(f"{name:12} writer {min(each[name] for each in rounds):5.1f} µs of CPU an event")
            print(f"{'':12} stored {described(here)}; at a reader {described(there)}")
        for store in (store for some in stores.values() for store in some):
            await store.close()
    await db.close()
    await embedded.stop()


if __name__ == "__main__":
    uvloop.run(main())
