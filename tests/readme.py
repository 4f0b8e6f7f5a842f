"""The README as tests see it: its sections and the code in them."""

import re
from typing import NamedTuple

from server.settings import ROOT

README = (ROOT / "README.md").read_text()
TOUR = "A tour in five minutes"


class Block(NamedTuple):
    language: str
    text: str


def section(title: str) -> str:
    """What stands between a heading of the second level and the next one."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, title
    return found[1]


def blocks(markdown: str) -> list[Block]:
    return [Block(*found) for found in re.findall(r"^```(\w*)\n(.*?)^```$", markdown, re.MULTILINE | re.DOTALL)]
