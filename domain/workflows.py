"""Names of what a run does for the steps of its workflow."""

import re
from collections.abc import Sequence

NAME = r"[a-z][a-z0-9_]{0,39}"
"""What a step of a workflow may be called."""
_KEY = re.compile(rf"flow:({NAME})(?:[@.~]|$)")


def step_key(name: str, rounds: Sequence[int] = (), member: int | None = None, attempt: int = 0) -> str:
    """The key of a durable step: the step of the workflow, the rounds of the loops around it, which member of a panel
    it is, and how often it was tried before."""
    key = f"flow:{name}" + "".join(f"@{number}" for number in rounds)
    key += "" if member is None else f".{member}"
    return f"{key}~{attempt}" if attempt else key


def step_of(key: str | None) -> str | None:
    """The step of a workflow that a durable step is for; None for other steps."""
    found = None if key is None else _KEY.match(key)
    return None if found is None else found[1]


def tries_before(key: str) -> int:
    """How often the step with this key was tried before."""
    return int(key.partition("~")[2] or 0)
