"""The title that a chat gets from its first message."""

import re

LONGEST = 60


def title_of(content: str) -> str:
    """The first line without Markdown marks, cut at a word: short, and at once there."""
    line = next((line for line in content.splitlines() if line.strip()), "")
    line = re.sub(r"[`*_#>\[\]]+", "", line)
    line = " ".join(line.split())
    if len(line) <= LONGEST:
        return line or "New chat"
    cut = line[:LONGEST].rsplit(" ", 1)[0]
    return f"{cut or line[:LONGEST]}…"
