"""Open WebUI's exports: a list of rows of its table of chats, or one chat out of it."""

import re
from typing import Any

from domain.archives.chat import (
    ArchivedChat,
    ArchivedMessage,
    Unreadable,
    grown,
    moment_of,
    name_of,
    objects,
    role_of,
    text_of,
    title_of,
)
from domain.archives.parts import call_part, reasoning_part, text_part, whole
from domain.messages import MessageRole, MessageStatus

DETAILS = re.compile(r'<details type="(?:reasoning|tool_calls|code_interpreter)"')
END = re.compile(r"</details>\s*")
"""Around what it stores in a text although `output` says it better."""


def without_details(content: str) -> str:
    """A text without what stands in it as details. One pass: what is never closed is not looked for again and again."""
    kept, at = list[str](), 0
    while (begin := DETAILS.search(content, at)) and (end := END.search(content, begin.end())):
        kept.append(content[at : begin.start()])
        at = end.end()
    return "".join([*kept, content[at:]])


def is_one(data: dict[str, Any]) -> bool:
    return isinstance(_chat(data).get("history"), dict)


def read(data: dict[str, Any]) -> ArchivedChat:
    chat = _chat(data)
    history = chat["history"]
    found = history.get("messages")
    if not isinstance(found, dict):
        raise Unreadable("has no messages in its history")
    head = history.get("currentId")
    created = data.get("created_at") if "chat" in data else chat.get("timestamp")
    return ArchivedChat(
        foreign_id=name_of(data.get("id")),
        title=title_of(data.get("title")) or title_of(chat.get("title")),
        messages=grown(_message(key, message) for key, message in found.items() if isinstance(message, dict)),
        head=head if isinstance(head, str) else None,
        created_at=moment_of(created),
        updated_at=moment_of(data.get("updated_at")),
        pinned=data.get("pinned") is True,
        archived=data.get("archived") is True,
    )


def _chat(data: dict[str, Any]) -> dict[str, Any]:
    chat = data.get("chat")
    return chat if isinstance(chat, dict) else data


def _message(key: str, data: dict[str, Any]) -> ArchivedMessage:
    parent, role = data.get("parentId"), role_of(data.get("role"))
    content = _text(data.get("content"))
    parts: list[dict[str, Any]] = []
    if role is MessageRole.ASSISTANT and isinstance(data.get("output"), list):
        content = without_details(content)
        parts = whole([*_steps(objects(data["output"], "output")), text_part(content)])
    return ArchivedMessage(
        id=key,
        parent=parent if isinstance(parent, str) else None,
        role=role,
        content=content,
        parts=parts,
        status=MessageStatus.INCOMPLETE if data.get("done") is False else MessageStatus.COMPLETED,
        model=name_of(data.get("model")) if role is MessageRole.ASSISTANT else None,
        created_at=moment_of(data.get("timestamp")),
    )


def _text(content: Any) -> str:
    """A text, or the texts of a list of OpenAI's content parts with a note in the place of others."""
    if not isinstance(content, list):
        return text_of(content)
    pieces = [
        item["text"] if isinstance(item.get("text"), str) else "[file that is not in the export]"
        for item in objects(content, "content")
    ]
    return text_of("\n\n".join(pieces))


def _steps(output: list[dict[str, Any]]) -> list[dict[str, Any]]:
    results = {item.get("call_id"): item for item in output if item.get("type") == "function_call_output"}
    steps: list[dict[str, Any]] = []
    for item in output:
        if item.get("type") == "reasoning" and (text := _text(item.get("content") or [])):
            steps.append(reasoning_part(text))
        elif item.get("type") == "function_call":
            result = results.get(item.get("call_id"), {}).get("output")
            shown = _text(result) if isinstance(result, list) else result
            steps.append(call_part(item.get("call_id"), item.get("name"), item.get("arguments"), shown))
    return steps
