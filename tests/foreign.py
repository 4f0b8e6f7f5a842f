"""Programs that others have written, as they are pinned here, installed once for all test processes."""

import asyncio
import fcntl
import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from server.settings import ROOT

AUDITS = ROOT / "tests" / "audits"
SERVERS = ROOT / "tests" / "reference_servers"
QUIET = {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


async def started(
    *command: str | Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> asyncio.subprocess.Process:
    found = shutil.which(command[0])
    assert found is not None, f"{command[0]} is not installed"
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        found, *command[1:], cwd=cwd, stdout=pipe, stderr=pipe, env={**os.environ, **QUIET, **(environment or {})}
    )


async def told(*command: str | Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """What a command prints."""
    process = await started(*command, cwd=cwd, environment=environment)
    said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return said.decode()


async def node_packages() -> Path:
    """The folder of clients, servers and suites in JavaScript."""
    lock = AUDITS / "package-lock.json"
    stamp = AUDITS / "node_modules" / ".installed"
    with lock.open() as held:
        await asyncio.to_thread(fcntl.flock, held, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != held.read():
            await told("npm", "ci", "--no-audit", "--no-fund", cwd=AUDITS)
            stamp.write_text(lock.read_text())
    return AUDITS


async def python_servers(name: str) -> Path:
    """The folder of commands of an environment of its own, with what `reference_servers/<name>.txt` pins."""
    lock, environment = SERVERS / f"{name}.txt", SERVERS / name / ".venv"
    stamp = environment / ".installed"
    uv = shutil.which(ROOT / ".uv" / "bin" / "uv") or "uv"
    with lock.open() as held:
        await asyncio.to_thread(fcntl.flock, held, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != held.read():
            await told(uv, "venv", "--clear", "--python", sys.executable, environment)
            python = environment / "bin" / "python"
            await told(uv, "pip", "sync", "--compile-bytecode", "--python", python, "--require-hashes", lock)
            stamp.write_text(lock.read_text())
    return environment / "bin"
