"""The engine of one process: everything that starts, carries on, stops and watches runs, put together."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from uuid import UUID

from domain.models import Selection
from domain.runs import RunEvent, ThinkingMode
from domain.selection import MessageRating, Policy
from orchestration.agents.shipped import ship_agents
from orchestration.changes import ChangeFeeds
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector, Task, learning, replaying
from orchestration.runs.cancelling import Cancelling
from orchestration.runs.execution import Execution
from orchestration.runs.feeds import Feeds
from orchestration.runs.log import EventLog
from orchestration.runs.queue import RunQueue
from orchestration.runs.starting import Ask, Started, Starting
from persistence import notifications
from persistence.changes import ChangeRow
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.runs import RunRow

Heard = Callable[[str], None]


class Engine:
    """`open` before use; `work` carries runs on in this process until it is cancelled."""

    def __init__(self, db: Database, pool: ModelPool) -> None:
        self.db, self.pool = db, pool
        self._selector = Selector(db, pool)
        self._feeds, self._changes = Feeds(db), ChangeFeeds(db)
        self._log = EventLog(db, self._feeds.stored)
        self._execution = Execution(db, self._log, pool, self._selector)
        self._queue = RunQueue(db, self._execution.execute)
        self._execution.defer = self._queue.defer
        self._cancelling = Cancelling(db, self._queue)
        self._starting = Starting(db, self._queue, self._cancelling)
        self._tasks: list[asyncio.Task[None]] = []

    def warm(self) -> None:
        """Begin to read, in a thread, what the first choice of a model needs; best before anybody is served."""
        self._selector.warm()

    async def open(self, also: Mapping[str, Heard] | None = None) -> None:
        """Connect queue, log and notifications; `also` are further channels to listen on."""
        self.warm()
        await ship_agents(self.db)
        await self._queue.open()
        self._log.start()
        channels = {
            notifications.RUNS: self._feeds.notified,
            notifications.CHANGES: self._changes.notified,
            **(also or {}),
        }
        listening = notifications.listen(self.db, channels, self._look_again)
        self._tasks = [
            asyncio.create_task(listening, name="notifications"),
            asyncio.create_task(self._feeds.serve(), name="feeds"),
        ]

    def _look_again(self) -> None:
        self._feeds.look_again()
        self._changes.look_again()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._log.stop()
        await self._queue.close()
        await self._selector.close()

    async def work(self, *, concurrency: int, grace: float) -> None:
        await self._queue.work(concurrency=concurrency, grace=grace)

    async def send(self, user_id: UUID, ask: Ask) -> Started:
        return await self._starting.send(user_id, ask)

    async def regenerate(
        self, user_id: UUID, message_id: UUID, *, model: str | None, thinking: ThinkingMode | None
    ) -> Started:
        return await self._starting.regenerate(user_id, message_id, model, thinking)

    async def cancel(self, user_id: UUID, run_id: UUID) -> RunRow:
        return await self._cancelling.cancel(user_id, run_id)

    async def delete_chat(self, user_id: UUID, chat_id: UUID) -> None:
        await self._cancelling.delete_chat(user_id, chat_id)

    async def select(self, task: Task) -> Selection:
        return await self._selector.choose(task)

    async def rate(self, user_id: UUID, message_id: UUID, rating: MessageRating | None) -> MessageRow:
        row = await learning.rate(self.db, user_id, message_id, rating)
        self._selector.changed()
        return row

    async def replay(self, policy: Policy) -> replaying.Replay:
        return await replaying.replay(self.db, policy)

    def pool_changed(self, told: str = "") -> None:
        """Models, policy or beliefs are new, here or in another process."""
        self.pool.changed(told)
        self._selector.changed(told)

    def watch_run(self, run_id: UUID, after: int) -> AsyncIterator[list[RunEvent]]:
        return self._feeds.watch(run_id, after)

    def watch_changes(self, user_id: UUID, after: int | None) -> AsyncIterator[list[ChangeRow]]:
        return self._changes.watch(user_id, after)
