"""Messages as the API shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self, TypeVar
from uuid import UUID

import strawberry

from domain.ids import Kind
from domain.selection import MessageRating
from persistence import messages, selection
from persistence.base import Columns, still
from persistence.lookups import rows_of
from persistence.messages import MessageRow, Place
from schema.context import FieldInfo
from schema.enums import MessageRole, MessageStatus
from schema.loading import Loader
from schema.memories import Memory, memory_of
from schema.nodes import Node
from schema.pages import Connection, Page, cursor, number_place
from schema.parts import MessagePart, parts_of
from schema.rows import column, reads
from schema.summaries import Summary, summary_on

if TYPE_CHECKING:
    from schema.runs import Run

T = TypeVar("T")

message_by_id = Loader[UUID, MessageRow | None](fetch=rows_of(MessageRow), missing=lambda: None)
siblings_at = Loader[Place, list[MessageRow]](fetch=messages.siblings, missing=list)
rating_of = Loader[UUID, MessageRating | None](fetch=selection.ratings_of, missing=lambda: None)
path_page = Loader[messages.PathPage, messages.Path | None](fetch=messages.paths, missing=lambda: None)


@strawberry.type(description="One message of a chat. Messages form a tree: editing and regenerating add siblings.")
class Message(Node):
    row: strawberry.Private[MessageRow]

    id: strawberry.ID = column("id", "Opaque global id.", kind=Kind.MESSAGE)
    role: MessageRole = column("role", "Who said it.")
    content: str = column(
        "content", "The whole text as Markdown; empty while the answer is in progress (watch `runEvents` then)."
    )
    created_at: datetime = column("created_at", "When it was made.")
    parent_id: strawberry.ID | None = column("parent_id", "The message above it in the tree.", kind=Kind.MESSAGE)
    chat_id: strawberry.ID = column("chat_id", "The chat it belongs to.", kind=Kind.CHAT)
    model_used: str | None = column("model_used", "Name of the model that wrote it.")
    agent_id: strawberry.ID | None = column("agent_id", "The agent that wrote it.", kind=Kind.AGENT)
    status: MessageStatus = column("status", "Whether it is whole.")

    @strawberry.field(description="Typed parts, in order.")
    @reads("content", "parts")
    def parts(self) -> list[MessagePart]:
        return parts_of(self.row.content, self.row.parts)

    @strawberry.field(description="All messages with the same parent, oldest first, this one included.")
    @reads("chat_id", "parent_id")
    async def siblings(self, info: FieldInfo) -> list[Message]:
        rows = await info.context.load(siblings_at, Place(self.row.chat_id, self.row.parent_id))
        return [Message.from_row(row) for row in rows]

    @strawberry.field(description="The thumb that the viewer has put on it; null without one, and for other messages.")
    @reads("id")
    async def rating(self, info: FieldInfo) -> MessageRating | None:
        return await info.context.load(rating_of, self.row.id)

    @strawberry.field(
        description="The memories that the model was told of when it wrote this, the most important first; those that "
        "have been forgotten since are not among them."
    )
    @reads("memory_ids")
    async def memories_used(self, info: FieldInfo) -> list[Memory]:
        keys = [(info.context.viewer_id, key) for key in self.row.memory_ids]
        rows = await asyncio.gather(*(info.context.load(memory_of, key) for key in keys))
        return [Memory.from_row(row) for row in rows if row is not None]

    @strawberry.field(
        description="The summary that reaches from the root up to this message; models get it when the messages "
        "themselves do not fit. Null where there is none."
    )
    @reads("id")
    async def summary(self, info: FieldInfo) -> Summary | None:
        row = await info.context.load(summary_on, self.row.id)
        return None if row is None else Summary.from_row(row)

    @strawberry.field(description="The run that writes or wrote it; null for messages of people.")
    @reads("run_id")
    async def run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")] | None:
        from schema.runs import Run, run_by_id  # noqa: PLC0415 - the types name each other

        row = None if self.row.run_id is None else await info.context.load(run_by_id, self.row.run_id)
        return None if row is None else Run.from_row(row)

    @classmethod
    def from_row(cls, row: MessageRow) -> Self:
        return cls(row=still(row))


async def branch(info: FieldInfo, head_id: UUID | None, page: Page) -> Connection[Message]:
    """A page of the branch that ends in `head_id`, oldest first."""
    return await path_connection(info, head_id, page, Message.from_row)


async def branches(
    info: FieldInfo, heads: Sequence[UUID | None], page: Page, columns: Columns
) -> list[Connection[Message]]:
    """The same page of each of many branches, of whose messages only these columns are read."""
    wanted = [_wanted(head_id, page) for head_id in heads if head_id is not None]
    async with info.context.db.read() as session:
        paths = iter(await messages.paths_of(session, wanted, columns) if wanted else ())
    return [_connection(None if head_id is None else next(paths), Message.from_row) for head_id in heads]


async def path_connection(
    info: FieldInfo, head_id: UUID | None, page: Page, shown: Callable[[MessageRow], T]
) -> Connection[T]:
    """A page of the branch that ends in `head_id`, oldest first, with each message as `shown` makes it."""
    wanted = _wanted(head_id or UUID(int=0), page)
    return _connection(None if head_id is None else await info.context.load(path_page, wanted), shown)


def _wanted(head_id: UUID, page: Page) -> messages.PathPage:
    return messages.PathPage(
        head_id,
        page.limit,
        page.backward,
        None if page.after is None else number_place("after", page.after),
        None if page.before is None else number_place("before", page.before),
    )


def _connection(path: messages.Path | None, shown: Callable[[MessageRow], T]) -> Connection[T]:
    rows, length = ([], 0) if path is None else (path.messages, path.length)

    async def count() -> int:
        return length

    return Connection(
        rows=rows,
        show=shown,
        mark=_cursor,
        more_after=bool(rows) and rows[-1].depth < length - 1,
        more_before=bool(rows) and rows[0].depth > 0,
        count=count,
    )


def _cursor(row: MessageRow) -> str:
    return cursor(str(row.depth))
