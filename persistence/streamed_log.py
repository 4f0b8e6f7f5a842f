"""The run-event log with Redis in front: streams carry what is new, PostgreSQL has the rest and has the last word.

What an attempt says goes to its stream, and is kept in memory as its tail until PostgreSQL has it too, joined into few
rows. This settling happens before anything else is added in PostgreSQL, so that PostgreSQL is always complete up to
its own newest event; when the tail gets long; and whenever Redis does not take an event. So Redis may forget everything
at any time, and a worker that is lost with it loses no more than a tail. Its numbers are never given again: settling
reserves the next `RESERVE` of them, and the next attempt begins above.
"""

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from domain.folding import fold, unbroken
from domain.runs import RunEvent
from persistence import events
from persistence.appending import RESERVE, Appender, Attempt, Entry, Unreachable
from persistence.database import Database
from persistence.event_logs import Page, Told
from persistence.streams import Away, Batch, Streams, words_of

log = logging.getLogger(__name__)

LONGEST_TAIL = RESERVE // 2
"""Events after which a tail is settled. Twice as many stop the run's stream until PostgreSQL takes them."""
LARGEST_TAIL = 65_536
"""Characters after which a tail is settled."""
PATIENCE = 0.25
"""Seconds that an event waits for Redis; then it goes to PostgreSQL."""
LONGEST_PAUSE = 2.0
"""Seconds until an unreachable Redis or PostgreSQL is tried again, at most."""


class Pause:
    """Leaves somebody who does not answer alone for a while, longer each time."""

    def __init__(self) -> None:
        self._until, self._length = 0.0, 0.0
        self.reason: str | None = None

    @property
    def over(self) -> bool:
        return time.monotonic() >= self._until

    def begin(self, name: str, error: BaseException) -> None:
        if self.reason is None:
            log.warning("%s does not take the event log (%s); trying again", name, error)
        self.reason = f"{name} cannot be reached ({words_of(error)})"
        self._length = min(max(self._length * 2, 0.25), LONGEST_PAUSE)
        self._until = time.monotonic() + self._length

    def end(self, name: str) -> None:
        if self.reason is not None:
            log.warning("%s takes the event log again", name)
        self._until, self._length, self.reason = 0.0, 0.0, None


class Tail:
    """What one attempt has said that PostgreSQL does not have: first what its stream has, then what it has not."""

    def __init__(self, attempt: Attempt, reserved: int = 0) -> None:
        self.attempt = attempt
        self.streamed: list[RunEvent] = []
        self.fresh: list[RunEvent] = []
        self.since = 0.0
        self.size = 0
        self.reached = 0
        self.reserved = reserved

    def add(self, event: RunEvent) -> None:
        if not self.fresh:
            self.since = time.monotonic()
        self.fresh.append(event)
        self.size += len(event.text or "")

    @property
    def stream_may_take(self) -> bool:
        if not self.fresh:
            return False
        last = self.fresh[-1].sequence
        return last <= self.reserved and last - self.fresh[0].sequence == len(self.fresh) - 1

    @property
    def long(self) -> bool:
        return self.size > LARGEST_TAIL or len(self.streamed) + len(self.fresh) > LONGEST_TAIL

    @property
    def overdue(self) -> bool:
        return bool(self.fresh) and time.monotonic() - self.since > PATIENCE


