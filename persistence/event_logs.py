"""What every store of the run-event log can do, and the one that is PostgreSQL alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from domain.runs import RunEvent
from persistence import events
from persistence.appending import Appender, Attempt, Entry
from persistence.database import Database

ALL = 2**31 - 1
"""Above every sequence: whoever wants this wants to know the newest there is."""


class Told(NamedTuple):
    """What is stored now and may be shown, and the attempts that another one has superseded."""

    stored: list[RunEvent]
    fenced: set[Attempt]


class Page(NamedTuple):
    """Events of each run in order, with no event missing before the last; `more` follows at once for some runs."""

    events: dict[UUID, list[RunEvent]]
    more: set[UUID]


class LogStore(Protocol):
    """Where the log is kept. One instance serves all runs and watchers of a process."""

    @property
    def waiting(self) -> bool:
        """Whether something was not stored yet and `append` is to be called again soon, even with nothing new."""

    @property
    def reserve(self) -> int:
        """How many numbers of events a run should reserve in PostgreSQL when it begins, for use outside of it."""

    def begin(self, attempt: Attempt, reserved: int) -> None:
        """An attempt is about to say something; numbers up to `reserved` are reserved for it."""

    async def append(self, entries: Sequence[Entry]) -> Told:
        """Take over what runs have said, and store it. Raises one of `appending.Unreachable`: then call it again."""

    async def settle(self, attempt: Attempt) -> Told:
        """Store in PostgreSQL all that an attempt has said, so that a transaction may add what comes next.

        Raises one of `appending.Unreachable`.
        """

    def forget(self, attempt: Attempt) -> None:
        """This attempt says nothing more."""

    async def read(self, seen: Mapping[UUID, int], wanted: Mapping[UUID, int], *, limit: int) -> Page:
        """What each run has said after the sequence seen of it, up to about `limit` events. `wanted` is the sequence
        that is known to exist. Raises one of `database.Unavailable`."""

    async def listen(self, heard: Callable[[str], None], reconnected: Callable[[], None]) -> None:
        """Call `heard` with `run:sequence,…` for what is stored outside PostgreSQL, for ever."""

    async def trouble(self) -> str | None:
        """What is wrong, in words, although the log works; None when nothing is."""

    async def close(self) -> None: ...


class PostgresLog:
    """Each event is a row, stored by one statement a flush."""

    waiting, reserve = False, 0

    def __init__(self, db: Database) -> None:
        self._db, self._appender = db, Appender(db)

    def begin(self, attempt: Attempt, reserved: int) -> None:
        pass

    async def append(self, entries: Sequence[Entry]) -> Told:
        if not entries:
            return Told([], set())
        owned = await self._appender.append(entries)
        stored = [entry.event for entry in entries if entry.by in owned]
        return Told(stored, {entry.by for entry in entries} - owned)

    async def settle(self, attempt: Attempt) -> Told:
        return Told([], set())

    def forget(self, attempt: Attempt) -> None:
        pass

    async def read(self, seen: Mapping[UUID, int], wanted: Mapping[UUID, int], *, limit: int) -> Page:
        async with self._db.read() as session:
            found = await events.after_many(session, seen, limit=limit)
        return Page(found, {run_id for run_id, page in found.items() if len(page) >= limit})

    async def listen(self, heard: Callable[[str], None], reconnected: Callable[[], None]) -> None:
        """PostgreSQL's own notifications say everything."""

    async def trouble(self) -> str | None:
        return None

    async def close(self) -> None:
        await self._appender.close()
