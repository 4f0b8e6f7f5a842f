"""The short way: a run is claimed in the transaction that stores it, where the worker of that process has room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from orchestration.inference.selection import Ready, Selector
from orchestration.runs import claiming
from orchestration.runs.jobs import Slot
from orchestration.runs.log import EventLog
from orchestration.runs.queue import RunQueue
from persistence.database import Session
from persistence.runs import RunRow


class Here:
    """Room for one run in the worker of this process."""

    def __init__(self, queue: RunQueue, writer: EventLog, slot: Slot, ready: Ready) -> None:
        self._queue, self._writer, self._slot, self._ready = queue, writer, slot, ready

    async def take(self, session: Session, run: RunRow, *, priority: int) -> bool:
        """Claim a new run, if none is before it, in a transaction that records its change; the worker begins with it
        when that has committed. False when it has to go through the queue."""
        if self._slot.job is not None:
            return False
        claimed = await self._queue.begin_here(session, run, self._slot, priority=priority)
        if claimed is None:
            return False
        self._slot.claimed = await claiming.begin(session, self._writer, self._ready, claimed)
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
