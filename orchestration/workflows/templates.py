"""Texts with references to the input and to what earlier steps gave: `{{input}}`, `{{item}}`, `{{steps.plan.output}}`.

Only these are put in, and what is put in is not looked at again: there is no code in a template.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from domain.workflows import NAME
from orchestration.workflows.definition import FlowStep, PanelStep, ToolStep, condition_of

FIELDS = ("output", "why", "error")
MARK = re.compile(r"\{\{([^{}]*)\}\}")
STEP = re.compile(rf"steps\.({NAME})\.({'|'.join(FIELDS)})")


class Reference(NamedTuple):
    """What a mark stands for: the `field` of a `step`, the item of a list, or the input when both are None."""

    step: str | None = None
    field: str | None = None
    item: bool = False


def reference(mark: str) -> Reference | None:
    """What is written between the braces; None when it is nothing that there is."""
    words = mark.strip()
    if words in {"input", "item"}:
        return Reference(item=words == "item")
    found = STEP.fullmatch(words)
    return None if found is None else Reference(found[1], found[2])


def marks(text: str) -> list[str]:
    """What stands between double braces, as it is written."""
    return MARK.findall(text)


def filled(text: str, value_of: Callable[[Reference], str], within: Callable[[Sequence[str]], list[str]]) -> str:
    """The text with the values in place of its marks; `within` shortens them so that they fit together."""
    found = [reference(mark) for mark in marks(text)]
    values = iter(within([value_of(one) for one in found if one is not None]))
    return MARK.sub(lambda match: match[0] if reference(match[1]) is None else next(values), text)


def filled_in(value: Any, fill: Callable[[str], str]) -> Any:
    """JSON with all its texts filled."""
    if isinstance(value, str):
        return fill(value)
    if isinstance(value, dict):
        return {name: filled_in(part, fill) for name, part in value.items()}
    return [filled_in(part, fill) for part in value] if isinstance(value, list) else value


def texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """All texts in JSON, each with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from texts(part, f"{path}.{name}")
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from texts(part, f"{path}[{number}]")


def templates_of(step: FlowStep) -> Iterator[tuple[str, str]]:
    """All templates of a step, each with its path in it."""
    for field in ("prompt", "text"):
        yield from texts(getattr(step, field, None), field)
    if isinstance(step, ToolStep):
        yield from texts(step.arguments, "arguments")
    if (found := condition_of(step)) is not None:
        path, condition = found
        for field in ("value", "to", "ask"):
            yield from texts(getattr(condition, field), f"{path}.{field}")
    if isinstance(step, PanelStep):
        for number, member in enumerate(step.members or ()):
            yield from texts(member.prompt, f"members[{number}].prompt")
            yield from texts(member.arguments, f"members[{number}].arguments")
