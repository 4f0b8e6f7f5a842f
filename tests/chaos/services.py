"""What the fleet stands on and what can be taken away from under it: PostgreSQL and Redis."""

import asyncio
import random
import signal
import socket
from pathlib import Path

from server.embedded.postgres import EmbeddedPostgres
from tests.redis_servers import binary


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to outgoing connections."""
    while True:
        port = random.randrange(20_001, 32_000)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port


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


class Redis:
    """A Redis that keeps nothing on the disk: after a restart it is empty."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._process: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            binary(), "--port", str(self._port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(10):
            while not await self._answers():
                await asyncio.sleep(0.05)

    async def restart(self, *, down: float) -> None:
        """Kill it and, `down` seconds later, start an empty one."""
        async with self._one_at_a_time:
            await self.stop()
            await asyncio.sleep(down)
            await self.start()

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _answers(self) -> bool:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        writer.write(b"PING\r\n")
        answer = await reader.readline()
        writer.close()
        return answer == b"+PONG\r\n"
