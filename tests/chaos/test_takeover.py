"""How long a run stands still when its worker dies, leaves or is to stop, with default settings and real processes."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from pathlib import Path

import pytest
from aiohttp import ClientError
from sqlalchemy import text

from domain.ids import Kind, key_of
from persistence.database import Database, connect
from server.settings import Settings
from tests.chaos.asking import CANCEL
from tests.chaos.programs import Program
from tests.conftest import running
from tests.people import EVENTS, SEND, Person, sign_up, text_of
from tests.ports import free_port
from tests.upstream import Upstream

pytestmark = [pytest.mark.alone, pytest.mark.timeout(180)]

Watched = AsyncGenerator[dict[str, object], None]


class Workers:
    """Processes that carry runs on, beside an API that does not."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.started: list[Program] = []

    async def start(self) -> Program:
        name = f"worker-{len(self.started) + 1}"
        return await self._start(Program(name, "worker", self._environment, ready="The worker is ready"))

    async def start_server(self, **more: str) -> tuple[str, Program]:
        """An API that carries runs on as well, and its address."""
        port = free_port()
        environment = self._environment | {"PARLEY_PORT": str(port), **more}
        program = await self._start(Program("server", "serve", environment, ready="Parley is ready"))
        return f"http://127.0.0.1:{port}", program

    async def _start(self, program: Program) -> Program:
        self.started.append(program)
        await program.start()
        await program.until_ready()
        return program


@pytest.fixture
async def workers(database_url: str, upstream: Upstream, tmp_path: Path) -> AsyncIterator[Workers]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    started = Workers(
        {
            **kept,
            "DATABASE_URL": database_url,
            "OPENAI_BASE_URL": upstream.base_url,
            "OPENAI_API_KEY": "sk-test-upstream",
            "PARLEY_DATA": str(tmp_path / "data"),
            "PARLEY_LOCAL_MODELS": "false",
        }
    )
    yield started
    for program in started.started:
        await program.close()


