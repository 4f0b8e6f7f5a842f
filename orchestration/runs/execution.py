"""Carrying a run on: one claimed attempt from where the run stands to its stored end."""

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from agents.exceptions import AgentsException
from openai import OpenAIError

from domain.calls import ModelCall
from domain.models import CallOutcome, Selection
from domain.runs import EventKind, RunErrorCode, RunEvent, RunFailure, RunStatus
from orchestration.inference.chain import Record, fallback_order
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector, Task, current_model
from orchestration.memory.history import LONGEST
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Attempt, Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.finishing import Ending, finish
from orchestration.runs.log import EventLog, Fenced
from orchestration.runs.outages import through_outages
from orchestration.runs.pausing import pause
from orchestration.runs.queue import HandOver
from orchestration.runs.turns import Interrupted, Turns
from orchestration.tools.toolbox import Toolbox
from persistence import agents, approvals, changes, chats, events, journal, messages, models, runs
from persistence.approvals import ApprovalRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database, Unavailable
from persistence.journal import unpacked

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
"""Attempts without a durable step between them; a run that takes its workers down must not do so for ever."""
PATIENCE = timedelta(days=7)
"""How long a tool call waits for a decision before it counts as declined."""


class Execution:
    def __init__(self, db: Database, writer: EventLog, pool: ModelPool, selector: Selector, tools: Toolbox) -> None:
        self._db, self._writer, self._pool, self._selector = db, writer, pool, selector
        self._turns = Turns(db, tools)

    def admit_through(self, admission: Admission) -> None:
        """What ends or pauses here makes room for other runs. The engine says so when it is put together."""
        self._admission = self._turns.admission = admission

    async def execute(self, run_id: UUID, shutting_down: Callable[[], bool]) -> None:
        """Claim a run and bring it to an end; returns at once when there is nothing to do.

        Cancelling this asks the run to stop: what it does to the database is never cut in two.
        """
        stop = asyncio.Event()
        working = asyncio.create_task(self._execute(run_id, stop, shutting_down), name=f"run {run_id}")
        while not working.done():
            try:
                await asyncio.shield(working)
            except asyncio.CancelledError:
                stop.set()
        working.result()

    async def _execute(self, run_id: UUID, stop: asyncio.Event, shutting_down: Callable[[], bool]) -> None:
        claimed = await self._claim(run_id)
        if claimed is None:
            return
        attempt, decided = claimed
        try:
            try:
                ending = await self._outcome(attempt, decided, stop, shutting_down)
            except Interrupted as interrupted:
                await self._pause(attempt, interrupted)
            else:
                await self._end(attempt, ending)
        except Fenced:
            log.info("run %s went to another worker", run_id)
        finally:
            self._writer.forget(attempt.log)
            for call in attempt.unsettled():
                await self._recorder(attempt)(call)

    async def _claim(self, run_id: UUID) -> tuple[Attempt, Sequence[ApprovalRow]] | None:
        """Take the run, with everything that an earlier attempt has left of it."""
        kept, entries, sequence = Kept(), {}, 1
        decided: list[ApprovalRow] = []
        async with self._db.write() as session:
            run = await runs.claim(session, run_id)
            if run is None:
                return None
            agent = await agents.of_run(session, run.agent_id)
            granted = await approvals.granted(session, run) if self._turns.may_ask(agent) else set()
            path = await messages.path_to(session, run.input_id, limit=LONGEST)
            if run.attempt > 1:
                kept = Kept() if run.state is None else Kept.from_stored(unpacked(run.state))
                entries = await journal.of(session, run_id)
                decided = await approvals.decided(session, run_id)
                sequence = await events.position(session, run_id)
            await changes.record(session, run.user_id, [Change(ChangeKind.RUN, run.id, run.chat_id)])
        attempt = Attempt(run, agent, path, self._writer.open(run_id, run.attempt, sequence), kept, entries)
        attempt.granted = granted
        attempt.edited = {row.call_id: json.dumps(row.edited) for row in decided if row.edited is not None}
        if run.attempt > 1:
            await self._take_over(attempt)
        attempt.log.say(EventKind.STATUS, status=RunStatus.IN_PROGRESS.value)
        return attempt, decided

    async def _take_over(self, attempt: Attempt) -> None:
        """Take back what an earlier attempt has said without making it durable, and say again what is durable."""
        run = attempt.run
        async with self._db.read() as session:
            if run.cancel_requested_at is not None:  # its worker could not stop it: what it had said is the answer
                said = await events.streamed(session, run.id)
                attempt.draft = Draft.of_events(said, run.message_id)
                attempt.sequence = said[-1].sequence if said else 0
            half_said = await events.half_said(session, run.id, attempt.sequence)
        if half_said:
            reason = "Another worker continues the run."
            attempt.log.say(EventKind.MESSAGE_DISCARDED, run.message_id, reason=reason)
            for kind, words in attempt.draft.said():
                attempt.log.stream(kind, run.message_id, words)

    async def _outcome(
        self,
        attempt: Attempt,
        decided: Sequence[ApprovalRow],
        stop: asyncio.Event,
        shutting_down: Callable[[], bool],
    ) -> Ending:
        """Let the model answer until it is done, has failed, or is to stop; HandOver when the worker goes."""
        answering = asyncio.create_task(self._answer(attempt, decided))
        watching = [asyncio.create_task(stop.wait()), asyncio.create_task(attempt.log.fenced.wait())]
        try:
            await asyncio.wait({answering, *watching}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                await _stop(answering)
            if attempt.log.fenced.is_set():
                raise Fenced
            if answering.cancelled() or (stop.is_set() and not _finished(answering)):
                if shutting_down() and not await self._cancel_requested(attempt):
                    raise HandOver
                return attempt.ending(RunStatus.CANCELLED)
            answering.result()
        except RunFailure as failure:
            return attempt.ending(RunStatus.FAILED, failure)
        except (AgentsException, OpenAIError, OSError) as error:
            return attempt.ending(RunStatus.FAILED, failure_of(error, attempt.model_name))
        except (Fenced, HandOver, Interrupted, *Unavailable):  # the database was away: another attempt, no end
            raise
        except Exception:  # the run supervisor is one of the edges: nothing may leave a run without an end
            error_id = uuid4().hex
            log.exception("run %s failed unexpectedly (error %s)", attempt.run.id, error_id)
            unknown = RunFailure(RunErrorCode.INTERNAL, f"Something went wrong. The log knows more under {error_id}.")
            return attempt.ending(RunStatus.FAILED, unknown)
        finally:
            for task in watching:
                task.cancel()
        return attempt.ending(RunStatus.COMPLETED)

    async def _answer(self, attempt: Attempt, decided: Sequence[ApprovalRow]) -> None:
        run, say = attempt.run, attempt.log.say
        if run.cancel_requested_at is not None:
            raise asyncio.CancelledError
        if run.attempt - attempt.progressed > MOST_ATTEMPTS:
            message = f"{MOST_ATTEMPTS} workers in a row were lost while they carried this run on."
            raise RunFailure(RunErrorCode.INTERNAL, message, retryable=True)
        selection = await self._select(attempt)
        say(EventKind.SELECTION, selection=models.stored_selection(selection))
        say(EventKind.AGENT, agent_id=str(attempt.agent.id), name=attempt.agent.name)
        say(EventKind.MESSAGE_STARTED, run.message_id)
        recorder = self._recorder(attempt)

        async def record(call: ModelCall) -> None:
            # Other processes should hear of a failure now; a success can wait for the transaction that follows it.
            if call.outcome is CallOutcome.SUCCEEDED:
                attempt.paid(call)
            else:
                await through_outages(lambda: recorder(call))

        continues = bool(run.options.get("continues"))
        async with self._pool.open_chain(fallback_order(selection), record=record, continues=continues) as model:
            attempt.model = model
            await self._turns.carry_on(attempt, model, decided)

    def _recorder(self, attempt: Attempt) -> Record:
        run = attempt.run
        return self._pool.recorder(user_id=run.user_id, run_id=run.id, run_attempt=run.attempt)

    async def _select(self, attempt: Attempt) -> Selection:
        """The model for this run. An attempt that stands on earlier turns stays with the model of those."""
        run = attempt.run
        if run.selection is not None and run.model_id is not None and attempt.sequence > 0:
            return models.selection_from(run.selection)
        task = Task.of_run(
            prompt="\n".join(row.content for row in attempt.path),
            question=attempt.path[-1].content,
            model_id=run.requested_model_id or attempt.agent.model_id,
            thinking=run.thinking,
            options=run.options,
            current=current_model(attempt.path),
        )
        selection = await self._selector.choose(task)
        async with self._db.write() as session:
            await attempt.choose(session, selection)
        return selection

    async def _pause(self, attempt: Attempt, interrupted: Interrupted) -> None:
        """Store that the run waits for people; no worker holds it while it does."""
        position = attempt.position(interrupted.state)
        begun = {key.removeprefix("tool:") for key, entry in attempt.journal.items() if entry.get("begun")}
        await attempt.log.barrier()

        async def store() -> Sequence[RunEvent]:
            async with self._db.write() as session:
                held = await attempt.held(session)
                await attempt.settle(session)
                told = await pause(session, held, position, interrupted.calls, begun, patience=PATIENCE)
                await self._admission.admit(session, held.user_id)
                return told

        self._writer.published(await through_outages(store))
        attempt.settled()

    async def _end(self, attempt: Attempt, ending: Ending) -> None:
        """Store the end of the run: fenced, and in one transaction with everything that must not be lost."""
        await attempt.log.barrier()
        run = attempt.run
        sequence = attempt.log.sequence

        def last(data: dict[str, object]) -> RunEvent:
            attempt.log.sequence = sequence
            return attempt.log.event(EventKind.FINISHED, None, data)

        async def store() -> Sequence[RunEvent]:
            async with self._db.write() as session:
                await chats.hold(session, run.chat_id)
                await attempt.hold(session)
                await attempt.settle(session)
                if attempt.model is not None:
                    run.model_id = attempt.model.row.id
                if attempt.run.attempt > 1 or attempt.turn > 0 or attempt.journal:
                    await journal.clear(session, run.id)
                return await finish(session, run, ending, last, self._admission)

        self._writer.published(await through_outages(store))
        attempt.settled()

    async def _cancel_requested(self, attempt: Attempt) -> bool:
        async with self._db.read() as session:
            run = (await runs.by_ids(session, [attempt.run.id])).get(attempt.run.id)
        return run is None or run.cancel_requested_at is not None


async def _stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has let go of everything."""
    task.cancel()
    await asyncio.wait({task})


def _finished(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
