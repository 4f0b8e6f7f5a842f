"""ChatGPT's `conversations.json`: each conversation is a mapping of nodes that form a tree.

What is no turn of the conversation makes no message: empty roots, instructions, and what was hidden. What an answer was
made of, thoughts and calls of tools, becomes parts of the answer below.
"""

from collections.abc import Iterator
from typing import Any

from domain.archives.chat import (
    ArchivedChat,
    ArchivedMessage,
    Unreadable,
    grown,
    moment_of,
    name_of,
    role_of,
    text_of,
    title_of,
)
from domain.archives.parts import call_part, reasoning_part, text_part, whole
from domain.messages import MessageRole, MessageStatus

LEFT_OUT = {"user_editable_context", "model_editable_context", "reasoning_recap", "app_pairing_content"}
"""Kinds of content that were never shown as a message."""
KINDS = {
    "image_asset_pointer": "image",
    "audio_asset_pointer": "audio",
    "video_container_asset_pointer": "video",
    "real_time_user_audio_video_asset_pointer": "audio",
}


def is_one(data: dict[str, Any]) -> bool:
    return isinstance(data.get("mapping"), dict)


def read(data: dict[str, Any]) -> ArchivedChat:
    nodes = {key: node for key, node in data["mapping"].items() if isinstance(node, dict)}
    shown: dict[str, str | None] = {}
    """For each node the message that stands for it: its own, or the next one above."""
    carried: dict[str, list[dict[str, Any]]] = {}
    messages: list[ArchivedMessage] = []
    for key, parent in _from_the_roots(nodes):
        said = nodes[key].get("message")
        shown[key], carried[key] = shown.get(parent or ""), carried.get(parent or "", [])
        if not isinstance(said, dict) or _hidden(said):
            continue
        found = _message(key, shown[key], said)
        if found is None:
            carried[key] = [*carried[key], *_steps(said)]
        elif found.content:
            if found.role is MessageRole.ASSISTANT:
                found.parts = whole([*carried[key], text_part(found.content)])
            messages.append(found)
            shown[key], carried[key] = key, []
    return ArchivedChat(
        foreign_id=name_of(data.get("conversation_id")) or name_of(data.get("id")),
        title=title_of(data.get("title")),
        messages=grown(messages),
        head=shown.get(str(data.get("current_node"))),
        created_at=moment_of(data.get("create_time")),
        updated_at=moment_of(data.get("update_time")),
        pinned=data.get("is_starred") is True,
        archived=data.get("is_archived") is True,
    )


def _from_the_roots(nodes: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str | None]]:
    """Each node after its parent, with the parent's key; Unreadable when some go round in a circle."""
    below: dict[str | None, list[str]] = {}
    for key, node in nodes.items():
        parent = node.get("parent")
        below.setdefault(parent if isinstance(parent, str) and parent in nodes else None, []).append(key)
    listed = [node["children"] for node in nodes.values() if isinstance(node.get("children"), list)]
    order = {child: place for some in listed for place, child in enumerate(some) if isinstance(child, str)}
    row: list[tuple[str, str | None]] = [(key, None) for key in below.get(None, [])]
    reached = 0
    while row:
        reached += len(row)
        yield from row
        row = [(child, key) for key, _ in row for child in sorted(below.get(key, []), key=lambda c: order.get(c, 0))]
    if reached < len(nodes):
        raise Unreadable("has messages whose parents go round in a circle")


def _hidden(said: dict[str, Any]) -> bool:
    metadata = said.get("metadata")
    hidden = isinstance(metadata, dict) and metadata.get("is_visually_hidden_from_conversation") is True
    return hidden or _content(said).get("content_type") in LEFT_OUT


def _message(key: str, parent: str | None, said: dict[str, Any]) -> ArchivedMessage | None:
    """What was said to the person or by them; None for thoughts, and for what models and tools said to each other."""
    role, content = role_of(_author(said).get("role")), _content(said)
    if role is MessageRole.TOOL or (role is MessageRole.ASSISTANT and said.get("recipient") not in (None, "all")):
        return None
    if content.get("content_type") == "thoughts":
        return None
    text = text_of(_text(content))
    if content.get("content_type") == "code" and text:
        text = f"```\n{text}\n```"
    metadata = said.get("metadata")
    model = name_of(metadata.get("model_slug")) if isinstance(metadata, dict) else None
    whole_one = said.get("status") in (None, "finished_successfully")
    return ArchivedMessage(
        id=key,
        parent=parent,
        role=role,
        content=text,
        status=MessageStatus.COMPLETED if whole_one else MessageStatus.INCOMPLETE,
        model=model if role is MessageRole.ASSISTANT else None,
        created_at=moment_of(said.get("create_time")),
    )


def _steps(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Thoughts as reasoning; a question to a tool, and what a tool answered, as a call of it."""
    content, author = _content(said), _author(said)
    if content.get("content_type") == "thoughts":
        thoughts = content.get("thoughts")
        found = [thought for thought in thoughts if isinstance(thought, dict)] if isinstance(thoughts, list) else []
        text = "\n\n".join(text_of(thought.get("content") or thought.get("summary")) for thought in found)
        return [reasoning_part(text)] if text.strip() else []
    text = _text(content)
    if not text.strip():
        return []
    if author.get("role") == "tool":
        return [call_part(said.get("id"), author.get("name"), {}, text)]
    return [call_part(said.get("id"), said.get("recipient"), text, None)]


def _text(content: dict[str, Any]) -> str:
    """All text of a message; in the place of what is no text stands a note."""
    parts = content.get("parts")
    if not isinstance(parts, list):
        said = content.get("text") or content.get("result") or ""
        return said if isinstance(said, str) else ""
    return "\n\n".join(piece for piece in map(_piece, parts) if piece)


def _piece(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict):
        return ""
    if isinstance(part.get("text"), str):
        return str(part["text"])
    return f"[{KINDS.get(str(part.get('content_type')), 'file')} that is not in the export]"


def _content(said: dict[str, Any]) -> dict[str, Any]:
    content = said.get("content")
    return content if isinstance(content, dict) else {}


def _author(said: dict[str, Any]) -> dict[str, Any]:
    author = said.get("author")
    if not isinstance(author, dict):
        raise Unreadable("has a message without an author")
    return author
