"""Events through Redis: nothing is lost or said twice when it restarts empty, stays away, or hangs."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from redis.asyncio import Redis

from domain.ids import Kind, key_of
from persistence import events as events_table
from persistence.database import Database, connect
from persistence.streams import LIFETIME
from server.settings import Settings
from tests.conftest import Running, running
from tests.forks import Forked, fork
from tests.people import EVENTS, Person, sign_up, text_of
from tests.redis_servers import RedisServer, redis_server
from tests.upstream import Upstream

WORDS = [f"word{number} " for number in range(60)]
ANSWER = "".join(WORDS).rstrip()


@pytest.fixture
async def own_redis() -> AsyncIterator[RedisServer]:
    """A Redis that a test may stop."""
    async with redis_server() as started:
        yield started


@pytest.fixture
def redis_url(own_redis: RedisServer) -> SecretStr:
    return SecretStr(own_redis.url)


class Watch:
    """A watcher whose events so far a test can wait for."""

    def __init__(self, person: Person, run_id: str, after: int = 0) -> None:
        self.seen: list[dict[str, Any]] = []
        self._person, self._run_id, self._after = person, run_id, after
        self._news = asyncio.Event()
        self.task = asyncio.create_task(self._watch())

    async def _watch(self) -> list[dict[str, Any]]:
        async with self._person.socket() as socket:
            async for data in socket.watch(EVENTS, runId=self._run_id, after=self._after):
                self.seen.append(data["runEvents"])
                self._news.set()
        return self.seen

    @property
    def text(self) -> str:
        return text_of(self.seen)

    async def until(self, text: str) -> None:
        """Wait until the watcher has read this much of the answer."""
        async with asyncio.timeout(20):
            while not self.text.startswith(text):
                self._news.clear()
                await self._news.wait()


async def begin(person: Person, upstream: Upstream, words: int) -> tuple[str, Watch]:
    """A run whose model waits after some words, and a watcher that has read them."""
    upstream.reply(ANSWER, held_after=words + 1, delay=0.01)
    sent = await person.send("count")
    watch = Watch(person, sent["run"]["id"])
    await watch.until("".join(WORDS[:words]).rstrip())
    await upstream.holding.wait()
    return sent["run"]["id"], watch


async def reads_exactly(person: Person, run_id: str, events: list[dict[str, Any]]) -> None:
    """Whoever comes now, with any cursor that a client can hold, ends with the same answer."""
    assert text_of(events) == ANSWER == events[-1]["message"]["content"]
    numbers = [event["sequence"] for event in events]
    assert numbers == sorted(set(numbers))
    for at in range(0, len(events), 5):
        rest = await person.events(run_id, events[at]["sequence"])
        assert text_of(events[: at + 1] + rest) == ANSWER
    assert text_of(await person.events(run_id, 0)) == ANSWER


async def test_words_go_through_redis_and_postgresql_has_them_joined(
    ada: Person, upstream: Upstream, own_redis: RedisServer, db: Database
) -> None:
    upstream.reply(ANSWER, delay=0.015)
    sent, events = await ada.ask("count")

    async with Redis.from_url(own_redis.url) as redis:
        stream = f"parley:run:{key_of(Kind.RUN, sent['run']['id']).hex}"
        assert await redis.xlen(stream) > 10
        assert 0 < await redis.ttl(stream) <= LIFETIME
    async with db.read() as session:
        rows = await events_table.after(session, key_of(Kind.RUN, sent["run"]["id"]), 0, limit=1_000)
    assert len([row for row in rows if row.text]) <= 2
    await reads_exactly(ada, sent["run"]["id"], events)


async def test_redis_that_restarts_empty_loses_nothing(ada: Person, upstream: Upstream, own_redis: RedisServer) -> None:
    run_id, watch = await begin(ada, upstream, 20)
    await own_redis.restart()
    late = Watch(ada, run_id)

    upstream.release()

    await reads_exactly(ada, run_id, await watch.task)
    assert text_of(await late.task) == ANSWER


async def test_a_run_goes_on_and_ends_while_redis_is_away(
    ada: Person, upstream: Upstream, own_redis: RedisServer
) -> None:
    run_id, watch = await begin(ada, upstream, 20)
    await own_redis.kill()
    upstream.release()

    events = await watch.task

    await reads_exactly(ada, run_id, events)
    _, again = await ada.ask("and again, all without Redis")
    assert again[-1]["run"]["status"] == "COMPLETED"
    await own_redis.start()
    await reads_exactly(ada, run_id, events)


async def test_words_arrive_while_redis_hangs(ada: Person, upstream: Upstream, own_redis: RedisServer) -> None:
    run_id, watch = await begin(ada, upstream, 20)
    own_redis.freeze()
    upstream.release()

    events = await watch.task

    own_redis.thaw()
    await reads_exactly(ada, run_id, events)


async def test_words_arrive_while_redis_is_out_of_memory(
    ada: Person, upstream: Upstream, own_redis: RedisServer
) -> None:
    run_id, watch = await begin(ada, upstream, 20)
    async with Redis.from_url(own_redis.url) as redis:
        await redis.config_set("maxmemory", 1)
        upstream.release()
        events = await watch.task

    await reads_exactly(ada, run_id, events)


async def test_redis_that_comes_back_is_used_again(ada: Person, upstream: Upstream, own_redis: RedisServer) -> None:
    _, watch = await begin(ada, upstream, 20)
    await own_redis.kill()
    upstream.release()
    await watch.task
    await own_redis.start()

    async with Redis.from_url(own_redis.url) as redis, asyncio.timeout(20):
        while not await redis.keys("parley:run:*"):
            upstream.reply(ANSWER)
            _, events = await ada.ask("count")
            assert text_of(events) == ANSWER


async def test_readiness_tells_that_redis_is_away(server: Running, own_redis: RedisServer) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(f"{server.url}/readyz") as response:
            with_redis = response.status, await response.json()
        await own_redis.kill()
        async with http.get(f"{server.url}/readyz") as response:
            without = response.status, await response.json()

    assert with_redis == (200, {"status": "ready"})
    assert without[0] == 200
    assert without[1]["status"] == "ready"
    assert "Redis cannot be reached" in without[1]["degraded"]


@contextlib.asynccontextmanager
async def worker(settings: Settings, database_url: str) -> AsyncIterator[Forked]:
    """`parley worker` as a process of its own."""
    assert settings.redis_url is not None
    environment = {
        "DATABASE_URL": database_url,
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "OPENAI_BASE_URL": str(settings.openai_base_url),
        "OPENAI_API_KEY": "sk-test-upstream",
        "PARLEY_DATA": str(settings.parley_data),
        "PARLEY_LOCAL_MODELS": "false",
        "PARLEY_SHUTDOWN_GRACE": "0",
    }
    process = await fork("server.commands", "worker", env=os.environ | environment)
    try:
        await process.stderr.readuntil(b"The worker is ready.")
        draining = asyncio.create_task(process.stderr.read())
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await draining


@pytest.mark.timeout(120)  # two processes start, and the first counts as dead after six seconds
@pytest.mark.parametrize("redis_is_lost", [False, True])
async def test_another_worker_takes_over_and_repeats_no_number(
    settings: Settings, upstream: Upstream, own_redis: RedisServer, database_url: str, db: Database, redis_is_lost: bool
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})
    async with (
        running(apart, connect(database_url)) as served,
        sign_up(served, "ada@example.org", "Ada") as ada,
        worker(settings, database_url) as first,
    ):
        run_id, watch = await begin(ada, upstream, 20)
        before = len(watch.seen)
        first.kill()
        if redis_is_lost:
            await own_redis.restart()
        upstream.reply(ANSWER, delay=0.01)
        upstream.release()
        async with worker(settings, database_url):
            events = await watch.task
        await reads_exactly(ada, run_id, events)

    assert "MessageDiscarded" in [event["__typename"] for event in events[before:]]
