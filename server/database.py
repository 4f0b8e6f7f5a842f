"""The database under every command, and what a person at the terminal is told."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from server.embedded.postgres import EmbeddedPostgres
from server.settings import Settings


class CannotStart(Exception):
    """Something that a person must put right; the message says what and how."""


def say(words: str) -> None:
    """Tell the person at the terminal what is happening."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - this is the command line


@contextlib.asynccontextmanager
async def database(settings: Settings) -> AsyncIterator[str]:
    """The URL of the database itself: the configured one, or the embedded one, running while this block is open."""
    if (given := settings.direct_database_url or settings.database_url) is not None:
        yield given.get_secret_value()
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
