"""Processes for work on what strangers wrote: without secrets, with bounded memory, time and output."""

import asyncio
import contextlib
import resource
import sys
import tempfile
from typing import NamedTuple

PIECE = 65_536


class Ended(NamedTuple):
    """How a child ended. `cut` says that it was stopped because it said too much."""

    code: int
    output: bytes
    errors: bytes
    cut: bool


async def run_child(*command: str, given: bytes = b"", memory: int, seconds: int, most_output: int) -> Ended:
    """Run a program to its end, in an empty environment, and give it `given` to read.

    `memory` is in bytes of address space, `seconds` of processor time, `most_output` in bytes of each stream. The child
    is killed when the caller is cancelled, which is how a limit of real time is set.
    """
    with tempfile.TemporaryFile() as file:  # not a pipe: a child that does not read must not keep us waiting
        file.write(given)
        file.seek(0)
        child = await asyncio.create_subprocess_exec(
            *command, stdin=file, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            env={}, cwd="/", start_new_session=True,
        )  # fmt: skip
    try:
        _limit(child.pid, memory, seconds)
        output, errors = await asyncio.gather(
            _read(child, child.stdout, most_output), _read(child, child.stderr, most_output)
        )
        code = await child.wait()
    finally:
        if child.returncode is None:
            _kill(child)
        await child.communicate()  # to the end of its streams, or they stay open
    cut = len(output) > most_output or len(errors) > most_output
    return Ended(code, output[:most_output], errors[:most_output], cut)


def _limit(pid: int, memory: int, seconds: int) -> None:
    """Linux lets a parent set limits; elsewhere those that the program sets itself have to do."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):  # it is done already
            resource.prlimit(pid, resource.RLIMIT_AS, (memory, memory))
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, 0))


async def _read(child: asyncio.subprocess.Process, stream: asyncio.StreamReader | None, most: int) -> bytes:
    """What a child says, up to a little more than `most`, which is its end: it would wait for a reader for ever."""
    said = bytearray()
    while stream is not None and (piece := await stream.read(PIECE)):
        said += piece
        if len(said) > most:
            _kill(child)
            break
    return bytes(said)


def _kill(child: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):  # it is done already
        child.kill()
