"""One model that is being served by a process of its own: starting it, asking how it is, ending it."""

import asyncio
import contextlib
import json
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

SCRIPT = Path(__file__).with_name("process.py")
# OpenMP's threads spin while they wait, and take the processor from everybody else: several times slower.
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "KMP_BLOCKTIME": "0"}
MOST_THREADS = 4
SLOTS = 2
CONTEXT = 4_096
"""Tokens of each of the conversations that a model carries on at once."""

LOADING = 300.0
HEALTH = 5.0
FRESH = 5.0
"""Seconds after which a model that was idle is asked how it is before it is used."""


class LocalServer(NamedTuple):
    base_url: str
    api_key: str


class CannotLoad(Exception):
    """The process ended, or never became ready; the reason is the message."""


class Serving:
    def __init__(self, process: asyncio.subprocess.Process, server: LocalServer) -> None:
        self.server = server
        self._process = process
        self._well_at = time.monotonic()

    @property
    def alive(self) -> bool:
        return self._process.returncode is None

    async def well(self) -> bool:
        """Whether it answers; asked at most every few seconds."""
        if not self.alive:
            return False
        if time.monotonic() - self._well_at < FRESH:
            return True
        address = urlsplit(self.server.base_url)
        try:
            async with asyncio.timeout(HEALTH):
                reader, writer = await asyncio.open_connection(address.hostname, address.port)
                with contextlib.closing(writer):
                    writer.write(b"GET /health HTTP/1.0\r\n\r\n")
                    good = b" 200 " in await reader.readline()
        except (OSError, TimeoutError):
            return False
        self._well_at = time.monotonic()
        return good and self.alive

    @property
    def memory(self) -> int | None:
        """Resident bytes, where the system says so."""
        try:
            pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        except (OSError, ValueError, IndexError):
            return None
        return pages * os.sysconf("SC_PAGE_SIZE")

    async def end(self) -> None:
        await _kill(self._process)


async def serve(path: Path, log: Path, *, context: int, embedding: bool = False) -> Serving:
    """Load a model and serve it on a free loopback port that only the holder of its key can use."""
    api_key = secrets.token_urlsafe(24)
    wishes = {
        "path": str(path), "api_key": api_key, "slots": SLOTS, "context": context * SLOTS,
        "threads": threads(), "gpu_layers": 0 if sys.platform == "linux" else -1,
        "embedding": embedding,
    }  # fmt: skip
    with log.open("ab") as words:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", str(SCRIPT),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=words,
            env=os.environ | PASSIVE, start_new_session=True,
        )  # fmt: skip
    try:
        async with asyncio.timeout(LOADING):
            return Serving(process, LocalServer(await _introduced(process, wishes), api_key))
    except TimeoutError:
        await _kill(process)
        raise CannotLoad(f"it did not load within {LOADING:.0f} seconds") from None
    except BaseException:
        await _kill(process)
        raise


async def _introduced(process: asyncio.subprocess.Process, wishes: dict[str, object]) -> str:
    """Tell the process what to serve; the base URL that it then gives."""
    if process.stdin is None or process.stdout is None:
        raise RuntimeError("the process has no pipes")
    with contextlib.suppress(ConnectionError):
        process.stdin.write(json.dumps(wishes).encode() + b"\n")
        await process.stdin.drain()
    line = await process.stdout.readline()
    if not line:
        raise CannotLoad(f"its process ended with code {await process.wait()}")
    return f"{json.loads(line)['address'].rstrip('/')}/v1"


async def _kill(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()  # it keeps nothing that could be lost
    await process.wait()


def threads() -> int:
    available = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(available, MOST_THREADS)
