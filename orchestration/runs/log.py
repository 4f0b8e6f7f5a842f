"""The writing side of the run-event log: one writer per process, one statement for all runs of a flush."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.messages import storable
from domain.runs import DELTAS, EventKind, RunEvent
from persistence.database import Database
from persistence.events import Appender, Entry, Unreachable

log = logging.getLogger(__name__)

PAUSE = 0.01
"""Seconds between two flushes: the first delta goes out at once, what follows within this time goes together."""

Stored = Callable[[Sequence[RunEvent]], None]


class Fenced(Exception):
    """Another worker owns the run now; this one must stop and may write nothing more."""


class RunLog:
    """What one attempt of one run says, numbered on from where the log stands."""

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
        """The next event of the run, for a caller that stores it in a transaction of its own."""
        self.sequence += 1
        return RunEvent(self.run_id, self.sequence, kind, datetime.now(UTC), message_id, None, data)

    async def barrier(self) -> None:
        """Wait until all that was said is stored; raises Fenced when this attempt no longer owns the run."""
        self.close()
        await self._writer.flush()
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

    def __init__(self, db: Database, stored: Stored) -> None:
        self._appender, self._stored = Appender(db), stored
        self._entries: list[Entry] = []
        self._writers: dict[tuple[UUID, int], RunLog] = {}
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
        await self._appender.close()

    def open(self, run_id: UUID, attempt: int, sequence: int) -> RunLog:
        writer = RunLog(self, run_id, attempt, sequence)
        self._writers[run_id, attempt] = writer
        return writer

    def forget(self, writer: RunLog) -> None:
        self._writers.pop((writer.run_id, writer.attempt), None)
        self._streaming.discard(writer)

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
        """Store all that has been said so far; waits through an outage of the database."""
        async with self._lock:
            for writer in tuple(self._streaming):
                writer.close()
            if self._entries:
                entries, self._entries = self._entries, []
                await self._append(entries)

    async def _append(self, entries: list[Entry]) -> None:
        pause = 0.05
        while True:
            try:
                owned = await self._appender.append(entries)
                break
            except Unreachable as error:
                log.warning("the event log cannot reach the database (%s); trying again", error)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)
        for run_id, attempt in {(entry.event.run_id, entry.attempt) for entry in entries}:
            if run_id not in owned and (writer := self._writers.get((run_id, attempt))):
                writer.fenced.set()
        self._stored([entry.event for entry in entries if entry.event.run_id in owned])

    async def _write(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self.flush()
            await asyncio.sleep(PAUSE)


def fold(events: Sequence[RunEvent], *, limit: int = 16_384) -> list[RunEvent]:
    """Join neighbouring deltas of one message up to about `limit` characters; each keeps its last sequence."""
    folded: list[RunEvent] = []
    words: list[str] = []
    size = 0
    for position, event in enumerate(events):
        following = events[position + 1] if position + 1 < len(events) else None
        if event.kind not in DELTAS:
            folded.append(event)
            continue
        words.append(event.text or "")
        size += len(words[-1])
        joins = following is not None and following.kind is event.kind and following.message_id == event.message_id
        if joins and size < limit:
            continue
        folded.append(replace(event, text="".join(words)) if len(words) > 1 else event)
        words, size = [], 0
    return folded
