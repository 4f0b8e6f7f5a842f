"""Identifiers: UUIDv7 keys inside, opaque typed global ids outside."""

import os
import threading
import time
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from domain.errors import NotFound


class _Clock:
    """Moments of 1/4096 ms that never repeat or go back, whatever the system's clock does."""

    def __init__(self) -> None:
        self._lock, self._last = threading.Lock(), 0

    def tick(self) -> int:
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() * 4096 // 1_000_000)
            return self._last


_clock = _Clock()


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562, section 5.7): sorts by creation time, also within one millisecond of one process."""
    return id_at(_clock.tick())


def tick_of(moment: datetime) -> int:
    """A moment as the clock of ids counts it, in 1/4096 ms since 1970; what was before then counts as 0."""
    return max(0, int(moment.timestamp() * 4_096_000))


def moment_at(tick: int) -> datetime:
    """The moment of a tick, to the microsecond."""
    return datetime.fromtimestamp(tick / 4_096_000, UTC)


def id_at(moment: int) -> UUID:
    """An id that sorts at a tick of the clock of ids, for things that are older than their rows."""
    # 48 bits of milliseconds and 12 bits of their fraction (method 3 of section 6.2).
    random = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(moment >> 12) << 80 | 0x7000 << 64 | (moment & 0xFFF) << 64 | 0x8000_0000_0000_0000 | random)


def first_id(at: datetime) -> UUID:
    """What all ids that were made at a moment or later, by clocks that agree, are not smaller than."""
    return UUID(int=int(at.timestamp() * 1000) << 80 | 0x7000 << 64 | 0x8000_0000_0000_0000)


class Kind(StrEnum):
    """What a global id names; its value is the id's prefix."""

    USER = "user"
    SESSION = "session"
    API_KEY = "key"
    CHAT = "chat"
    MESSAGE = "message"
    RUN = "run"
    STEP = "step"
    APPROVAL = "approval"
    MODEL = "model"
    PROVIDER = "provider"
    DOWNLOAD = "download"
    AGENT = "agent"
    TOOL = "tool"
    MCP_SERVER = "mcp"
    WORKFLOW = "workflow"
    MEMORY = "memory"
    SUMMARY = "summary"
    FILE = "file"
    SHARE = "share"
    INVITATION = "invitation"
    AUDIT_EVENT = "audit"
    BUDGET = "budget"


def global_id(kind: Kind, key: UUID) -> str:
    """The id that clients see, such as `chat_0198c0…`."""
    return f"{kind._value_}_{key.int:032x}"  # as `kind.value` and `key.hex`, whose detours lists would feel


def parse(value: str) -> tuple[Kind, UUID] | None:
    """Kind and key behind a global id; None for anything that is not one."""
    prefix, separator, rest = value.partition("_")
    if not separator or len(rest) != 32:
        return None
    try:
        return Kind(prefix), UUID(hex=rest)
    except ValueError:
        return None


def key_of(kind: Kind, value: str) -> UUID:
    """The key behind a global id of this kind; NotFound for every other text, so that ids cannot be probed."""
    parsed = parse(value)
    if parsed is None or parsed[0] is not kind:
        raise NotFound(f"There is no {kind.value} with the id {value[:80]!r}.")
    return parsed[1]


def key_if_any(kind: Kind, value: str | None) -> UUID | None:
    """The same, and None for None."""
    return None if value is None else key_of(kind, value)
