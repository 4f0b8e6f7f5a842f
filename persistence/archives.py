"""Archives: chats read whole for an export, and chats stored whole by an import."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, mapped_column

from domain.archives.chat import ArchivedChat, ArchivedMessage
from domain.archives.recognising import Found
from domain.errors import Conflict
from domain.ids import Kind, global_id, id_at, moment_at, tick_of
from persistence import selection
from persistence.base import Base
from persistence.chats import ChatRow
from persistence.database import Session, run
from persistence.messages import MessageRow

MOST_EXPORTED = 20_000
"""Messages of a chat that can be exported, the same as can be imported."""


class ImportedChatRow(Base):
    """Where an imported chat comes from, so that the same archive does not bring it twice."""

    __tablename__ = "imported_chats"
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    foreign_id: Mapped[str] = mapped_column(primary_key=True)
    # Deferred, so that it is known which chats are new before any of them is stored.
    chat_id: Mapped[UUID] = mapped_column(
        ForeignKey("chats.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"), index=True
    )


async def whole(session: Session, chat: ChatRow) -> ArchivedChat:
    """A chat with all its messages; Conflict when it is too large for one file."""
    query = select(MessageRow).where(MessageRow.chat_id == chat.id).limit(MOST_EXPORTED + 1)
    rows = sorted(await session.scalars(query), key=lambda row: (row.depth, row.id))
    if len(rows) > MOST_EXPORTED:
        raise Conflict(f"The chat has more than {MOST_EXPORTED:,} messages, which is too much for one file.")
    ratings = await selection.ratings_of(session, [row.id for row in rows])
    messages = [
        ArchivedMessage(
            id=global_id(Kind.MESSAGE, row.id),
            parent=global_id(Kind.MESSAGE, row.parent_id) if row.parent_id else None,
            role=row.role, content=row.content, parts=row.parts, status=row.status, model=row.model_used,
            rating=ratings.get(row.id), created_at=row.created_at,
        )
        for row in rows
    ]  # fmt: skip
    return ArchivedChat(
        foreign_id=global_id(Kind.CHAT, chat.id), title=chat.title, messages=messages,
        head=global_id(Kind.MESSAGE, chat.head_id) if chat.head_id else None,
        created_at=chat.created_at, updated_at=chat.updated_at, pinned=chat.pinned, archived=chat.archived,
        tags=chat.tags,
    )  # fmt: skip


CLAIM = """
    INSERT INTO imported_chats (owner_id, source, foreign_id, chat_id)
    SELECT %(owner)s, source, foreign_id, chat_id
    FROM json_to_recordset(%(rows)s::json) AS s (source text, foreign_id text, chat_id uuid)
    ORDER BY source, foreign_id
    ON CONFLICT DO NOTHING RETURNING chat_id
"""
ADD_CHATS = """
    INSERT INTO chats (id, owner_id, title, title_by, head_id, pinned, archived, tags, message_count, created_at,
                       updated_at)
    SELECT id, %(owner)s, title, 'user', head_id, pinned, archived, tags, message_count, created_at, updated_at
    FROM json_to_recordset(%(rows)s::json)
        AS s (id uuid, title text, head_id uuid, pinned bool, archived bool, tags text[], message_count int,
              created_at timestamptz, updated_at timestamptz)
"""
ADD_MESSAGES = """
    INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status, model_used,
                          created_at)
    SELECT id, chat_id, parent_id, branch_id, depth, role, content, parts, status, model_used, created_at
    FROM json_to_recordset(%(rows)s::json)
        AS s (id uuid, chat_id uuid, parent_id uuid, branch_id uuid, depth int, role text, content text, parts jsonb,
              status text, model_used text, created_at timestamptz)
"""
ADD_RATINGS = """
    INSERT INTO message_ratings (message_id, rating)
    SELECT message_id, rating FROM json_to_recordset(%(rows)s::json) AS s (message_id uuid, rating text)
"""


async def add(session: Session, owner_id: UUID, found: Sequence[Found]) -> list[UUID | None]:
    """Store the chats that this person has not imported yet, in four statements however many there are.

    Returns for each the new chat's id, or None for one that came before.
    """
    ids = [id_at(tick_of(_began(one.chat))) for one in found]
    claims = [
        {"source": one.source, "foreign_id": one.foreign_id, "chat_id": chat_id}
        for one, chat_id in zip(found, ids, strict=True)
    ]
    claimed = await run(session, CLAIM, {"owner": owner_id, "rows": _json(claims)})
    new = {chat_id for (chat_id,) in claimed}
    chats: list[dict[str, Any]] = []
    messages: list[dict[str, Any]] = []
    ratings: list[dict[str, Any]] = []
    for one, chat_id in zip(found, ids, strict=True):
        if chat_id in new:
            planted = _planted(chat_id, one.chat)
            chats.append(_chat(chat_id, one.chat, planted))
            messages += planted.values()
            ratings += [
                {"message_id": planted[message.id]["id"], "rating": message.rating}
                for message in one.chat.messages
                if message.rating
            ]
    await run(session, ADD_CHATS, {"owner": owner_id, "rows": _json(chats)})
    await run(session, ADD_MESSAGES, {"rows": _json(messages)})
    await run(session, ADD_RATINGS, {"rows": _json(ratings)})
    return [chat_id if chat_id in new else None for chat_id in ids]


def _chat(chat_id: UUID, chat: ArchivedChat, planted: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The row of a chat. Without a head that is there, the newest message is shown."""
    head = planted.get(chat.head or "") or max(planted.values(), key=lambda row: row["id"])
    began = _began(chat)
    return {
        "id": chat_id, "title": chat.title or "Imported chat", "head_id": head["id"],
        "pinned": chat.pinned, "archived": chat.archived, "tags": chat.tags, "message_count": len(planted),
        "created_at": began, "updated_at": max(chat.updated_at or began, began),
    }  # fmt: skip


def _planted(chat_id: UUID, chat: ArchivedChat) -> dict[str, dict[str, Any]]:
    """Rows of messages by their names in the archive: each with its place in the tree, and an id of its time.

    Ids rise from parents to children and along siblings, because they are what siblings are ordered by.
    """
    planted: dict[str, dict[str, Any]] = {}
    ticks: dict[str | None, int] = {None: tick_of(_began(chat))}
    newest: dict[str | None, int] = {}
    for message in chat.messages:
        above = planted.get(message.parent) if message.parent else None
        own = tick_of(message.created_at) if message.created_at else 0
        tick = max(own, ticks[message.parent] + 1, newest.get(message.parent, 0) + 1)
        own_id = id_at(tick)
        goes_on = above is not None and message.parent not in newest
        ticks[message.id] = newest[message.parent] = tick
        planted[message.id] = {
            "id": own_id, "chat_id": chat_id, "parent_id": above["id"] if above else None,
            "branch_id": above["branch_id"] if above and goes_on else own_id,
            "depth": above["depth"] + 1 if above else 0,
            "role": message.role, "content": message.content, "parts": message.parts, "status": message.status,
            "model_used": message.model, "created_at": message.created_at or moment_at(tick),
        }  # fmt: skip
    return planted


def _began(chat: ArchivedChat) -> datetime:
    moments = [message.created_at for message in chat.messages if message.created_at]
    return chat.created_at or min(moments, default=None) or chat.updated_at or datetime.now(UTC)


def _json(rows: list[dict[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
