"""Typed parts of messages in archives, in the form in which they are stored."""

from typing import Any

from domain.archives.chat import name_of, text_of
from domain.ids import new_id
from domain.messages import storable

MOST_PARTS = 500
"""Parts of one message; a message with more keeps its text alone."""
LARGEST_ARGUMENT = 20_000
"""Characters of what a tool was given or returned; the rest is cut off."""


def text_part(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def reasoning_part(text: Any) -> dict[str, Any]:
    return {"type": "reasoning", "text": text_of(text)}


def call_part(id: Any, name: Any, arguments: Any, output: Any) -> dict[str, Any]:
    """A finished call of a tool; what it was given and returned is kept as text where it has no better shape."""
    data = {
        "id": name_of(id) or f"call_{new_id().hex}",
        "name": name_of(name) or "tool",
        "arguments": cleaned(arguments) if isinstance(arguments, dict) else {"input": cleaned(arguments)},
        "output": cleaned(output),
        "status": "COMPLETED",
    }
    return {"type": "tool_call", "data": data}


def cleaned(value: Any, depth: int = 20) -> Any:
    """A JSON value that can be stored: texts made storable and cut, what nests deeper than `depth` left out."""
    if isinstance(value, str):
        return storable(value[:LARGEST_ARGUMENT])
    if isinstance(value, list):
        return [cleaned(item, depth - 1) for item in value[:MOST_PARTS]] if depth else None
    if isinstance(value, dict):
        some = list(value.items())[:MOST_PARTS]
        return {storable(key[:200]): cleaned(item, depth - 1) for key, item in some} if depth else None
    return value


def whole(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The parts to store: none where they say no more than the text does."""
    return parts if len(parts) <= MOST_PARTS and any(part["type"] != "text" for part in parts) else []
