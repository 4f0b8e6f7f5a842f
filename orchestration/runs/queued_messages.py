"""What a person can still do to a message that waits: change it, put it elsewhere in the line, take it back."""

from itertools import pairwise
from uuid import UUID

from domain.errors import Conflict
from domain.ids import Kind, global_id
from domain.messages import storable
from domain.runs import RunStatus
from orchestration.runs.asking import check_content
from orchestration.runs.cancelling import Cancelling
from persistence import changes, chats, messages, queued_messages, runs
from persistence.changes import Change, ChangeKind
from persistence.chats import ChatRow
from persistence.database import Database, Session
from persistence.messages import MessageRow
from persistence.queued_messages import Queued
from persistence.runs import RunRow


class QueuedMessages:
    def __init__(self, db: Database, cancelling: Cancelling) -> None:
        self._db, self._cancelling = db, cancelling

    async def update(self, user_id: UUID, message_id: UUID, content: str) -> MessageRow:
        """Change the text of a message in place; Conflict when its run has begun."""
        check_content(content)
        async with self._db.write() as session:
            chat, message, _ = await _unbegun(session, user_id, message_id)
            message.content = storable(content)
            await session.flush()
            await changes.record(session, user_id, [Change(ChangeKind.MESSAGE, message.id, chat.id)])
        return message

    async def reorder(self, user_id: UUID, chat_id: UUID, message_ids: list[UUID]) -> ChatRow:
        """Put all that waits on the shown branch into this order; Conflict when it is not this that waits."""
        async with self._db.write() as session:
            chat = await chats.visible_to(session, chat_id, user_id, lock=True)
            waiting = await queued_messages.waiting_in(session, chat_id)
            line = await _shown(session, chat, waiting)
            by_question = {queued.question.id: queued for queued in line}
            if len(message_ids) != len(line) or set(message_ids) != set(by_question):
                waits = [global_id(Kind.MESSAGE, key) for key in by_question]
                raise Conflict("These are not the messages that wait now: one has begun, come or gone.", waiting=waits)
            wanted = [by_question[key] for key in message_ids]
            below = {wanted[0].question.id: line[0].question.parent_id} if wanted else {}
            below |= {after.question.id: before.answer.id for before, after in pairwise(wanted)}
            await queued_messages.move(session, waiting, below)
            if wanted:
                chat.head_id = wanted[-1].answer.id
            moved = [Change(ChangeKind.MESSAGE, queued.question.id, chat.id) for queued in wanted]
            await changes.record(session, user_id, [*moved, Change(ChangeKind.CHAT, chat.id, chat.id)])
        return chat

    async def withdraw(self, user_id: UUID, message_id: UUID) -> tuple[ChatRow, MessageRow]:
        """Take a message back: its run ends CANCELLED and what waits behind it moves up.

        Conflict when its run has begun. Withdrawing what was withdrawn before changes nothing.
        """
        async with self._db.write() as session:
            chat, message, found = await _unbegun(session, user_id, message_id, or_withdrawn=True)
            for run in found:
                await self._cancelling.cancel_in(session, chat, run)
        return chat, message


async def _unbegun(
    session: Session, user_id: UUID, message_id: UUID, *, or_withdrawn: bool = False
) -> tuple[ChatRow, MessageRow, list[RunRow]]:
    """A message none of whose runs has begun, with its runs and its chat locked; Conflict otherwise."""
    seen = await messages.visible_to(session, message_id, user_id)
    chat = await chats.visible_to(session, seen.chat_id, user_id, lock=True)
    found = await runs.answering(session, message_id)
    await session.refresh(seen)
    begun = [run for run in found if run.status is not RunStatus.QUEUED and not (or_withdrawn and _withdrawn(run))]
    if begun or not found:
        raise Conflict("This message does not wait any more. Edit it as a sibling, or cancel its run.")
    return chat, seen, found


def _withdrawn(run: RunRow) -> bool:
    return run.status is RunStatus.CANCELLED and run.started_at is None


async def _shown(session: Session, chat: ChatRow, waiting: list[Queued]) -> list[Queued]:
    """The line on the branch that the chat shows; Conflict when other messages branch off it."""
    if chat.head_id is None:
        return []
    tip = await messages.in_chat(session, chat.head_id, chat.id)
    line = (await queued_messages.line_above(session, waiting, tip)).queued
    inside = {queued.run.id for queued in line}
    answers = {queued.answer.id for queued in line} | {queued.question.id for queued in line}
    if any(q.run.id not in inside and {q.question.parent_id, q.question.id} & answers for q in waiting):
        raise Conflict("Other messages branch off those that wait, so they have no single order.")
    return line
