"""What people do with an answer, as evidence about the model that gave it."""

from uuid import UUID

from domain.errors import BadUserInput
from domain.messages import MessageRole, MessageStatus
from domain.runs import RunErrorCode, RunFailure
from domain.selection import MessageRating, SignalKind
from persistence import changes, messages, runs, selection, steps
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Session
from persistence.messages import MessageRow
from persistence.runs import RunRow

REWARDS = {MessageRating.UP: 1.0, MessageRating.DOWN: 0.0}
FAULTS = frozenset({RunErrorCode.MODEL_UNAVAILABLE, RunErrorCode.TIMED_OUT})
"""Failures that say something about a model; a limit of calls, a wrong key or a filtered prompt does not."""


async def rate(db: Database, user_id: UUID, message_id: UUID, rating: MessageRating | None) -> MessageRow:
    """Put the viewer's thumb on an answer (None takes it away) and learn from it; NotFound if it is not theirs."""
    async with db.write() as session:
        row = await messages.visible_to(session, message_id, user_id)
        if row.role is not MessageRole.ASSISTANT or row.status is MessageStatus.IN_PROGRESS:
            raise BadUserInput({"input.messageId": "is not a finished answer; only those can be rated"})
        await selection.rate(session, row.id, rating)
        if row.run_id is not None:
            reward = None if rating is None else REWARDS[rating]
            beside = await _beside(session, row)
            signal = SignalKind.RATING if beside is None else SignalKind.PREFERRED
            await selection.learn(session, row.run_id, signal, reward, model_id=beside)
        await changes.record(session, user_id, [Change(ChangeKind.MESSAGE, row.id, row.chat_id)])
    return row


async def preferred(session: Session, message: MessageRow) -> None:
    """A person goes on from an answer. Where several models have answered side by side, that is a thumb up for this
    one; to go back to what became of all of them takes it away."""
    run = None if message.run_id is None else (await runs.by_ids(session, [message.run_id])).get(message.run_id)
    if run is None or run.workflow_version is None:
        return
    beside = await _beside(session, message)
    await selection.learn(session, run.id, SignalKind.PREFERRED, None if beside is None else 1.0, model_id=beside)


async def _beside(session: Session, message: MessageRow) -> UUID | None:
    """The model that has given an answer beside the one of its run; None for a run's own answer."""
    if message.run_id is None:
        return None
    return await steps.model_of_answer(session, message.run_id, message.id)


async def answered_again(session: Session, answer: MessageRow, model_id: UUID) -> None:
    """Somebody wants another model to answer what `answer` has answered."""
    if answer.run_id is None:
        return
    await selection.learn_unless_by(session, answer.run_id, SignalKind.REGENERATED, 0.0, model_id=model_id)


async def asked_differently(session: Session, question_id: UUID) -> None:
    """A question was edited after it had been answered."""
    if (run_id := await selection.run_answering(session, question_id)) is not None:
        await selection.learn(session, run_id, SignalKind.EDITED, 0.0)


async def failed(session: Session, run: RunRow, failure: RunFailure | None) -> None:
    """A run has ended without an answer."""
    if failure is not None and failure.code in FAULTS and run.model_id is not None:
        await selection.learn(session, run.id, SignalKind.FAILED, 0.0)
