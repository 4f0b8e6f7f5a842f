"""Under which account the database runs, and what that account can reach: PostgreSQL refuses root."""

import os
import pwd
import stat
from pathlib import Path
from typing import NamedTuple

from server.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody")


class Account(NamedTuple):
    uid: int
    gid: int


def service_account() -> Account | None:
    """The account to change to; None when this process is not root and can stay what it is."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` to run it.",
        "Run Parley under an ordinary account, or set DATABASE_URL.",
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Whether the mode bits of the folder and of all above it let the account in."""
    return all(_lets_in(account, place.stat()) for place in (folder, *folder.parents))


def _lets_in(account: Account, status: os.stat_result) -> bool:
    if status.st_uid == account.uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == account.gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)
