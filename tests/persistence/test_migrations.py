"""Migrations: up, down and up again; models and schema agree; a foreign revision is refused."""

import asyncio
import sys
from collections.abc import AsyncIterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect

from orchestration.tools.current_time import CURRENT_TIME
from persistence.database import connect, conninfo, sqlalchemy_url
from persistence.migrating import SCRIPTS, UnknownSchema, check, migrate
from server.settings import ROOT


@pytest.fixture
async def empty_url(postgres: str) -> AsyncIterator[str]:
    """A new and empty database."""
    name = f"empty_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as connection:
        await connection.execute(f'CREATE DATABASE "{name}"'.encode())
        yield sqlalchemy_url(postgres).set(database=name).render_as_string(hide_password=False)
        await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def alembic(url: str, step: str, *, down_to: str = "base") -> None:
    """Run Alembic's own command on a database: `check`, `downgrade`, or an upgrade to a revision."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    engine = create_engine(sqlalchemy_url(url))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        if step == "check":
            command.check(config)
        elif step == "downgrade":
            command.downgrade(config, down_to)
        else:
            command.upgrade(config, step)
    engine.dispose()


def tables(url: str) -> set[str]:
    engine = create_engine(sqlalchemy_url(url))
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


async def put_revision(url: str, revision: str) -> None:
    async with await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True) as connection:
        await connection.execute("UPDATE alembic_version SET version_num = %s", [revision])


async def test_up_down_and_up_again(empty_url: str) -> None:
    revision = await asyncio.to_thread(migrate, empty_url)
    whole = await asyncio.to_thread(tables, empty_url)
    assert {"messages", "runs", "procrastinate_jobs"} <= whole

    await asyncio.to_thread(alembic, empty_url, "downgrade")
    assert await asyncio.to_thread(tables, empty_url) == {"alembic_version"}

    assert await asyncio.to_thread(migrate, empty_url) == revision
    assert await asyncio.to_thread(tables, empty_url) == whole


async def test_the_models_say_what_the_migrations_make(empty_url: str) -> None:
    await asyncio.to_thread(migrate, empty_url)

    await asyncio.to_thread(alembic, empty_url, "check")


async def test_names_of_tools_become_keys(empty_url: str) -> None:
    await asyncio.to_thread(alembic, empty_url, "0007")
    async with await psycopg.AsyncConnection.connect(conninfo(empty_url), autocommit=True) as connection:
        for slug, tools in (("tooled", ["current_time"]), ("plain", [])):
            await connection.execute(
                "INSERT INTO agents (id, slug, name, description, instructions, tools)"
                " VALUES (gen_random_uuid(), %s, '', '', '', %s)",
                [slug, tools],
            )
        await asyncio.to_thread(alembic, empty_url, "head")
        agents = await connection.execute("SELECT slug, tools FROM agents ORDER BY slug DESC")
        versions = await connection.execute("SELECT config->'tools' FROM agent_versions WHERE version = 1")

        assert await agents.fetchall() == [("tooled", [CURRENT_TIME.key]), ("plain", [])]
        assert [str(CURRENT_TIME.key)] in [row[0] for row in await versions.fetchall()]


async def migrated_elsewhere(url: str) -> str:
    """The revision that another process has brought a database to."""
    program = "import sys; from persistence.migrating import migrate; print(migrate(sys.argv[1]))"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode().strip()


@pytest.mark.timeout(120)  # each of them starts a Python of its own
async def test_processes_may_migrate_at_once(empty_url: str) -> None:
    revisions = await asyncio.gather(*(migrated_elsewhere(empty_url) for _ in range(3)))

    assert set(revisions) == {await asyncio.to_thread(migrate, empty_url)}


async def test_a_migrated_database_is_served(empty_url: str) -> None:
    await asyncio.to_thread(migrate, empty_url)
    db = connect(empty_url)

    await check(db)
    await db.close()


async def test_an_empty_database_is_not_served(empty_url: str) -> None:
    db = connect(empty_url)

    with pytest.raises(UnknownSchema, match="parley migrate"):
        await check(db)
    await db.close()


async def test_a_revision_of_another_version_is_neither_served_nor_migrated(empty_url: str) -> None:
    await asyncio.to_thread(migrate, empty_url)
    await put_revision(empty_url, "9999")
    db = connect(empty_url)

    with pytest.raises(UnknownSchema, match="9999"):
        await check(db)
    with pytest.raises(UnknownSchema, match="newer version"):
        await asyncio.to_thread(migrate, empty_url)
    await db.close()
