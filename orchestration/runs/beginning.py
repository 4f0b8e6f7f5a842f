"""The short way: a run is claimed in the transaction that stores it, where the worker of that process has room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestration.inference.selection import Ready, Selector
from orchestration.runs.claiming import Basis, basis_of, begin
from orchestration.runs.jobs import Slot
from orchestration.runs.log import EventLog
from orchestration.runs.queue import RunQueue
from persistence.database import Session
from persistence.runs import RunRow


class Here:
    """Room for one run in the worker of this process."""

    def __init__(self, queue: RunQueue, writer: EventLog, slot: Slot, ready: Ready) -> None:
        self._queue, self._writer, self._slot, self._ready = queue, writer, slot, ready
        self._basis: Basis | None = None

    async def prepare(self, session: Session, run: RunRow) -> None:
        """Read what a new run is built from. Before the person's clock is taken: others wait for whoever has that."""
        self._basis = await basis_of(session, self._ready, run)

    async def take(self, session: Session, run: RunRow, *, priority: int) -> bool:
        """Claim the run that was prepared, if none is before it, in a transaction that records its change; the worker
        begins with it when that has committed. False when it has to go through the queue."""
        if self._basis is None:
            return False
        claimed = await self._queue.begin_here(session, run, self._slot, priority=priority)
        if claimed is None:
            return False
        self._slot.claimed = await begin(session, self._writer, claimed, self._basis)
        return True


class Beginning:
    def __init__(self, queue: RunQueue, writer: EventLog, selector: Selector) -> None:
        self._queue, self._writer, self._selector = queue, writer, selector

    @asynccontextmanager
    async def here(self) -> AsyncIterator[Here | None]:
        """Around a transaction that stores a run; None when the worker of this process has no room, or there is no
        worker in it."""
        async with self._queue.slot() as slot:
            yield None if slot is None else Here(self._queue, self._writer, slot, await self._selector.ready())
