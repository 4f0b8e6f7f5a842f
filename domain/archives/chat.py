"""A chat as it stands in an archive, whichever program wrote it, and the checks that all of them must pass."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.messages import CONTENT_LIMIT, LONGEST_TITLE, MessageRole, MessageStatus, storable
from domain.selection import MessageRating

MOST_MESSAGES = 20_000
"""Messages of one chat, in all its branches."""
LONGEST_NAME = 200
"""Characters of a model's name, and of an id."""
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class Unreadable(Exception):
    """Why one chat of an archive cannot be imported, in words for people."""


@dataclass(slots=True)
class ArchivedMessage:
    """`id` and `parent` are the archive's own names; `created_at` is None where it does not say."""

    id: str
    parent: str | None
    role: MessageRole
    content: str
    parts: list[dict[str, Any]] = field(default_factory=list)
    status: MessageStatus = MessageStatus.COMPLETED
    model: str | None = None
    rating: MessageRating | None = None
    created_at: datetime | None = None


@dataclass(slots=True)
class ArchivedChat:
    """A whole tree; `head` names the message that the shown branch ends in. Parents stand before their children."""

    foreign_id: str | None
    title: str
    messages: list[ArchivedMessage]
    head: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    pinned: bool = False
    archived: bool = False
    tags: list[str] = field(default_factory=list)


def grown(messages: Iterable[ArchivedMessage]) -> list[ArchivedMessage]:
    """The same messages with parents before their children, else in their order; a parent that is not there makes a
    root. Unreadable when there are too many, when one has no name of its own, or when some go round in a circle."""
    given = list(messages)
    if len(given) > MOST_MESSAGES:
        raise Unreadable(f"has {len(given):,} messages; at most {MOST_MESSAGES:,} can be imported")
    by_id = {message.id: message for message in given}
    if len(by_id) < len(given):
        raise Unreadable("has two messages with the same id")
    below: dict[str | None, list[ArchivedMessage]] = {}
    for message in given:
        if message.parent not in by_id:
            message.parent = None
        below.setdefault(message.parent, []).append(message)
    ordered: list[ArchivedMessage] = []
    row = below.get(None, [])
    while row:
        ordered += row
        row = [child for message in row for child in below.get(message.id, [])]
    if len(ordered) < len(given):
        raise Unreadable("has messages whose parents go round in a circle")
    return ordered


def text_of(value: Any) -> str:
    """A text that can be stored; Unreadable when it is none, or too long."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"has a message whose text is not a text but {_kind(value)}")
    if len(value) > CONTENT_LIMIT:
        raise Unreadable(f"has a message of {len(value):,} characters; at most {CONTENT_LIMIT:,} can be imported")
    return storable(value)


def name_of(value: Any) -> str | None:
    """A short name or id, such as that of a model; None without one."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return storable(value)[:LONGEST_NAME] if isinstance(value, str) and value.strip() else None


def title_of(value: Any) -> str:
    """A title in one line, cut where it is too long; empty without one."""
    return " ".join(storable(value).split())[:LONGEST_TITLE] if isinstance(value, str) else ""


def moment_of(value: Any) -> datetime | None:
    """A moment out of seconds, milliseconds or microseconds since 1970, or RFC 3339; None for all that cannot be."""
    moment: datetime | None = None
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        elif isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            while value > 100_000_000_000:
                value /= 1000
            moment = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment is not None and EARLIEST <= moment <= datetime.now(UTC) else None


def role_of(value: Any) -> MessageRole:
    """The role that a word means; Unreadable for a word that means none."""
    try:
        return MessageRole(str(value).upper())
    except ValueError:
        raise Unreadable(f"has a message of the unknown role {str(value)[:40]!r}") from None


def objects(value: Any, what: str) -> list[dict[str, Any]]:
    """A list of JSON objects; Unreadable when it is anything else."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unreadable(f"has no list of {what}")
    return value


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "something else")
