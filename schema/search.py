"""What a search finds, as the API shows it."""

from __future__ import annotations

from uuid import UUID

import strawberry

from domain.searching import snippet
from schema.chats import Chat, chat_by_id
from schema.context import FieldInfo
from schema.messages import Message


@strawberry.type(description="A message that matches a search.")
class SearchHit:
    message: Message = strawberry.field(description="The message. It need not be on the branch that its chat shows.")
    marks: strawberry.Private[tuple[str, ...]]
    chat_key: strawberry.Private[UUID]

    @strawberry.field(
        description="A piece of the message around the first match, as plain text in one line. Each match stands "
        "between two `**`; the text's own `**` are left out."
    )
    def snippet(self) -> str:
        return snippet(self.message.row.content, self.marks)

    @strawberry.field(description="The chat that the message belongs to.")
    async def chat(self, info: FieldInfo) -> Chat | None:
        row = await info.context.load(chat_by_id, self.chat_key)
        return None if row is None else Chat.from_row(row)
