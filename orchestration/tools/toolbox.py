"""All tools that this process has, by key."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid5

from orchestration.tools.tool import SHIPPED, Tool

Toolbox = Mapping[UUID, Tool]


def toolbox(tools: Iterable[Tool]) -> Toolbox:
    return {tool.key: tool for tool in tools}


def shipped_key(name: str) -> UUID:
    """The key of a tool that comes with the product, whether or not this process has it."""
    return uuid5(SHIPPED, name)
