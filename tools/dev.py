"""Serves Parley for those who work on it: server and web client follow their files."""
# ruff: noqa: S603, T201

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("domain", "persistence", "orchestration", "schema", "resolvers", "server")
LOOK = 0.5
PATIENCE = 10.0


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    npm = shutil.which("npm") or "npm"
    web = subprocess.Popen([npm, "--prefix", "web", "run", "dev"], cwd=ROOT, start_new_session=True)
    server = serve()
    try:
        seen = dict(changes())
        while web.poll() is None:
            time.sleep(LOOK)
            now = dict(changes())
            if now != seen:
                seen = now
                print("The server's files have changed; starting it again.", file=sys.stderr)
                end(server)
                server = serve()
    except KeyboardInterrupt:
        pass
    finally:
        end(web)
        end(server)
    return 0


def serve() -> "subprocess.Popen[bytes]":
    return subprocess.Popen([ROOT / ".venv" / "bin" / "parley", "serve"], cwd=ROOT, start_new_session=True)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the process and its children to stop; make them when they do not."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def changes() -> Iterator[tuple[Path, int]]:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            yield path, path.stat().st_mtime_ns


if __name__ == "__main__":
    sys.exit(main())
