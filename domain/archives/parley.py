"""Parley's own exports: whole trees, so that nothing is lost on the way out and in again."""

from datetime import datetime
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
from domain.archives.parts import call_part, cleaned, reasoning_part, text_part, whole
from domain.files import cleaned_name, file_part
from domain.messages import MessageStatus
from domain.selection import MessageRating
from domain.tags import usable

FORMAT = "parley-chat"
VERSION = 1
MOST_BYTES = 2**31


def is_one(data: dict[str, Any]) -> bool:
    return data.get("format") == FORMAT


def written(chat: ArchivedChat) -> dict[str, Any]:
    """A chat as JSON, with everything that `read` takes."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": chat.foreign_id,
        "title": chat.title,
        "createdAt": _shown(chat.created_at),
        "updatedAt": _shown(chat.updated_at),
        "pinned": chat.pinned,
        "archived": chat.archived,
        "tags": chat.tags,
        "headId": chat.head,
        "messages": [_written(message) for message in chat.messages],
    }


def read(data: dict[str, Any]) -> ArchivedChat:
    if data.get("version") != VERSION:
        raise Unreadable(f"is of the version {str(data.get('version'))[:20]}; this server reads version {VERSION}")
    head = data.get("headId")
    return ArchivedChat(
        foreign_id=name_of(data.get("id")),
        title=title_of(data.get("title")),
        messages=grown(_message(message) for message in objects(data.get("messages"), "messages")),
        head=head if isinstance(head, str) else None,
        created_at=moment_of(data.get("createdAt")),
        updated_at=moment_of(data.get("updatedAt")),
        pinned=data.get("pinned") is True,
        archived=data.get("archived") is True,
        tags=_tags(data.get("tags")),
    )


def _tags(found: Any) -> list[str]:
    """Those that a chat may have; what else stands there is no reason to leave the chat out."""
    return usable(tag for tag in found if isinstance(tag, str)) if isinstance(found, list) else []


def _written(message: ArchivedMessage) -> dict[str, Any]:
    return {
        "id": message.id,
        "parentId": message.parent,
        "role": message.role,
        "content": message.content,
        "parts": message.parts,
        "status": message.status,
        "model": message.model,
        "rating": message.rating,
        "createdAt": _shown(message.created_at),
    }


def _message(data: dict[str, Any]) -> ArchivedMessage:
    key, parent = name_of(data.get("id")), data.get("parentId")
    if key is None:
        raise Unreadable("has a message without an id")
    done = data.get("status") in (None, MessageStatus.COMPLETED)
    rating = data.get("rating")
    return ArchivedMessage(
        id=key,
        parent=parent if isinstance(parent, str) else None,
        role=role_of(data.get("role")),
        content=text_of(data.get("content")),
        parts=whole([part for item in objects(data.get("parts") or [], "parts") for part in _part(item)]),
        status=MessageStatus.COMPLETED if done else MessageStatus.INCOMPLETE,
        model=name_of(data.get("model")),
        rating=MessageRating(rating) if rating in tuple(MessageRating) else None,
        created_at=moment_of(data.get("createdAt")),
    )


def _part(data: dict[str, Any]) -> list[dict[str, Any]]:
    """A part in the form in which it is stored, or none of an unknown kind."""
    match data.get("type"):
        case "text":
            return [text_part(text_of(data.get("text")))]
        case "reasoning":
            return [reasoning_part(data.get("text"))]
        case "tool_call" if isinstance(data.get("data"), dict):
            return [_call(data["data"])]
        case "file" if isinstance(data.get("data"), dict):
            return [_file(data["data"])]
        case _:
            return []


def _file(data: dict[str, Any]) -> dict[str, Any]:
    """A file by its name: what it holds is not in the archive, and an id in it may be somebody else's."""
    size, kind = data.get("size_bytes"), name_of(data.get("media_type")) or "application/octet-stream"
    size = size if isinstance(size, int) and 0 <= size < MOST_BYTES else 0
    return file_part(id=None, name=cleaned_name(name_of(data.get("name")) or ""), media_type=kind, size_bytes=size)


def _call(data: dict[str, Any]) -> dict[str, Any]:
    part = call_part(data.get("id"), data.get("name"), data.get("arguments") or {}, data.get("output"))
    if isinstance(data.get("error"), str):
        part["data"] |= {"error": cleaned(data["error"]), "status": "FAILED"}
    if isinstance(data.get("duration_ms"), int | float):
        part["data"]["duration_ms"] = float(data["duration_ms"])
    return part


def _shown(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
