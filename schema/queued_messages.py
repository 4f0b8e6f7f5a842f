"""Messages that wait for their turn: what can be asked for, and what comes back."""

import strawberry

from schema.chats import Chat
from schema.messages import Message


@strawberry.input(description="Input of updateQueuedMessage.")
class UpdateQueuedMessageInput:
    message_id: strawberry.ID = strawberry.field(description="A message whose run has not begun.")
    content: str = strawberry.field(description="Its new text, as Markdown; at most 200,000 characters.")


@strawberry.input(description="Input of reorderQueuedMessages.")
class ReorderQueuedMessagesInput:
    chat_id: strawberry.ID = strawberry.field(description="The chat.")
    message_ids: list[strawberry.ID] = strawberry.field(
        description="All messages that wait on the shown branch, in the order in which they are to be answered."
    )


@strawberry.type(description="Result of updateQueuedMessage.")
class UpdateQueuedMessagePayload:
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="Result of reorderQueuedMessages.")
class ReorderQueuedMessagesPayload:
    chat: Chat = strawberry.field(description="The chat with its new order.")


@strawberry.type(description="Result of withdrawQueuedMessage.")
class WithdrawQueuedMessagePayload:
    message: Message = strawberry.field(description="The message, beside the shown branch from now on.")
    chat: Chat = strawberry.field(description="The chat without it.")
