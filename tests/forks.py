"""Processes of our own programs that start at once: copies of one that has imported already what they import.

`await fork("server.commands", "worker", env=…)` is `python -m server.commands worker` in all but the time to start,
most of which goes into imports, which say nothing about a test. What a program does from its first line on is the same.
"""

import asyncio
import atexit
import contextlib
import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from typing import IO, Any

from server.settings import ROOT

IMPORTED = ("server.app", "server.serving", "server.backups", "psutil")
LARGEST_WISH = 200_000
PR_SET_PDEATHSIG = 1


class Forked:
    """What `asyncio.subprocess.Process` is, as far as tests need it."""

    def __init__(
        self, pid: int, stdout: asyncio.StreamReader, stderr: asyncio.StreamReader, fate: asyncio.StreamReader
    ) -> None:
        self.pid, self.stdout, self.stderr = pid, stdout, stderr
        self.returncode: int | None = None
        self._ended = asyncio.create_task(self._end(fate), name=f"process {pid}")

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def send_signal(self, number: signal.Signals) -> None:
        if self.returncode is not None:
            raise ProcessLookupError
        with contextlib.suppress(ProcessLookupError):  # it has ended just now
            os.kill(self.pid, number)

    async def _end(self, fate: asyncio.StreamReader) -> int:
        self.returncode = int(await fate.readline())
        return self.returncode


async def fork(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> Forked:
    """Run a module as a program in the checkout; it ends with this process."""
    wish = json.dumps({"argv": [module, *arguments], "env": dict(os.environ if env is None else env)}).encode()
    assert len(wish) < LARGEST_WISH, "a longer wish would not arrive whole"
    control, ours, theirs = await asyncio.to_thread(_original), list[int](), list[int]()
    for _ in range(3):
        end, other = os.pipe()
        ours.append(end)
        theirs.append(other)
    socket.send_fds(control, [wish], theirs)
    for end in theirs:
        os.close(end)
    stdout, stderr, fate = [await _reader(os.fdopen(end, "rb", buffering=0)) for end in ours]
    return Forked(int(await fate.readline()), stdout, stderr, fate)


class _ToTheEnd(asyncio.StreamReaderProtocol):
    def eof_received(self) -> bool:
        super().eof_received()
        return False  # the pipe is closed then


async def _reader(pipe: IO[bytes]) -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: _ToTheEnd(reader), pipe)
    return reader


@cache
def _original() -> socket.socket:
    """The way to the process that is copied."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    for end in (ours, theirs):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2 * LARGEST_WISH)
    command = [sys.executable, "-m", "tests.forks", str(theirs.fileno())]
    process = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    theirs.close()

    def leave() -> None:
        ours.close()
        process.wait()

    atexit.register(leave)
    return ours


def main(control: socket.socket) -> None:
    """Make copies until nobody can ask for them any more; in a copy, this returns after what the copy was made for."""
    for name in IMPORTED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    woken, waker = socket.socketpair()
    woken.setblocking(False)
    waker.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    fates: dict[int, IO[bytes]] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        selector.register(woken, selectors.EVENT_READ)
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if woken in ready:
                with contextlib.suppress(BlockingIOError):
                    woken.recv(1000)
                tell_ends(fates)
            if control not in ready:
                continue
            wish, ends, *_ = socket.recv_fds(control, LARGEST_WISH, 3)
            if not wish:
                return
            leader, pid = os.getpid(), os.fork()
            if pid == 0:
                break
            for end in ends[:2]:
                os.close(end)
            fates[pid] = os.fdopen(ends[2], "wb", buffering=0)
            fates[pid].write(b"%d\n" % pid)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for fate in fates.values():
        fate.close()
    for known in (control, woken, waker):
        known.close()
    become(json.loads(wish), ends, leader)


def tell_ends(fates: dict[int, IO[bytes]]) -> None:
    for pid in list(fates):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            with fates.pop(pid) as fate, contextlib.suppress(BrokenPipeError):
                fate.write(b"%d\n" % os.waitstatus_to_exitcode(status))


def become(wish: Mapping[str, Any], ends: list[int], leader: int) -> None:
    """Run the program that somebody wished for, as the interpreter would have begun it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != leader:
            return
    for end, number in zip(ends[:2], (1, 2), strict=True):
        os.dup2(end, number)
    for end in ends:
        os.close(end)
    os.environ.clear()
    os.environ.update(wish["env"])
    module, *arguments = wish["argv"]
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])))
