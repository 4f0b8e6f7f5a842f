"""Doors to messages that wait for their turn."""

import strawberry

from domain.accounts import Scope
from domain.ids import Kind, key_of
from resolvers.context import Info
from schema.chats import Chat
from schema.messages import Message
from schema.queued_messages import (
    ReorderQueuedMessagesInput,
    ReorderQueuedMessagesPayload,
    UpdateQueuedMessageInput,
    UpdateQueuedMessagePayload,
    WithdrawQueuedMessagePayload,
)


@strawberry.type
class QueuedMessageMutations:
    @strawberry.mutation(description="Change the text of a message that waits. CONFLICT when its run has begun.")
    async def update_queued_message(self, info: Info, input: UpdateQueuedMessageInput) -> UpdateQueuedMessagePayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        key = key_of(Kind.MESSAGE, input.message_id)
        row = await info.context.engine.queued_messages.update(viewer_id, key, input.content)
        return UpdateQueuedMessagePayload(message=Message.from_row(row))

    @strawberry.mutation(
        description="Change the order in which waiting messages are answered. CONFLICT, with the ids that wait in "
        "`waiting`, when one of them has begun, come or gone meanwhile."
    )
    async def reorder_queued_messages(
        self, info: Info, input: ReorderQueuedMessagesInput
    ) -> ReorderQueuedMessagesPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        keys = [key_of(Kind.MESSAGE, key) for key in input.message_ids]
        chat_key = key_of(Kind.CHAT, input.chat_id)
        row = await info.context.engine.queued_messages.reorder(viewer_id, chat_key, keys)
        return ReorderQueuedMessagesPayload(chat=Chat.from_row(row))

    @strawberry.mutation(
        description="Take back a message that waits: its run ends CANCELLED, and what waits behind it moves up. It "
        "stays in the tree, beside the shown branch. CONFLICT when its run has begun."
    )
    async def withdraw_queued_message(self, info: Info, id: strawberry.ID) -> WithdrawQueuedMessagePayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        key = key_of(Kind.MESSAGE, id)
        chat, message = await info.context.engine.queued_messages.withdraw(viewer_id, key)
        return WithdrawQueuedMessagePayload(message=Message.from_row(message), chat=Chat.from_row(chat))
