"""A server as `parley serve` runs it, with a scratch database and people, for benchmarks that come from outside."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import psutil

from persistence.database import Database, connect
from persistence.migrating import migrate
from resolvers.registration import create_user
from server.embedded.postgres import EmbeddedPostgres
from tests.chaos.programs import Program
from tests.ports import free_port

PASSWORD = "correct horse battery"


class Stage(NamedTuple):
    url: str
    db: Database
    process: psutil.Process


@contextlib.asynccontextmanager
async def stage(folder: Path, people: dict[str, str], **settings: str) -> AsyncIterator[Stage]:
    """`people` are names by address; `settings` are those of the server, as its environment names them."""
    embedded, port = EmbeddedPostgres(folder / "postgres"), free_port()
    await embedded.start()
    await asyncio.to_thread(migrate, embedded.url)
    db = connect(embedded.url)
    for email, name in people.items():
        await create_user(db, email, name, PASSWORD)
    own = {
        "DATABASE_URL": embedded.url, "PARLEY_DATA": str(folder / "data"), "PARLEY_PORT": str(port),
        "PARLEY_LOCAL_MODELS": "false", "PARLEY_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    server = Program("server", "serve", {**os.environ, **own, **settings}, ready="Parley is ready")
    try:
        await server.start()
        await server.until_ready()
        yield Stage(f"http://127.0.0.1:{port}", db, psutil.Process(server.pid))
    finally:
        await server.close()
        await db.close()
        await embedded.stop()
