"""Tools as everybody knows them: where they come from, and whether somebody has to agree before one runs."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any
from uuid import UUID

BUILTIN = "builtin"
"""Where the tools that come with the product come from; MCP servers have other names."""


class ToolApproval(StrEnum):
    """Whether a tool asks before it runs."""

    NEVER = "NEVER"
    ASK = "ASK"
    ALWAYS_ALLOW = "ALWAYS_ALLOW"
    DENY = "DENY"


class ToolErrorCode(StrEnum):
    """Why a call of a tool failed."""

    INVALID_ARGUMENTS = "INVALID_ARGUMENTS"
    TOOL_FAILED = "TOOL_FAILED"
    TIMED_OUT = "TIMED_OUT"
    DENIED = "DENIED"
    INTERNAL = "INTERNAL"


@dataclass(frozen=True, slots=True)
class ToolFacts:
    """What may be said about a tool. `asks` is its own wish, which rules and people overrule."""

    key: UUID
    name: str
    description: str
    input_schema: dict[str, Any]
    source: str = BUILTIN
    asks: bool = False

    @property
    def path(self) -> str:
        """What the patterns of rules are compared with."""
        return tool_path(self.source, self.name)


def tool_path(source: str, name: str) -> str:
    return f"{source}/{name}"


def covers(pattern: str, path: str) -> bool:
    """Whether a glob covers `source/name`: `*` stands for any characters, `?` for one, `[ab]` for one of some."""
    return fnmatchcase(path, pattern)


@dataclass(frozen=True, slots=True)
class ToolRule:
    pattern: str
    approval: ToolApproval


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person's tools may do: the rules for everybody and for them, and tools that they have let run unasked."""

    rules: tuple[ToolRule, ...] = ()
    granted: frozenset[UUID] = field(default_factory=frozenset)

    def approval(self, key: UUID, path: str, *, asks: bool) -> ToolApproval:
        """DENY wins. A grant answers what would be asked. Then the strictest rule counts, then the tool's own wish."""
        said = _said(self.rules, path)
        if ToolApproval.DENY in said:
            return ToolApproval.DENY
        if key in self.granted:
            return ToolApproval.ALWAYS_ALLOW
        for approval in (ToolApproval.ASK, ToolApproval.ALWAYS_ALLOW, ToolApproval.NEVER):
            if approval in said:
                return approval
        return ToolApproval.ASK if asks else ToolApproval.NEVER


def _said(rules: Iterable[ToolRule], path: str) -> set[ToolApproval]:
    return {rule.approval for rule in rules if covers(rule.pattern, path)}