@pytest.fixture
async def person(settings: Settings, database_url: str, db: Database, workers: Workers) -> AsyncIterator[Person]:
    only_api = settings.model_copy(update={"parley_worker": False})
    async with running(only_api, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        yield ada


async def until(events: Watched, kind: str) -> float:
    """The moment at which an event of this kind comes."""
    async for event in events:
        said = event["runEvents"]
        assert isinstance(said, dict)
        if said["__typename"] == kind:
            return time.perf_counter()
    raise AssertionError(f"the run ended before {kind}")


STANDS = "SELECT r.attempt, j.status FROM runs r JOIN procrastinate_jobs j ON j.id = r.job_id WHERE r.id = :id"
WAITS = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def _until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():
            await asyncio.sleep(0.01)


async def _waits(db: Database) -> bool:
    """Whether some transaction waits for another."""
    async with db.read() as session:
        return (await session.execute(text(WAITS))).first() is not None


async def _put_back(db: Database, run: str) -> bool:
    """Whether a run that a worker has claimed waits in the queue for another."""
    async with db.read() as session:
        return (await session.execute(text(STANDS), {"id": key_of(Kind.RUN, run)})).one() == (1, "todo")


async def _drains(person: Person) -> bool:
    """Whether the server takes nothing new any more."""
    try:
        async with person.http.get(f"{person.url}/readyz") as response:
            return response.status == 503
    except ClientError:
        return True


async def test_the_run_of_a_killed_worker_goes_on_within_ten_seconds(
    workers: Workers, person: Person, upstream: Upstream
) -> None:
    first = await workers.start()
    upstream.reply("One two three.", held_after=2)
    upstream.reply("Four five six.")
    run = (await person.send("Count!"))["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run, after=0)) as events:
        await until(events, "TextDelta")
        await workers.start()
        killed = time.perf_counter()
        await first.kill()
        seconds = await until(events, "MessageDiscarded") - killed
        upstream.release()
        await until(events, "RunFinished")

    print(f"taken over after {seconds:.1f} s")
    assert seconds < 10


async def test_a_run_goes_on_elsewhere_when_the_process_that_took_its_message_is_killed(
    workers: Workers, person: Person, upstream: Upstream
) -> None:
    url, first = await workers.start_server()
    upstream.reply("One two three.", held_after=2)
    upstream.reply("Four five six.")
    run = (await Person(person.http, url, person.email).send("Count!"))["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run, after=0)) as events:
        await until(events, "TextDelta")
        await workers.start()
        killed = time.perf_counter()
        await first.kill()
        seconds = await until(events, "MessageDiscarded") - killed
        upstream.release()
        await until(events, "RunFinished")

    print(f"taken over after {seconds:.1f} s")
    assert seconds < 10


async def test_a_worker_that_leaves_hands_its_run_over_within_two_seconds(
    workers: Workers, person: Person, upstream: Upstream
) -> None:
    first = await workers.start()
    upstream.reply("One two three.", held_after=2)
    run = (await person.send("Count!"))["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run, after=0)) as events:
        await until(events, "TextDelta")
        await workers.start()
        taken_over = asyncio.create_task(until(events, "MessageDiscarded"))
        told = time.perf_counter()
        code, gone = await first.leave()
        seconds = await taken_over - told
        upstream.release()
        await until(events, "RunFinished")

    print(f"handed over after {seconds:.2f} s, gone after {gone:.2f} s")
    assert code == 0
    assert seconds < 2


async def test_a_process_that_leaves_keeps_no_run_that_it_stores_meanwhile(
    workers: Workers, person: Person, upstream: Upstream, db: Database
) -> None:
    url, first = await workers.start_server(PARLEY_SHUTDOWN_GRACE="5")
    there = Person(person.http, url, person.email)
    chat = (await there.ask("Who are you?"))[0]["chat"]["id"]
    upstream.reply("One two three.", held_after=2)
    held = (await there.send("Count!"))["run"]["id"]
    await there.until("TextDelta", held)
    async with await db.connect() as other:
        async with other.transaction():
            # The first step is stored after the worker has been chosen.
            await other.execute("LOCK TABLE run_steps IN SHARE MODE")
            sending = asyncio.create_task(there.send("And who am I?", chatId=chat))
            await _until(lambda: _waits(db))
            leaving = asyncio.create_task(first.leave())
            await _until(lambda: _drains(there))
        run = (await sending)["run"]["id"]
        await _until(lambda: _put_back(db, run))
    await workers.start()
    upstream.release()
    seen = await person.events(run)
    await leaving

    assert seen[-1]["run"]["status"] == "COMPLETED"


async def test_a_cancel_reaches_a_worker_in_another_process_within_a_second(
    workers: Workers, person: Person, upstream: Upstream
) -> None:
    await workers.start()
    upstream.reply("One two three.", held_after=2)
    sent = (await person.gql(SEND, input={"content": "Count!"}))["sendMessage"]
    run = sent["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run, after=0)) as events:
        await until(events, "TextDelta")
        asked = time.perf_counter()
        await person.gql(CANCEL, id=run)
        seconds = await until(events, "RunFinished") - asked

    print(f"cancelled after {seconds * 1000:.0f} ms")
    assert seconds < 1


async def test_a_run_that_is_cancelled_after_its_worker_has_died_keeps_what_was_said(
    workers: Workers, person: Person, upstream: Upstream
) -> None:
    first = await workers.start()
    upstream.reply("One two three.", held_after=3)
    run = (await person.send("Count!"))["run"]["id"]
    async with person.socket() as socket, aclosing(socket.watch(EVENTS, runId=run, after=0)) as events:
        await until(events, "TextDelta")
        await first.kill()
        await person.gql(CANCEL, id=run)
        await workers.start()
        await until(events, "RunFinished")
    seen = await person.events(run)

    assert seen[-1]["run"]["status"] == "CANCELLED"
    assert text_of(seen).startswith("One")
    assert seen[-1]["message"]["content"] == text_of(seen)


async def test_a_run_that_has_lost_its_job_gets_another(workers: Workers, person: Person, db: Database) -> None:
    run = (await person.send("Hello?"))["run"]["id"]
    async with db.write() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
    await workers.start()

    seen = await person.events(run)

    assert seen[-1]["run"]["status"] == "COMPLETED"
