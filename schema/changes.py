"""The change feed as the API shows it."""

import strawberry

from domain.ids import Kind, global_id
from persistence.changes import ChangeKind, ChangeRow
from schema.approvals import Approval, approval_by_id
from schema.chats import Chat, chat_by_id
from schema.context import FieldContext
from schema.messages import Message, message_by_id
from schema.pages import cursor
from schema.runs import Run, run_by_id


@strawberry.interface(description="Something of the viewer's changed. Pass `cursor` as `after` to resume behind it.")
class Change:
    cursor: str = strawberry.field(description="Where this change stands in the viewer's feed.")


@strawberry.type(description="A chat is new or changed.")
class ChatChanged(Change):
    chat: Chat = strawberry.field(description="The chat as it is now.")


@strawberry.type(description="A chat was deleted.")
class ChatDeleted(Change):
    chat_id: strawberry.ID = strawberry.field(description="The chat that is gone.")


@strawberry.type(description="A message is new or changed.")
class MessageChanged(Change):
    chat_id: strawberry.ID = strawberry.field(description="Its chat.")
    message: Message = strawberry.field(description="The message as it is now.")


@strawberry.type(description="A run is new or changed its state.")
class RunChanged(Change):
    run: Run = strawberry.field(description="The run as it is now.")


@strawberry.type(description="An approval was asked for or decided.")
class ApprovalChanged(Change):
    approval: Approval = strawberry.field(description="The approval as it is now.")


CHANGE_TYPES = (ChatChanged, ChatDeleted, MessageChanged, RunChanged, ApprovalChanged)


async def shown(context: FieldContext, row: ChangeRow) -> Change | None:
    """A change with its object as it is now; None when the object has been deleted since."""
    at, chat_id = cursor(str(row.position)), strawberry.ID(global_id(Kind.CHAT, row.chat_id))
    match row.kind:
        case ChangeKind.CHAT_DELETED:
            return ChatDeleted(cursor=at, chat_id=chat_id)
        case ChangeKind.CHAT:
            chat = await context.load(chat_by_id, row.object_id)
            return None if chat is None else ChatChanged(cursor=at, chat=Chat.from_row(chat))
        case ChangeKind.MESSAGE:
            message = await context.load(message_by_id, row.object_id)
            if message is None:
                return None
            return MessageChanged(cursor=at, chat_id=chat_id, message=Message.from_row(message))
        case ChangeKind.RUN:
            run = await context.load(run_by_id, row.object_id)
            return None if run is None else RunChanged(cursor=at, run=Run.from_row(run))
        case ChangeKind.APPROVAL:
            approval = await context.load(approval_by_id, row.object_id)
            return None if approval is None else ApprovalChanged(cursor=at, approval=Approval.from_row(approval))
