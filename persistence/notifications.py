"""One LISTEN connection per process, made again whenever it breaks."""

import asyncio
import logging
from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

from persistence.database import Database

log = logging.getLogger(__name__)

Heard = Callable[[str], None]

RUNS = "parley_runs"
CHANGES = "parley_changes"
REVOKED = "parley_revoked"
MODELS = "parley_models"
PLACES = "parley_places"
MCP_SERVERS = "parley_mcp_servers"


async def listen(db: Database, channels: Mapping[str, Heard], reconnected: Callable[[], None]) -> None:
    """Call `channels[name](payload)` for each notification, for ever. What happened while the connection was
    down is lost, so `reconnected` is called after each (re)connection: look again at everything you watch."""
    pause = 0.1
    while True:
        try:
            connection = await db.connect()
            async with connection:
                for name in channels:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(name)))
                pause = 0.1
                reconnected()
                async for notice in connection.notifies():
                    if notice.pid not in db.told_here:
                        channels[notice.channel](notice.payload)
        except (psycopg.Error, OSError) as error:
            log.warning("the notification connection broke (%s); connecting again", error)
        await asyncio.sleep(pause)
        pause = min(pause * 2, 2.0)
