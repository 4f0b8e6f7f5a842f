"""What of a question goes to a model: never more than its context window holds beside the answer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, cast

from agents import TResponseInputItem

from domain.runs import RunErrorCode, RunFailure
from orchestration.files.pictures import described
from orchestration.inference.settings import answer_tokens
from orchestration.memory.background import Background
from orchestration.memory.fitting import fit
from orchestration.memory.tokens import estimate_tokens, room_of, weigh, weigh_schema
from persistence.models import ModelRow

Input = str | list[TResponseInputItem]


SHORTER = 0.6
"""Of what a provider has refused as too long: the next try has no more than this."""


class Sight(NamedTuple):
    """What a model is told and asked; `tokens` of the conversation, by our estimate."""

    instructions: str | None
    input: Input
    tokens: int


def sight(
    row: ModelRow,
    background: Background,
    *,
    instructions: str | None,
    asked: Input,
    around: object,
    tail: int = 0,
    most: int | None = None,
) -> Sight:
    """As much of a conversation as the model holds; RunFailure (CONTEXT_TOO_LONG) when the question alone is too long.

    `around` is what else is sent: tools, handoffs, the schema of the output. The last `tail` items stay whatever
    happens. `most` is what the conversation may have at most, in tokens. A model whose window nobody knows gets the
    question in any case: it may be large enough.
    """
    # Tiny models do better with little: they have instructions of their own.
    told = background.below(row.details.get("instructions") or instructions)
    room = room_of(row, answer=answer_tokens(row)) - estimate_tokens(told or "") - weigh_around(around)
    room = room if most is None else min(room, most)
    items: list[TResponseInputItem] = [{"role": "user", "content": asked}] if isinstance(asked, str) else asked
    recap = background.recap
    if "vision" not in row.capabilities:
        items = cast("list[TResponseInputItem]", described(cast("list[Mapping[str, Any]]", items)))
        recap = recap and replace(recap, covers=described(recap.covers))
    given, end = items[: len(items) - tail], items[len(items) - tail :]
    fitted = fit(cast("list[Mapping[str, Any]]", given), room - sum(map(weigh, end)), recap)
    if fitted is None:
        if row.context_window is not None or most is not None:
            raise too_long(row)
        return Sight(told, asked if isinstance(asked, str) else items, sum(map(weigh, items)))
    left = cast("list[TResponseInputItem]", [*fitted.items, *end])
    told = background.recalling(told, fitted.recap)
    tokens = sum(map(weigh, left)) + (estimate_tokens(fitted.recap) if fitted.recap else 0)
    return Sight(told, asked if isinstance(asked, str) else left, tokens)


def too_long(row: ModelRow) -> RunFailure:
    window = "the context window" if row.context_window is None else f"the {row.context_window:,} tokens"
    message = f"The question does not fit into {window} of {row.name}, even without the rest of the conversation."
    return RunFailure(RunErrorCode.CONTEXT_TOO_LONG, f"{message} Shorten it, or choose a larger model.")


def weigh_around(around: object) -> int:
    """Tokens of definitions as they are sent."""
    if isinstance(around, list | tuple):
        return sum(map(weigh_around, around))
    if around is None:
        return 0
    schema = getattr(around, "params_json_schema", None) or getattr(around, "input_json_schema", None)
    name = getattr(around, "name", None) or getattr(around, "tool_name", "")
    described = getattr(around, "description", None) or getattr(around, "tool_description", "")
    if schema is None and hasattr(around, "json_schema"):
        schema = {} if around.is_plain_text() else around.json_schema()  # type: ignore[attr-defined]
    return weigh_schema([name, described, schema])
