"""Asking a PostgreSQL server whether it is ready, and who holds its data folder."""

import asyncio
import os
import struct
import subprocess
import sys
from enum import Enum, auto
from pathlib import Path

PROTOCOL = 196_608  # version 3.0 of PostgreSQL's wire protocol


class Answer(Enum):
    READY = auto()
    NO_DATABASE = auto()
    """The server is ready, but the database has not been created."""
    NOT_YET = auto()


async def ask(sockets: Path) -> Answer:
    """Begin a connection to the database `app` and see what the server says, within two seconds."""
    try:
        async with asyncio.timeout(2):
            reader, writer = await asyncio.open_unix_connection(str(sockets / ".s.PGSQL.5432"))
            try:
                words = struct.pack("!i", PROTOCOL) + b"user\0app\0database\0app\0\0"
                writer.write(struct.pack("!i", len(words) + 4) + words)
                kind, said = b"", b""
                while kind not in {b"Z", b"E"}:
                    kind = await reader.readexactly(1)
                    (length,) = struct.unpack("!i", await reader.readexactly(4))
                    said = await reader.readexactly(length - 4)
                writer.write(b"X\0\0\0\x04")
            finally:
                writer.close()
    except (OSError, EOFError, TimeoutError):
        return Answer.NOT_YET
    if kind == b"Z":
        return Answer.READY
    return Answer.NO_DATABASE if b"\0C3D000\0" in said else Answer.NOT_YET


def holder(data: Path) -> int | None:
    """The process that says it serves this data folder."""
    try:
        return int((data / "postmaster.pid").read_text().partition("\n")[0])
    except (OSError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_of_cluster(pid: int, name: str) -> bool:
    """Whether a process is a PostgreSQL of the cluster with this name, which stands in its command line."""
    if sys.platform == "linux":
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return False
    else:
        asked = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
        command = subprocess.run(asked, stdout=subprocess.PIPE, check=False).stdout  # noqa: S603
    return name.encode() in command
