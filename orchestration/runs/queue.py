"""The run engine: Procrastinate's queue, heartbeats and aborts, enqueued inside our own transactions."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import procrastinate
from procrastinate import exceptions
from procrastinate.job_context import AbortReason, JobContext

from orchestration.runs.jobs import PatientJobs, Slot
from persistence import jobs, stranded
from persistence.database import Database, Session, Unavailable, job_connections
from persistence.runs import RunRow

if TYPE_CHECKING:
    from orchestration.runs.claiming import Claimed

log = logging.getLogger(__name__)

QUEUE = "runs"
TASK = "execute_run"
HEARTBEAT = 2.0
STALLED = 6.0
"""Seconds without a heartbeat after which a worker counts as dead and its runs go to another."""
POLL = 1.0
RESCUED = 200
"""Runs that one look gives to other workers; the next look takes the next ones."""
CHAT_PRIORITY, BACKGROUND_PRIORITY = 10, 0
"""Workers take a run that somebody waits for before those that may take their time."""


class HandOver(Exception):
    """The worker shuts down: another one continues the run at once."""


class _HandOverAtOnce(procrastinate.BaseRetryStrategy):
    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        return procrastinate.RetryDecision(retry_in={"seconds": 0}) if isinstance(exception, HandOver) else None


Execute = Callable[[UUID, Callable[[], bool], "Claimed | None"], Awaitable[None]]
"""Carry a run on. The second argument tells, on cancellation, whether the worker is shutting down, and the third is
there for a run that has been claimed already."""


class RunQueue:
    def __init__(self, db: Database, execute: Execute) -> None:
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector())
        self.app.job_manager = self._patient = PatientJobs(self.app.connector, db)
        self._db, self._execute = db, execute
        self.app.task(queue=QUEUE, name=TASK, pass_context=True, retry=_HandOverAtOnce())(self._run)

    async def open(self) -> None:
        self._connections = await job_connections(self._db.direct)
        await self.app.open_async(self._connections)

    async def close(self) -> None:
        await self.app.close_async()
        await self._connections.close()

    async def defer(self, session: Session, run_id: UUID, *, priority: int = CHAT_PRIORITY) -> int:
        """Enqueue a run in the caller's transaction; workers hear of it when it commits. Returns the job's id."""
        return await jobs.defer(session, run_id, queue=QUEUE, task=TASK, priority=priority)

    async def begin(self, session: Session, run: RunRow, *, priority: int) -> None:
        """Give a run its job, likewise."""
        await jobs.begin(session, run, queue=QUEUE, task=TASK, priority=priority)

    @contextlib.asynccontextmanager
    async def slot(self) -> AsyncIterator[Slot | None]:
        """Room in the worker of this process around a transaction that may `begin_here` in it; None when there is none.
        When that transaction has committed, the worker begins with the run."""
        slot = self._patient.slot()
        if slot is None:  # there is no worker, or it is busy
            yield None
            return
        try:
            yield slot
        except BaseException:
            await self._patient.give_back(slot)
            raise
        if slot.claimed is None:
            await self._patient.give_back(slot)
        else:
            await self._patient.bring(slot)

    async def begin_here(self, session: Session, run: RunRow, slot: Slot, *, priority: int) -> RunRow | None:
        """Claim a run for the worker of this process, which gets its job when the transaction has committed. Returns
        the claimed run; None when it has to wait for its turn, and needs a job of the queue."""
        if not self._patient.keep(slot):
            return None
        found = await jobs.begin_here(
            session, run, worker_id=slot.worker_id, queue=QUEUE, task=TASK, priority=priority
        )  # fmt: skip
        if found is not None:
            slot.job = procrastinate.jobs.Job(
                id=found.job_id, status="doing", queue=QUEUE, priority=priority, lock=None, queueing_lock=None,
                task_name=TASK, task_kwargs={"run_id": run.id.hex}, worker_id=slot.worker_id,
            )  # fmt: skip
        return found

    async def wake(self, begun: Sequence[RunRow]) -> None:
        """Jobs of runs have been committed: a worker of this process need not wait to hear of it from PostgreSQL."""
        for run in begun:
            if run.job_id is not None:
                await self._patient.wake(run.job_id)

    async def abort(self, session: Session, run: RunRow) -> bool:
        """Ask the worker that has a run to stop it, when the transaction commits; False when no worker has it.

        Not by Procrastinate's own cancel: that one takes a job off the queue that waits to be tried again, and then
        nobody would end its run.
        """
        return run.job_id is not None and await jobs.abort(session, run.job_id)

    async def _run(self, context: JobContext, run_id: str) -> None:
        """Carry a run on, from the beginning of an attempt each time the database has gone in the middle of it."""

        def shutting_down() -> bool:
            return context.abort_reason() is AbortReason.SHUTDOWN

        claimed = self._patient.claimed(context.job)
        while True:
            try:
                return await self._execute(UUID(hex=run_id), shutting_down, claimed)
            except (exceptions.ConnectorException, *Unavailable) as error:
                log.warning("run %s waits for the database (%s)", run_id, error)
                claimed = None
            if context.should_abort():
                raise HandOver
            try:
                await asyncio.sleep(POLL)
            except asyncio.CancelledError:
                raise HandOver from None

    async def work(self, *, concurrency: int, grace: float) -> None:
        """Take runs and carry them on until cancelled; `grace` is what runs get to end by themselves then."""
        try:
            async with asyncio.TaskGroup() as group:
                reaper = group.create_task(self._reap(), name="reaper")
                await self._work(concurrency, grace)
                reaper.cancel()
        finally:
            await self._announce()

    async def _work(self, concurrency: int, grace: float) -> None:
        working = asyncio.current_task()
        self._patient.concurrency = concurrency
        while True:
            try:
                await self.app.run_worker_async(
                    queues=[QUEUE],
                    concurrency=concurrency,
                    fetch_job_polling_interval=POLL,
                    abort_job_polling_interval=POLL,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=STALLED,
                    shutdown_graceful_timeout=grace,
                    delete_jobs="always",
                    install_signal_handlers=False,
                )
                log.warning("the worker loop has ended; starting it again")
            except (exceptions.ProcrastinateException, *Unavailable) as error:
                # A worker that was taken for dead registers anew.
                log.warning("the worker loop broke (%s); starting it again", error.__cause__ or error)
            if working is not None and working.cancelling():
                return  # the error came instead of the cancellation
            await asyncio.sleep(POLL)

    async def _reap(self) -> None:
        """Give the runs of dead workers to living ones."""
        while True:
            await asyncio.sleep(STALLED / 4)
            try:
                await self._patient.prune_stalled_workers(STALLED)
                await self._rescue()
            except (exceptions.ProcrastinateException, *Unavailable) as error:
                log.warning("the reaper could not look for stranded runs (%s)", error)
                # Nobody could say that he lives meanwhile. All get the time to do so before they are taken for dead.
                await asyncio.sleep(STALLED)

    async def _rescue(self) -> None:
        """A new job for each run that has lost its own, in whatever way: there must be no run without an end."""
        async with self._db.write() as session:
            found = await stranded.stranded(session, limit=RESCUED)
            for run in found:
                priority = CHAT_PRIORITY if run.priority is None else run.priority
                new = await self.defer(session, run.run_id, priority=priority)
                await stranded.move(session, run.run_id, old=run.job_id, new=new)
            await stranded.sweep(session, queue=QUEUE)
        for run in found:
            log.warning("run %s goes to another worker", run.run_id)

    async def _announce(self) -> None:
        """Procrastinate tells workers of new jobs only, not of those that are to be tried again."""
        told: dict[str, Any] = {"channel": f"procrastinate_queue_v1#{QUEUE}"}
        with contextlib.suppress(exceptions.ProcrastinateException, OSError):
            await self.app.connector.execute_query_async(
                """SELECT pg_notify(%(channel)s, '{"type":"job_inserted","job_id":0}')""", **told
            )
