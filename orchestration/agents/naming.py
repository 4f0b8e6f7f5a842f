"""What agents and tools are called in one run: each name once, in letters that every provider takes."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TypeVar

from orchestration.tools.tool import Tool
from persistence.agents import AgentRow

K = TypeVar("K")
LONGEST = 60
"""Characters of a function's name; OpenAI takes 64."""


def word(text: str) -> str:
    """Letters, digits and underscores that remind of a text: `Æsop & Söhne` becomes `sop_Sohne`; may be empty."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_")


def distinct(wanted: Iterable[tuple[K, str]]) -> dict[K, str]:
    """The wanted names, with a number behind those that an earlier one has."""
    given: dict[K, str] = {}
    taken: set[str] = set()
    for key, name in wanted:
        number, free = 1, name[:LONGEST]
        while free in taken:
            number += 1
            free = f"{name[: LONGEST - 4]}_{number}"
        taken.add(free)
        given[key] = free
    return given


def function_of(tool: Tool) -> str:
    """A tool of a server has the server's name before its own, as others may have one of the same name."""
    return tool.name if tool.server is None else f"{word(tool.server.name) or 'server'}_{word(tool.name) or 'tool'}"


def agent_names(team: Iterable[AgentRow]) -> Mapping[object, str]:
    """The names by which a stored run finds its agents again."""
    return distinct((row.id, row.name) for row in sorted(team, key=lambda row: row.id))
