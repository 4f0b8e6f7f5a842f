"""The run engine: Procrastinate's queue, heartbeats and aborts, enqueued inside our own transactions."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import procrastinate
from procrastinate import exceptions
from procrastinate.job_context import AbortReason, JobContext

from persistence.database import Database, Session, driver_connection, job_connections

log = logging.getLogger(__name__)

QUEUE = "runs"
HEARTBEAT = 2.0
STALLED = 6.0
"""Seconds without a heartbeat after which a worker counts as dead and its runs go to another."""
POLL = 1.0
CHAT_PRIORITY = 10


class HandOver(Exception):
    """The worker shuts down: another one continues the run at once."""


class _HandOverAtOnce(procrastinate.BaseRetryStrategy):
    def get_retry_decision(
        self, *, exception: BaseException, job: procrastinate.jobs.Job
    ) -> procrastinate.RetryDecision | None:
        return procrastinate.RetryDecision(retry_in={"seconds": 0}) if isinstance(exception, HandOver) else None


Execute = Callable[[UUID, Callable[[], bool]], Awaitable[None]]
"""Carry a run on. The second argument tells, on cancellation, whether the worker is shutting down."""


class RunQueue:
    def __init__(self, db: Database, execute: Execute) -> None:
        self.app = procrastinate.App(connector=procrastinate.PsycopgConnector())
        self._db, self._execute = db, execute
        self._task = self.app.task(queue=QUEUE, name="execute_run", pass_context=True, retry=_HandOverAtOnce())(
            self._run
        )

    async def open(self) -> None:
        self._connections = await job_connections(self._db.engine.url)
        await self.app.open_async(self._connections)

    async def close(self) -> None:
        await self.app.close_async()
        await self._connections.close()

    async def defer(self, session: Session, run_id: UUID, *, priority: int = CHAT_PRIORITY) -> int:
        """Enqueue a run in the caller's transaction; workers hear of it when it commits. Returns the job's id."""
        connection = await driver_connection(session)
        deferrer = self._task.configure(priority=priority, connection=connection)
        return await deferrer.defer_async(run_id=run_id.hex)

    async def abort(self, job_id: int) -> None:
        """Ask whichever worker has the job to stop it; it hears at once."""
        await self.app.job_manager.cancel_job_by_id_async(job_id, abort=True)

    async def _run(self, context: JobContext, run_id: str) -> None:
        await self._execute(UUID(hex=run_id), lambda: context.abort_reason() is AbortReason.SHUTDOWN)

    async def work(self, *, concurrency: int, grace: float) -> None:
        """Take runs and carry them on until cancelled; `grace` is what runs get to end by themselves then."""
        reaper = asyncio.create_task(self._reap(), name="reaper")
        try:
            while True:
                try:
                    await self.app.run_worker_async(
                        queues=[QUEUE],
                        concurrency=concurrency,
                        fetch_job_polling_interval=POLL,
                        update_heartbeat_interval=HEARTBEAT,
                        stalled_worker_timeout=STALLED,
                        shutdown_graceful_timeout=grace,
                        delete_jobs="always",
                        install_signal_handlers=False,
                    )
                    return
                except (exceptions.ProcrastinateException, OSError) as error:
                    # A worker that was taken for dead, or one whose database went away, registers anew.
                    log.warning("the worker loop ended (%s); starting it again", error)
                    await asyncio.sleep(POLL)
        finally:
            reaper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reaper
            await self._announce()

    async def _reap(self) -> None:
        """Give the runs of dead workers to living ones."""
        manager = self.app.job_manager
        while True:
            await asyncio.sleep(STALLED / 4)
            try:
                await manager.prune_stalled_workers(STALLED)
                stalled = list(await manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=STALLED))
                for job in stalled:
                    with contextlib.suppress(exceptions.ProcrastinateException):  # another reaper was faster
                        await manager.retry_job(job)
                        log.warning("run %s goes to another worker", job.task_kwargs.get("run_id"))
                if stalled:
                    await self._announce()
            except (exceptions.ProcrastinateException, OSError) as error:
                log.warning("the reaper could not look for stalled runs (%s)", error)

    async def _announce(self) -> None:
        """Procrastinate tells workers of new jobs only, not of those that are to be tried again."""
        told: dict[str, Any] = {"channel": f"procrastinate_queue_v1#{QUEUE}"}
        with contextlib.suppress(exceptions.ProcrastinateException, OSError):
            await self.app.connector.execute_query_async(
                """SELECT pg_notify(%(channel)s, '{"type":"job_inserted","job_id":0}')""", **told
            )
