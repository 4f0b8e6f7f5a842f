"""Messages that wait for their turn: the unanswered end of a chat's tree, and how it changes its shape.

A queued message is a question whose run waits. It stands below the answer it waits for, its own answer (empty, in
progress) below it, and the next queued message below that. All functions that write need the chat's row locked.
"""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import aliased

from domain.messages import MessageRole, MessageStatus
from domain.runs import WhenBusy
from persistence import messages
from persistence.chats import ChatRow
from persistence.database import Session
from persistence.messages import MessageRow
from persistence.runs import RunRow

LONGEST = 50
"""Messages that may wait in one chat."""


class Queued(NamedTuple):
    """One queued message, its answer-to-be and the run that will write it."""

    run: RunRow
    question: MessageRow
    answer: MessageRow


class Line(NamedTuple):
    """What a new message finds above it: the answer at work, if there is one, and those that wait for it in turn."""

    at_work: MessageRow | None
    queued: list[Queued]


async def waiting_in(session: Session, chat_id: UUID) -> list[Queued]:
    """All queued messages of a chat, on whatever branch, oldest first."""
    question, answer = aliased(MessageRow, name="question"), aliased(MessageRow, name="answer")
    query = (
        select(RunRow, question, answer)
        .join(question, question.id == RunRow.input_id)
        .join(answer, answer.id == RunRow.message_id)
        .where(RunRow.chat_id == chat_id, RunRow.finished_at.is_(None), RunRow.waiting)
        .order_by(RunRow.id)
    )
    return [Queued(*row) for row in await session.execute(query)]


async def line_above(session: Session, waiting: Sequence[Queued], tip: MessageRow) -> Line:
    """The line that ends in `tip`, front first. A queued question stands for its answer."""
    by_answer = {queued.answer.id: queued for queued in waiting}
    by_question = {queued.question.id: queued for queued in waiting}
    line: list[Queued] = []
    above: MessageRow | None = tip
    found = by_answer.get(tip.id) or by_question.get(tip.id)
    while found is not None:
        line.insert(0, found)
        above = await messages.parent_of(session, found.question)
        found = None if above is None else by_answer.get(above.id)
    at_work = above if above is not None and above.status is MessageStatus.IN_PROGRESS else None
    return Line(at_work, line)


async def shown(session: Session, chat_ids: list[UUID]) -> dict[UUID, list[RunRow]]:
    """Runs that wait on the branch each chat shows, in the order in which they will begin."""
    tip, above = aliased(MessageRow, name="tip"), aliased(MessageRow, name="above")
    line = (
        select(ChatRow.id.label("chat_id"), tip.id, tip.parent_id, tip.depth)
        .join(tip, tip.id == ChatRow.head_id)
        .where(ChatRow.id.in_(chat_ids), tip.status == MessageStatus.IN_PROGRESS)
        .cte("line", recursive=True)
    )
    line = line.union_all(
        select(line.c.chat_id, above.id, above.parent_id, above.depth)
        .join_from(line, above, above.id == line.c.parent_id)
        .where((above.status == MessageStatus.IN_PROGRESS) | (above.role == MessageRole.USER))
    )
    query = (
        select(line.c.chat_id, RunRow)
        .join_from(line, RunRow, RunRow.message_id == line.c.id)
        .where(RunRow.waiting, RunRow.finished_at.is_(None))
        .order_by(line.c.chat_id, line.c.depth)
    )
    found: dict[UUID, list[RunRow]] = {}
    for chat_id, run in await session.execute(query):
        found.setdefault(chat_id, []).append(run)
    return found


async def move(
    session: Session, waiting: Sequence[Queued], below: Mapping[UUID, UUID | None], *, aside: UUID | None = None
) -> None:
    """Put queued questions (keys) below other messages (values); what stands below them goes with them.

    `waiting` are all queued messages of the chat. Where several questions meet below one answer, `aside` is the one
    that makes way for the others.
    """
    questions = {queued.question.id: queued.question for queued in waiting}
    for question_id, parent_id in below.items():
        questions[question_id].parent_id = parent_id
    await session.flush()
    rows = await _with_all_below(session, list(questions))
    await _replant(session, sorted(rows, key=lambda row: (row.id == aside, row.id)))


