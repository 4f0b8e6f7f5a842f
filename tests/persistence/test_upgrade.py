"""An upgrade from the last release with data in every table: nothing is lost on the way up, down and up again."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import aiohttp
import psycopg
import pytest

from persistence.database import connect, conninfo, sqlalchemy_url
from persistence.migrating import migrate
from server.settings import Settings
from tests.conftest import running
from tests.people import PASSWORD, SIGN_IN, Person
from tests.persistence.test_migrations import alembic
from tests.upstream import Upstream

pytestmark = pytest.mark.timeout(120)

RELEASED = "0007"
ROWS = Path(__file__).with_name("data") / f"released_{RELEASED}.sql"
CHATS = """{ chats(first: 20) { edges { node { id title
  messages(first: 50) { edges { node { content run { id } } } } } } } }"""
ACTIVE, WAITING = "What is going on?", "And what waits?"
ANSWER, LATER = "The new version says it.", "And that too."
LOST = {"agents", "tool_grants"}
"""Tables in which a downgrade forgets something on purpose: what tools are, as 0008 says."""


@pytest.fixture
async def released(postgres: str) -> AsyncIterator[str]:
    """A database as the last release has left it."""
    name = f"released_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as connection:
        await connection.execute(f'CREATE DATABASE "{name}"'.encode())
        url = sqlalchemy_url(postgres).set(database=name).render_as_string(hide_password=False)
        await asyncio.to_thread(alembic, url, RELEASED)
        async with await psycopg.AsyncConnection.connect(conninfo(url)) as filling:
            await filling.execute(ROWS.read_bytes())
        yield url
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


async def content(url: str) -> dict[str, list[str]]:
    """Every row of every table, in words and in order."""
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as connection:
        found = await connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables: dict[str, list[str]] = {}
        for (name,) in await found.fetchall():
            if name != "alembic_version":
                rows = await connection.execute(f'SELECT to_jsonb(t)::text FROM "{name}" t ORDER BY 1'.encode())
                tables[name] = [row for (row,) in await rows.fetchall()]
        return tables


async def chats(person: Person) -> list[dict[str, str | None]]:
    """What is said in each chat of somebody, and the run that said it."""
    data = await person.gql(CHATS)
    pages = [edge["node"]["messages"]["edges"] for edge in data["chats"]["edges"]]
    return [
        {edge["node"]["content"]: edge["node"]["run"] and edge["node"]["run"]["id"] for edge in page} for page in pages
    ]


async def test_every_row_of_the_release_is_there_after_up_and_down_and_up(released: str) -> None:
    before = await content(released)
    assert [name for name, rows in before.items() if not rows] == []

    await asyncio.to_thread(migrate, released)
    above = await content(released)
    await asyncio.to_thread(alembic, released, "downgrade", down_to=RELEASED)
    below = await content(released)
    await asyncio.to_thread(migrate, released)
    again = await content(released)

    assert below.keys() == before.keys()
    assert {name: rows for name, rows in below.items() if name not in LOST} == {
        name: rows for name, rows in before.items() if name not in LOST
    }
    kept = above.keys() - LOST
    assert {name: len(again[name]) for name in kept} == {name: len(above[name]) for name in kept}


async def test_people_find_their_chats_and_runs_under_way_go_on(
    released: str, settings: Settings, upstream: Upstream
) -> None:
    await asyncio.to_thread(migrate, released)
    upstream.reply(ANSWER)
    upstream.reply(LATER)
    async with (
        running(settings, connect(released)) as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http,
    ):
        ada = Person(http, server.url, "ada@example.org")
        await ada.gql(SIGN_IN, input={"email": ada.email, "password": PASSWORD})
        said = await chats(ada)
        [active] = [chat for chat in said if ACTIVE in chat]
        for run_id in active.values():
            if run_id is not None:
                assert (await ada.events(run_id))[-1]["run"]["status"] == "COMPLETED"
        after = await chats(ada)

    assert len(said) == 3
    assert [list(chat) for chat in after if WAITING in chat] == [[ACTIVE, ANSWER, WAITING, LATER]]
    assert any({"What is the capital of France?", "And of Peru?"} <= chat.keys() for chat in said)
    assert not any("A secret of Bob" in chat for chat in said)
