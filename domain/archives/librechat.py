"""LibreChat's exports: one conversation a file, its messages as a list or nested in each other."""

from typing import Any

from domain.archives.chat import (
    ArchivedChat,
    ArchivedMessage,
    Unreadable,
    grown,
    moment_of,
    name_of,
    objects,
    text_of,
    title_of,
)
from domain.archives.parts import call_part, reasoning_part, text_part, whole
from domain.messages import MessageRole, MessageStatus


def is_one(data: dict[str, Any]) -> bool:
    return "conversationId" in data and ("messagesTree" in data or "messages" in data)


def read(data: dict[str, Any]) -> ArchivedChat:
    given = data["messagesTree"] if "messagesTree" in data else data["messages"]
    messages = grown(_message(message, parent) for message, parent in _flat(objects(given, "messages")))
    moments = [message.created_at for message in messages if message.created_at]
    newest = max(messages, key=lambda m: (m.created_at is not None, m.created_at), default=None) if moments else None
    return ArchivedChat(
        foreign_id=name_of(data.get("conversationId")),
        title=title_of(data.get("title")),
        messages=messages,
        head=newest.id if newest else None,
        created_at=min(moments, default=None),
        updated_at=max(moments, default=None),
    )


def _flat(tree: list[dict[str, Any]]) -> list[tuple[dict[str, Any], Any]]:
    """Each message with its parent's id: what it is nested in, or else what it says itself."""
    found: list[tuple[dict[str, Any], Any]] = []
    row: list[tuple[dict[str, Any], Any]] = [(message, message.get("parentMessageId")) for message in tree]
    while row:
        found += row
        row = [
            (child, message.get("messageId"))
            for message, _ in row
            for child in objects(message.get("children") or [], "children")
        ]
    return found


def _message(data: dict[str, Any], parent: Any) -> ArchivedMessage:
    key = name_of(data.get("messageId"))
    if key is None:
        raise Unreadable("has a message without a messageId")
    asked = data.get("isCreatedByUser") is True
    content = text_of(data.get("text"))
    parts: list[dict[str, Any]] = []
    if isinstance(data.get("content"), list):
        parts = _parts(objects([item for item in data["content"] if item is not None], "content"))
        content = content or text_of("\n\n".join(part["text"] for part in parts if part["type"] == "text"))
    broken = data.get("unfinished") is True or data.get("error") is True
    return ArchivedMessage(
        id=key,
        parent=parent if isinstance(parent, str) else None,
        role=MessageRole.USER if asked else MessageRole.ASSISTANT,
        content=content,
        parts=whole(parts),
        status=MessageStatus.INCOMPLETE if broken else MessageStatus.COMPLETED,
        model=None if asked else name_of(data.get("model")),
        created_at=moment_of(data.get("createdAt")),
    )


def _parts(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = []
    for item in content:
        match item.get("type"):
            case "text" | "error" as kind:
                text = item.get("text") or item.get(kind)
                parts.append(text_part(text_of(text.get("value") if isinstance(text, dict) else text)))
            case "think":
                parts.append(reasoning_part(item.get("think")))
            case "tool_call" if isinstance(item.get("tool_call"), dict):
                call = item["tool_call"]
                parts.append(call_part(call.get("id"), call.get("name"), call.get("args"), call.get("output")))
            case _:
                parts.append(text_part("[file that is not in the export]"))
    return parts
