"""Messages as the API shows them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeVar
from uuid import UUID

import strawberry

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from domain.selection import MessageRating
from persistence import messages, selection
from persistence.lookups import rows_of
from persistence.messages import MessageRow, Place
from schema.context import FieldInfo
from schema.enums import MessageRole, MessageStatus
from schema.loading import Loader
from schema.memories import Memory, memory_of
from schema.nodes import Node
from schema.pages import Connection, Edge, Page, PageInfo, cursor, place
from schema.parts import MessagePart, parts_of
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
    role: MessageRole = strawberry.field(description="Who said it.")
    content: str = strawberry.field(
        description="The whole text as Markdown; empty while the answer is in progress (watch `runEvents` then)."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    parent_id: strawberry.ID | None = strawberry.field(description="The message above it in the tree.")
    chat_id: strawberry.ID = strawberry.field(description="The chat it belongs to.")
    model_used: str | None = strawberry.field(description="Name of the model that wrote it.")
    agent_id: strawberry.ID | None = strawberry.field(description="The agent that wrote it.")
    status: MessageStatus = strawberry.field(description="Whether it is whole.")
    stored_parts: strawberry.Private[list[dict[str, Any]]]
    place: strawberry.Private[Place]
    key: strawberry.Private[UUID]
    run_key: strawberry.Private[UUID | None]
    memory_keys: strawberry.Private[list[UUID]]

    @strawberry.field(description="Typed parts, in order.")
    def parts(self) -> list[MessagePart]:
        return parts_of(self.content, self.stored_parts)

    @strawberry.field(description="All messages with the same parent, oldest first, this one included.")
    async def siblings(self, info: FieldInfo) -> list[Message]:
        rows = await info.context.load(siblings_at, self.place)
        return [Message.from_row(row) for row in rows]

    @strawberry.field(description="The thumb that the viewer has put on it; null without one, and for other messages.")
    async def rating(self, info: FieldInfo) -> MessageRating | None:
        return await info.context.load(rating_of, self.key)

    @strawberry.field(
        description="The memories that the model was told of when it wrote this, the most important first; those that "
        "have been forgotten since are not among them."
    )
    async def memories_used(self, info: FieldInfo) -> list[Memory]:
        keys = [(info.context.viewer_id, key) for key in self.memory_keys]
        rows = await asyncio.gather(*(info.context.load(memory_of, key) for key in keys))
        return [Memory.from_row(row) for row in rows if row is not None]

    @strawberry.field(
        description="The summary that reaches from the root up to this message; models get it when the messages "
        "themselves do not fit. Null where there is none."
    )
    async def summary(self, info: FieldInfo) -> Summary | None:
        row = await info.context.load(summary_on, self.key)
        return None if row is None else Summary.from_row(row)

    @strawberry.field(description="The run that writes or wrote it; null for messages of people.")
    async def run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")] | None:
        from schema.runs import Run, run_by_id  # noqa: PLC0415 - the types name each other

        row = None if self.run_key is None else await info.context.load(run_by_id, self.run_key)
        return None if row is None else Run.from_row(row)

    @classmethod
    def from_row(cls, row: MessageRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.MESSAGE, row.id)),
            role=row.role,
            content=row.content,
            created_at=row.created_at,
            parent_id=strawberry.ID(global_id(Kind.MESSAGE, row.parent_id)) if row.parent_id else None,
            chat_id=strawberry.ID(global_id(Kind.CHAT, row.chat_id)),
            model_used=row.model_used,
            agent_id=strawberry.ID(global_id(Kind.AGENT, row.agent_id)) if row.agent_id else None,
            status=row.status,
            stored_parts=row.parts,
            place=Place(row.chat_id, row.parent_id),
            key=row.id,
            run_key=row.run_id,
            memory_keys=row.memory_ids,
        )


async def branch(info: FieldInfo, head_id: UUID | None, page: Page) -> Connection[Message]:
    """A page of the branch that ends in `head_id`, oldest first."""
    return await path_connection(info, head_id, page, Message.from_row)


async def branches(info: FieldInfo, heads: Sequence[UUID | None], page: Page) -> list[Connection[Message]]:
    """The same page of each of many branches."""
    wanted = [_wanted(head_id, page) for head_id in heads if head_id is not None]
    paths = iter(await info.context.load_all(path_page, wanted))
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
        None if page.after is None else _depth("after", page.after),
        None if page.before is None else _depth("before", page.before),
    )


def _connection(path: messages.Path | None, shown: Callable[[MessageRow], T]) -> Connection[T]:
    rows, length = ([], 0) if path is None else (path.messages, path.length)
    edges = [Edge(cursor=cursor(str(row.depth)), node=shown(row)) for row in rows]

    async def count() -> int:
        return length

    page_info = PageInfo(
        has_next_page=bool(rows) and rows[-1].depth < length - 1,
        has_previous_page=bool(rows) and rows[0].depth > 0,
        start_cursor=edges[0].cursor if edges else None,
        end_cursor=edges[-1].cursor if edges else None,
    )
    return Connection(edges=edges, page_info=page_info, count=count)


def _depth(name: str, value: str) -> int:
    found = place(name, value)
    if not found.isdigit() or len(found) > 9:
        raise BadUserInput({name: "is not a cursor of this list"})
    return int(found)
