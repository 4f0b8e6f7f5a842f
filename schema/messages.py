"""Messages as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

import strawberry

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from domain.selection import MessageRating
from persistence import messages, selection
from persistence.messages import MessageRow, Place
from schema.context import FieldInfo
from schema.enums import MessageRole, MessageStatus
from schema.loading import Loader
from schema.nodes import Node
from schema.pages import Connection, Edge, Page, PageInfo, cursor, place
from schema.parts import MessagePart, parts_of

if TYPE_CHECKING:
    from schema.runs import Run

message_by_id = Loader[UUID, MessageRow | None](fetch=messages.by_ids, missing=lambda: None)
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
        )


async def branch(info: FieldInfo, head_id: UUID | None, page: Page) -> Connection[Message]:
    """A page of the branch that ends in `head_id`, oldest first."""
    wanted = messages.PathPage(
        head_id or UUID(int=0),
        page.limit,
        page.backward,
        None if page.after is None else _depth("after", page.after),
        None if page.before is None else _depth("before", page.before),
    )
    path = None if head_id is None else await info.context.load(path_page, wanted)
    rows, length = ([], 0) if path is None else (path.messages, path.length)
    edges = [Edge(cursor=cursor(str(row.depth)), node=Message.from_row(row)) for row in rows]

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
