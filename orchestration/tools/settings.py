"""What a server's settings say about the tools that it ships."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ToolSettings:
    """`private_hosts` may be read although they are not public. The first engine that is set searches the web."""

    private_hosts: frozenset[str] = frozenset()
    searxng_url: str | None = None
    brave_key: str | None = None
    tavily_key: str | None = None
