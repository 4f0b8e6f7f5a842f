"""Running the server and the worker as processes: sockets, signals, the embedded database around them."""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator

import uvicorn

from orchestration.engine import Engine
from persistence.database import Database, connect
from persistence.migrating import check, migrate
from persistence.notifications import MODELS
from server.app import create_app
from server.embedded.postgres import EmbeddedPostgres
from server.models import open_pool
from server.settings import Settings

log = logging.getLogger(__name__)

LARGEST_FRAME = 4_194_304
DRAIN_SECONDS = 1
"""Seconds that requests and streams get to end by themselves at shutdown."""


class CannotStart(Exception):
    """Something that a person must put right; the message says what and how."""


def say(words: str) -> None:
    """Tell the person at the terminal what is happening."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - this is the command line


@contextlib.asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database: the configured one, or the embedded one, running while this block is open."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    say(f"Starting the embedded PostgreSQL in {settings.parley_data / 'postgres'} …")
    embedded = EmbeddedPostgres(settings.parley_data.resolve() / "postgres")
    await embedded.start()
    supervisor = asyncio.create_task(embedded.supervise(), name="embedded PostgreSQL")
    try:
        yield embedded.url
    finally:
        supervisor.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await supervisor
        await embedded.stop()


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


async def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM."""
    bound = listen(settings.parley_host, settings.parley_port)
    stopping = asyncio.Event()
    on_signal(stopping.set)
    async with database(settings) as url:
        if settings.database_url is None:
            say("Bringing the database schema up to date …")
            await asyncio.to_thread(migrate, url)
        db = connect(url)
        await check(db)
        app = create_app(settings, db)
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
        await asyncio.wait({serving, asyncio.create_task(stopping.wait())}, return_when=asyncio.FIRST_COMPLETED)
        ready.cancel()
        if not serving.done():
            say("Stopping …")
            app.state.drain()
            server.should_exit = True
        await serving
        if not server.started:
            raise CannotStart("The server could not start; the lines above say why.")


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
    """Carry runs on until SIGINT or SIGTERM; any number of workers may share one database."""
    async with database(settings) as url:
        db: Database = connect(url)
        await check(db)
        pool = open_pool(settings, db)
        engine = Engine(db, pool, **settings.engine)
        await pool.start()
        await engine.open({MODELS: engine.pool_changed})
        working = asyncio.create_task(
            engine.work(concurrency=settings.parley_worker_concurrency, grace=settings.parley_shutdown_grace)
        )
        stopping = asyncio.Event()
        on_signal(stopping.set)
        settle()
        say("The worker is ready.")
        await asyncio.wait({working, asyncio.create_task(stopping.wait())}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        await engine.close()
        await pool.close()
        await db.close()
