"""A database that goes, comes, or is not what it should be: what people and operators get to see."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import psycopg
import pytest

from domain.ids import Kind, global_id, new_id
from persistence.database import connect, conninfo
from persistence.migrating import migrate
from server.settings import Settings
from tests.chaos.programs import Program, State
from tests.chaos.services import Postgres
from tests.conftest import Running, running
from tests.people import Person, sign_up
from tests.ports import free_port

pytestmark = pytest.mark.timeout(120)
VIEWER = "{ viewer { name } }"


@pytest.fixture
async def own_postgres(tmp_path: Path) -> AsyncIterator[Postgres]:
    """A PostgreSQL that a test may stop."""
    started = Postgres(tmp_path / "postgres")
    await started.start()
    await asyncio.to_thread(migrate, started.url)
    yield started
    await started.stop()


@pytest.fixture
async def server(settings: Settings, own_postgres: Postgres) -> AsyncIterator[Running]:
    async with running(settings, connect(own_postgres.url)) as started:
        yield started


async def mcp(person: Person) -> int:
    headers = {"Authorization": "Bearer any"}
    async with person.http.post(f"{person.url}/mcp", json={}, headers=headers) as response:
        return response.status


AWAY = [
    ("GET", "/v1/models"),
    ("POST", "/v1/chat/completions"),
    ("GET", "/api/v1/chats"),
    ("POST", "/files?name=a.txt"),
    ("GET", f"/files/{global_id(Kind.FILE, new_id())}"),
    ("GET", "/account.json"),
]


async def told(person: Person, method: str, path: str) -> tuple[int, str | None, str]:
    """Status, Retry-After and code of a refusal, in whatever form the door has for it."""
    headers = {"Authorization": "Bearer any"}
    async with person.http.request(method, f"{person.url}{path}", headers=headers, data=b"{}") as response:
        body = await response.json(content_type=None)
        error = body.get("error") or body.get("errors", [body])[0]
        code = error.get("code") or error["extensions"]["code"]
        return response.status, response.headers.get("Retry-After"), str(code).upper()


async def close_code(person: Person) -> int | None:
    async with person.http.ws_connect(
        f"{person.url}/graphql", protocols=["graphql-transport-ws"], origin=person.url
    ) as socket:
        await socket.send_json({"type": "connection_init"})
        await socket.receive()
        return socket.close_code


async def test_requests_without_a_database_are_told_so_and_go_on_with_it(
    server: Running, own_postgres: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    async with sign_up(server, "ada@example.org", "Ada") as ada:
        await asyncio.gather(*(ada.gql(VIEWER) for _ in range(8)))
        await own_postgres.stop()
        with caplog.at_level(logging.WARNING, "resolvers.errors"):
            async with ada.http.post(f"{ada.url}/graphql", json={"query": VIEWER}) as response:
                answer = await response.json()
        assert (response.status, await mcp(ada), await close_code(ada)) == (503, 503, 1013)
        [error] = answer["errors"]
        assert error["extensions"] == {"code": "UNAVAILABLE", "retryAfterMs": 2000}
        assert "database" in error["message"]
        for method, path in AWAY:
            assert await told(ada, method, path) == (503, "2", "UNAVAILABLE"), path
        assert {record.exc_info for record in caplog.records if record.name == "resolvers.errors"} == {None}

        await own_postgres.start()
        answers = await asyncio.gather(*(ada.answer(VIEWER) for _ in range(8)))
        assert [answer.get("errors") for answer in answers] == [None] * 8


async def test_no_request_pays_for_connections_that_the_database_has_closed(server: Running) -> None:
    async with sign_up(server, "ada@example.org", "Ada") as ada:
        await asyncio.gather(*(ada.gql(VIEWER) for _ in range(8)))
        url = conninfo(server.db.engine.url)
        async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        answers = await asyncio.gather(*(ada.answer(VIEWER) for _ in range(8)))
        assert [answer.get("errors") for answer in answers] == [None] * 8


async def test_a_part_that_ends_takes_readiness_with_it(server: Running) -> None:
    async with aiohttp.ClientSession() as http, asyncio.timeout(20):
        async with http.get(f"{server.url}/readyz") as response:
            assert response.status == 200
        await _break(server.db.engine.url.render_as_string(hide_password=False))
        while True:
            async with http.get(f"{server.url}/readyz") as response:
                told = await response.json()
            if response.status == 503:
                break
    assert told["reason"] == "a part of the server has ended"


async def _break(url: str) -> None:
    """Take a table away that the worker needs: no outage, and nothing that would get well by itself."""
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as connection:
        await connection.execute("ALTER TABLE runs RENAME TO gone")


def program(command: str, url: str, folder: Path, ready: str) -> Program:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    environment = {
        **kept, "DATABASE_URL": url, "PARLEY_DATA": str(folder / "data"), "PARLEY_LOCAL_MODELS": "false",
        "PARLEY_PORT": str(free_port()), "OPENAI_API_KEY": "", "OPENAI_BASE_URL": "",
    }  # fmt: skip
    return Program(command, command, environment, ready=ready)


async def until_said(process: Program, words: str) -> None:
    async with asyncio.timeout(60):
        while not any(words in line.text for line in process.lines):
            await asyncio.sleep(0.02)


@pytest.mark.alone
async def test_server_and_worker_wait_for_the_database_and_end_when_a_part_of_them_does(
    own_postgres: Postgres, tmp_path: Path
) -> None:
    await own_postgres.stop()
    server = program("serve", own_postgres.url, tmp_path, "Parley is ready")
    worker = program("worker", own_postgres.url, tmp_path, "The worker is ready")
    both = (server, worker)
    try:
        for one in both:
            await one.start()
        for one in both:
            await until_said(one, "The database cannot be reached")
            assert one.state is State.STARTING
        await own_postgres.start()
        for one in both:
            await one.until_ready()
            assert not any("Traceback" in line.text for line in one.lines)

        await _break(own_postgres.url)
        for one in both:
            async with asyncio.timeout(30):
                while one.is_alive:
                    await asyncio.sleep(0.05)
            assert [death.code for death in one.deaths] == [1]
            await until_said(one, "has ended; the lines above say why")
    finally:
        for one in both:
            await one.close()


@pytest.mark.alone
async def test_what_waits_can_be_stopped(own_postgres: Postgres, tmp_path: Path) -> None:
    await own_postgres.stop()
    worker = program("worker", own_postgres.url, tmp_path, "The worker is ready")
    await worker.start()
    await until_said(worker, "The database cannot be reached")

    code, seconds = await worker.leave()

    await worker.close()
    assert code == 0
    assert seconds < 5
