"""Shares of chats as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence.messages import MessageRow
from persistence.shares import ShareRow
from schema.chats import Chat, chat_by_id
from schema.context import FieldInfo
from schema.enums import MessageRole
from schema.messages import path_connection
from schema.nodes import Node
from schema.pages import Connection, Page


@strawberry.type(description="A link by which anybody who has it can read what a chat showed when it was shared.")
class Share(Node):
    title: str = strawberry.field(description="The chat's title at that time.")
    created_at: datetime = strawberry.field(description="When it was shared.")
    expires_at: datetime | None = strawberry.field(description="When the link stops to work; null: never.")
    chat_key: strawberry.Private[UUID]

    @strawberry.field(description="The chat that was shared.")
    async def chat(self, info: FieldInfo) -> Chat | None:
        row = await info.context.load(chat_by_id, self.chat_key)
        return None if row is None else Chat.from_row(row)

    @classmethod
    def from_row(cls, row: ShareRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.SHARE, row.id)),
            title=row.title,
            created_at=row.created_at,
            expires_at=row.expires_at,
            chat_key=row.chat_id,
        )


@strawberry.type(description="A message as those see it who were given a link.")
class SharedMessage:
    role: MessageRole = strawberry.field(description="Who said it.")
    content: str = strawberry.field(description="The whole text as Markdown.")
    created_at: datetime = strawberry.field(description="When it was made.")
    model_used: str | None = strawberry.field(description="Name of the model that wrote it.")

    @classmethod
    def from_row(cls, row: MessageRow) -> Self:
        return cls(role=row.role, content=row.content, created_at=row.created_at, model_used=row.model_used)


@strawberry.type(description="What a chat showed when it was shared. Nothing that came later is in it.")
class SharedChat:
    title: str = strawberry.field(description="The chat's title at that time.")
    created_at: datetime = strawberry.field(description="When it was shared.")
    expires_at: datetime | None = strawberry.field(description="When the link stops to work; null: never.")
    head_key: strawberry.Private[UUID]

    @strawberry.field(description="The messages, oldest first. At most 200 a page.")
    async def messages(
        self, info: FieldInfo, first: int | None = None, after: str | None = None
    ) -> Connection[SharedMessage]:
        return await path_connection(info, self.head_key, Page.of(first, after), SharedMessage.from_row)

    @classmethod
    def from_row(cls, row: ShareRow) -> Self:
        return cls(title=row.title, created_at=row.created_at, expires_at=row.expires_at, head_key=row.head_id)


@strawberry.input(description="Input of shareChat.")
class ShareChatInput:
    chat_id: strawberry.ID = strawberry.field(description="The chat.")
    expires_at: datetime | None = strawberry.field(
        description="When the link stops to work, within 100 years; without it never.", default=None
    )


@strawberry.type(description="Result of shareChat.")
class ShareChatPayload:
    share: Share = strawberry.field(description="The share.")
    token: str = strawberry.field(description="What `sharedChat` takes. It is shown only now: keep the link.")


@strawberry.type(description="Result of revokeShare.")
class RevokeSharePayload:
    id: strawberry.ID = strawberry.field(description="The share whose link leads nowhere now.")
