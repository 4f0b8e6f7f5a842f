"""All tools that this process has, by name."""

from collections.abc import Iterable, Mapping

from orchestration.tools.current_time import CURRENT_TIME
from orchestration.tools.tool import Tool

Toolbox = Mapping[str, Tool]


def toolbox(tools: Iterable[Tool] = (CURRENT_TIME,)) -> Toolbox:
    return {tool.name: tool for tool in tools}
