"""How many tokens something takes, estimated from above: what is planned for then fits."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from persistence.models import ModelRow

UNKNOWN_WINDOW = 8_192
"""Tokens that a model is taken to hold when nobody has said how many it does."""
BYTES_PER_TOKEN = 3.2
"""A cautious estimate for languages written in Latin letters with common tokenizers; other scripts have more
bytes a character and so stay on the safe side."""
TOKENS_PER_MESSAGE = 6
TOKENS_PER_PICTURE = 1_500
"""Of the largest that are kept; providers differ."""


def estimate_tokens(text: str) -> int:
    """Roughly how many tokens a model counts for a message, from above."""
    return int(len(text.encode("utf-8", "replace")) / BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE


def weigh(item: Mapping[str, Any]) -> int:
    """The same for an item of a conversation: a message, a tool call or its result."""
    content = item.get("content")
    if isinstance(content, str):
        return estimate_tokens(content)
    parts = content if isinstance(content, list) else []
    pictures = [part for part in parts if isinstance(part, Mapping) and part.get("type") == "input_image"]
    return estimate_tokens(" ".join(texts(item))) + len(pictures) * TOKENS_PER_PICTURE


def weigh_schema(schema: object) -> int:
    """The same for what is sent as JSON, such as the definition of a tool."""
    return estimate_tokens(json.dumps(schema, ensure_ascii=False, default=str))


def cut(text: str, tokens: int) -> str:
    """As much of the beginning of a text as counts for so many tokens."""
    room = max(int((tokens - TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN), 0)
    return text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")


def texts(value: object) -> Iterable[str]:
    """All texts inside something nested."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)


def room_of(model: ModelRow, *, answer: int) -> int:
    """Tokens that a model has for everything but its answer."""
    return (model.context_window or UNKNOWN_WINDOW) - answer
