"""Chats: the table and every query on it."""

from datetime import UTC, datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    SQLColumnExpression,
    Text,
    func,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from domain.errors import NotFound
from domain.ids import Kind, global_id, new_id
from persistence.base import Base, Created, Key, Moment, columns, row_of, seen
from persistence.database import Session, run


class ChatRow(Base):
    """`head_id` is the newest message of the branch that is shown; `title_by` is default, auto or user. After `goes_at`
    it is removed, whatever became of the process that was to do that.

    A chat that was deleted has no `owner_id` any more, so nobody finds it; all others have one. `retention` removes
    what was in it.
    """

    __tablename__ = "chats"
    id: Mapped[Key]
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), nullable=True)
    title: Mapped[str]
    title_by: Mapped[str] = mapped_column(server_default="default")
    agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("agents.id", ondelete="SET NULL"))
    head_id: Mapped[UUID | None]
    pinned: Mapped[bool] = mapped_column(server_default="false")
    archived: Mapped[bool] = mapped_column(server_default="false")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    message_count: Mapped[int] = mapped_column(server_default="0")
    goes_at: Mapped[Moment | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


Index("ix_chats_owner_id_updated_at_id", ChatRow.owner_id, ChatRow.updated_at.desc(), ChatRow.id.desc())
Index("ix_chats_agent_id", ChatRow.agent_id, postgresql_where=ChatRow.agent_id.is_not(None))
Index("ix_chats_gone", ChatRow.id, postgresql_where=ChatRow.owner_id.is_(None))
Index("ix_chats_goes_at", ChatRow.goes_at, postgresql_where=ChatRow.goes_at.is_not(None))


class ChatFilter(NamedTuple):
    """Archived chats are listed only when they are asked for; `text` looks into titles."""

    archived: bool = False
    pinned: bool | None = None
    text: str | None = None
    tag: str | None = None


class ChatPlace(NamedTuple):
    """Where a chat stands in its owner's list."""

    updated_at: datetime
    id: UUID


def _listed(owner_id: UUID, wanted: ChatFilter) -> list[ColumnElement[bool]]:
    conditions = [ChatRow.owner_id == owner_id, ChatRow.archived == wanted.archived]
    if wanted.pinned is not None:
        conditions.append(ChatRow.pinned == wanted.pinned)
    if wanted.text:
        conditions.append(ChatRow.title.icontains(wanted.text, autoescape=True))
    if wanted.tag is not None:
        conditions.append(ChatRow.tags.contains([wanted.tag]))
    return conditions


async def page(
    session: Session, owner_id: UUID, wanted: ChatFilter, *, limit: int, after: ChatPlace | None
) -> list[ChatRow]:
    """Up to `limit` chats of one owner, newest change first, after a place in that order; to be read only."""
    if after is None and wanted == ChatFilter():  # what everybody's list begins with
        return seen(ChatRow, await run(session, NEWEST, {"owner_id": owner_id, "limit": limit}, binary=True))
    query = select(ChatRow).where(*_listed(owner_id, wanted))
    if after is not None:
        query = query.where(tuple_(ChatRow.updated_at, ChatRow.id) < after)
    query = query.order_by(ChatRow.updated_at.desc(), ChatRow.id.desc()).limit(limit)
    return list(await session.scalars(query))


NEWEST = f"""
    SELECT {columns(ChatRow, "c")} FROM chats c WHERE c.owner_id = %(owner_id)s AND NOT c.archived
    ORDER BY c.updated_at DESC, c.id DESC LIMIT %(limit)s
"""


async def count(session: Session, owner_id: UUID, wanted: ChatFilter) -> int:
    query = select(func.count()).select_from(ChatRow).where(*_listed(owner_id, wanted))
    return (await session.execute(query)).scalar_one()


class TagCount(NamedTuple):
    tag: str
    chats: int


TAGS = text("""
    SELECT tag, count(*) FROM chats, unnest(tags) AS tag WHERE owner_id = :owner AND NOT archived
    GROUP BY tag ORDER BY count(*) DESC, tag LIMIT :limit
""")
MOST_LISTED = 200
"""Tags of one person."""


async def tags(session: Session, owner_id: UUID) -> list[TagCount]:
    """The tags of a person's chats that are not archived, the most used first; at most MOST_LISTED."""
    return [TagCount(*row) for row in await session.execute(TAGS, {"owner": owner_id, "limit": MOST_LISTED})]


async def visible_to(session: Session, chat_id: UUID, user_id: UUID, *, lock: bool = False) -> ChatRow:
    """One of the viewer's chats; NotFound otherwise. `lock` orders all writers of the chat's tree."""
    query = select(ChatRow).where(ChatRow.id == chat_id, ChatRow.owner_id == user_id)
    if (row := await session.scalar(query.with_for_update() if lock else query)) is None:
        raise NotFound(f"There is no chat with the id {global_id(Kind.CHAT, chat_id)!r}.")
    return row


SHOWN = f"SELECT {columns(ChatRow, 'c')} FROM chats c WHERE c.id = %(id)s AND c.owner_id = %(owner_id)s"


async def shown(session: Session, chat_id: UUID, user_id: UUID) -> ChatRow:
    """One of the viewer's chats, to be read only; NotFound otherwise."""
    found = seen(ChatRow, await run(session, SHOWN, {"id": chat_id, "owner_id": user_id}))
    if not found:
        raise NotFound(f"There is no chat with the id {global_id(Kind.CHAT, chat_id)!r}.")
    return found[0]


async def locked(session: Session, chat_id: UUID) -> ChatRow | None:
    """The chat with its row locked, for work that runs on the owner's behalf; None when it was deleted."""
    query = select(ChatRow).where(ChatRow.id == chat_id, ChatRow.owner_id.is_not(None))
    return await session.scalar(query.with_for_update())


def new(*, owner_id: UUID, title: str, title_by: str, agent_id: UUID | None) -> ChatRow:
    """An empty chat that is not stored yet."""
    return row_of(
        ChatRow, id=new_id(), owner_id=owner_id, title=title, title_by=title_by, agent_id=agent_id, head_id=None,
        pinned=False, archived=False, tags=[], message_count=0, created_at=now(), updated_at=now(),
    )  # fmt: skip


async def add(session: Session, *, owner_id: UUID, title: str, title_by: str, agent_id: UUID | None) -> ChatRow:
    row = new(owner_id=owner_id, title=title, title_by=title_by, agent_id=agent_id)
    await store(session, row)
    return row


STORE = """
    INSERT INTO chats (id, owner_id, title, title_by, agent_id, head_id, tags, message_count, created_at, updated_at)
    VALUES (%(id)s, %(owner_id)s, %(title)s, %(title_by)s, %(agent_id)s, %(head_id)s, %(tags)s, %(message_count)s,
            %(created_at)s, %(updated_at)s)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, title_by = excluded.title_by, head_id = excluded.head_id,
        message_count = excluded.message_count, updated_at = excluded.updated_at
"""


def change(chat: ChatRow, **values: Any) -> None:
    """Change a chat that `store` will write; the session, if it knows the row, need not write it as well."""
    for name, value in values.items():
        set_committed_value(chat, name, value)


async def store(session: Session, chat: ChatRow) -> None:
    """Write a chat that is new, or one whose row is locked and that got messages."""
    values = {
        "id": chat.id, "owner_id": chat.owner_id, "title": chat.title, "title_by": chat.title_by,
        "agent_id": chat.agent_id, "head_id": chat.head_id, "tags": chat.tags, "message_count": chat.message_count,
        "created_at": chat.created_at, "updated_at": chat.updated_at,
    }  # fmt: skip
    await run(session, STORE, values)


def kept(chat_id: SQLColumnExpression[UUID]) -> ColumnElement[bool]:
    """Whether a chat is there and was not deleted, as a condition of another query."""
    return select(ChatRow.id).where(ChatRow.id == chat_id, ChatRow.owner_id.is_not(None)).exists()


LEAVE: tuple[LiteralString, ...] = (
    "DELETE FROM shares WHERE chat_id = %(id)s",
    "DELETE FROM tool_grants WHERE chat_id = %(id)s",
    "DELETE FROM imported_chats WHERE chat_id = %(id)s",
    "DELETE FROM summaries WHERE chat_id = %(id)s AND made_at IS NULL",
    "DELETE FROM runs WHERE chat_id = %(id)s AND finished_at IS NULL",
    "UPDATE chats SET owner_id = NULL, goes_at = NULL WHERE id = %(id)s",
)


async def leave(session: Session, chat_id: UUID) -> None:
    """From now on a chat whose row is locked is gone for everybody, with its shares and its runs that go on. All that
    was said in it `retention` removes, however much it is."""
    for query in LEAVE:
        await run(session, query, {"id": chat_id})


def now() -> datetime:
    return datetime.now(UTC)


async def leave_agent(session: Session, agent_id: UUID) -> None:
    """An agent is gone: its chats have the default one again."""
    await session.execute(update(ChatRow).where(ChatRow.agent_id == agent_id).values(agent_id=None))


async def touch(session: Session, chat_id: UUID) -> None:
    """Move a chat to the top of its owner's list; its row is locked from then on."""
    await run(session, "UPDATE chats SET updated_at = %(now)s WHERE id = %(id)s", {"id": chat_id, "now": now()})


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, ChatRow]:
    """Those of the chats that are the viewer's."""
    rows = await session.scalars(select(ChatRow).where(ChatRow.id.in_(ids), ChatRow.owner_id == user_id))
    return {row.id: row for row in rows}
