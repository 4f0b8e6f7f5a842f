"""Small archives of each format, made by hand, and chats to import where a test needs some."""

import json
from pathlib import Path
from typing import Any

from tests.people import Person

IMPORT = """mutation ($input: ImportChatsInput!) {
  importChats(input: $input) { imported skipped { index reason } } }"""
FOLDER = Path(__file__).parent


def text_of(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text()


def chat(title: str, *texts: str, **more: Any) -> dict[str, Any]:
    """A chat in Parley's own format: questions and answers in turn, a second apart."""
    messages = [
        {
            "id": f"m{n}", "parentId": f"m{n - 1}" if n else None, "role": "ASSISTANT" if n % 2 else "USER",
            "content": text, "createdAt": f"2024-01-01T00:{n // 60 % 60:02}:{n % 60:02}Z",
        }
        for n, text in enumerate(texts)
    ]  # fmt: skip
    return {"format": "parley-chat", "version": 1, "title": title, "messages": messages, **more}


def about_chats(statements: list[str]) -> int:
    """How many of these statements touch chats: a server at rest now and then runs others."""
    return sum(any(table in said for table in ("chats", "messages", "shares")) for said in statements)


async def imported(person: Person, archive: Any) -> dict[str, Any]:
    """What importing an archive gives."""
    content = archive if isinstance(archive, str) else json.dumps(archive)
    data = await person.gql(IMPORT, input={"content": content})
    result: dict[str, Any] = data["importChats"]
    return result
