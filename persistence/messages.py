"""Messages: a tree for each chat, one row a message.

A tree is stored as branches. A message continues its parent's branch when it is the parent's first child; every
later child starts a branch of its own. So a path from the root to any message is a handful of ranges
`(branch_id, depth from … to …)`, each of them one index range, however long the chat is.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ForeignKey,
    Index,
    UniqueConstraint,
    Uuid,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, aliased, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from domain.messages import MessageRole, MessageStatus
from persistence.base import Base, Columns, Created, Key, Word, array, columns, loose, seen
from persistence.chats import ChatRow
from persistence.database import Session, run


class MessageRow(Base):
    """`branch_id` is the id of the branch's first message, `depth` the distance to the root of the tree.

    `memory_ids` are the memories that the model got when it wrote this; some may have been forgotten since.
    """

    __tablename__ = "messages"
    id: Mapped[Key]
    chat_id: Mapped[UUID] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    branch_id: Mapped[UUID]
    depth: Mapped[int]
    role: Mapped[MessageRole] = mapped_column(Word(MessageRole))
    content: Mapped[str]
    parts: Mapped[list[dict[str, Any]]]
    status: Mapped[MessageStatus] = mapped_column(Word(MessageStatus))
    run_id: Mapped[UUID | None]
    model_used: Mapped[str | None]
    agent_id: Mapped[UUID | None]
    memory_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), server_default="{}")
    created_at: Mapped[Created]
    __table_args__ = (
        # Deferrable, so that messages can change places: see `queued_messages.move`.
        UniqueConstraint("branch_id", "depth", deferrable=True, initially="IMMEDIATE"),
        Index("ix_messages_chat_id_parent_id", "chat_id", "parent_id"),
        Index("ix_messages_parent_id", "parent_id"),
    )


class PathPage(NamedTuple):
    """A window on the branch that ends in `head_id`: `limit` messages after or before a depth, root first."""

    head_id: UUID
    limit: int
    backward: bool = False
    after: int | None = None
    before: int | None = None


class Path(NamedTuple):
    """A page of a branch and the branch's length; pages are dense, so depths tell what else there is."""

    length: int
    messages: list[MessageRow]


async def paths(session: Session, pages: list[PathPage]) -> dict[PathPage, Path]:
    """Pages of many branches in one statement; a head that does not exist is absent."""
    found = zip(pages, await paths_of(session, pages), strict=True)
    return {page: path for page, path in found if path is not None}


async def paths_of(session: Session, pages: Sequence[PathPage], only: Columns = None) -> list[Path | None]:
    """The same in the order of the pages; None for a head that does not exist. With `only`, the messages have these
    columns, the id and the depth."""
    wanted = {
        "heads": array(page.head_id for page in pages),
        "sizes": array(page.limit for page in pages),
        "backward": array(page.backward for page in pages),
        "after": array(-1 if page.after is None else page.after for page in pages),
        "before": array(2**31 - 1 if page.before is None else page.before for page in pages),
    }
    only = None if only is None else only | {"id", "depth"}
    text = PAGES.replace(THE_COLUMNS, columns(MessageRow, "messages", only))
    found: list[Path | None] = [None] * len(pages)
    for (position, tip), rows in groupby(await run(session, text, wanted, binary=True), WHERE):
        # A branch that the window has nothing of has a row, too, with nothing in the message's place.
        inside = [row for row in rows if row[0] is not None]
        found[position - 1] = Path(tip + 1, seen(MessageRow, inside, only))
    return found


THE_COLUMNS: LiteralString = "the_columns"
WHERE = itemgetter(-2, -1)
"""The number of a row's page, and the depth of that page's head."""


# Each page is a window `low … high` on the path that ends in its head. Its spans are the ranges of stored branches that
# the path is made of, from the head up to where the window begins. A span that the window has nothing of has one row
# with nothing in the message's place, so that every page with a head has a row.
PAGES: LiteralString = f"""
    WITH RECURSIVE page_windows AS (
        SELECT page, head.branch_id, head.depth AS tip,
            CASE WHEN backward THEN greatest(after + 1, 0, least(before - 1, head.depth) - size + 1)
                ELSE greatest(after + 1, 0) END AS low,
            CASE WHEN backward THEN least(before - 1, head.depth)
                ELSE least(before - 1, head.depth, greatest(after + 1, 0) + size - 1) END AS high
        FROM unnest(%(heads)s::uuid[], %(sizes)s::int[], %(backward)s::bool[], %(after)s::int[], %(before)s::int[])
            WITH ORDINALITY AS wanted (head_id, size, backward, after, before, page)
        JOIN messages head ON head.id = head_id
    ), spans AS (
        SELECT page, tip, low, high, first.id AS branch_id, first.depth AS start, tip AS stop, first.parent_id
        FROM page_windows w JOIN messages first ON first.id = w.branch_id
        UNION ALL
        SELECT page, tip, low, high, above.branch_id, first.depth, above.depth, first.parent_id
        FROM spans JOIN messages above ON above.id = spans.parent_id JOIN messages first ON first.id = above.branch_id
        WHERE spans.start > low
    )
    SELECT {THE_COLUMNS}, page, tip FROM spans LEFT JOIN messages
        ON messages.branch_id = spans.branch_id AND depth BETWEEN greatest(start, low) AND least(stop, high)
    ORDER BY page, depth
"""


