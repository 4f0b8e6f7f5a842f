"""What every test stands on: a real PostgreSQL, the real application on a real port, and people who use it."""

import asyncio
import contextlib
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast
from uuid import uuid4

import psycopg
import pytest
import uvicorn
import uvloop
from pydantic import SecretStr
from sqlalchemy import QueuePool, event
from sqlalchemy.ext.asyncio import AsyncEngine

from persistence.database import Database, connect, conninfo, sqlalchemy_url
from persistence.migrating import migrate
from persistence.tables import metadata
from server.app import create_app
from server.embedded.postgres import EmbeddedPostgres
from server.serving import Server, listen
from server.settings import Settings
from tests.people import Person, sign_up
from tests.redis_servers import RedisServer, redis_server
from tests.upstream import Upstream


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than processors, because tests often wait: for a browser, a clock, another process."""
    return (os.cpu_count() or 2) + 1


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: at the end, the others would have nothing to do meanwhile."""
    items.sort(key=lambda item: item.get_closest_marker("early") is None)


POSTGRES = pytest.StashKey[EmbeddedPostgres]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """One PostgreSQL server for all test processes. It belongs to the one that starts them, because any of them
    may be done long before the others."""
    if not hasattr(session.config, "workerinput"):
        server = EmbeddedPostgres(Path(tempfile.mkdtemp(prefix="parley-tests-")))
        asyncio.run(server.start())
        session.config.stash[POSTGRES] = server
        # Nothing in it has to outlive a loss of power.
        with psycopg.connect(conninfo(server.url), autocommit=True) as connection:
            for name in ("fsync", "full_page_writes"):
                connection.execute(f"ALTER SYSTEM SET {name} = off".encode())
            connection.execute("SELECT pg_reload_conf()")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if (server := session.config.stash.get(POSTGRES, None)) is not None:
        asyncio.run(server.stop())


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["postgres"] = node.config.stash[POSTGRES].url


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> str:
    given = getattr(pytestconfig, "workerinput", None)
    return str(given["postgres"]) if given else pytestconfig.stash[POSTGRES].url


@pytest.fixture(scope="session")
async def database_url(postgres: str) -> AsyncIterator[str]:
    """A migrated database of this test process."""
    name = f"test_{uuid4().hex[:12]}"
    async with await psycopg.AsyncConnection.connect(conninfo(postgres), autocommit=True) as connection:
        await connection.execute(f'CREATE DATABASE "{name}"'.encode())
    url = sqlalchemy_url(postgres).set(database=name).render_as_string(hide_password=False)
    await asyncio.to_thread(migrate, url)
    yield url
    for engine in itertools.chain.from_iterable(KEPT.values()):
        await engine.dispose()


KEPT: dict[tuple[str, str], tuple[AsyncEngine, AsyncEngine]] = {}
MOST_KEPT = 8
"""Connections of one engine: each of a few processes has four engines, and PostgreSQL lets 200 in."""


class Lasting(Database):
    """Its connections stay when it is closed, unless they are many or one is still at work."""

    async def close(self) -> None:
        self._kept.give_back()
        pools = [cast("QueuePool", engine.pool) for engine in self.engines]
        if any(pool.checkedout() or pool.checkedin() > MOST_KEPT for pool in pools):
            await super().close()


def reconnect(url: str, user: str) -> Database:
    """What `connect` makes, for one `user` at a time. The engines, with all statements that SQLAlchemy has compiled for
    them, and the connections are those that this user had in the tests before: to make them anew is most of the work
    of a small test, here and in PostgreSQL."""
    if (url, user) not in KEPT:
        KEPT[url, user] = connect(url).engines
    return Lasting(*KEPT[url, user])


# Where everything goes, nothing has to be looked for that hangs on it, as triggers would for every row.
EMPTY = ";".join(
    [
        "SET LOCAL session_replication_role = replica",
        *(f'DELETE FROM "{table.name}"' for table in metadata.sorted_tables),
        "SET LOCAL session_replication_role = origin",
        "DELETE FROM procrastinate_jobs",
    ]
)


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """The database, empty again after each test."""
    database = reconnect(database_url, "test")
    yield database
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(EMPTY)
    await database.close()


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A provider that does what the test says; its model is called `mock`."""
    async with Upstream() as started:
        yield started


class Running(NamedTuple):
    url: str
    settings: Settings
    db: Database


@contextlib.asynccontextmanager
async def running(settings: Settings, db: Database) -> AsyncIterator[Running]:
    """The real application on a real port of this process."""
    bound = listen("127.0.0.1", 0)
    app = create_app(settings, db)
    config = uvicorn.Config(
        app, http="httptools", ws="websockets-sansio", ws_per_message_deflate=False, lifespan="on",
        log_config=None, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    try:
        yield Running(f"http://127.0.0.1:{bound.getsockname()[1]}", settings, db)
    finally:
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
async def redis() -> AsyncIterator[RedisServer]:
    """A Redis of this test process, for tests that leave it alone."""
    async with redis_server() as started:
        yield started


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> SecretStr | None:
    """What the log of events goes through: nothing, unless a test has the mark `both_stores`."""
    if getattr(request, "param", None) != "redis":
        return None
    started: RedisServer = request.getfixturevalue("redis")
    return SecretStr(started.url)


both_stores = pytest.mark.parametrize("redis_url", ["postgres", "redis"], indirect=True)
"""A test that must pass with either store of the log."""


@pytest.fixture
def settings(tmp_path: Path, upstream: Upstream, redis_url: SecretStr | None) -> Settings:
    return Settings(
        _env_file=None,
        parley_data=tmp_path / "data",
        parley_web=tmp_path / "web",
        parley_local_models=False,
        parley_shutdown_grace=0,
        redis_url=redis_url,
        openai_base_url=upstream.base_url,
        openai_api_key="sk-test-upstream",
    )


@pytest.fixture
async def server(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    async with running(settings, reconnect(database_url, "server")) as started:
        yield started


@pytest.fixture
async def ada(server: Running) -> AsyncIterator[Person]:
    """The first account: an administrator, in a browser."""
    async with sign_up(server, "ada@example.org", "Ada") as person:
        yield person


@pytest.fixture
async def bob(server: Running, ada: Person) -> AsyncIterator[Person]:
    """A member who has nothing to do with Ada."""
    async with sign_up(server, "bob@example.org", "Bob") as person:
        yield person


@contextlib.contextmanager
def statements_of(db: Database, *, but: Collection[asyncio.Task[Any]] = ()) -> Iterator[list[str]]:
    """SQL statements that are executed meanwhile; `but` are tasks that are not heard."""
    heard: list[str] = []

    def hear(connection: object, cursor: object, statement: str, *_: object) -> None:
        if asyncio.current_task() not in but:
            heard.append(statement)

    for engine in db.engines:
        event.listen(engine.sync_engine, "before_cursor_execute", hear)
    yield heard
    for engine in db.engines:
        event.remove(engine.sync_engine, "before_cursor_execute", hear)


@pytest.fixture
async def statements(server: Running) -> AsyncIterator[list[str]]:
    """SQL statements that the application executes for those who ask; clear it before what you count."""
    sweeping = asyncio.all_tasks()  # by itself, whenever it is time
    with statements_of(server.db, but=sweeping) as heard:
        yield heard