async def take_out(session: Session, chat: ChatRow, run: RunRow) -> None:
    """Let the line close up behind a waiting run that is about to end: what waits behind it moves up.

    Its question and its empty answer stay in the tree, as a side branch.
    """
    waiting = await waiting_in(session, chat.id)
    gone = next(queued for queued in waiting if queued.run.id == run.id)
    beside = [q.answer.id for q in waiting if q.question.id == gone.question.id and q.answer.id != gone.answer.id]
    above = beside[0] if beside else gone.question.parent_id
    behind = {q.question.id: above for q in waiting if q.question.parent_id == gone.answer.id}
    if chat.head_id in (gone.answer.id, gone.question.id):
        chat.head_id = above
    await move(session, waiting, behind, aside=gone.question.id)


def steering(line: Sequence[Queued]) -> list[Queued]:
    """The messages at the front of a line that want to be heard by the run at work."""
    return list(takewhile(lambda queued: queued.run.when_busy is WhenBusy.STEER, line))


def to_be_heard(waiting: Sequence[Queued], answer_id: UUID) -> list[Queued]:
    """The messages that want to be heard by the run that writes an answer, in their order."""
    below = {q.question.parent_id: q for q in reversed(waiting) if q.run.when_busy is WhenBusy.STEER}
    line: list[Queued] = []
    while (queued := below.get(line[-1].answer.id if line else answer_id)) is not None:
        line.append(queued)
    return line


async def steered(session: Session, answer_id: UUID) -> bool:
    """Whether a message that wants to be heard by the run at work stands right below its answer."""
    question = aliased(MessageRow, name="question")
    query = (
        select(RunRow.id)
        .join(question, question.id == RunRow.input_id)
        .where(question.parent_id == answer_id, RunRow.waiting, RunRow.when_busy == WhenBusy.STEER)
        .limit(1)
    )
    return await session.scalar(query) is not None


async def _with_all_below(session: Session, ids: list[UUID]) -> list[MessageRow]:
    """Messages and their descendants: besides those that wait only some that were withdrawn, so they are few."""
    below = select(MessageRow.id).where(MessageRow.id.in_(ids)).cte("below", recursive=True)
    child = aliased(MessageRow, name="child")
    below = below.union(select(child.id).join(below, below.c.id == child.parent_id))
    return list(await session.scalars(select(MessageRow).join(below, below.c.id == MessageRow.id)))


async def _replant(session: Session, moved: Sequence[MessageRow]) -> None:
    """Give messages whose `parent_id` has changed their branches and depths again.

    `moved` holds all their descendants as well; of two children of one message the first goes on with its branch.
    """
    inside = {row.id for row in moved}
    outside = {row.parent_id for row in moved if row.parent_id is not None} - inside
    above = await messages.by_ids(session, list(outside))
    continued = await _continued(session, list(outside), besides=inside)
    await session.execute(text("SET CONSTRAINTS uq_messages_branch_id_depth DEFERRED"))
    placed = dict(above)
    left = list(moved)
    while left:
        row = next(row for row in left if row.parent_id is None or row.parent_id in placed)
        left.remove(row)
        parent = None if row.parent_id is None else placed[row.parent_id]
        row.depth, row.branch_id = 0, row.id
        if parent is not None:
            row.depth = parent.depth + 1
            row.branch_id = row.id if parent.id in continued else parent.branch_id
            continued.add(parent.id)
        placed[row.id] = row
    await session.flush()
    await session.execute(text("SET CONSTRAINTS uq_messages_branch_id_depth IMMEDIATE"))


async def _continued(session: Session, ids: list[UUID], *, besides: set[UUID]) -> set[UUID]:
    """Those of the messages whose branch goes on below them in a message that is not among `besides`."""
    above, below = aliased(MessageRow, name="above"), aliased(MessageRow, name="below")
    query = (
        select(above.id)
        .join(below, (below.branch_id == above.branch_id) & (below.depth == above.depth + 1))
        .where(above.id.in_(ids), below.id.not_in(besides))
    )
    return set(await session.scalars(query))
