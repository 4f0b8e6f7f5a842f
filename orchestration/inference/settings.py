"""How a model is asked unless an agent says otherwise, and how much room its answers get."""

from typing import Any

from agents import ModelSettings

from persistence.models import ModelRow

LONGEST_ANSWER = 4_096
"""Tokens kept free for the answer where a model does not limit it itself."""

DEFAULTS = ("temperature", "top_p", "max_tokens", "frequency_penalty", "presence_penalty", "extra_body")


def answer_tokens(row: ModelRow) -> int:
    longest = min(row.max_output_tokens or LONGEST_ANSWER, LONGEST_ANSWER)
    return longest if row.context_window is None else min(longest, row.context_window // 4)


def takes_forms(row: ModelRow) -> bool:
    """Whether a model can be held to a JSON Schema: local ones by a grammar, others where their provider says so."""
    return row.file is not None or "json" in row.capabilities


def settings_of(row: ModelRow, *, official: bool) -> ModelSettings:
    """Defaults of a model: what its details say, usage always counted, nothing kept by the provider.

    The SDK does not try again by itself: the chain does, and it alone.
    """
    wished: dict[str, Any] = {name: row.details[name] for name in DEFAULTS if row.details.get(name) is not None}
    if row.file is not None:
        wished.setdefault("max_tokens", answer_tokens(row))  # a small model may never end by itself
    return ModelSettings(include_usage=True, store=False if official else None, **wished)
