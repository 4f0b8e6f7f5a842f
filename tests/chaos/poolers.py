"""A PgBouncer before the fleet's PostgreSQL, which shares connections as `docker-compose.fleet.yml` has it."""

import asyncio
import os
import re
import shutil
import socket
from pathlib import Path

from persistence.database import sqlalchemy_url
from server.settings import ROOT
from tests.ports import free_port

FLEET = ROOT / "docker-compose.fleet.yml"
LIMITS = re.compile(r"connect_query='[^']+'")
SHARING = re.compile(r"^ +((?:pool_mode|max_\w+|\w+_parameters) = .*)$", re.MULTILINE)


class Pooler:
    """`url` leads through it to the database of the address that it stands before."""

    def __init__(self, folder: Path, behind: str) -> None:
        self._folder, self._behind, self._port = folder, sqlalchemy_url(behind), free_port()
        self.url = f"postgresql://{self._behind.username}@127.0.0.1:{self._port}/{self._behind.database}"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *self._command(), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        async with asyncio.timeout(10):
            while (await asyncio.to_thread(self._refuses)) and self._process.returncode is None:
                await asyncio.sleep(0.05)

    async def stop(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    def _command(self) -> list[str]:
        if (program := shutil.which("pgbouncer")) is None:
            raise SystemExit("There is no pgbouncer on this machine. Install 1.22 or newer, or leave POOLER=1 away.")
        self._folder.mkdir(parents=True, exist_ok=True)
        ini, users = self._folder / "pgbouncer.ini", self._folder / "users.txt"
        users.write_text(f'"{self._behind.username}" ""\n')
        ini.write_text("\n".join(self._settings(users)))
        # It refuses to be root, and the socket of PostgreSQL may be its owner's alone.
        if os.geteuid() != 0:
            return [program, str(ini)]
        for folder in (self._folder, self._folder.parent):
            folder.chmod(0o755)
        return [program, "--user", Path(str(self._behind.query["host"])).owner(), str(ini)]

    def _settings(self, users: Path) -> list[str]:
        told, name, host = FLEET.read_text(), self._behind.database, self._behind.query["host"]
        where = f"host={host} dbname={name} user={self._behind.username} {' '.join(LIMITS.findall(told))}"
        own = [f"listen_port = {self._port}", "listen_addr = 127.0.0.1", "unix_socket_dir =", "auth_type = trust"]
        return ["[databases]", f"{name} = {where}", "[pgbouncer]", *own, f"auth_file = {users}", *SHARING.findall(told)]

    def _refuses(self) -> bool:
        with socket.socket() as trial:
            return trial.connect_ex(("127.0.0.1", self._port)) != 0
