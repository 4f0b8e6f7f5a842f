"""The command line, as processes of their own."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path
from typing import NamedTuple

import aiohttp
import pytest

from domain.accounts import UserRole
from domain.models import ProviderKind
from orchestration.inference.secrets import seal
from persistence import accounts, providers, second_factors
from persistence.database import Database, sqlalchemy_url
from server.settings import ROOT
from tests.foreign import told
from tests.redis_servers import redis_server

PASSWORD = "correct horse battery\n"


class Said(NamedTuple):
    code: int | None
    out: str
    err: str


class Parley:
    """`parley` with the settings of one installation."""

    def __init__(self, **settings: str) -> None:
        self._environment = {**os.environ, "PYTHONWARNINGS": "default", **settings}

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "server.commands", *arguments, cwd=ROOT, env=self._environment,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip

    async def run(self, *arguments: str, stdin: str = "") -> Said:
        process = await self.start(*arguments)
        out, err = await process.communicate(stdin.encode())
        return Said(process.returncode, out.decode(), err.decode())


@pytest.fixture
def parley(database_url: str, db: Database, tmp_path: Path) -> Parley:
    return Parley(
        DATABASE_URL=database_url, PARLEY_DATA=str(tmp_path), PARLEY_LOCAL_MODELS="false", PARLEY_PORT="0",
        OPENAI_API_KEY="", OPENAI_BASE_URL="",
    )  # fmt: skip


async def test_a_command_does_not_load_what_only_the_server_needs() -> None:
    unwanted = "agents", "fastapi", "mcp", "strawberry"
    look = f"import sys, server.commands; print([name for name in {unwanted} if name in sys.modules])"
    assert await told(sys.executable, "-c", look, cwd=ROOT) == "[]\n"


async def test_the_first_account_is_an_administrator_and_its_key_works(parley: Parley) -> None:
    first = await parley.run("create-user", "ada@example.org", "--password-stdin", stdin=PASSWORD)
    second = await parley.run("create-user", "bob@example.org", "--password-stdin", stdin=PASSWORD)
    again = await parley.run("create-user", "bob@example.org", "--password-stdin", stdin=PASSWORD)
    key = await parley.run("create-api-key", "ada@example.org", "test", "--scope", "read")

    assert (first.code, second.code, again.code, key.code) == (0, 0, 1, 0), (first, second, again, key)
    assert "admin ada@example.org" in first.err
    assert "member bob@example.org" in second.err
    assert "already" in again.err
    assert key.out.strip()
    assert key.out.strip() not in key.err


@pytest.mark.alone
async def test_serve_says_where_it_is_and_stops_on_sigterm(parley: Parley) -> None:
    server = await parley.start("serve")
    assert server.stderr is not None
    url = ""
    while not url:
        line = (await server.stderr.readline()).decode()
        assert line, "the server ended before it was ready"
        url = line.partition("Parley is ready: ")[2].strip()
    async with aiohttp.ClientSession() as http, http.get(f"{url}/readyz") as response:
        assert (response.status, await response.json()) == (200, {"status": "ready"})

    server.send_signal(signal.SIGTERM)

    async with asyncio.timeout(5):
        assert await server.wait() == 0


async def test_a_port_that_is_taken_is_said_in_one_line(parley: Parley) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        parley._environment["PARLEY_PORT"] = str(port)
        said = await parley.run("serve")

    assert said.code == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in said.err
    assert "Traceback" not in said.err


async def test_a_database_that_refuses_is_said_in_one_line_and_not_waited_for(parley: Parley, postgres: str) -> None:
    url = sqlalchemy_url(postgres).set(database="nobody_made_this").render_as_string(hide_password=False)
    parley._environment["DATABASE_URL"] = url
    said = await parley.run("serve")

    assert said.code == 1
    assert 'database "nobody_made_this" does not exist' in said.err
    assert "DATABASE_URL" in said.err
    assert "Traceback" not in said.err


async def test_a_command_does_not_wait_for_a_database_that_is_away(parley: Parley) -> None:
    parley._environment["DATABASE_URL"] = "postgresql://nobody@127.0.0.1:9/none"
    said = await parley.run("migrate")

    assert said.code == 1
    assert "DATABASE_URL" in said.err
    assert "Traceback" not in said.err


async def test_unusable_settings_are_named(parley: Parley) -> None:
    parley._environment["PARLEY_PORT"] = "many"
    said = await parley.run("migrate")

    assert said.code == 1
    assert "PARLEY_PORT" in said.err


async def test_the_doctor_finds_what_is_wrong(parley: Parley, db: Database) -> None:
    well = await parley.run("doctor")
    parley._environment["PARLEY_WEB"] = "/nowhere"
    async with db.write() as session:
        provider = await providers.add(session, name="Elsewhere", kind=ProviderKind.OPENAI, base_url="http://x/v1")
        provider.api_key_encrypted = seal("sk-of-before", b"5" * 32, provider.id)
        person = await accounts.add(
            session, email="mia@example.org", name="Mia", password_hash=None, role=UserRole.MEMBER
        )
        await second_factors.begin(session, person.id, seal("an app's", b"5" * 32, person.id))
    ill = await parley.run("doctor")

    assert "Database: answers" in well.err
    assert ill.code == 1
    assert "BAD  Web client: not built; run `make setup`" in ill.err
    assert "ok   Stored secrets: the secret key fits all 0" in well.err
    assert "BAD  Stored secrets: another key has sealed those of Elsewhere" in ill.err
    assert "ok   Second factors: the secret key fits all 0" in well.err
    assert "BAD  Second factors: another key has sealed 1 of 1" in ill.err


async def test_the_doctor_looks_at_redis_when_there_is_one(parley: Parley) -> None:
    async with redis_server() as redis:
        parley._environment["REDIS_URL"] = redis.url
        well = await parley.run("doctor")
    ill = await parley.run("doctor")

    assert "ok   Redis: answers, version" in well.err
    assert ill.code == 1
    assert "BAD  Redis: cannot be reached" in ill.err
