"""Durable steps: named pieces of a run's work that are done once, whatever happens to the worker."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast
from uuid import UUID

from agents import TResponseInputItem
from agents.exceptions import AgentsException
from openai import OpenAIError

from domain.calls import ModelCall
from domain.runs import EventKind, RunErrorCode, RunFailure, StepKind, StepStatus
from orchestration.inference.chain import Record
from orchestration.inference.failures import failure_of
from orchestration.memory.context import joining
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Attempt, Kept
from orchestration.runs.budgets import WORK, LimitReached
from orchestration.runs.drafts import Draft
from orchestration.runs.journal import Journal
from orchestration.runs.outages import through_outages
from orchestration.runs.steering import take_steered
from orchestration.runs.turns import Interrupted
from persistence import journal, steps
from persistence.database import Database, Session
from persistence.journal import packed
from persistence.steps import NewStep, RunStepRow

AT_ONCE = 4
"""Steps of one run that are at work at the same time."""

Output = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A step at work. What of it must not be done twice goes to `entries`; its calls of models go to `record`."""

    id: UUID
    key: str
    entries: Journal
    record: Record


Work = Callable[[Step], Awaitable[Output]]


class Steps:
    """The steps of one attempt. `open` it; a program then says `do` for each step, in the same order at each attempt
    and under the same keys: what had ended comes back from the store, the rest is done."""

    def __init__(self, db: Database, attempt: Attempt, record: Record) -> None:
        self._db, self._attempt, self._record = db, attempt, record
        self._ended: dict[str, RunStepRow] = {}

    async def open(self) -> None:
        """Read what earlier attempts have finished."""
        if self._attempt.run.attempt > 1:
            async with self._db.read() as session:
                found = await steps.ended(session, self._attempt.run.id)
            self._ended = {row.key: row for row in found if row.key is not None}

    def has_ended(self, key: str) -> bool:
        """Whether an earlier attempt has done this step."""
        return key in self._ended

    async def do(
        self, key: str, work: Work, *, kind: StepKind, name: str, parent: Step | None = None,
        given: Output | None = None, free: bool = False,
    ) -> Output:  # fmt: skip
        """What comes of a step: `work` is called unless it has been done already.

        The output (JSON) is stored with the step's calls in one transaction. A RunFailure is an outcome too: it is
        stored, raised, and raised again by later attempts. LimitReached when the run's budget is used up, unless the
        step is `free`; Fenced when another worker owns the run. A step that pauses, or whose worker is lost, has not
        ended.
        """
        if (row := self._ended.get(key)) is not None:
            return _outcome(row)
        if not free:
            self._attempt.budget.check()
        step = await self._begin(NewStep(key, kind, name, None if parent is None else parent.id, given))
        try:
            async with self._attempt.budget.in_time(None if free else WORK):
                output = await work(step)
        except LimitReached as limit:
            await self._end(step, StepStatus.CANCELLED, failure=limit)
            raise
        except RunFailure as failure:
            await self._end(step, StepStatus.FAILED, failure=failure)
            raise
        except (AgentsException, OpenAIError) as error:
            understood = failure_of(error, self._attempt.model_name)
            await self._end(step, StepStatus.FAILED, failure=understood)
            raise understood from error
        await self._end(step, StepStatus.COMPLETED, output)
        return output

    async def hear(self, key: str, admission: Admission, *, room: int) -> list[TResponseInputItem]:
        """What people have said to the run since its last step, as models take it; mostly nothing. It is a step of its
        own, so later attempts hear the same at this point. What the run has said so far is a message of its own then,
        and the answer one below what was heard."""
        if (row := self._ended.get(key)) is not None:
            return _items(row.output)
        attempt, answer = self._attempt, self._attempt.run.message_id
        async with attempt.storing:
            position = replace(attempt.position(attempt.kept.state), parts=[])
            await attempt.log.barrier()

            async def store() -> list[TResponseInputItem]:
                attempt.run.message_id = answer
                async with self._db.write() as session:
                    return await self._take(session, key, admission, position, room=room)

            if heard := await through_outages(store):
                attempt.settled()
                attempt.kept, attempt.sequence, attempt.draft = position, position.sequence, Draft()
                attempt.log.say(EventKind.MESSAGE_STARTED, attempt.run.message_id)
        return heard

    async def _take(
        self, session: Session, key: str, admission: Admission, position: Kept, *, room: int
    ) -> list[TResponseInputItem]:
        attempt, run = self._attempt, self._attempt.run
        if run.id in (before := await steps.outputs(session, [run.id], key)):  # only the last try's answer got lost
            await attempt.hold(session)
            return _items(before[run.id])
        taken = await take_steered(
            session, run, admission, content=attempt.draft.text, parts=attempt.draft.typed_parts(),
            model_used=attempt.model_name, agent_id=attempt.speaker.id,
        )  # fmt: skip
        await attempt.hold(session)
        if not taken:
            return []
        items = await joining(session, run, taken, room=room, reads=attempt.gathered.reads)
        step_id = await steps.begin(session, run.id, NewStep(key, StepKind.PLAN, "Hear the person"))
        await steps.end(session, step_id, StepStatus.COMPLETED, output={"items": items})
        await steps.stand_on(session, run.id, packed(position.stored()))
        await attempt.settle(session)
        return items

    async def together(
        self, works: Sequence[Callable[[], Awaitable[T]]], *, at_once: int = AT_ONCE
    ) -> list[T | RunFailure]:
        """Outcomes of several pieces of work in their order, a few at work at a time. One that fails leaves the
        others alone, and so does one that waits for a person: what they have begun is paid, so they come to their end
        before Interrupted is raised. What else goes wrong, a cancel for one, stops them all at once."""
        room = asyncio.Semaphore(at_once)

        async def one(work: Callable[[], Awaitable[T]]) -> T | RunFailure | Interrupted:
            async with room:
                try:
                    return await work()
                except (RunFailure, Interrupted) as outcome:
                    return outcome

        tasks = [asyncio.ensure_future(one(work)) for work in works]
        try:
            outcomes = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if (waiting := next((found for found in outcomes if isinstance(found, Interrupted)), None)) is not None:
            raise waiting
        return [outcome for outcome in outcomes if not isinstance(outcome, Interrupted)]

    async def _begin(self, new: NewStep) -> Step:
        attempt = self._attempt

        async def store() -> UUID:
            async with self._db.write() as session:
                await attempt.hold(session)
                return await steps.begin(session, attempt.run.id, new)

        async with attempt.storing:
            step_id = await through_outages(store)

        async def record(call: ModelCall) -> None:
            await self._record(replace(call, step_id=step_id))

        return Step(step_id, new.key, Journal(self._db, attempt, new.key, step_id), record)

    async def _end(
        self, step: Step, status: StepStatus, output: Output | None = None, failure: RunFailure | None = None
    ) -> None:
        """Store an outcome: with the calls that were paid for it, and what the run has said by now."""
        attempt, done = self._attempt, step.entries.keys()
        async with attempt.storing:
            position = attempt.position(attempt.kept.state)
            await attempt.log.barrier()

            async def store() -> None:
                async with self._db.write() as session:
                    await attempt.hold(session)
                    await steps.end(session, step.id, status, output=output, failure=failure)
                    await steps.stand_on(session, attempt.run.id, packed(position.stored()))
                    if done:
                        await journal.remove(session, attempt.run.id, done)
                    await attempt.settle(session)

            await through_outages(store)
            attempt.settled()
            for key in done:
                del attempt.journal[key]
            attempt.kept, attempt.sequence = position, position.sequence


def _items(output: Output | None) -> list[TResponseInputItem]:
    return cast("list[TResponseInputItem]", (output or {}).get("items", []))


def _outcome(row: RunStepRow) -> Output:
    if row.status is StepStatus.FAILED:
        raise RunFailure(row.error_code or RunErrorCode.INTERNAL, row.error_message or "The step failed.")
    return row.output or {}
