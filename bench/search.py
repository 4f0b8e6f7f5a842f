"""What a search costs among a million messages, and what it costs to keep the words of a message that is streamed.

`python -m bench.search [messages]`: makes them in an embedded PostgreSQL, of people who own most, some and few of them,
and searches for words that are common, that only others use often, and that are rare; beside it, in the same run, the
query that one writes first.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import uvloop
from sqlalchemy import text

from domain.ids import new_id
from domain.messages import MessageStatus
from domain.searching import wanted
from persistence import growing, search
from persistence.database import Database, connect, run
from persistence.migrating import migrate
from persistence.search import Asked
from server.embedded.postgres import EmbeddedPostgres

WORDS = 60
"""Words of a message."""
VOCABULARY = 30_000
PEOPLE = {"most": 0.88, "some": 0.02, "few": 0.0002}
"""Which share of the messages somebody owns; the rest belongs to others."""
QUERIES = {
    "common": "w1",
    "rare": "w29876",
    "two words": "w17 w4021",
    "beginning": "w298",
    "common elsewhere": "elsewhere",
    "short beginning": "el",
    "nowhere": "nothing",
}
ROUNDS, FINISHED = 20, 2_000

PERSON = text("INSERT INTO users (id, email, name, role) VALUES (:id, gen_random_uuid(), 'bench', 'MEMBER')")
CHAT = text("INSERT INTO chats (id, owner_id, title) VALUES (:id, :owner, 'bench')")
# Word n comes with a probability of 1/n, about as in a language.
MESSAGES = text(f"""
    INSERT INTO messages (id, chat_id, branch_id, depth, role, content, parts, status)
    SELECT id, :chat, :chat, :first + n, 'USER',
        (SELECT string_agg('w' || floor(exp(random() * ln({VOCABULARY})))::int, ' ')
         FROM generate_series(1, {WORDS} + 0 * n))
        || CASE WHEN :elsewhere AND n % 2 = 0 THEN ' elsewhere' ELSE '' END, '[]', 'COMPLETED'
    FROM generate_series(1, :count) n, LATERAL (
        SELECT (lpad(to_hex((:moment + n)::bigint), 12, '0') || '7000' || right(replace(gen_random_uuid()::text,
            '-', ''), 16))::uuid AS id
    ) made
""")
FIRST = """
    SELECT m.id FROM messages m JOIN chats c ON c.id = m.chat_id
    WHERE c.owner_id = %(owner)s AND m.content ILIKE %(pattern)s ORDER BY m.id DESC LIMIT 51
"""


async def fill(db: Database, total: int) -> dict[str, UUID]:
    """Messages of all people, interleaved in time; who owns how many."""
    people = {name: new_id() for name in [*PEOPLE, "others"]}
    shares = PEOPLE | {"others": 1 - sum(PEOPLE.values())}
    chats = {name: new_id() for name in people}
    async with db.engine.begin() as connection:
        for name, owner in people.items():
            await connection.execute(PERSON, {"id": owner})
            await connection.execute(CHAT, {"id": chats[name], "owner": owner})
    began, batches = time.monotonic(), 50
    for batch in range(batches):
        async with db.engine.begin() as connection:
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            for name, share in shares.items():
                count = round(total * share / batches)
                values = {
                    "chat": chats[name], "first": batch * count, "count": count, "elsewhere": name == "others",
                    "moment": 1_700_000_000_000 + batch * 10_000_000,
                }  # fmt: skip
                await connection.execute(MESSAGES, values)
    print(f"{total:,} messages, stored with their words in {time.monotonic() - began:.0f} s")
    async with db.engine.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text("SET statement_timeout = 0"))
        await autocommit.execute(text("VACUUM ANALYZE"))
        for name in ("messages", "message_words", "ix_message_words_words"):
            size = (await autocommit.execute(text(f"SELECT pg_total_relation_size('{name}') / 1048576"))).scalar_one()
            print(f"  {name}: {size:,} MB")
    return people


def cpu(pid: int) -> float:
    """Milliseconds of CPU that a process has used; other work on the machine does not count."""
    used = psutil.Process(pid).cpu_times()
    return (used.user + used.system) * 1e3


async def times(ask: Callable[[], Awaitable[Any]], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of each round."""
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        spent.append((time.perf_counter() - began) * 1e3)
    return spent


async def searching(db: Database, people: dict[str, UUID]) -> None:
    names = "".join(f"{name:>9}" for name in ("CPU", "best", "median", "count"))
    print(f"{'owner':8}{'query':18}{'hits':>5}{names}{'first query':>13}{'ratio':>8}")
    for name in PEOPLE:
        for label, query in QUERIES.items():
            asked = Asked(people[name], wanted(query))
            async with db.read() as session:
                hits = len(await search.page(session, asked, limit=51, after=None))
                [(backend,)] = await run(session, "SELECT pg_backend_pid()", {})
                before = cpu(backend)
                spent = await times(lambda asked=asked: search.page(session, asked, limit=51, after=None))
                own = (cpu(backend) - before) / len(spent)
                counted = await times(lambda asked=asked: search.count(session, asked), 5)
                raw = {"owner": people[name], "pattern": f"%{query}%"}
                plain = await times(lambda raw=raw: run(session, FIRST, raw), 1)
            print(
                f"{name:8}{label:18}{hits:>5}{own:>7.1f}ms{min(spent):>7.1f}ms{statistics.median(spent):>7.1f}ms"
                f"{min(counted):>7.1f}ms{min(plain):>11.0f}ms{min(plain) / min(spent):>8.1f}",
                flush=True,
            )


async def finishing(db: Database, owner: UUID) -> float:
    """Microseconds for each message that gets its final text, without those of a commit."""
    chat_id, ids = new_id(), [new_id() for _ in range(FINISHED)]
    async with db.engine.begin() as connection:
        await connection.execute(CHAT, {"id": chat_id, "owner": owner})
        await connection.execute(
            text("""INSERT INTO messages (id, chat_id, branch_id, depth, role, content, parts, status)
                    SELECT id, :chat, :chat, n, 'ASSISTANT', '', '[]', 'IN_PROGRESS'
                    FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS made (id, n)"""),
            {"chat": chat_id, "ids": ids},
        )
    answer = " ".join(f"w{uuid4().int % VOCABULARY}" for _ in range(WORDS * 3))
    began = time.perf_counter()
    async with db.write() as session:
        for message_id in ids:
            await growing.finish(
                session, message_id, content=answer, parts=[], status=MessageStatus.COMPLETED, model_used="m"
            )
    return (time.perf_counter() - began) / FINISHED * 1e6


async def streaming(db: Database, owner: UUID) -> None:
    async def switch(word: str) -> None:
        async with db.engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE messages {word} TRIGGER USER"))

    with_words, without = [], []
    for _ in range(3):
        with_words.append(await finishing(db, owner))
        await switch("DISABLE")
        without.append(await finishing(db, owner))
        await switch("ENABLE")
    best = min(with_words), min(without)
    print(f"the final text of a message: {best[0]:.0f} µs with its words, {best[1]:.0f} µs without")


async def main() -> None:
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    embedded = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="parley-bench-")))
    await embedded.start()
    await asyncio.to_thread(migrate, embedded.url)
    db = connect(embedded.url)
    people = await fill(db, total)
    await searching(db, people)
    await streaming(db, people["most"])
    await db.close()
    await embedded.stop()


if __name__ == "__main__":
    uvloop.run(main())
