"""The embedded PostgreSQL of a folder: whoever comes first starts it, all others attach to it."""

import asyncio
import contextlib
import fcntl
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO
from urllib.parse import quote

from server.embedded.cluster import Cluster
from server.embedded.errors import EmbeddedError
from server.embedded.probing import Answer, ask, holder, is_alive, is_of_cluster

__all__ = ["EmbeddedError", "EmbeddedPostgres"]

log = logging.getLogger(__name__)

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "logging_collector": "off",
}
PATIENCE = 180.0
"""Seconds a start may take: a slow disk, and a recovery after a crash."""

GRACE = 15.0
"""Seconds in which a start is tried again: what is left of a killed server needs time to go."""

STOP = 10.0
LARGEST_LOG = 10_000_000
LOOK = 0.2
"""Seconds between two looks at whether the server lives."""


class EmbeddedPostgres:
    """Start it from the main thread: on Linux the server ends with the thread that launched it."""

    def __init__(self, root: Path, *, patience: float = PATIENCE) -> None:
        self._cluster = Cluster(root)
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = False
        self._presence: IO[str] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://app@/app?host={quote(str(self._cluster.sockets))}"

    @property
    def owned(self) -> bool:
        """Whether this process started the server, and so ends it."""
        return self._process is not None

    async def start(self) -> None:
        """Return when the database answers, started here or by another process; else EmbeddedError."""
        await asyncio.to_thread(self._cluster.prepare)
        async with self._alone():
            if self._presence is None:
                self._presence = (self._cluster.folder / ".users").open("a")
                fcntl.flock(self._presence, fcntl.LOCK_SH)
            if await self._ask() is not Answer.READY:
                self._process = None
                await asyncio.to_thread(self._cluster.set_up)
                try:
                    async with asyncio.timeout(self._patience):
                        await self._bring_up()
                except TimeoutError:
                    raise self._cluster.explain() from None

    async def supervise(self) -> None:
        """Bring the server back whenever it goes, also when it was another process's, until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            if self._stopping or self._lives():
                continue
            log.warning("the embedded PostgreSQL is gone; starting it again")
            try:
                await self.start()
            except EmbeddedError as error:
                log.error("%s %s", error.message, error.remedy)  # noqa: TRY400 - the message says it all
                await asyncio.sleep(2)

    async def stop(self, *, wait_for_others: bool = False) -> None:
        """End the server if it was started here; `wait_for_others` lets attached processes leave first."""
        self._stopping = True
        if self._presence is not None:
            self._presence.close()
            self._presence = None
        process = self._process
        if process is None:
            return
        if wait_for_others:
            async with self._locked(".users", fcntl.LOCK_EX):
                pass
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(number)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(STOP):
                        await _ended(process)
        self._process = None

    def _lives(self) -> bool:
        if self._process is not None:
            return self._process.poll() is None
        pid = holder(self._cluster.data)
        return pid is not None and is_alive(pid)

    async def _ask(self) -> Answer:
        return await ask(self._cluster.sockets)

    async def _bring_up(self) -> None:
        """Launch until one answers. What still runs of an earlier server, ours or orphaned, is waited for."""
        loop = asyncio.get_running_loop()
        given_up = loop.time() + GRACE
        while (answer := await self._ask()) is not Answer.READY:
            process = self._process
            if process is not None and process.poll() is not None:
                self._process = None
                if loop.time() > given_up:
                    raise self._cluster.explain()
                await asyncio.sleep(0.3)
            elif answer is Answer.NO_DATABASE:
                await self._create_database()
            elif process is None and not self._is_held():
                self._launch()
            await asyncio.sleep(0.03)

    def _is_held(self) -> bool:
        """Whether a server of this folder still runs. A pid that now is somebody else's is forgotten."""
        pid = holder(self._cluster.data)
        if pid is None or not is_alive(pid):
            return False  # PostgreSQL itself looks after the pid file of a dead server
        if is_of_cluster(pid, self._cluster.name):
            return True
        (self._cluster.data / "postmaster.pid").unlink(missing_ok=True)
        return False

    def _launch(self) -> None:
        cluster = self._cluster
        sockets = str(cluster.seen(cluster.sockets))
        settings = SETTINGS | {"cluster_name": cluster.name, "unix_socket_directories": sockets}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        try:
            if cluster.log.exists() and cluster.log.stat().st_size > LARGEST_LOG:
                cluster.log.replace(cluster.log.with_suffix(".log.1"))
            with cluster.log.open("ab") as words:
                self._process = subprocess.Popen(  # noqa: S603
                    cluster.launched("postgres", "-D", str(cluster.seen(cluster.data)), *options),
                    stdin=subprocess.DEVNULL if sys.platform == "linux" else subprocess.PIPE,
                    stdout=words,
                    stderr=words,
                    start_new_session=True,  # Ctrl-C at the terminal is for us, not for the database
                )
        except OSError as error:
            raise cluster.trouble(error) from error

    async def _create_database(self) -> None:
        process = await asyncio.create_subprocess_exec(
            self._cluster.program("createdb"), "--host", self._cluster.sockets, "--username", "app",
            "--no-password", "--maintenance-db", "postgres", "app",
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        _, said = await process.communicate()
        if process.returncode != 0 and b"already exists" not in said:
            words = said.decode(errors="replace").strip()
            raise EmbeddedError(f"The embedded database cannot be created: {words}", "Run `parley doctor`.")

    @contextlib.asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Only one process at a time starts the server; EmbeddedError when another one never ends doing so."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._patience):
                    await stack.enter_async_context(self._locked(".lock", fcntl.LOCK_EX))
            except TimeoutError:
                raise EmbeddedError(
                    f"Another process holds {self._cluster.folder / '.lock'} and does not let go of it.",
                    "End that process, or set PARLEY_DATA to another folder.",
                ) from None
            yield

    @contextlib.asynccontextmanager
    async def _locked(self, name: str, kind: int) -> AsyncIterator[None]:
        """Hold a lock of the folder; the kernel frees it when a process dies."""
        with (self._cluster.folder / name).open("a") as file:
            while True:
                try:
                    fcntl.flock(file, kind | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    await asyncio.sleep(0.05)
            yield


async def _ended(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        await asyncio.sleep(0.02)
