"""Backups: everything comes back, people can go on, and what would do harm is refused."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import psycopg
import pytest

from persistence.database import Database, connect, conninfo, sqlalchemy_url
from persistence.migrating import UnknownSchema, migrate
from server.backups import BackupError, back_up, restore
from server.database import database
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import PASSWORD, SIGN_IN, Person, text_of
from tests.server.test_commands import Parley
from tests.upstream import Upstream

MESSAGES = "query ($id: ID!) { chat(id: $id) { messages { edges { node { content } } } } }"


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """A database in which nothing is."""
    name = f"empty_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as connection:
        await connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield sqlalchemy_url(postgres).set(database=name).render_as_string(hide_password=False)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


async def rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as connection:
        found = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        counted = {}
        for (name,) in await found.fetchall():
            answer = await connection.execute(f'SELECT count(*) FROM "{name}"'.encode())
            [(counted[name],)] = await answer.fetchall()
        return counted


async def test_a_backup_made_in_the_middle_of_an_answer_is_a_server_that_goes_on(
    ada: Person, upstream: Upstream, settings: Settings, database_url: str, empty_url: str, tmp_path: Path
) -> None:
    first, events = await ada.ask("hello")
    upstream.reply("This is cut off here.", held_after=2)
    second = await ada.send("and then?", chatId=first["chat"]["id"])
    async with ada.socket() as socket:
        async for data in socket.watch(
            "subscription ($id: ID!) { runEvents(runId: $id, after: 0) { __typename } }", id=second["run"]["id"]
        ):
            if data["runEvents"]["__typename"] == "TextDelta":
                break
    file = tmp_path / "backup"

    size = await asyncio.to_thread(back_up, database_url, file)
    await asyncio.to_thread(restore, empty_url, file)

    assert size == file.stat().st_size
    assert file.stat().st_mode & 0o777 == 0o600
    upstream.release()
    upstream.reply("It goes on.")
    async with (
        running(settings, connect(empty_url)) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        again = Person(http, server.url, ada.email)
        await again.gql(SIGN_IN, input={"email": ada.email, "password": PASSWORD})
        data = await again.gql(MESSAGES, id=first["chat"]["id"])
        said = [edge["node"]["content"] for edge in data["chat"]["messages"]["edges"]]
        assert said[:3] == ["hello", text_of(events), "and then?"]
        ended = await again.events(second["run"]["id"])
        assert ended[-1]["run"]["status"] == "COMPLETED"


async def test_every_row_comes_back_into_an_embedded_database(
    ada: Person, database_url: str, server: Running, tmp_path: Path
) -> None:
    await ada.ask("hello")
    await asyncio.to_thread(back_up, database_url, tmp_path / "first")
    embedded = server.settings.model_copy(update={"parley_data": tmp_path / "new", "database_url": None})

    async with database(embedded) as url:
        await asyncio.to_thread(restore, url, tmp_path / "first")
        await asyncio.to_thread(back_up, url, tmp_path / "second")
        there = await rows(url)
        with pytest.raises(BackupError, match="something in the database already"):
            await asyncio.to_thread(restore, url, tmp_path / "first")

    assert there["users"] == 1
    assert there["messages"] == 2
    assert there["run_events"] > 2
    assert (tmp_path / "second").stat().st_size > 0


async def test_what_is_no_backup_or_of_a_newer_version_is_refused_before_anything_is_written(
    empty_url: str, tmp_path: Path
) -> None:
    newer, foreign, other = tmp_path / "newer", tmp_path / "foreign", tmp_path / "other"
    other.write_text("no backup")
    await asyncio.to_thread(back_up, empty_url, foreign)
    for file, words in ((tmp_path / "none", "no file"), (other, "archive"), (foreign, "no backup of Parley")):
        with pytest.raises(BackupError, match=words):
            await asyncio.to_thread(restore, empty_url, file)
    for file, words in ((other, "there already"), (tmp_path / "none" / "file", "No such file or directory")):
        with pytest.raises(BackupError, match=words):
            await asyncio.to_thread(back_up, empty_url, file)
    await asyncio.to_thread(migrate, empty_url)
    async with await psycopg.AsyncConnection.connect(conninfo(empty_url), autocommit=True) as connection:
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        await asyncio.to_thread(back_up, empty_url, newer)
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")

    with pytest.raises(UnknownSchema, match="9999"):
        await asyncio.to_thread(restore, empty_url, newer)
    assert await rows(empty_url) == {}


async def test_the_command_says_what_a_backup_lacks(database_url: str, db: Database, tmp_path: Path) -> None:
    parley = Parley(DATABASE_URL=database_url, PARLEY_DATA=str(tmp_path), PARLEY_SECRET_KEY="5a" * 32)
    said = await parley.run("backup", str(tmp_path / "file"))

    assert said.code == 0, said
    assert "Not in it: PARLEY_SECRET_KEY" in said.err
    assert "5a5a" not in said.err
    assert (tmp_path / "file").stat().st_size > 0
