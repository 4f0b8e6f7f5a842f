"""Procrastinate's jobs, made patient: a database that is away for a while ends neither a worker nor its runs."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

from procrastinate import exceptions
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

from persistence import stranded
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

WOKEN = 256
"""Jobs of which the worker was told here, and that it need not hear of again; about as many as are on their way."""

PAUSE = 0.5
"""Seconds between two attempts to listen again."""


class PatientJobs(JobManager):
    """What a worker asks of the queue. Whatever Procrastinate would stop the worker for, and abort all of its runs,
    is logged here and made up for when the database answers again.

    A statement whose answer got lost may have been executed or not. So after each such case, the worker's jobs are
    compared with what it really holds before it takes the next one.
    """

    def __init__(self, connector: BaseConnector, db: Database) -> None:
        super().__init__(connector)
        self._db = db
        self._held = set[int]()
        self._hear: NotificationCallback | None = None
        self._woken = deque[int](maxlen=WOKEN)
        self._told, self._has_all = 0, False
        self._in_doubt = False

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job; None also while the database is away. A worker that was taken for dead gets the error, and
        has to register anew.

        A worker asks until it gets none. One that has just taken the last job that it was told of is not let ask for
        another: whatever else is there it finds when it polls.
        """
        if self._has_all and not self._told:
            self._has_all = False
            return None
        try:
            if self._in_doubt:
                async with self._db.write() as session:
                    await stranded.put_back(session, worker_id=worker_id, held=self._held)
                self._in_doubt = False
            job, told = None, -1
            while job is None and told != self._told:  # the worker forgets what it is told while it fetches
                told = self._told
                job = await super().fetch_job(queues, worker_id)
        except (exceptions.ConnectorException, *Unavailable) as error:
            if not is_outage(error):
                raise
            self._lost("take a job", error)
            return None
        self._told = max(self._told - 1, 0) if job else 0
        self._has_all = job is not None and told > 0
        if job is not None and job.id is not None:
            self._held.add(job.id)
        return job

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Also when the job is gone: then another worker has long been carrying its run on under another job."""
        self._held.discard(job.id or 0)
        try:
            await super().finish_job(job, status, delete_job)
        except exceptions.ConnectorException as error:
            self._lost(f"close job {job.id}", error)

    async def retry_job(self, job: Job, *args: Any, **how: Any) -> None:
        self._held.discard(job.id or 0)
        try:
            await super().retry_job(job, *args, **how)
        except exceptions.ConnectorException as error:
            self._lost(f"hand job {job.id} over", error)

    async def update_heartbeat(self, worker_id: int) -> None:
        try:
            await super().update_heartbeat(worker_id)
        except exceptions.ConnectorException as error:
            self._lost("say that it lives", error)

    async def unregister_worker(self, worker_id: int) -> None:
        """A worker that cannot say that it leaves is taken for dead a little later."""
        try:
            await super().unregister_worker(worker_id)
        except exceptions.ConnectorException as error:
            self._lost("say that it leaves", error)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        """Listen for ever. What is missed meanwhile, the worker finds by polling."""

        async def hear(*, channel: str, notification: Notification) -> None:
            if notification["type"] == "job_inserted" and notification["job_id"] in self._woken:
                return
            self._told += 1
            await on_notification(channel=channel, notification=notification)

        self._hear = on_notification
        try:
            while True:
                try:
                    await super().listen_for_jobs(on_notification=hear, queues=queues)
                except exceptions.ConnectorException as error:
                    self._lost("listen", error)
                await asyncio.sleep(PAUSE)
        finally:
            self._hear = None

    async def wake(self, job_id: int) -> None:
        """Tell the worker of this process, if there is one, of a job that this process has committed. PostgreSQL
        will tell it again, which it then need not hear."""
        if self._hear is not None:
            self._woken.append(job_id)
            self._told += 1
            await self._hear(channel="", notification={"type": "job_inserted", "job_id": job_id})

    def _lost(self, what: str, error: BaseException) -> None:
        self._in_doubt = True
        log.warning("the worker could not %s (%s)", what, error.__cause__ or error)


def is_outage(error: BaseException) -> bool:
    """Whether the database could not be reached, as opposed to an answer that is a refusal."""
    return isinstance(error, Unavailable) or isinstance(error.__cause__, stranded.DRIVER_OUTAGE)
