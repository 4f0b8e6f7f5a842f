"""A branch of a chat as Markdown, for people to read."""

import json
import re
from collections.abc import Iterable
from typing import Any

from domain.archives.chat import ArchivedChat, ArchivedMessage
from domain.messages import MessageRole

FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$", re.MULTILINE)
NAMES = {MessageRole.USER: "User", MessageRole.ASSISTANT: "Assistant", MessageRole.SYSTEM: "System"}


def written(chat: ArchivedChat, branch: Iterable[ArchivedMessage]) -> str:
    """The messages of a branch, each below a heading that says whose it is; nothing in one runs into the next."""
    return "\n\n".join([f"# {_plain(chat.title)}", *map(_message, branch)]) + "\n"


def _message(message: ArchivedMessage) -> str:
    model = f" ({_plain(message.model)})" if message.model else ""
    moment = f" · {message.created_at:%Y-%m-%d %H:%M} UTC" if message.created_at else ""
    heading = f"## {NAMES.get(message.role, 'Tool')}{model}{moment}"
    calls = [_call(part["data"]) for part in message.parts if part["type"] == "tool_call"]
    files = [f"File: {_plain(part['data']['name'])}" for part in message.parts if part["type"] == "file"]
    text = closed(message.content.strip("\n"))
    return "\n\n".join(piece for piece in [heading, *calls, *files, text] if piece)


def _call(data: dict[str, Any]) -> str:
    shown = {name: data[name] for name in ("arguments", "output", "error") if data.get(name) is not None}
    return f"Tool call: {_plain(str(data.get('name')))}\n\n{fenced(json.dumps(shown, indent=2, ensure_ascii=False))}"


def fenced(text: str) -> str:
    """A block of code that the text cannot end: its fence is longer than any in the text."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}json\n{text}\n{fence}"


def closed(text: str) -> str:
    """The text with an end for a block of code that it leaves open (CommonMark, section 4.5)."""
    opened = ""
    for fence in FENCE.finditer(text):
        marks, rest = fence[1], fence[2].strip()
        if not opened:
            opened = "" if marks[0] == "`" and "`" in rest else marks
        elif marks[0] == opened[0] and len(marks) >= len(opened) and not rest:
            opened = ""
    return f"{text}\n{opened}" if opened else text


def _plain(words: str) -> str:
    """Words in which no character means anything in Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", words)
