"""Carrying a run on: one claimed attempt from where the run stands to its stored end."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from agents.exceptions import AgentsException
from openai import OpenAIError

from domain.calls import ModelCall
from domain.ids import Kind, global_id
from domain.log_ids import note
from domain.models import CallOutcome, Selection
from domain.runs import EventKind, RunErrorCode, RunEvent, RunFailure, RunStatus
from domain.tracing import Span
from orchestration.inference.budgets import charge_to
from orchestration.inference.chain import Chain, Record
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector
from orchestration.mcp.servers import McpServers
from orchestration.memory.memories import Memories
from orchestration.memory.summarizing import Summarizing, due
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Attempt
from orchestration.runs.budgets import LimitReached
from orchestration.runs.claiming import Claimed, attempt_at, claim
from orchestration.runs.finishing import Ending, finish
from orchestration.runs.log import EventLog, Fenced
from orchestration.runs.outages import through_outages
from orchestration.runs.pausing import pause
from orchestration.runs.questions import Questions
from orchestration.runs.queue import HandOver
from orchestration.runs.selecting import task_of
from orchestration.runs.spans import attempt_span, tell_end
from orchestration.runs.turns import Interrupted, Turns
from orchestration.thinking.modes import think
from orchestration.thinking.thinker import Thinker
from orchestration.tools.toolbox import Toolbox
from orchestration.workflows.running import go_by_workflow
from persistence import chats, journal, model_calls, models, runs, summaries
from persistence.approvals import ApprovalRow
from persistence.database import Database, Session, Unavailable

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 10
"""Attempts without a durable step between them; a run that takes its workers down must not do so for ever."""
PATIENCE = timedelta(days=7)
"""How long a tool call waits for a decision before it counts as declined."""


class Execution:
    def __init__(
        self, db: Database, writer: EventLog, pool: ModelPool, selector: Selector, tools: Toolbox, servers: McpServers,
        memories: Memories, summarizing: Summarizing, questions: Questions,
    ) -> None:  # fmt: skip
        self._db, self._writer, self._pool, self._selector = db, writer, pool, selector
        self._memories, self._summarizing = memories, summarizing
        self._turns = Turns(db, tools, servers, questions)

    def admit_through(self, admission: Admission) -> None:
        """What ends or pauses here makes room for other runs. The engine says so when it is put together."""
        self._admission = self._turns.admission = admission

    async def execute(self, run_id: UUID, shutting_down: Callable[[], bool], claimed: Claimed | None = None) -> None:
        """Claim a run, unless that has been done, and bring it to an end; returns at once when there is nothing to do.

        Cancelling this asks the run to stop: what it does to the database is never cut in two.
        """
        stop = asyncio.Event()
        working = asyncio.create_task(self._execute(run_id, stop, shutting_down, claimed), name=f"run {run_id}")
        while not working.done():
            try:
                await asyncio.shield(working)
            except asyncio.CancelledError:
                stop.set()
        working.result()

    async def _execute(
        self, run_id: UUID, stop: asyncio.Event, shutting_down: Callable[[], bool], claimed: Claimed | None
    ) -> None:
        note(run=global_id(Kind.RUN, run_id))
        claimed = claimed or await claim(self._db, self._writer, self._selector, run_id)
        if claimed is None:
            return
        note(attempt=str(claimed.run.attempt))
        attempt, decided = await attempt_at(self._db, self._writer, claimed), claimed.basis.left.decided
        charge_to(attempt.run.user_id, attempt.run.api_key_id)
        with attempt_span(attempt.run) as span:
            await self._carry_out(attempt, decided, stop, shutting_down, span)

    async def _carry_out(
        self,
        attempt: Attempt,
        decided: Sequence[ApprovalRow],
        stop: asyncio.Event,
        shutting_down: Callable[[], bool],
        span: Span,
    ) -> None:
        try:
            try:
                ending = await self._outcome(attempt, decided, stop, shutting_down)
            except Interrupted as interrupted:
                await self._pause(attempt, interrupted)
            else:
                tell_end(span, ending)
                await self._end(attempt, ending)
        except Fenced:
            log.info("run %s went to another worker", attempt.run.id)
        finally:
            self._writer.forget(attempt.log)
            for call in attempt.unsettled():
                await self._recorder(attempt)(call)

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
        if (selection := attempt.selection) is None:
            selection = await self._select(attempt)
            say(EventKind.SELECTION, selection=models.stored_selection(selection))
            attempt.say_agent()
            say(EventKind.MESSAGE_STARTED, run.message_id)
        if run.attempt > 1 and attempt.budget.counts:
            async with self._db.read() as session:
                attempt.budget.spend(await model_calls.used(session, run.id))
        thinker = Thinker(
            self._db, self._pool, self._turns, attempt, selection, decided, self._record(attempt), self._memories
        )  # fmt: skip
        try:
            async with attempt.budget.in_time():
                await (think if run.workflow_version is None else go_by_workflow)(thinker)
        except LimitReached:
            if not attempt.draft.text:
                raise

    def _record(self, attempt: Attempt) -> Record:
        recorder = self._recorder(attempt)

        async def record(call: ModelCall) -> None:
            attempt.budget.spend(call.usage)
            # Other processes should hear of a failure now; a success can wait for the transaction that follows it.
            if call.outcome is CallOutcome.SUCCEEDED:
                attempt.paid(call)
            else:
                await through_outages(lambda: recorder(call))

        return record

    def _recorder(self, attempt: Attempt) -> Record:
        run = attempt.run
        return self._pool.recorder(
            user_id=run.user_id, api_key_id=run.api_key_id, run_id=run.id, run_attempt=run.attempt
        )

    async def _select(self, attempt: Attempt) -> Selection:
        """The model for this run. An attempt that stands on earlier turns stays with the model of those."""
        run = attempt.run
        if run.selection is not None and run.model_id is not None and attempt.sequence > 0:
            return models.selection_from(run.selection)
        selection = await self._selector.choose(task_of(run, attempt.agent, attempt.workflow, attempt.gathered))
        async with self._db.write() as session:
            await attempt.choose(session, selection)
        return selection

    async def _pause(self, attempt: Attempt, interrupted: Interrupted) -> None:
        """Store that the run waits for people; no worker holds it while it does."""
        position = attempt.position(interrupted.state)
        await attempt.log.barrier()

        async def store() -> Sequence[RunEvent]:
            async with self._db.write() as session:
                held = await attempt.held(session)
                await attempt.settle(session)
                told = await pause(
                    session, held, position, interrupted.calls, attempt.journal,
                    patience=PATIENCE, step=interrupted.step,
                )  # fmt: skip
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
                await chats.touch(session, run.chat_id)
                await attempt.hold(session)
                await attempt.settle(session)
                if attempt.model is not None:
                    run.model_id = attempt.model.row.id
                    attempt.wished = await self._wish_for_summary(session, attempt, attempt.model, ending)
                run.limit_reached = attempt.budget.reached
                if attempt.run.attempt > 1 or attempt.turn > 0 or attempt.journal:
                    await journal.clear(session, run.id)
                return await finish(session, run, ending, last, self._admission)

        self._writer.published(await through_outages(store))
        attempt.settled()
        if attempt.wished:
            self._summarizing.wake()

    async def _wish_for_summary(self, session: Session, attempt: Attempt, model: Chain, ending: Ending) -> bool:
        """Have the older part of the branch summarised before it is too long; whether somebody is to do so now. What
        was local stays so."""
        run = attempt.run
        if ending.status is not RunStatus.COMPLETED:
            return False
        up_to = due(attempt.path, attempt.gathered.summary, said=ending.text, room=model.room)
        if up_to is None:
            return False
        local = bool(run.options.get("local_only")) or model.row.file is not None
        return await summaries.wish(session, chat_id=run.chat_id, message_id=up_to, room=model.room, local=local)

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
