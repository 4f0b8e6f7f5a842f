"""Procrastinate's jobs, made patient: a database that is away for a while ends neither a worker nor its runs."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from procrastinate import exceptions
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

from persistence import stranded
from persistence.database import Database, Unavailable

if TYPE_CHECKING:
    from orchestration.runs.claiming import Claimed

log = logging.getLogger(__name__)

WOKEN = 256
"""Jobs of which the worker was told here, and that it need not hear of again; about as many as are on their way."""

PAUSE = 0.5
"""Seconds between two attempts to listen again."""


class Slot:
    """Room for one run in the worker of this process, so that the worker can begin with it as soon as it is stored.
    `job` is the run's job once that is in the transaction, and `claimed` what the run is built from.
    """

    __slots__ = ("claimed", "job", "worker_id")

    def __init__(self, worker_id: int) -> None:
        self.worker_id = worker_id
        self.job: Job | None = None
        self.claimed: Claimed | None = None


class PatientJobs(JobManager):
    """What a worker asks of the queue. Whatever Procrastinate would stop the worker for, and abort all of its runs,
    is logged here and made up for when the database answers again.

    A statement whose answer got lost may have been executed or not. So after each such case, the worker's jobs are
    compared with what it really holds before it takes the next one.

    A worker also gets jobs that this process has stored as taken by it, for which it had a `slot`. `concurrency` is how
    many jobs it holds at most.
    """

    def __init__(self, connector: BaseConnector, db: Database) -> None:
        super().__init__(connector)
        self._db = db
        self._held = set[int]()
        self._hear: NotificationCallback | None = None
        self._woken = deque[int](maxlen=WOKEN)
        self._told, self._has_all = 0, False
        self._in_doubt = False
        self.concurrency = 0
        self._worker_id: int | None = None
        self._fetching = self._turned_away = False
        self._slots = set[Slot]()
        self._brought = deque[Slot]()
        self._claimed = dict[int, "Claimed | None"]()

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        """The next job; None also while the database is away. A worker that was taken for dead gets the error, and
        has to register anew.

        A worker asks until it gets none. One that has just taken the last job that it was told of is not let ask for
        another: whatever else is there it finds when it polls.
        """
        if (job := self._next_brought()) is not None:
            return job
        if self._has_all and not self._told:
            self._has_all = False
            return None
        if not self._room():
            self._turned_away = True
            return None
        self._fetching = True
        try:
            # What was brought meanwhile, the worker has been told of, and forgets.
            return await self._fetch(queues, worker_id) or self._next_brought()
        finally:
            self._fetching = False

    async def _fetch(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        try:
            if self._in_doubt:
                await self._put_back(worker_id)
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

    def slot(self) -> Slot | None:
        """For a run that is about to be stored; None when the worker could not begin with it at once."""
        if self._hear is None or self._worker_id is None or not self._room():
            return None
        return Slot(self._worker_id)

    def keep(self, slot: Slot) -> bool:
        """Keep the room from now on until the slot is brought or given back; False when it is taken meanwhile."""
        if self._hear is None or not self._room():
            return False
        self._slots.add(slot)
        return True

    async def bring(self, slot: Slot) -> None:
        """The job of a slot has been committed: the worker gets it next. One that is leaving does not, and the job goes
        into the queue."""
        if self._hear is None or slot.worker_id != self._worker_id:
            self._slots.discard(slot)
            await self._leave(slot.worker_id)
            return
        self._brought.append(slot)
        await self._nudge(self._hear)

    async def give_back(self, slot: Slot) -> None:
        """Nothing will come into this slot. If it got a job whose transaction has failed, that may be stored all the
        same, where only the answer got lost."""
        self._slots.discard(slot)
        self._in_doubt |= slot.job is not None
        if self._hear is not None and (self._in_doubt or self._turned_away):
            self._turned_away = False
            self._told += 1
            await self._nudge(self._hear)

    def claimed(self, job: Job) -> "Claimed | None":
        """What the run of a job is built from that this process has stored; None when it has still to be claimed. It
        can be had once."""
        return self._claimed.pop(job.id or 0, None)

    def _room(self) -> bool:
        """Whether one more job would not be too many, with those that are about to come."""
        return len(self._held) + len(self._slots) + self._fetching < self.concurrency

    def _next_brought(self) -> Job | None:
        if not self._brought:
            return None
        slot = self._brought.popleft()
        self._slots.discard(slot)
        if slot.job is not None and slot.job.id is not None:
            self._held.add(slot.job.id)
            self._claimed[slot.job.id] = slot.claimed
        self._has_all, self._turned_away = not self._turned_away, False
        return slot.job

    async def _nudge(self, hear: NotificationCallback) -> None:
        await hear(channel="", notification={"type": "job_inserted", "job_id": 0})

    async def _put_back(self, worker_id: int) -> None:
        """Put into the queue what the worker is said to carry on, and does not."""
        coming = {slot.job.id for slot in self._slots if slot.job is not None and slot.job.id is not None}
        async with self._db.write() as session:
            await stranded.put_back(session, worker_id=worker_id, held=self._held | coming)

    async def _leave(self, worker_id: int) -> None:
        """The same for a worker that takes no more jobs. If that cannot be done, whoever finds it gone does it."""
        try:
            await self._put_back(worker_id)
        except Unavailable as error:
            self._lost("put jobs back", error)

    async def prune_stalled_workers(self, seconds_since_heartbeat: float) -> list[int]:
        """One that stands still in the middle of a transaction that stores a run is left for the next look: to wait for
        it would keep the others' runs waiting."""
        async with self._db.write() as session:
            return await stranded.forget_workers(session, silent_for=seconds_since_heartbeat)

    async def register_worker(self) -> int:
        """A worker that registers holds nothing yet: whichever was here before has let go of everything."""
        self._held.clear()
        self._claimed.clear()
        self._worker_id = await super().register_worker()
        return self._worker_id

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        """Also when the job is gone: then another worker has long been carrying its run on under another job."""
        try:
            await super().finish_job(job, status, delete_job)
        except exceptions.ConnectorException as error:
            self._lost(f"close job {job.id}", error)
        finally:
            self._held.discard(job.id or 0)

    async def retry_job(self, job: Job, *args: Any, **how: Any) -> None:
        try:
            await super().retry_job(job, *args, **how)
        except exceptions.ConnectorException as error:
            self._lost(f"hand job {job.id} over", error)
        finally:
            self._held.discard(job.id or 0)

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
            if self._brought and self._worker_id is not None:
                self._slots.difference_update(self._brought)
                self._brought.clear()
                await self._leave(self._worker_id)

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
