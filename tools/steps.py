"""One step of the set-up: said in a line, run quietly, skipped when nothing changed, explained on failure."""
# ruff: noqa: S603, T201

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".uv"
"""Our own uv, the lock that keeps two set-ups apart, and what the last one said."""

LOG = STATE / "setup.log"
OFFLINE = (
    "dns error", "enotfound", "eai_again", "econnrefused", "enetunreach", "etimedout", "name resolution",
    "failed to establish a new connection", "error sending request", "network is unreachable",
    "client error (connect)",
)  # fmt: skip
FULL = ("no space left on device", "enospc", "disk quota exceeded", "os error 28")


class Failed(Exception):
    """The set-up cannot go on; the message says why and what to do."""


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def run(subject: str, command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> None:
    """Run one command to its end, its output in the log. Failed, with the reason in words, when it fails."""
    started = time.monotonic()
    print(f"• {subject} … ", end="", file=sys.stderr, flush=True)
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(map(str, command))}\n")
        log.flush()
        begun = log.tell()
        ended = subprocess.run(
            list(map(str, command)), cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
            env=os.environ | dict(environment or {}),
        )  # fmt: skip
    if ended.returncode != 0:
        say("failed")
        raise Failed(explanation(subject, LOG.read_bytes()[begun:].decode(errors="replace")))
    say(f"done in {time.monotonic() - started:.0f} s")


def explanation(subject: str, output: str) -> str:
    lowered = output.lower()
    if any(sign in lowered for sign in FULL):
        return f"{subject}: the disk is full. Make about 2 GB of room and run the same command again."
    if any(sign in lowered for sign in OFFLINE):
        return (
            f"{subject}: the package index cannot be reached. The first start needs the network, or a "
            "configured mirror; later ones do not. Check the connection and the proxy, and run this again."
        )
    tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-15:])
    return f"{subject} failed:\n{tail}\n  The whole output is in {LOG.relative_to(ROOT)}."


def need_room(gigabytes: float) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < gigabytes:
        raise Failed(f"Only {free:.1f} GB of disk are free; the set-up needs {gigabytes:g} GB. Make room first.")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """One set-up of a checkout at a time; a second one waits."""
    STATE.mkdir(exist_ok=True)
    with (STATE / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("• Waiting for another set-up of this checkout …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        LOG.write_text("")
        yield


def fingerprint(paths: Iterable[Path], *more: str) -> str:
    """A hash over files, or all files below folders, by name and content, and over some words."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(set(_files(paths))):
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (file for file in path.rglob("*") if file.is_file())
        elif path.is_file():
            yield path


def is_current(stamp: Path, wanted: str) -> bool:
    return stamp.is_file() and stamp.read_text() == wanted
