"""Passwords, session tokens and API keys: how they are made, hashed and compared."""

import asyncio
import base64
import hashlib
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import RateLimited

T = TypeVar("T")

# Argon2id with 19 MiB, two passes, one lane: OWASP's Password Storage Cheat Sheet.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)

SESSION_COOKIE = "parley_session"

AT_ONCE = 2
"""Hashes computed at the same time in one process; each takes a core and 19 MiB for its 20 ms or so."""

MOST_WAITING = 64
"""Hashes that wait or run; whoever comes then is told to come back, so that a flood cannot pile up."""

KEY_PREFIX_LENGTH = 10
"""Characters of a key's secret that its owner sees again later; the rest has more than 200 random bits."""


def _nobodys_hash() -> str:
    """A well-formed hash that no password has: to refuse it takes as long as to refuse a real one."""
    salt, digest = (base64.b64encode(bytes(size)).decode().rstrip("=") for size in (16, 32))
    cost = f"m={HASHER.memory_cost},t={HASHER.time_cost},p={HASHER.parallelism}"
    return f"$argon2id$v=19${cost}${salt}${digest}"


NOBODYS_HASH = _nobodys_hash()


class PasswordPool:
    """Threads that hash: Argon2 releases the interpreter lock, so the event loop goes on meanwhile."""

    def __init__(self, *, at_once: int = AT_ONCE, most_waiting: int = MOST_WAITING) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password")
        self._most_waiting, self._waiting = most_waiting, 0

    async def hash(self, password: str) -> str:
        """A fresh Argon2id hash; RateLimited when too many people wait for theirs."""
        return await self._run(lambda: HASHER.hash(_bytes(password)))

    async def verify(self, password: str, stored: str | None) -> bool:
        """Whether this is the password; without a stored hash the answer is no, after the same time."""
        return await self._run(lambda: _matches(password, stored or NOBODYS_HASH))

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= self._most_waiting:
            raise RateLimited("Too many people are signing in. Try again in a moment.", retry_after_ms=1000)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


passwords = PasswordPool()


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _matches(password: str, stored: str) -> bool:
    try:
        return HASHER.verify(stored, _bytes(password))
    except (VerificationError, InvalidHashError):
        return False


def _bytes(password: str) -> bytes:
    # NFKC (NIST SP 800-63B): the same keys pressed on another system give the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


class Secret(NamedTuple):
    """A bearer's secret: `text` is shown once, `digest` is stored."""

    text: str
    digest: bytes

    @property
    def prefix(self) -> str:
        return self.text[:KEY_PREFIX_LENGTH]


def digest(text: str) -> bytes:
    """SHA-256: enough for 256 random bits, which nobody can guess; passwords need Argon2."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def new_token() -> Secret:
    """A session's token: 256 random bits."""
    text = secrets.token_urlsafe(32)
    return Secret(text, digest(text))


def new_key() -> Secret:
    """An API key's secret: 256 random bits behind `pk_`, by which scanners for leaked secrets know it."""
    text = "pk_" + secrets.token_urlsafe(32)
    return Secret(text, digest(text))
