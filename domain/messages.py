"""Messages: roles, states, typed parts and size limits."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

CONTENT_LIMIT = 200_000
"""Characters of one message. Longer texts belong into a file."""

LONGEST_TITLE = 200
"""Characters of a chat's title."""


class MessageRole(StrEnum):
    USER = "USER"
    ASSISTANT = "ASSISTANT"
    SYSTEM = "SYSTEM"
    TOOL = "TOOL"


class MessageStatus(StrEnum):
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    INCOMPLETE = "INCOMPLETE"


@dataclass(frozen=True, slots=True)
class Part:
    """One typed part of a message as it is stored: `type` is text, reasoning, tool_call or file."""

    type: str
    text: str = ""
    data: dict[str, Any] | None = None


def storable(text: str) -> str:
    """Text that PostgreSQL can hold: NUL characters and lone surrogates become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def storable_json(value: Any) -> Any:
    """JSON of which the same is true for every text."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(name): storable_json(part) for name, part in value.items()}
    return [storable_json(part) for part in value] if isinstance(value, list) else value
