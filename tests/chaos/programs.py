"""One `parley` process of the fleet: started, killed, frozen, told to leave, and heard."""

import asyncio
import signal
import time
from collections.abc import Mapping
from enum import StrEnum, auto
from typing import NamedTuple

from tests.forks import Forked, fork

PATIENCE = 120.0
"""Seconds a start may take on a busy machine."""


class State(StrEnum):
    DOWN = auto()
    STARTING = auto()
    READY = auto()
    FROZEN = auto()
    LEAVING = auto()


class Line(NamedTuple):
    at: float
    text: str


class Death(NamedTuple):
    """A process that ended although nobody had asked it to."""

    at: float
    name: str
    code: int
    was_ready: bool


class Program:
    """`ready` is what the process says when it can work. `deaths` are those that were nobody's wish, `starting` the
    seconds that the last start took: a measure of how busy the machine is."""

    def __init__(self, name: str, command: str, environment: Mapping[str, str], *, ready: str) -> None:
        self.name, self.state = name, State.DOWN
        self.lines: list[Line] = []
        self.deaths: list[Death] = []
        self.starting = self._began = 0.0
        self._command, self._environment, self._says = command, dict(environment), ready
        self._process: Forked | None = None
        self._ended, self._was_ready = asyncio.Event(), False
        self._hearing: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Of the process that was started last."""
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Start the process; it ends with this one, whatever way that ends."""
        self.state, self._began = State.STARTING, time.time()
        self._ended, self._was_ready = asyncio.Event(), False
        self._process = await fork("server.commands", self._command, env=self._environment)
        self._hearing = asyncio.create_task(self._hear(self._process), name=self.name)

    async def until_ready(self) -> None:
        """Return when the process can work, also if it has to be started more than once for that."""
        async with asyncio.timeout(PATIENCE):
            while self.state is not State.READY:
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def leave(self) -> tuple[int, float]:
        """Tell the process to stop, as a deploy does; gives its exit code and the seconds it took."""
        began = time.monotonic()
        code = await self._end(signal.SIGTERM)
        return code, time.monotonic() - began

    def freeze(self) -> None:
        self.state = State.FROZEN
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.state = State.READY
        self._signal(signal.SIGCONT)

    async def close(self) -> None:
        """End the process in any state."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()
        if self._hearing is not None:
            await self._hearing

    @property
    def is_alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self.state = State.LEAVING
        self._signal(number)
        await self._ended.wait()
        return self._process.returncode or 0

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(number)

    async def _hear(self, process: Forked) -> None:
        async for line in process.stderr:
            text = line.decode(errors="replace").rstrip()
            self.lines.append(Line(time.time(), text))
            if self._says in text:
                self.state = State.READY
                self._was_ready, self.starting = True, time.time() - self._began
        code = await process.wait()
        if self.state is not State.LEAVING:
            self.deaths.append(Death(time.time(), self.name, code, self._was_ready))
        self.state = State.DOWN
        self._ended.set()
