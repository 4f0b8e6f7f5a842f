"""A block of statements on one connection: the driver's statements have it to themselves until the ORM joins them."""

import asyncio
from contextvars import ContextVar
from functools import cached_property
from types import TracebackType
from typing import Any, cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, PoolProxiedConnection
from sqlalchemy.exc import InvalidRequestError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.util import greenlet_spawn

_in_block: ContextVar[bool] = ContextVar("database_block", default=False)

Driver = psycopg.AsyncConnection[Any]
Cursor = psycopg.AsyncCursor[Any]

HeldUp = psycopg.errors.IdleInTransactionSessionTimeout
"""PostgreSQL has ended the connection of a process that was held up in a transaction, such as one that was frozen. To
the driver that is an internal error; to us it is a connection lost."""
LOST = (psycopg.OperationalError, psycopg.InterfaceError, HeldUp)
"""What the driver raises when it has lost its connection, among others."""


class _Joining(OrmSession):
    """Uses the connection that its block has, once the ORM is asked for something."""

    block: "Session"
    joined: Connection | None = None

    def get_bind(self, *of: Any, **named: Any) -> Connection:
        if self.joined is None:
            engine = cast("Engine", super().get_bind(*of, **named))
            try:
                self.joined = Connection(engine, self.block.lease)
            except InvalidRequestError as error:
                raise _closed(error) from error
            self.block.lease = self.joined.connection
        return self.joined


class Kept:
    """The connection that was read from last, for what reads next without waiting for anything in between, as one block
    of a request after the other does. The pool has it back before the event loop turns to anything else."""

    def __init__(self) -> None:
        self._lease: PoolProxiedConnection | None = None

    def take(self) -> PoolProxiedConnection | None:
        lease, self._lease = self._lease, None
        return lease

    def keep(self, lease: PoolProxiedConnection) -> None:
        self.give_back()
        self._lease = lease
        asyncio.get_running_loop().call_soon(self.give_back)

    def give_back(self) -> None:
        if (lease := self.take()) is not None:
            lease.close()


class Session(AsyncSession):
    """What a block works with. SQLAlchemy's way to a connection, a transaction and back costs three times as much as a
    statement of the driver; a block of nothing but those goes without, and without the ORM's session."""

    lease: PoolProxiedConnection | None = None

    def __init__(self, engine: AsyncEngine, kept: Kept | None) -> None:
        # Not SQLAlchemy's, which makes the ORM's session at once.
        self._engine, self._kept = engine, kept
        self._cursor: Cursor | None = None

    @cached_property
    def sync_session(self) -> _Joining:  # type: ignore[override]
        """The ORM's session, made when somebody asks the ORM for something."""
        super().__init__(self._engine, sync_session_class=_Joining, expire_on_commit=False)
        made = self._proxied
        made.block = self
        return made

    @cached_property
    def _proxied(self) -> _Joining:  # type: ignore[override]
        return self.sync_session

    @property
    def _orm(self) -> _Joining | None:
        """The ORM's session, if there is one."""
        return cast("_Joining | None", self.__dict__.get("_proxied"))

    @property
    def is_clean(self) -> bool:
        """Whether the ORM has nothing that it has not sent yet."""
        return self._orm is None or self._orm._is_clean()  # noqa: SLF001 - its public parts build sets for it

    def tell(self, statement: str) -> None:
        """Tell whoever hears of the engine's statements of one that goes past it, when it reads: that is what people
        wait for, while most writes are what workers do by themselves."""
        if self._kept is not None:
            for hear in self._engine.sync_engine.dispatch.before_cursor_execute:
                hear(None, None, statement, None, None, False)

    async def driver(self) -> Driver:
        """The driver's connection. Raises one of `database.Unavailable` when there is none."""
        if self.lease is None and self._kept is not None:
            self.lease = self._kept.take()
        if self.lease is None:
            try:
                self.lease = await greenlet_spawn(self._engine.sync_engine.raw_connection)
            except psycopg.Error as error:
                raise OperationalError("connecting", None, error) from error
            except InvalidRequestError as error:
                raise _closed(error) from error
        return cast("Driver", self.lease.driver_connection)

    def cursor(self, driver: Driver) -> Cursor:
        """One for all statements of the block: each has read its rows before the next begins."""
        if self._cursor is None:
            self._cursor = driver.cursor()
        return self._cursor

    async def give_up(self, error: BaseException) -> None:
        """The connection has broken: the pool must not hand it out again."""
        if (held := self._held) is not None:
            await greenlet_spawn(held.invalidate, error)

    async def settle(self) -> None:
        """Commit whatever was done."""
        if self._orm is not None and self.in_transaction():
            await self.commit()
        if self.lease is None or not self.lease.is_valid:
            return
        driver = cast("Driver", self.lease.driver_connection)
        if driver.pgconn.transaction_status != TransactionStatus.IDLE:
            try:
                await driver.commit()
            except LOST as broken:
                if driver.closed:
                    await self.give_up(broken)
                raise OperationalError("COMMIT", None, broken) from broken

    def hand_on(self) -> bool:
        """Leave the connection of a block that has read to the next one, if it is fit for that."""
        lease = self.lease
        if self._kept is None or lease is None or self._held is not lease or not lease.is_valid:
            return False
        if cast("Driver", lease.driver_connection).closed:
            return False
        self.lease = None
        self._kept.keep(lease)
        return True

    async def end(self) -> None:
        """Roll back what was not committed, and give the connection back."""
        if self.lease is not None:
            await greenlet_spawn(self._release)

    @property
    def _held(self) -> Connection | PoolProxiedConnection | None:
        """The connection, by whoever has it."""
        return (self._orm and self._orm.joined) or self.lease

    def _release(self) -> None:
        """A connection that the driver has closed, as it does when a statement does not end at a cancel, has nothing to
        roll back."""
        if (held := self._held) is None or self.lease is None:
            return
        if self.lease.is_valid and cast("Driver", self.lease.driver_connection).closed:
            held.invalidate()
        if self._orm is not None and self._orm.joined is not None:
            self._orm.close()
        held.close()


def _closed(error: InvalidRequestError) -> OperationalError:
    """What the pool says when the connections that it makes anew are closed at once, too: the database is going."""
    return OperationalError("connecting", None, error)


class Block:
    """One unit of work: it commits on a clean exit, and rolls back on any exception. Blocks do not nest. `kept` is for
    those that only read."""

    def __init__(self, engine: AsyncEngine, kept: Kept | None = None) -> None:
        self._session = Session(engine, kept)

    async def __aenter__(self) -> Session:
        if _in_block.get():
            raise RuntimeError("leave the open database block before loading, streaming or spawning")
        _in_block.set(True)
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        settled = False
        try:
            if error is None:
                await self._session.settle()
                settled = True
        finally:
            _in_block.set(False)
            if settled:
                if not self._session.hand_on():
                    await self._session.end()  # there is nothing to wait for
            else:  # being cancelled must not leave the connection behind in the middle of something
                await asyncio.shield(self._session.end())
