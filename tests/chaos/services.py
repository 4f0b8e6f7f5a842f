"""A PostgreSQL of the fleet, which can be taken away from under it."""

import asyncio
import signal
from pathlib import Path

from server.embedded.postgres import EmbeddedPostgres


class Postgres:
    """A PostgreSQL of one's own, which can be restarted."""

    def __init__(self, folder: Path) -> None:
        self._embedded = EmbeddedPostgres(folder)
        self.url = self._embedded.url
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        await self._embedded.start()

    async def restart(self, *, hard: bool, down: float) -> None:
        """End it, `hard` without a checkpoint and a goodbye; start it `down` seconds later."""
        async with self._one_at_a_time:
            process = self._embedded._process
            assert process is not None
            process.send_signal(signal.SIGQUIT if hard else signal.SIGINT)
            while process.poll() is None:
                await asyncio.sleep(0.02)
            await asyncio.sleep(down)
            await self._embedded.start()

    async def stop(self) -> None:
        await self._embedded.stop()
