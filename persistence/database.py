"""The only door to PostgreSQL: short read and write blocks that never nest."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import Any, cast

import orjson
import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Session = AsyncSession
Block = AbstractAsyncContextManager[Session]
_in_block: ContextVar[bool] = ContextVar("database_block", default=False)

Unavailable = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What a block raises when the database cannot be reached just now."""

STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000


class Database:
    def __init__(self, engine: AsyncEngine) -> None:
        readonly = engine.execution_options(postgresql_readonly=True)
        self.engine = engine
        self._reads = async_sessionmaker(readonly, expire_on_commit=False)
        self._writes = async_sessionmaker(engine, expire_on_commit=False)

    def read(self) -> Block:
        """Queries only; PostgreSQL itself refuses a write in it."""
        return _alone(self._reads())

    def write(self) -> Block:
        """One unit of work: commits on a clean exit, rolls back on any exception."""
        return _alone(self._writes.begin())

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """A connection of one's own, outside the pool and in autocommit: for LISTEN and for the event log."""
        return await psycopg.AsyncConnection.connect(conninfo(self.engine.url), autocommit=True)

    async def close(self) -> None:
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
    """A database behind a `postgresql://` URL; connections are made when they are first needed."""
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args={"options": timeouts(), "application_name": "parley", "connect_timeout": 10},
    )
    return Database(engine)


def timeouts() -> str:
    """Server-side limits of a pooled connection, in the form of libpq's `options`."""
    return (
        f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
        " -c timezone=UTC"
        f" -c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_TIMEOUT_MS}"
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


async def driver_connection(session: Session) -> psycopg.AsyncConnection[Any]:
    """The driver's connection inside an open block, for a library that joins our transaction."""
    raw = await (await session.connection()).get_raw_connection()
    return cast("psycopg.AsyncConnection[Any]", raw.driver_connection)
