"""Running the server and the worker as processes: sockets, signals, what they wait for."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator

import uvicorn
from fastapi import FastAPI

from orchestration.engine import Engine
from persistence.database import Database, Unavailable, connect, refuses
from persistence.migrating import check, migrate
from persistence.notifications import MODELS
from server.database import CannotStart, database, say
from server.models import open_embedder, open_pool
from server.settings import Settings
from server.tracing import traced
from server.vital import Vital

log = logging.getLogger(__name__)

LARGEST_FRAME = 4_194_304
DRAIN_SECONDS = 1
"""Seconds that requests and streams get to end by themselves at shutdown."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
"""Seconds between two looks for a database that is away at the start."""


class Server(uvicorn.Server):
    """Leaves signals to `stopped_by_signal`: the database must outlive the server, so nothing may end us early."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn's way to say that the start failed
            self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def on_signal(stop: Callable[[], None]) -> None:
    """Call `stop` on SIGINT and SIGTERM."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)


def listen(host: str, port: int) -> socket.socket:
    """A bound socket; CannotStart when the port is taken or the address is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(2048)
    except OSError as error:
        bound.close()
        raise CannotStart(
            f"Cannot listen on {host}:{port} ({error.strerror}). Stop what is using the port, "
            f"or choose another one: PARLEY_PORT={port + 1} make run"
        ) from None
    return bound


async def until_there(db: Database) -> None:
    """Wait for a database that is away, and check its schema. UnknownSchema when it has another one, and one of
    `Unavailable` when it refuses us: a person must put that right."""
    pause = FIRST_PAUSE
    while True:
        try:
            return await check(db)
        except Unavailable as error:
            if refuses(error):
                raise
            say(f"The database cannot be reached: {str(error).splitlines()[0]}. Waiting for it; check DATABASE_URL.")
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def unless(stopping: asyncio.Event, work: Coroutine[object, object, None]) -> bool:
    """Do the work, unless the process is to stop before it is done; whether it was done."""
    working, stopped = asyncio.create_task(work), asyncio.create_task(stopping.wait())
    await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not working.done():
        working.cancel()
        await asyncio.wait({working})
        return False
    working.result()
    return True


def _connect(settings: Settings, url: str) -> Database:
    """The database at this address, by way of a pooler where the settings name one."""
    pooled = settings.database_url.get_secret_value() if settings.database_url else url
    return connect(pooled, direct=url, slow_ms=settings.parley_slow_query_ms)


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; CannotStart when a part of the server ends by itself before."""
    from server.app import create_app  # noqa: PLC0415 - it takes its time, and a worker does not need it

    bound = listen(settings.parley_host, settings.parley_port)
    stopping = asyncio.Event()
    on_signal(stopping.set)
    async with database(settings) as url:
        if settings.database_url is None:
            say("Bringing the database schema up to date …")
            await asyncio.to_thread(migrate, url)
        db = _connect(settings, url)
        if await unless(stopping, until_there(db)):
            await _serve(create_app(settings, db), bound, stopping)


async def _serve(app: FastAPI, bound: socket.socket, stopping: asyncio.Event) -> None:
    host, port = bound.getsockname()[:2]
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server = Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]), name="server")
    ready = asyncio.create_task(_announce(server, f"http://{host}:{port}"))
    failed: asyncio.Event = app.state.failed
    ends = {serving, asyncio.create_task(stopping.wait()), asyncio.create_task(failed.wait())}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if not serving.done():
        say("Stopping …")
        app.state.drain()
        server.should_exit = True
    await serving
    if not server.started:
        raise CannotStart("The server could not start; the lines above say why.")
    if failed.is_set():
        raise CannotStart("A part of the server has ended; the lines above say why.")


def settle() -> None:
    """The process is complete: the garbage collector need not look at all that was loaded ever again. A full
    collection would otherwise stop every stream for a tenth of a second."""
    gc.collect()
    gc.freeze()


async def _announce(server: uvicorn.Server, url: str) -> None:
    while not server.started:
        await asyncio.sleep(0.02)
    settle()
    say(f"\n  Parley is ready: {url}\n  Press Ctrl-C to stop.\n")


async def work(settings: Settings) -> None:
    """Carry runs on until SIGINT or SIGTERM; any number of workers may share one database. CannotStart when a part of
    the worker ends by itself before."""
    stopping = asyncio.Event()
    on_signal(stopping.set)
    async with database(settings) as url:
        db = _connect(settings, url)
        if await unless(stopping, until_there(db)):
            async with traced(settings.collector):
                await _work(settings, db, stopping)
        await db.close()


async def _work(settings: Settings, db: Database, stopping: asyncio.Event) -> None:
    pool = open_pool(settings, db)
    engine = Engine(db, pool, embedder=open_embedder(settings, pool), **settings.engine)
    vital = Vital()
    await pool.start()
    await engine.open({MODELS: engine.pool_changed})
    carrying_on = engine.work(concurrency=settings.parley_worker_concurrency, grace=settings.parley_shutdown_grace)
    working = asyncio.create_task(carrying_on, name="worker")
    vital.watch([working, *engine.vital])
    settle()
    say("The worker is ready.")
    ends = {asyncio.create_task(event.wait()) for event in (stopping, vital.failed)}
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    working.cancel()
    await asyncio.wait({working})
    await engine.close()
    await pool.close()
    if vital.failed.is_set():
        raise CannotStart("A part of the worker has ended; the lines above say why.")
