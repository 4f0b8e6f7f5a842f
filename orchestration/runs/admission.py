"""Which runs may begin: as many of a person's at once as the settings allow, the others are parked."""

from collections.abc import Awaitable, Collection, Sequence
from typing import Protocol
from uuid import UUID

from orchestration.runs.queue import BACKGROUND_PRIORITY, CHAT_PRIORITY
from persistence import changes, runs
from persistence.database import Database, Session
from persistence.runs import RunRow

PEOPLE = 100
"""People that one look for parked runs serves; the next look serves others."""


class Begin(Protocol):
    """Give a run its job, in the caller's transaction."""

    def __call__(self, session: Session, run: RunRow, *, priority: int) -> Awaitable[None]: ...


class Take(Protocol):
    """Begin with a run at once, in the caller's transaction; False when it has to wait for a worker."""

    def __call__(self, session: Session, run: RunRow, *, priority: int) -> Awaitable[bool]: ...


class Admission:
    """`limit` is how many runs of one person may be at work at once; None is without a limit and costs nothing.

    A run that pauses for a person's decision does not count, and one that goes on after it is not counted again.
    """

    def __init__(self, db: Database, begin: Begin, limit: int | None) -> None:
        self._db, self._give_job, self._limit = db, begin, limit

    async def admit(
        self, session: Session, user_id: UUID, ready: Sequence[RunRow] = (), take: Take | None = None
    ) -> Sequence[RunRow]:
        """Give jobs to runs that are `ready` and to those parked before them, as far as there is room.

        Call it in each transaction that readies, ends or pauses a run, after its changes are recorded: it counts
        under the person's clock, so that of two transactions one sees what the other has done. Whoever gets no room is
        parked, which is a run without a job, until another run of the person ends. What is `ready` may `take` the
        short way instead. Returns the runs that got jobs for workers to fetch.
        """
        fresh = {run.id for run in ready}
        if self._limit is not None:
            ready = await runs.admissible(session, user_id, self._limit)
        return await self._begin(session, ready, take, fresh)

    async def look_again(self) -> None:
        """Admit runs that were left parked though there is room, such as after the limit was raised."""
        async with self._db.read() as session:
            people = await runs.people_with_parked(session, limit=PEOPLE)
        for user_id in people:
            async with self._db.write() as session:
                await changes.hold_clock(session, user_id)
                await self._begin(session, await runs.admissible(session, user_id, self._limit))

    async def _begin(
        self, session: Session, ready: Sequence[RunRow], take: Take | None = None, fresh: Collection[UUID] = ()
    ) -> Sequence[RunRow]:
        queued = []
        for run in ready:
            priority = BACKGROUND_PRIORITY if run.background else CHAT_PRIORITY
            if take is None or run.id not in fresh or not await take(session, run, priority=priority):
                await self._give_job(session, run, priority=priority)
                queued.append(run)
        return queued
