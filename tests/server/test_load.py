"""Long runs and many events on the real server: nobody waits, no memory stays, the first token is there at once."""

import asyncio
import os
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import NamedTuple

import aiohttp
import psutil
import pytest
from sqlalchemy import text

from domain.ids import Kind, key_of
from persistence.database import Database
from resolvers.registration import create_api_key
from tests.people import EVENTS, Person, sign_up
from tests.upstream import Upstream

pytestmark = pytest.mark.alone

MEGABYTE = 1 << 20
# Neighbouring deltas of one kind would be joined, so that far fewer events went out.
LENGTHEN = text("""
    WITH finished AS (
        UPDATE run_events SET sequence = sequence + :count WHERE run_id = :run AND kind = 'finished'
        RETURNING sequence - :count AS start
    )
    INSERT INTO run_events (run_id, sequence, kind, message_id, text, created_at)
    SELECT :run, start + n, CASE WHEN n % 2 = 0 THEN 'text' ELSE 'reasoning' END, :message, ' token', now()
    FROM finished, generate_series(0, :count - 1) AS n
""")


class ServerProcess(NamedTuple):
    """`parley serve` as it is deployed, on the test's database."""

    url: str
    db: Database
    process: psutil.Process

    @property
    def memory(self) -> int:
        return int(self.process.memory_info().rss)


@pytest.fixture
async def served(database_url: str, db: Database, upstream: Upstream, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    settings = {
        "DATABASE_URL": database_url,
        "OPENAI_BASE_URL": upstream.base_url,
        "OPENAI_API_KEY": "sk-test-upstream",
        "PARLEY_PORT": "0",
        "PARLEY_DATA": str(tmp_path),
        "PARLEY_LOCAL_MODELS": "false",
        "PARLEY_SHUTDOWN_GRACE": "0",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.commands", "serve", env=os.environ | settings, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stderr is not None
        said = await process.stderr.readuntil(b"Press Ctrl-C")
        address = re.search(r"http://\S+", said.decode())
        assert address is not None
        draining = asyncio.create_task(process.stderr.read())
        yield ServerProcess(address.group(), db, psutil.Process(process.pid))
    finally:
        process.terminate()
        await draining
        await process.wait()


async def long_run(person: Person, db: Database, count: int) -> str:
    """A run that has ended, with `count` deltas that cannot be joined."""
    sent, _ = await person.ask("Hello?")
    run, message = key_of(Kind.RUN, sent["run"]["id"]), key_of(Kind.MESSAGE, sent["reply"]["id"])
    async with db.write() as session:
        await session.execute(LENGTHEN, {"run": run, "message": message, "count": count})
    return str(sent["run"]["id"])


async def replayed(person: Person, run_id: str, look: Callable[[int], None] = lambda seen: None) -> int:
    """How many frames one subscription to a whole run brings; `look` is called at every thousandth."""
    async with person.socket() as socket:
        payload = {"query": EVENTS, "variables": {"runId": run_id, "after": 0}}
        await socket.ws.send_json({"id": "1", "type": "subscribe", "payload": payload})
        seen = 0
        async for message in socket.ws:
            assert message.type is aiohttp.WSMsgType.TEXT, message
            if '"type":"complete"' in message.data[:40]:
                return seen
            seen += 1
            if seen % 1000 == 0:
                look(seen)
    raise AssertionError(f"the stream ended after {seen} events")


async def test_others_are_answered_while_a_long_run_is_replayed(served: ServerProcess) -> None:
    async with sign_up(served, "ada@example.org", "Ada") as ada, sign_up(served, "bob@example.org", "Bob") as bob:
        run_id = await long_run(ada, served.db, 30_000)
        started = asyncio.Event()
        replay = asyncio.create_task(replayed(ada, run_id, lambda seen: started.set()))
        await started.wait()
        answered = 0
        while not replay.done():
            await bob.gql("{ viewer { id } }")
            answered += 1

    print(f"{answered} requests meanwhile")
    assert await replay >= 30_000
    assert answered >= 10


async def test_events_leave_nothing_behind_in_memory(served: ServerProcess) -> None:
    async with sign_up(served, "ada@example.org", "Ada") as ada:
        await replayed(ada, await long_run(ada, served.db, 5_000))
        run_id = await long_run(ada, served.db, 60_000)
        before = served.memory
        memory: list[int] = []
        seen = await replayed(ada, run_id, lambda seen: memory.append(served.memory))

    print(f"{(max(memory) - before) // 1024} kB more")
    assert seen >= 60_000
    assert max(memory) - before < 5 * MEGABYTE, [size // 1024 for size in memory]


async def test_the_first_token_is_there_at_once(ada: Person, upstream: Upstream) -> None:
    delays: list[float] = []
    for number in range(25):
        upstream.reply("One two three.")
        upstream.hold()
        upstream.sent_at.clear()
        upstream.holding.clear()
        sent = await ada.send(f"Question {number}")
        async with ada.socket() as socket:
            events = socket.watch(EVENTS, runId=sent["run"]["id"], after=0)
            while (await anext(events))["runEvents"]["__typename"] != "MessageStarted":
                pass
            await upstream.holding.wait()
            upstream.release()
            while (await anext(events))["runEvents"]["__typename"] != "TextDelta":
                pass
            delays.append(time.perf_counter() - upstream.sent_at[1])  # the first piece only says who speaks
            async for _ in events:  # until the run has ended
                pass

    print(f"median {statistics.median(delays) * 1000:.1f} ms")
    assert statistics.median(delays) <= 0.015, sorted(delays)


async def test_a_stream_that_a_client_does_not_read_waits_for_it(served: ServerProcess) -> None:
    async with sign_up(served, "ada@example.org", "Ada") as ada, aiohttp.ClientSession() as http:
        run_id = await long_run(ada, served.db, 60_000)
        secret = await create_api_key(served.db, ada.email, "slow")
        headers = {"Authorization": f"Bearer {secret}", "Accept": "text/event-stream"}
        body = {"query": EVENTS, "variables": {"runId": run_id}}
        before = served.memory
        async with http.post(f"{served.url}/graphql", json=body, headers=headers) as response:
            for _ in range(20):  # meanwhile, nobody reads
                await replayed(ada, await long_run(ada, served.db, 500))
            assert served.memory - before < 20 * MEGABYTE
            whole = await response.read()

    assert whole.count(b"event: next") >= 60_000
    assert b'"RunFinished"' in whole
