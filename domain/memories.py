"""Long-term memories: where one comes from, and how much one person may keep."""

from enum import StrEnum

MOST_MEMORIES = 500
LONGEST_MEMORY = 500
"""Characters of one."""
LONGEST_PINNED = 3_000
"""Bytes in UTF-8 of all that are pinned together: they go with every question, also to small models."""


class MemorySource(StrEnum):
    """Who has put a memory down."""

    PERSON = "PERSON"
    AGENT = "AGENT"
