"""The writing side of the run-event log: one writer per process, one statement or call for all runs of a flush.

Nothing here has a bound of its own: what waits is what runs have said since the last flush, or since the stores went
away, and a run says no more than its model's longest answer.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.messages import storable
from domain.runs import EventKind, RunEvent
from persistence.appending import Attempt, Entry, Unreachable
from persistence.event_logs import LogStore, Told

log = logging.getLogger(__name__)

PAUSE = 0.01
"""Seconds between two flushes: the first delta goes out at once, what follows within this time goes together."""

RETRY = 0.05
"""The same while a store is away."""

Stored = Callable[[Sequence[RunEvent]], None]


class Fenced(Exception):
    """Another worker owns the run now; this one must stop and may write nothing more."""


class RunLog:
    """What one attempt of one run says, numbered on from where the log stands: `events.position` at the claim."""

    def __init__(self, writer: "EventLog", run_id: UUID, attempt: int, sequence: int) -> None:
        self.run_id, self.attempt, self.sequence = run_id, attempt, sequence
        self.fenced = asyncio.Event()
        self._writer = writer
        self._open: _Delta | None = None

    def say(self, kind: EventKind, message_id: UUID | None = None, **data: Any) -> None:
        self.close()
        self._writer.put(Entry(self.event(kind, message_id, data), self.attempt), self)

    def stream(self, kind: EventKind, message_id: UUID, text: str) -> None:
        """Add text to the message; it joins the delta before it while that one is not yet on its way."""
        if self._open is None or self._open.kind is not kind or self._open.message_id != message_id:
            self.close()
            self.sequence += 1
            self._open = _Delta(kind, message_id, self.sequence)
        self._open.words.append(text)
        self._writer.expect(self)

    def event(self, kind: EventKind, message_id: UUID | None, data: dict[str, Any]) -> RunEvent:
        """The next event of the run, for a caller that stores it in a transaction of its own, after a `barrier`."""
        self.sequence += 1
        return RunEvent(self.run_id, self.sequence, kind, datetime.now(UTC), message_id, None, data)

    async def barrier(self) -> None:
        """Wait until PostgreSQL has all that was said, through outages of it too.

        Raises Fenced when this attempt no longer owns the run.
        """
        self.close()
        await self._writer.settle(self)
        if self.fenced.is_set():
            raise Fenced

    def close(self) -> None:
        """Send the open delta on its way; text that follows begins another."""
        if self._open is not None:
            delta, self._open = self._open, None
            text = storable("".join(delta.words))
            event = RunEvent(self.run_id, delta.sequence, delta.kind, datetime.now(UTC), delta.message_id, text)
            self._writer.put(Entry(event, self.attempt), self)


class _Delta:
    __slots__ = ("kind", "message_id", "sequence", "words")

    def __init__(self, kind: EventKind, message_id: UUID, sequence: int) -> None:
        self.kind, self.message_id, self.sequence = kind, message_id, sequence
        self.words: list[str] = []


class EventLog:
    """Stores what runs say and then, never before, shows it to `stored`."""

    def __init__(self, store: LogStore, stored: Stored) -> None:
        self._store, self._stored = store, stored
        self._entries: list[Entry] = []
        self._writers: dict[Attempt, RunLog] = {}
        self._streaming: set[RunLog] = set()
        self._wake, self._lock = asyncio.Event(), asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._write(), name="event log")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @property
    def reserve(self) -> int:
        """How many numbers of events a run should reserve when it begins."""
        return self._store.reserve

    def open(self, run_id: UUID, attempt: int, sequence: int, *, reserved: int = 0) -> RunLog:
        """For an attempt that goes on after `sequence`, and has reserved the numbers up to `reserved`."""
        self._store.begin((run_id, attempt), reserved)
        writer = RunLog(self, run_id, attempt, sequence)
        self._writers[run_id, attempt] = writer
        return writer

    def forget(self, writer: RunLog) -> None:
        """This attempt says nothing more; what it has said since its last barrier may be lost."""
        self._writers.pop((writer.run_id, writer.attempt), None)
        self._streaming.discard(writer)
        self._store.forget((writer.run_id, writer.attempt))

    def put(self, entry: Entry, writer: RunLog) -> None:
        self._entries.append(entry)
        self._streaming.discard(writer)
        self._wake.set()

    def expect(self, writer: RunLog) -> None:
        """This run has an open delta: close it at the next flush."""
        self._streaming.add(writer)
        self._wake.set()

    def published(self, events: Sequence[RunEvent]) -> None:
        """Show events that a transaction of their own has stored."""
        self._stored(events)

    async def flush(self) -> None:
        """Store all that has been said so far; waits through an outage of PostgreSQL where that is the only store."""
        async with self._lock:
            for writer in tuple(self._streaming):
                writer.close()
            if self._entries or self._store.waiting:
                entries = [entry for entry in self._entries if entry.by in self._writers]
                self._entries = []
                self._hear(await _until_reached(lambda: self._store.append(entries)))

    async def settle(self, writer: RunLog) -> None:
        """Store all that a run has said where its transactions are."""
        await self.flush()
        async with self._lock:
            self._hear(await _until_reached(lambda: self._store.settle((writer.run_id, writer.attempt))))

    def _hear(self, told: Told) -> None:
        for attempt in told.fenced:
            if (writer := self._writers.get(attempt)) is not None:
                writer.fenced.set()
        if told.stored:
            self._stored(told.stored)

    async def _write(self) -> None:
        while True:
            if not self._store.waiting:
                await self._wake.wait()
            self._wake.clear()
            await self.flush()
            await asyncio.sleep(RETRY if self._store.waiting else PAUSE)


async def _until_reached(store: Callable[[], Awaitable[Told]]) -> Told:
    pause = 0.05
    while True:
        try:
            return await store()
        except Unreachable as error:
            log.warning("the event log cannot reach the database (%s); trying again", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)
