"""Chats as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

import strawberry

from domain.ids import Kind, key_if_any
from persistence import queued_messages, runs
from persistence.base import Columns, still
from persistence.chats import ChatRow
from persistence.context_use import Asked
from persistence.lookups import rows_of
from persistence.runs import RunRow
from schema.agents import Agent, agent_by_id
from schema.branches import Branch, branches_by_chat
from schema.context import FieldInfo
from schema.loading import Loader, together
from schema.messages import Message, branch, branches, message_by_id
from schema.nodes import Node
from schema.pages import Connection, Page
from schema.rows import column
from schema.summaries import Use, use_of_context

if TYPE_CHECKING:
    from schema.runs import Run

chat_by_id = Loader[UUID, ChatRow | None](fetch=rows_of(ChatRow), missing=lambda: None)
queue_of_chat = Loader[UUID, list[RunRow]](fetch=queued_messages.shown, missing=list)
active_run = Loader[UUID, RunRow | None](fetch=runs.newest_unfinished, missing=lambda: None)


async def _branches_of(
    chats: Sequence[Chat],
    columns: Columns,
    info: FieldInfo,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> list[Connection[Message]]:
    return await branches(info, [chat.row.head_id for chat in chats], Page.of(first, after, last, before), columns)


@strawberry.type(description="One conversation: a tree of messages of which one branch is shown.")
class Chat(Node):
    row: strawberry.Private[ChatRow]

    id: strawberry.ID = column("id", "Opaque global id.", kind=Kind.CHAT)
    title: str = column("title", "Title; made from the first message until somebody sets it.")
    created_at: datetime = column("created_at", "When it was made.")
    updated_at: datetime = column("updated_at", "When it last changed.")
    pinned: bool = column("pinned", "Whether it is pinned.")
    archived: bool = column("archived", "Whether it is archived; `chats` lists archived chats only on request.")
    tags: list[str] = column("tags", "Words by which its owner sorts it, in lower case; at most 10.")
    head_id: strawberry.ID | None = column("head_id", "Newest message of the branch that is shown.", kind=Kind.MESSAGE)
    message_count: int = column("message_count", "Messages in all branches.")

    @strawberry.field(description="The message that the shown branch ends in.")
    async def last_message(self, info: FieldInfo) -> Message | None:
        row = None if self.row.head_id is None else await info.context.load(message_by_id, self.row.head_id)
        return None if row is None else Message.from_row(row)

    @strawberry.field(description="The run at work in this chat, if there is one.")
    async def active_run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")] | None:
        from schema.runs import Run  # noqa: PLC0415 - the types name each other

        row = await info.context.load(active_run, self.row.id)
        return None if row is None else Run.from_row(row)

    @strawberry.field(
        description="Runs that wait for their turn on the shown branch, in the order in which they will begin; the "
        "`input` of each is the message that waits. At most 50 wait in a chat."
    )
    async def queue(self, info: FieldInfo) -> list[Annotated[Run, strawberry.lazy("schema.runs")]]:
        from schema.runs import Run  # noqa: PLC0415 - the types name each other

        return [Run.from_row(row) for row in await info.context.load(queue_of_chat, self.row.id)]

    @strawberry.field(
        description="How full the context is on the shown branch, for the model that answered last or another one. "
        "Null in an empty chat."
    )
    async def context(self, info: FieldInfo, model_id: strawberry.ID | None = None) -> Use | None:
        model = key_if_any(Kind.MODEL, model_id)
        use = (
            None
            if self.row.head_id is None
            else await info.context.load(use_of_context, Asked(self.row.head_id, model))
        )
        return None if use is None else Use.of(use)

    @strawberry.field(description="The agent that answers here; null means the default one.")
    async def agent(self, info: FieldInfo) -> Agent | None:
        row = None if self.row.agent_id is None else await info.context.load(agent_by_id, self.row.agent_id)
        return None if row is None else Agent.from_row(row)

    @strawberry.field(
        description="All branches, light: where each turns off, how it begins and ends. Those that turn off first come "
        "first; the newest 500 of them."
    )
    async def branches(self, info: FieldInfo) -> list[Branch]:
        return [Branch.of(branch) for branch in await info.context.load(branches_by_chat, self.row.id)]

    @strawberry.field(description="The branch that ends in the chat's head, oldest first. At most 200 a page.")
    @together(_branches_of)
    async def messages(
        self,
        info: FieldInfo,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> Connection[Message]:
        return await branch(info, self.row.head_id, Page.of(first, after, last, before))

    @classmethod
    def from_row(cls, row: ChatRow) -> Self:
        return cls(row=still(row))


@strawberry.input(description="Which chats to list.")
class ChatFilter:
    archived: bool | None = strawberry.field(description="Archived chats instead of the others.", default=None)
    pinned: bool | None = strawberry.field(description="Only pinned chats, or only the others.", default=None)
    text: str | None = strawberry.field(description="Text that the title contains.", default=None)
    tag: str | None = strawberry.field(description="A tag that they have.", default=None)


@strawberry.type(description="A tag of the viewer's chats.")
class ChatTag:
    tag: str = strawberry.field(description="The tag, in lower case.")
    chats: int = strawberry.field(description="How many chats have it that are not archived.")


@strawberry.input(description="Input of createChat.")
class CreateChatInput:
    title: str | None = strawberry.field(description="Title; without one the first message gives it.", default=None)
    agent_id: strawberry.ID | None = strawberry.field(description="The agent that answers here.", default=None)


@strawberry.input(description="Input of updateChat. What is left out stays as it is.")
class UpdateChatInput:
    id: strawberry.ID = strawberry.field(description="The chat.")
    title: str | None = strawberry.field(description="New title, 1 to 200 characters.", default=None)
    pinned: bool | None = strawberry.field(description="Pin or unpin it.", default=None)
    archived: bool | None = strawberry.field(description="Archive it or bring it back.", default=None)
    tags: list[str] | None = strawberry.field(
        description="The tags that it has from now on instead of those before, up to 10 of up to 40 characters.",
        default=None,
    )
    head_id: strawberry.ID | None = strawberry.field(
        description="Show the branch of this message, down to its newest leaf.", default=None
    )


@strawberry.type(description="Result of createChat.")
class CreateChatPayload:
    chat: Chat = strawberry.field(description="The new chat.")


@strawberry.type(description="Result of updateChat.")
class UpdateChatPayload:
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="Result of deleteChat.")
class DeleteChatPayload:
    id: strawberry.ID = strawberry.field(description="The chat that is gone.")


@strawberry.input(description="Input of forkChat.")
class ForkChatInput:
    chat_id: strawberry.ID = strawberry.field(description="The chat.")
    message_id: strawberry.ID | None = strawberry.field(
        description="The last message to copy; without it the branch that is shown.", default=None
    )


@strawberry.type(description="Result of forkChat.")
class ForkChatPayload:
    chat: Chat = strawberry.field(description="The new chat.")