class StreamedLog:
    """A `LogStore`."""

    reserve = RESERVE

    def __init__(self, db: Database, url: str) -> None:
        self._db, self._appender, self._streams = db, Appender(db), Streams(url)
        self._tails: dict[Attempt, Tail] = {}
        self._fresh: dict[Attempt, Tail] = {}
        self._redis, self._postgres = Pause(), Pause()

    @property
    def waiting(self) -> bool:
        return bool(self._fresh)

    def begin(self, attempt: Attempt, reserved: int) -> None:
        self._tails[attempt] = Tail(attempt, reserved)

    async def append(self, entries: Sequence[Entry]) -> Told:
        for entry in entries:
            tail = self._tails.get(entry.by) or self._tails.setdefault(entry.by, Tail(entry.by))
            tail.add(entry.event)
            self._fresh[entry.by] = tail
        told = Told([], set())
        await self._settle_if_possible([tail for tail in self._fresh.values() if not tail.stream_may_take], told)
        sent = [tail for tail in self._fresh.values() if tail.stream_may_take]
        lost = await self._stream(sent, told) if self._redis.over else []
        late = [tail for tail in self._fresh.values() if tail.overdue]
        await self._settle_if_possible([*lost, *late, *(tail for tail in sent if tail.long)], told)
        return told

    async def _stream(self, tails: Sequence[Tail], told: Told) -> list[Tail]:
        """Add what is fresh to the streams. Returns the tails whose stream is not what it was."""
        if not tails:
            return []
        try:
            verdicts = await self._streams.append([Batch(*tail.attempt, tail.reached, tail.fresh) for tail in tails])
        except Away as error:
            self._redis.begin("Redis", error)
            return []
        self._redis.end("Redis")
        lost: list[Tail] = []
        for tail, verdict in zip(tails, verdicts, strict=True):
            if verdict == b"fenced":
                self._fence(tail, told)
            elif verdict == b"lost":
                tail.reached = 0
                lost.append(tail)
            else:
                told.stored.extend(tail.fresh)
                tail.reached = tail.fresh[-1].sequence
                tail.streamed += tail.fresh
                self._taken(tail)
        return lost

    async def _settle_if_possible(self, tails: Iterable[Tail], told: Told) -> None:
        wanted = list({tail.attempt: tail for tail in tails}.values())
        if not wanted or not self._postgres.over:
            return
        try:
            await self._settle(wanted, told)
        except Unreachable as error:
            self._postgres.begin("PostgreSQL", error)

    async def _settle(self, tails: Sequence[Tail], told: Told) -> None:
        entries = [Entry(event, tail.attempt[1]) for tail in tails for event in fold([*tail.streamed, *tail.fresh])]
        owned = await self._appender.settle(entries) if entries else set()
        self._postgres.end("PostgreSQL")
        for tail in tails:
            if tail.attempt in owned:
                told.stored.extend(tail.fresh)
                last = (tail.fresh or tail.streamed)[-1].sequence
                tail.reserved = last + RESERVE
                tail.streamed, tail.size = [], 0
                self._taken(tail)
            elif tail.fresh or tail.streamed:
                self._fence(tail, told)

    def _taken(self, tail: Tail) -> None:
        tail.fresh = []
        self._fresh.pop(tail.attempt, None)

    def _fence(self, tail: Tail, told: Told) -> None:
        told.fenced.add(tail.attempt)
        self.forget(tail.attempt)

    async def settle(self, attempt: Attempt) -> Told:
        told = Told([], set())
        if (tail := self._tails.get(attempt)) is not None:
            await self._settle([tail], told)
        return told

    def forget(self, attempt: Attempt) -> None:
        self._tails.pop(attempt, None)
        self._fresh.pop(attempt, None)

    async def read(self, seen: Mapping[UUID, int], wanted: Mapping[UUID, int], *, limit: int) -> Page:
        """The streams suffice where they go on from what was seen, without a gap, to what is wanted. For all other
        runs PostgreSQL goes first, and the streams only add what follows without a gap."""
        streams = await self._streamed(seen, limit)
        page = Page({}, {run_id for run_id, found in streams.items() if len(found) >= limit})
        short: dict[UUID, int] = {}
        for run_id, sequence in seen.items():
            found = unbroken(streams.get(run_id, ()), sequence)
            if found and (found[-1].sequence >= wanted[run_id] or run_id in page.more):
                page.events[run_id] = found
            else:
                short[run_id] = sequence
        if short:
            await self._complete(page, short, streams, limit)
        page.more.intersection_update(page.events)  # behind a gap that PostgreSQL cannot fill yet, one has to wait
        return page

    async def _complete(
        self, page: Page, short: Mapping[UUID, int], streams: Mapping[UUID, list[RunEvent]], limit: int
    ) -> None:
        async with self._db.read() as session:
            stored = await events.after_many(session, short, limit=limit)
        for run_id, sequence in short.items():
            found = stored.get(run_id, [])
            if len(found) >= limit:
                page.more.add(run_id)
            elif not (found and found[-1].is_last):
                found += unbroken(streams.get(run_id, ()), found[-1].sequence if found else sequence)
            if found:
                page.events[run_id] = found

    async def _streamed(self, seen: Mapping[UUID, int], limit: int) -> dict[UUID, list[RunEvent]]:
        if self._redis.over:
            try:
                return await self._streams.after(seen, limit=limit)
            except Away as error:
                self._redis.begin("Redis", error)
        return {}

    async def listen(self, heard: Callable[[str], None], reconnected: Callable[[], None]) -> None:
        await self._streams.listen(heard, reconnected)

    async def trouble(self) -> str | None:
        try:
            await self._streams.ping()
        except Away as error:
            return f"Redis cannot be reached ({words_of(error)})"
        return None

    async def close(self) -> None:
        await self._appender.close()
        await self._streams.close()
