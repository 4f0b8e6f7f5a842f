"""The only door to PostgreSQL: short read and write blocks that never nest."""

import select
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Any, LiteralString, cast

import orjson
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Session = AsyncSession
Block = AbstractAsyncContextManager[Session]
_DRIVER = "driver"
"""Where a session keeps the connection that its block has, once somebody has asked for it."""
_in_block: ContextVar[bool] = ContextVar("database_block", default=False)

Unavailable = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What a block raises when the database cannot be reached just now."""

STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000


class Database:
    """`engine` is for writes; `reads` has connections that are in autocommit and refuse to write."""

    def __init__(self, engine: AsyncEngine, reads: AsyncEngine) -> None:
        self.engine, self.reads = engine, reads
        self.told_here: set[int] = set()
        """Backends of connections whose notifications nobody here needs: this process shows what it wrote by itself."""
        self._reads = async_sessionmaker(reads, expire_on_commit=False)
        self._writes = async_sessionmaker(engine, expire_on_commit=False)

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """All that a statement can go through, for whoever wants to hear of each."""
        return self.engine, self.reads

    def read(self) -> Block:
        """Queries only; PostgreSQL itself refuses a write in it. Each statement sees what is committed by then."""
        return _alone(self._reads())

    def write(self) -> Block:
        """One unit of work: commits on a clean exit, rolls back on any exception."""
        return _alone(self._writes.begin())

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """A connection of one's own, outside the pool and in autocommit: for LISTEN and for the event log."""
        return await psycopg.AsyncConnection.connect(conninfo(self.engine.url), autocommit=True)

    async def close(self) -> None:
        await self.reads.dispose()
        await self.engine.dispose()


@asynccontextmanager
async def _alone(opening: Block) -> AsyncIterator[Session]:
    if _in_block.get():
        raise RuntimeError("leave the open database block before loading, streaming or spawning")
    _in_block.set(True)
    try:
        async with opening as session:
            yield session
    finally:
        _in_block.set(False)


def connect(url: str, *, pool_size: int = 10) -> Database:
    """A database behind a `postgresql://` URL. Connections are made when they are first needed, up to `pool_size` for
    reads and as many for writes."""
    # Reads are in autocommit, which spares them BEGIN and ROLLBACK; and as psycopg forgets its prepared statements at
    # each ROLLBACK, PostgreSQL had to plan every statement anew, also those of the writes that shared the connection.
    reads = _engine(url, pool_size, read_only=True, isolation_level="AUTOCOMMIT", skip_autocommit_rollback=True)
    return Database(_engine(url, pool_size, read_only=False), reads)


def _engine(url: str, pool_size: int, *, read_only: bool, **how: Any) -> AsyncEngine:
    return create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,  # a connection that is closed after one use costs more than all that is done on it
        pool_use_lifo=True,  # few connections do most of the work, with statements that they have prepared
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"options": options(read_only=read_only), "application_name": "parley", "connect_timeout": 10},
        **how,
    )


def options(*, read_only: bool) -> str:
    """Server-side limits of a pooled connection, in the form of libpq's `options`."""
    return (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
        " -c timezone=UTC"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
        f" -c default_transaction_read_only={'on' if read_only else 'off'}"
    )


def sqlalchemy_url(url: str) -> URL:
    """`postgres://` and `postgresql://` URLs, as hosting platforms hand them out, with our driver."""
    return make_url(url.replace("postgres://", "postgresql://", 1)).set(drivername="postgresql+psycopg")


def conninfo(url: URL | str) -> str:
    """The same address in libpq's own form, `key=value …`."""
    parsed = sqlalchemy_url(url) if isinstance(url, str) else url
    known = {
        "host": parsed.host,
        "port": parsed.port,
        "user": parsed.username,
        "password": parsed.password,
        "dbname": parsed.database,
    }
    given = {name: str(value) for name, value in [*known.items(), *parsed.query.items()] if value is not None}
    return make_conninfo("", **given)


async def run(session: Session, query: LiteralString, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Execute a statement in the words of the driver, inside an open block, and return its rows.

    For fixed statements that every message needs: it costs a quarter of what the session's own `execute` costs. Rows
    that the session has loaded do not hear of it. Raises one of `Unavailable` when the database is away.
    """
    if session.new or session.dirty or session.deleted:
        await session.flush()
    connection = await driver_connection(session)
    try:
        cursor = await connection.execute(query, values, prepare=True)
        return await cursor.fetchall() if cursor.description else []
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        if connection.closed:  # the pool must not hand it out again
            await (await session.connection()).invalidate(error)
        raise OperationalError(query, None, error) from error


async def job_connections(url: URL | str) -> AsyncConnectionPool:
    """Open connections for the queue's library, which has its own statements; in autocommit, because each of its calls
    is one statement. Whoever opened them closes them."""
    pool = AsyncConnectionPool(
        conninfo(url), min_size=1, max_size=6, timeout=10, configure=_autocommit, check=_check, open=False
    )
    await pool.open(wait=True)
    return pool


async def _autocommit(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)


async def _check(connection: psycopg.AsyncConnection[Any]) -> None:
    """An idle connection has nothing to read; where there is something, the server has probably closed it."""
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def driver_connection(session: Session) -> psycopg.AsyncConnection[Any]:
    """The driver's connection inside an open block, for a library that joins our transaction."""
    if (found := session.info.get(_DRIVER)) is None:
        raw = await (await session.connection()).get_raw_connection()
        found = session.info[_DRIVER] = raw.driver_connection
    return cast("psycopg.AsyncConnection[Any]", found)
