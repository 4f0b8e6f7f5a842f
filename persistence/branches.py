"""The branches of a chat: where each turns off, and how it begins and ends. For the shape of the tree, not its text."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from persistence.database import Session

MOST = 500
"""Branches of one chat that are listed: the newest."""
PREVIEW = 160
"""Characters of the first and of the last message."""


class Branch(NamedTuple):
    """`id` is the first message, `parent_id` the message before it, which stands in `parent_branch_id`; `tip_id` is the
    last one. The first branch of a chat has no parent. Depths count from the root of the tree, from 0."""

    id: UUID
    parent_id: UUID | None
    parent_branch_id: UUID | None
    depth: int
    role: str
    preview: str
    tip_id: UUID
    tip_depth: int
    tip_preview: str
    tip_at: datetime


LISTED = text("""
    SELECT wanted.chat_id, b.* FROM unnest(:ids ::uuid[]) AS wanted(chat_id) CROSS JOIN LATERAL (
        SELECT first.id, first.parent_id, above.branch_id, first.depth, first.role, left(first.content, :preview),
            tip.id AS tip_id, tip.depth AS tip_depth, left(tip.content, :preview), tip.created_at
        FROM messages first LEFT JOIN messages above ON above.id = first.parent_id
        CROSS JOIN LATERAL (
            SELECT m.id, m.depth, m.content, m.created_at FROM messages m WHERE m.branch_id = first.branch_id
            ORDER BY m.depth DESC LIMIT 1) tip
        WHERE first.chat_id = wanted.chat_id AND first.id = first.branch_id
        ORDER BY first.id DESC LIMIT :limit) b
    ORDER BY b.depth, b.id
""")


async def of_chats(session: Session, chat_ids: list[UUID]) -> dict[UUID, list[Branch]]:
    """Branches per chat, those that turn off first before others, in one statement; empty chats are absent."""
    found: dict[UUID, list[Branch]] = {}
    for chat_id, *branch in await session.execute(LISTED, {"ids": chat_ids, "limit": MOST, "preview": PREVIEW}):
        found.setdefault(chat_id, []).append(Branch._make(branch))
    return found
