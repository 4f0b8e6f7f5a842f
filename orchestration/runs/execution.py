"""Carrying a run on: one claimed attempt from the question to the stored answer."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from agents import Agent, RunConfig, Runner
from agents.exceptions import AgentsException
from agents.result import RunResultStreaming
from openai import OpenAIError

from domain.models import CallOutcome, Selection, TokenUsage
from domain.runs import EventKind, RunErrorCode, RunEvent, RunFailure, RunStatus, StepKind
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool, OpenedModel
from orchestration.inference.selection import Selector, Task, current_model
from orchestration.memory.history import LONGEST, fitting
from orchestration.runs.finishing import Defer, Ending, finish
from orchestration.runs.log import EventLog, Fenced, RunLog
from orchestration.runs.queue import HandOver
from persistence import agents, changes, chats, events, messages, models, runs
from persistence.agents import AgentRow
from persistence.changes import Change, ChangeKind
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.runs import RunRow

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Work:
    """One attempt at a run: what it needs to know, and what it has said so far."""

    run: RunRow
    agent: AgentRow
    path: list[MessageRow]
    log: RunLog
    text: list[str]
    reasoning: list[str]
    usage: TokenUsage
    called_at: datetime | None = None
    called: float = 0.0
    first_token_ms: float | None = None
    model: OpenedModel | None = None

    def heard(self, kind: EventKind, words: str) -> None:
        """The model has said something."""
        if self.first_token_ms is None:
            self.first_token_ms = (time.perf_counter() - self.called) * 1000
        (self.text if kind is EventKind.TEXT else self.reasoning).append(words)
        self.log.stream(kind, self.run.message_id, words)

    def ending(self, status: RunStatus, failure: RunFailure | None = None) -> Ending:
        return Ending(
            status,
            "".join(self.text),
            "".join(self.reasoning),
            failure,
            self.usage,
            self.first_token_ms,
            self.model.name if self.model else None,
        )


class Execution:
    def __init__(self, db: Database, writer: EventLog, pool: ModelPool, selector: Selector) -> None:
        self._db, self._writer, self._pool, self._selector = db, writer, pool, selector
        self.defer: Defer | None = None

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
        work = await self._claim(run_id)
        if work is None:
            return
        try:
            ending, outcome = await self._outcome(work, stop, shutting_down)
            await self._end(work, ending, outcome)
        except Fenced:
            log.info("run %s went to another worker", run_id)
        finally:
            self._writer.forget(work.log)

    async def _outcome(
        self, work: Work, stop: asyncio.Event, shutting_down: Callable[[], bool]
    ) -> tuple[Ending, CallOutcome]:
        """Let the model answer until it is done, has failed, or is to stop; HandOver when the worker goes."""
        answering = asyncio.create_task(self._answer(work))
        watching = [asyncio.create_task(stop.wait()), asyncio.create_task(work.log.fenced.wait())]
        try:
            await asyncio.wait({answering, *watching}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done():
                await _stop(answering)
            if work.log.fenced.is_set():
                raise Fenced
            if answering.cancelled() or (stop.is_set() and not _finished(answering)):
                if shutting_down() and not await self._cancel_requested(work):
                    raise HandOver
                return work.ending(RunStatus.CANCELLED), CallOutcome.CANCELLED
            answering.result()
        except RunFailure as failure:
            return work.ending(RunStatus.FAILED, failure), CallOutcome.FAILED
        except (AgentsException, OpenAIError, OSError) as error:
            known = failure_of(error, work.model.name if work.model else "the model")
            return work.ending(RunStatus.FAILED, known), CallOutcome.FAILED
        except (Fenced, HandOver):
            raise
        except Exception:  # the run supervisor is one of the edges: nothing may leave a run without an end
            error_id = uuid4().hex
            log.exception("run %s failed unexpectedly (error %s)", work.run.id, error_id)
            unknown = RunFailure(RunErrorCode.INTERNAL, f"Something went wrong. The log knows more under {error_id}.")
            return work.ending(RunStatus.FAILED, unknown), CallOutcome.FAILED
        finally:
            for task in watching:
                task.cancel()
        return work.ending(RunStatus.COMPLETED), CallOutcome.SUCCEEDED

    async def _claim(self, run_id: UUID) -> Work | None:
        async with self._db.write() as session:
            run = await runs.claim(session, run_id)
            if run is None or run.agent_id is None:
                return None
            agent = (await agents.by_ids(session, [run.agent_id]))[run.agent_id]
            path = await messages.path_to(session, run.input_id, limit=LONGEST)
            newest = await events.newest(session, run_id)
            await changes.record(session, run.user_id, [Change(ChangeKind.RUN, run.id, run.chat_id)])
        written = self._writer.open(run_id, run.attempt, newest.sequence if newest else 0)
        return Work(run, agent, path, written, [], [], TokenUsage())

    async def _answer(self, work: Work) -> None:
        run, say = work.run, work.log.say
        if run.cancel_requested_at is not None:
            raise asyncio.CancelledError  # the worker that had it could not stop it any more
        if run.attempt > 1:
            say(EventKind.MESSAGE_DISCARDED, run.message_id, reason="Another worker continues the run.")
        say(EventKind.STATUS, status=RunStatus.IN_PROGRESS.value)
        selection = await self._select(work)
        say(EventKind.SELECTION, selection=models.stored_selection(selection))
        say(EventKind.AGENT, agent_id=str(work.agent.id), name=work.agent.name)
        say(EventKind.MESSAGE_STARTED, run.message_id)
        async with self._pool.open(selection.model_id) as model:
            work.model = model
            await self._call(work, model)

    async def _select(self, work: Work) -> Selection:
        run = work.run
        task = Task.of_run(
            prompt="\n".join(row.content for row in work.path),
            question=work.path[-1].content,
            model_id=run.requested_model_id or work.agent.model_id,
            thinking=run.thinking,
            options=run.options,
            current=current_model(work.path),
        )
        selection = await self._selector.choose(task)
        async with self._db.write() as session:
            held = await runs.held(session, run.id, run.attempt)
            if held is None:
                raise Fenced
            held.selection, held.model_id = models.stored_selection(selection), selection.model_id
            await runs.begin_step(session, run.id, StepKind.MODEL_CALL, work.agent.name)
        run.model_id = selection.model_id
        return selection

    async def _call(self, work: Work, model: OpenedModel) -> None:
        """One conversation with the model through the Agents SDK; what it says goes to the log as it comes."""
        instructions = model.instructions or work.agent.instructions
        agent: Agent[None] = Agent(
            name=work.agent.name, instructions=instructions, model=model.model, model_settings=model.settings
        )
        history = fitting(work.path, instructions=instructions, window=model.context_window, answer=model.answer_tokens)
        kinds = {"text": EventKind.TEXT, "reasoning": EventKind.REASONING}
        tapped = model.tap(lambda kind, words: work.heard(kinds[kind], words))
        work.called_at, work.called = datetime.now(UTC), time.perf_counter()
        result = Runner.run_streamed(
            agent, history, max_turns=work.agent.max_turns, run_config=RunConfig(tracing_disabled=True)
        )
        try:
            async for kind, words in _said(result):
                if not tapped:
                    work.heard(kind, words)
        finally:
            if not result.is_complete:
                result.cancel()
            work.usage = model.price(result.context_wrapper.usage)

    async def _end(self, work: Work, ending: Ending, outcome: CallOutcome) -> None:
        """Store the end of the run: fenced, and in one transaction with everything that must not be lost."""
        assert self.defer is not None  # noqa: S101 - set when the engine is put together
        await work.log.barrier()
        run = work.run

        def last(data: dict[str, object]) -> RunEvent:
            return work.log.event(EventKind.FINISHED, None, data)

        async with self._db.write() as session:
            await chats.locked(session, run.chat_id)
            held = await runs.held(session, run.id, run.attempt)
            if held is None:
                raise Fenced
            if run.model_id is not None and work.called_at is not None:
                await models.record_call(
                    session,
                    run_id=run.id,
                    model_id=run.model_id,
                    user_id=run.user_id,
                    attempt=run.attempt,
                    outcome=outcome,
                    error_code=ending.failure.code if ending.failure else None,
                    usage=ending.usage,
                    ttft_ms=ending.first_token_ms,
                    duration_ms=(time.perf_counter() - work.called) * 1000,
                    started_at=work.called_at,
                )
            stored = await finish(session, held, ending, last, self.defer)
        self._writer.published(stored)

    async def _cancel_requested(self, work: Work) -> bool:
        async with self._db.read() as session:
            run = (await runs.by_ids(session, [work.run.id])).get(work.run.id)
        return run is None or run.cancel_requested_at is not None


async def _said(result: RunResultStreaming) -> AsyncIterator[tuple[EventKind, str]]:
    """Text and reasoning among the SDK's stream events."""
    async for event in result.stream_events():
        if event.type != "raw_response_event":
            continue
        data = event.data
        if data.type == "response.output_text.delta":
            yield EventKind.TEXT, data.delta
        elif data.type in ("response.reasoning_summary_text.delta", "response.reasoning_text.delta"):
            yield EventKind.REASONING, data.delta


async def _stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait until it has let go of everything."""
    task.cancel()
    await asyncio.wait({task})


def _finished(task: asyncio.Task[None]) -> bool:
    return not task.cancelled() and task.exception() is None
