"""Backups as files: everything in the database as it was at one moment, and back into an empty database.

PostgreSQL's own programs do it; the embedded distribution has them, so they are there with any database. All of this
blocks.
"""

import os
import subprocess
from pathlib import Path

from persistence.database import without_password
from persistence.migrating import is_empty, migrate, refuse_unknown
from server.embedded.cluster import program

HIDDEN = ("--no-owner", "--no-privileges", "--no-comments")
"""What belongs to the server of the database, and would keep a backup from going into another one."""


class BackupError(Exception):
    """A backup that cannot be made or used; the message says why and what to do."""


def back_up(url: str, file: Path) -> int:
    """Write a backup while people go on working; returns its bytes. The file appears when it is whole, and only its
    owner may read it. Stored secrets are in it as they are in the database: sealed with a key that is not."""
    if file.exists():
        raise BackupError(f"{file} is there already. Choose another name.")
    draft = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        _run("pg_dump", url, "--format", "custom", "--file", str(draft), *HIDDEN)
        draft.rename(file)
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    return file.stat().st_size


def restore(url: str, file: Path) -> str:
    """Bring a backup into an empty database, all of it or nothing, and its schema up to date; returns the revision.

    BackupError, before anything is written, for a file that is no backup of Parley, and for a database in which
    something is. UnknownSchema for a backup of a newer version.
    """
    refuse_unknown(revision_of(file))
    if not is_empty(url):
        raise BackupError(
            "There is something in the database already. A backup goes into an empty one: create it and name it in "
            "DATABASE_URL, or set PARLEY_DATA to a new folder."
        )
    _run("pg_restore", url, "--single-transaction", "--exit-on-error", *HIDDEN, str(file))
    return migrate(url)


def revision_of(file: Path) -> str:
    """The revision of the schema that a backup has."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    script = _run("pg_restore", None, "--data-only", "--table", "alembic_version", "--file", "-", str(file))
    lines = iter(script.splitlines())
    for line in lines:
        if line.startswith("COPY ") and "alembic_version" in line:
            return next(lines, "")
    raise BackupError(f"{file} is no backup of Parley.")


def _run(name: str, url: str | None, *arguments: str) -> str:
    """Run a program of PostgreSQL and return what it prints; BackupError with its words when it fails."""
    where: list[str] = []
    environment = dict(os.environ)
    if url is not None:
        address, password = without_password(url)
        where = ["--no-password", "--dbname", address]
        environment |= {"PGPASSWORD": password} if password else {}  # never where other accounts can see it
    done = subprocess.run(  # noqa: S603
        [str(program(name)), *where, *arguments],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        words = " ".join(done.stderr.decode(errors="replace").split())[:500]
        raise BackupError(f"{words or name + ' failed'}.")
    return done.stdout.decode(errors="replace")
