"""The only door to PostgreSQL: short read and write blocks that never nest."""

import select
from collections.abc import Mapping
from typing import Any, LiteralString

import orjson
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import ExecStatus
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import URL, ExceptionContext, QueuePool, event, make_url
from sqlalchemy.exc import InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from persistence import blocks
from persistence.slow_statements import telling

Session = blocks.Session
Block = blocks.Block

Unavailable = (OperationalError, InterfaceError, PoolTimeout, OSError)
"""What a block raises when the database cannot be reached just now."""

AWAY = ("08", "25P03", "53", "57P", "58")
"""Beginnings of the SQLSTATEs of a database that cannot serve: no connection (any more), no resources, shut down,
broken. The other operational errors are about one statement, such as that it took too long."""
PASSING = ("starting up", "shutting down", "recovery", "too many", "connection slots", "not yet accepting")
"""Words of a refusal to connect that is over in a while. (Such an error has no SQLSTATE.)"""

STATEMENT_TIMEOUT_MS = 15_000
IDLE_IN_TRANSACTION_TIMEOUT_MS = 15_000


class Database:
    """`engine` is for writes; `reads` has connections that are in autocommit and refuse to write. `direct` is the
    address of PostgreSQL itself where these go through a pooler."""

    def __init__(self, engine: AsyncEngine, reads: AsyncEngine, direct: URL | None = None) -> None:
        self.engine, self.reads, self.direct = engine, reads, direct or engine.url
        self._kept = blocks.Kept()
        self.told_here: set[int] = set()
        """Backends of connections whose notifications nobody here needs: this process shows what it wrote by itself."""

    @property
    def engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """All that a statement can go through, for whoever wants to hear of each."""
        return self.engine, self.reads

    @property
    def connections(self) -> dict[str, tuple[int, int]]:
        """For reads and for writes: connections at work, and most that there may be."""
        pools = {"read": self.reads.pool, "write": self.engine.pool}
        return {name: (pool.checkedout(), pool.size()) for name, pool in pools.items() if isinstance(pool, QueuePool)}

    def read(self) -> Block:
        """Queries only; PostgreSQL itself refuses a write in it. Each statement sees what is committed by then."""
        return Block(self.reads, self._kept)

    def write(self) -> Block:
        """One unit of work: commits on a clean exit, rolls back on any exception."""
        return Block(self.engine)

    async def connect(self) -> psycopg.AsyncConnection[Any]:
        """A connection of one's own, outside the pool and in autocommit: for LISTEN and for the event log."""
        return await psycopg.AsyncConnection.connect(conninfo(self.direct), autocommit=True)

    async def close(self) -> None:
        self._kept.give_back()
        await self.reads.dispose()
        await self.engine.dispose()


def connect(url: str, *, direct: str | None = None, pool_size: int = 10, slow_ms: float = 0) -> Database:
    """A database behind a `postgresql://` URL, which may lead through a pooler if there is a `direct` one for what
    needs a connection of its own. Connections are made when they are first needed, up to `pool_size` for reads and as
    many for writes. Statements that take `slow_ms` or longer are told to the log, unless that is 0."""
    # Reads are in autocommit, which spares them BEGIN and ROLLBACK; and as psycopg forgets its prepared statements at
    # each ROLLBACK, PostgreSQL had to plan every statement anew, also those of the writes that shared the connection.
    timed = {"cursor_factory": telling(slow_ms)} if slow_ms else {}
    in_autocommit = {"isolation_level": "AUTOCOMMIT", "skip_autocommit_rollback": True}
    reads = _engine(url, pool_size, timed, read_only=True, **in_autocommit)
    itself = None if direct is None else sqlalchemy_url(direct)
    return Database(_engine(url, pool_size, timed, read_only=False), reads, itself)


def _engine(url: str, pool_size: int, timed: dict[str, Any], *, read_only: bool, **how: Any) -> AsyncEngine:
    options = {"options": limits(read_only=read_only), "application_name": "parley", "connect_timeout": 10}
    engine = create_async_engine(
        sqlalchemy_url(url),
        pool_size=pool_size,
        max_overflow=0,  # a connection that is closed after one use costs more than all that is done on it
        pool_use_lifo=True,  # few connections do most of the work, with statements that they have prepared
        pool_timeout=10,
        pool_pre_ping=False,
        pool_recycle=1800,
        hide_parameters=True,  # an error that is logged must not say what people wrote, nor hashes
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        connect_args=options | timed,
        **how,
    )
    event.listen(engine.sync_engine, "checkout", _still_open)
    event.listen(engine.sync_engine, "handle_error", _as_lost, retval=True)
    return engine


def _still_open(connection: Any, record: object, proxy: object) -> None:
    """After the database was away no connection of a pool is any good: the first that is found closed makes it
    connect anew, instead of each of them failing somebody's request first."""
    if _has_news(connection.driver_connection):
        raise InvalidatePoolError


def _as_lost(failed: ExceptionContext) -> OperationalError | None:
    """A connection that PostgreSQL has ended is gone, and no other one with it."""
    error = failed.original_exception
    if not isinstance(error, blocks.HeldUp):
        return None
    failed.is_disconnect, failed.invalidate_pool_on_disconnect = True, False
    return OperationalError(failed.statement or "", None, error, connection_invalidated=True)


def is_away(error: BaseException) -> bool:
    """Whether the database could not be reached, as opposed to one that answered with a refusal."""
    if isinstance(error, PoolTimeout):
        return True
    driver = getattr(error, "orig", None) or error
    if not isinstance(driver, blocks.LOST):
        return False
    return driver.sqlstate is None or driver.sqlstate.startswith(AWAY)


def refuses(error: BaseException) -> bool:
    """Whether the database is there and does not let us in, such as for a wrong password: waiting would not help."""
    words = str(error)
    return "FATAL:" in words and not any(passing in words for passing in PASSING)


def limits(*, read_only: bool) -> str:
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


def without_password(url: str) -> tuple[str, str | None]:
    """The address in libpq's own form, and the password, which must not stand on a command line."""
    parsed = sqlalchemy_url(url)
    return conninfo(parsed.set(password=None)), parsed.password


async def run(
    session: Session, query: LiteralString, values: Mapping[str, Any], *, binary: bool = False
) -> list[tuple[Any, ...]]:
    """Execute a statement in the words of the driver, inside an open block, and return its rows. `binary` lets
    PostgreSQL send them as it holds them, which is half the work where they have many ids and moments.

    For fixed statements that every message needs: it costs a quarter of what the session's own `execute` costs. Rows
    that the session has loaded do not hear of it. Raises one of `Unavailable` when the database is away.
    """
    if not session.is_clean:
        await session.flush()
    session.tell(query)
    connection = await session.driver()
    try:
        cursor = await session.cursor(connection).execute(query, values, prepare=True, binary=binary)
        # Asking for `description` instead would describe each column.
        has_rows = cursor.pgresult is not None and cursor.pgresult.status == ExecStatus.TUPLES_OK
        return await cursor.fetchall() if has_rows else []
    except blocks.LOST as error:
        if connection.closed:  # the pool must not hand it out again
            await session.give_up(error)
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
    if _has_news(connection):
        await AsyncConnectionPool.check_connection(connection)


def _has_news(connection: psycopg.AsyncConnection[Any]) -> bool:
    """An idle connection has nothing to read; where there is something, the server has probably closed it."""
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    return bool(waiting.poll(0))
