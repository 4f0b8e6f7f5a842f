"""Prompts that servers offer to people: listed with their tools, and written out when somebody takes one."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mcp import Client
from mcp.types import GetPromptResult, Prompt

from domain.errors import BadUserInput
from domain.mcp import PromptMessage
from orchestration.mcp.results import words_of_block

MOST_PAGES, MOST_PROMPTS, MOST_ARGUMENTS = 20, 200, 50
LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_ARGUMENT = 128, 2_000, 20_000
NAME = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
"""What can be a name of anything that a server lists."""


async def list_prompts(client: Client) -> list[dict[str, Any]]:
    """The prompts of a server, as they are stored; those with names that nobody could say are left out."""
    if client.server_capabilities.prompts is None:
        return []
    found: dict[str, dict[str, Any]] = {}
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        page = await client.list_prompts(cursor=cursor)
        found |= {prompt.name: _stored(prompt) for prompt in page.prompts if _is_sayable(prompt)}
        cursor = page.next_cursor
        if cursor is None or len(found) >= MOST_PROMPTS:
            break
    return list(found.values())[:MOST_PROMPTS]


def _is_sayable(prompt: Prompt) -> bool:
    return all(NAME.fullmatch(name) for name in (prompt.name, *(one.name for one in prompt.arguments or ())))


def _stored(prompt: Prompt) -> dict[str, Any]:
    arguments = [
        {"name": one.name, "description": _words(one.description), "required": bool(one.required)}
        for one in (prompt.arguments or [])[:MOST_ARGUMENTS]
    ]
    title = _words(prompt.title or prompt.name)[:LONGEST_TITLE]
    return {"name": prompt.name, "title": title, "description": _words(prompt.description), "arguments": arguments}


def checked(stored: Sequence[dict[str, Any]], name: str, arguments: object) -> dict[str, str]:
    """What to fill a prompt in with; BadUserInput when there is no such prompt, or this does not fit it."""
    prompt = next((one for one in stored if one["name"] == name), None)
    if prompt is None:
        raise BadUserInput({"name": f"names no prompt of this server: {name[:80]!r}"})
    arguments = {} if arguments is None else arguments
    if not isinstance(arguments, Mapping) or not all(isinstance(value, str) for value in arguments.values()):
        raise BadUserInput({"arguments": "must be an object of texts by name"})
    known = {one["name"]: one["required"] for one in prompt["arguments"]}
    if unknown := next((key for key in arguments if key not in known), None):
        raise BadUserInput({f"arguments.{unknown[:80]}": "is no argument of this prompt"})
    if missing := next((key for key, needed in known.items() if needed and not arguments.get(key)), None):
        raise BadUserInput({f"arguments.{missing}": "is needed"})
    if long := next((key for key, value in arguments.items() if len(value) > LONGEST_ARGUMENT), None):
        raise BadUserInput({f"arguments.{long}": f"may have {LONGEST_ARGUMENT:,} characters"})
    return dict(arguments)


def messages_of(result: GetPromptResult) -> list[PromptMessage]:
    """A prompt as it is written out; what is no text is named."""
    return [PromptMessage(str(message.role), words_of_block(message.content)) for message in result.messages]


def _words(text: str | None) -> str:
    return (text or "").replace("\x00", "")[:LONGEST_DESCRIPTION]
