"""Doors for taking chats out as files, and in."""

import asyncio
import json
import re
from typing import Any

import orjson
import strawberry

from domain.accounts import Scope
from domain.archives import markdown, parley
from domain.archives.chat import ArchivedChat, ArchivedMessage, Unreadable
from domain.archives.recognising import Found, ImportFormat, found_in
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from persistence import archives, changes, chats
from persistence.changes import ChangeKind
from resolvers.context import Info
from schema.archives import ExportedChat, ExportFormat, ImportChatsInput, ImportChatsPayload, SkippedChat

MOST_CHATS = 2_000
LONGEST_NAME = 80
"""Characters of a file's name, without its ending."""


@strawberry.type
class ArchiveQueries:
    @strawberry.field(description="One of the viewer's chats as a file, up to 20,000 messages.")
    async def export_chat(self, info: Info, id: strawberry.ID, format: ExportFormat) -> ExportedChat:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            row = await chats.visible_to(session, key_of(Kind.CHAT, id), viewer_id)
            chat = await archives.whole(session, row)
        return await asyncio.to_thread(_exported, chat, format)


@strawberry.type
class ArchiveMutations:
    @strawberry.mutation(
        description="Make chats of an export of ChatGPT (conversations.json), Open WebUI, LibreChat or Parley, with "
        "their branches, times and models. What cannot be imported is skipped and does not stop the rest, and so is "
        "what was imported before."
    )
    async def import_chats(self, info: Info, input: ImportChatsInput) -> ImportChatsPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        found, reasons = await asyncio.to_thread(_read, input.content, input.format)
        async with info.context.db.write() as session:
            added = await archives.add(session, viewer_id, list(found.values()))
            new = [changes.Change(ChangeKind.CHAT, chat_id, chat_id) for chat_id in added if chat_id is not None]
            await changes.record(session, viewer_id, new)
        reasons |= {
            index: "was imported before" for index, chat_id in zip(found, added, strict=True) if chat_id is None
        }
        skipped = [SkippedChat(index=index, reason=reason) for index, reason in sorted(reasons.items())]
        return ImportChatsPayload(imported=len(new), skipped=skipped)


def _read(content: str, format: ImportFormat | None) -> tuple[dict[int, Found], dict[int, str]]:
    """The chats of an archive by their places, and for the others why they cannot be read."""
    data = _json(content)
    items = data if isinstance(data, list) else [data]
    if len(items) > MOST_CHATS:
        raise BadUserInput({"input.content": f"has {len(items):,} chats; at most {MOST_CHATS:,} can come at once"})
    found: dict[int, Found] = {}
    reasons: dict[int, str] = {}
    for index, item in enumerate(items):
        try:
            found[index] = found_in(item, format)
        except Unreadable as unreadable:
            reasons[index] = str(unreadable)
    return found, reasons


def _json(content: str) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        if "depth" in problem.msg:
            raise BadUserInput({"input.content": "nests too deep; LibreChat can export without `recursive`"}) from None
        if "surrogate" not in problem.msg:
            raise BadUserInput({"input.content": f"is not JSON: {problem}"}) from None
    try:
        return json.loads(content)  # it takes halves of surrogate pairs, which other programs do write
    except (ValueError, RecursionError) as problem:
        raise BadUserInput({"input.content": f"is not JSON: {problem}"}) from None


def _exported(chat: ArchivedChat, format: ExportFormat) -> ExportedChat:
    name = re.sub(r"[^\w.-]+", "-", chat.title).strip("-.")[:LONGEST_NAME] or "chat"
    if format is ExportFormat.MARKDOWN:
        return ExportedChat(
            file_name=f"{name}.md", media_type="text/markdown", content=markdown.written(chat, _branch(chat))
        )
    content = orjson.dumps(parley.written(chat), option=orjson.OPT_INDENT_2).decode()
    return ExportedChat(file_name=f"{name}.json", media_type="application/json", content=content)


def _branch(chat: ArchivedChat) -> list[ArchivedMessage]:
    """The branch that the chat shows, root first."""
    by_id = {message.id: message for message in chat.messages}
    branch: list[ArchivedMessage] = []
    here = by_id.get(chat.head or "")
    while here is not None:
        branch.append(here)
        here = by_id.get(here.parent or "")
    return branch[::-1]