PATH_TO = f"""
    WITH RECURSIVE spans AS (
        SELECT tip.branch_id, first.depth AS start, tip.depth AS stop, first.parent_id, tip.depth - %(limit)s AS above
        FROM messages tip JOIN messages first ON first.id = tip.branch_id WHERE tip.id = %(tip)s
        UNION ALL
        SELECT tip.branch_id, first.depth, tip.depth, first.parent_id, spans.above
        FROM spans JOIN messages tip ON tip.id = spans.parent_id JOIN messages first ON first.id = tip.branch_id
        WHERE tip.depth > spans.above
    )
    SELECT {columns(MessageRow, "m")} FROM spans JOIN messages m ON m.branch_id = spans.branch_id
        AND m.depth BETWEEN greatest(spans.start, spans.above + 1) AND spans.stop
    ORDER BY m.depth
"""


async def path_to(session: Session, message_id: UUID, *, limit: int) -> list[MessageRow]:
    """The last `limit` messages of the branch that ends in this message, root first."""
    return [loose(MessageRow, row) for row in await run(session, PATH_TO, {"tip": message_id, "limit": limit})]


async def newest_below(session: Session, message_id: UUID) -> UUID:
    """The newest leaf at or below this message; each branch ends in one."""
    top = aliased(MessageRow, name="top")
    below = (
        select(top.branch_id.label("branch_id"), top.depth.label("start"))
        .where(top.id == message_id)
        .cte("below", recursive=True)
    )
    fork, first = aliased(MessageRow, name="fork"), aliased(MessageRow, name="first")
    below = below.union_all(
        select(first.branch_id, first.depth)
        .join_from(below, fork, (fork.branch_id == below.c.branch_id) & (fork.depth >= below.c.start))
        .join(first, (first.parent_id == fork.id) & (first.id == first.branch_id))
    )
    last = (
        select(MessageRow.id)
        .where(MessageRow.branch_id == below.c.branch_id)
        .order_by(MessageRow.depth.desc())
        .limit(1)
        .lateral("last")
    )
    query = select(last.c.id).join_from(below, last, literal(value=True)).order_by(last.c.id.desc()).limit(1)
    found: UUID = (await session.execute(query)).scalar_one()
    return found


async def in_chat(session: Session, message_id: UUID, chat_id: UUID) -> MessageRow:
    row = await session.get(MessageRow, message_id)
    if row is None or row.chat_id != chat_id:
        raise NotFound(f"There is no message with the id {global_id(Kind.MESSAGE, message_id)!r} in this chat.")
    return row


async def parent_of(session: Session, message: MessageRow) -> MessageRow | None:
    return None if message.parent_id is None else await session.get(MessageRow, message.parent_id)


async def visible_to(session: Session, message_id: UUID, user_id: UUID) -> MessageRow:
    """A message of one of the viewer's chats; NotFound otherwise."""
    query = (
        select(MessageRow)
        .join(ChatRow, ChatRow.id == MessageRow.chat_id)
        .where(MessageRow.id == message_id, ChatRow.owner_id == user_id)
    )
    if (row := await session.scalar(query)) is None:
        raise NotFound(f"There is no message with the id {global_id(Kind.MESSAGE, message_id)!r}.")
    return row


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, MessageRow]:
    """Messages by id; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(MessageRow).where(MessageRow.id.in_(ids)))
    return {row.id: row for row in rows}


class Place(NamedTuple):
    """Where siblings meet: below one parent of one chat, or at the root."""

    chat_id: UUID
    parent_id: UUID | None


async def siblings(session: Session, places: list[Place]) -> dict[Place, list[MessageRow]]:
    """Messages that share a parent, oldest first; each is among its own siblings."""
    roots = [place.chat_id for place in places if place.parent_id is None]
    parents = [place.parent_id for place in places if place.parent_id is not None]
    below = MessageRow.parent_id.in_(parents) if parents else literal(value=False)
    top = MessageRow.chat_id.in_(roots) & MessageRow.parent_id.is_(None) if roots else literal(value=False)
    found: dict[Place, list[MessageRow]] = {}
    for row in await session.scalars(select(MessageRow).where(below | top).order_by(MessageRow.id)):
        found.setdefault(Place(row.chat_id, row.parent_id), []).append(row)
    return found


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, MessageRow]:
    """Those of the messages that stand in chats of the viewer."""
    query = (
        select(MessageRow)
        .join(ChatRow, ChatRow.id == MessageRow.chat_id)
        .where(MessageRow.id.in_(ids), ChatRow.owner_id == user_id)
    )
    return {row.id: row for row in await session.scalars(query)}
