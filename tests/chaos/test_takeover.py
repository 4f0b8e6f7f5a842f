"""How long a run stands still when its worker dies, leaves or is to stop, with default settings and real processes."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.chaos.asking import CANCEL
from tests.chaos.programs import Program
from tests.conftest import running
from tests.people import EVENTS, SEND, Person, sign_up, text_of
from tests.upstream import Upstream

pytestmark = [pytest.mark.alone, pytest.mark.timeout(180)]

Watched = AsyncGenerator[dict[str, object], None]


class Workers:
    """Workers beside an API that carries no runs on itself."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.started: list[Program] = []

    async def start(self) -> Program:
        name = f"worker-{len(self.started) + 1}"
        program = Program(name, "worker", self._environment, ready="The worker is ready")
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
