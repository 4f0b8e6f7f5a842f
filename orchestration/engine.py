"""The engine of one process: everything that starts, carries on, stops and watches runs, put together."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from agents.tracing import set_trace_provider
from agents.tracing.provider import DefaultTraceProvider

import persistence.tables  # noqa: F401 - foreign keys name tables of every aggregate
from domain.models import Selection
from domain.runs import RunEvent
from domain.selection import MessageRating, Policy
from orchestration.agent_answers import AgentAnswers
from orchestration.agents.editing import Editing
from orchestration.agents.shipped import ship_agents
from orchestration.changes import ChangeFeeds
from orchestration.completions import Completions
from orchestration.departures import Departures
from orchestration.files.settings import FileSettings
from orchestration.files.sweeping import sweep_files
from orchestration.files.taking_in import TakingIn
from orchestration.inference.answer_types import build_types
from orchestration.inference.embedding import Embedder
from orchestration.inference.pool import ModelPool
from orchestration.inference.selection import Selector, Task, learning, replaying
from orchestration.mcp.servers import PROCESSES, McpServers
from orchestration.memory.memories import Memories
from orchestration.memory.summarizing import Summarizing
from orchestration.metrics import LiveMetrics, roll_up
from orchestration.runs.admission import Admission
from orchestration.runs.asking import Ask, AskAgain
from orchestration.runs.beginning import Beginning
from orchestration.runs.cancelling import Cancelling
from orchestration.runs.choosing import Choose, chosen
from orchestration.runs.compaction import Compaction
from orchestration.runs.execution import Execution
from orchestration.runs.feeds import Feeds
from orchestration.runs.log import EventLog
from orchestration.runs.pausing import Deciding, Verdict
from orchestration.runs.questions import PATIENCE, Questions
from orchestration.runs.queue import RunQueue
from orchestration.runs.queued_messages import QueuedMessages
from orchestration.runs.starting import Started, Starting
from orchestration.runs.sweeping import sweep
from orchestration.tools.policies import Policies
from orchestration.tools.settings import ToolSettings
from orchestration.tools.shipped import shipped
from orchestration.tools.toolbox import Toolbox, toolbox
from orchestration.tools.trying import Trying
from orchestration.upkeep import Lifetimes, keep_up
from orchestration.workflows.editing import WorkflowEditing
from orchestration.workflows.shipped import ship_workflows
from persistence import notifications
from persistence.approvals import ApprovalRow
from persistence.changes import ChangeRow
from persistence.database import Database
from persistence.event_logs import LogStore, PostgresLog
from persistence.messages import MessageRow
from persistence.runs import RunRow
from persistence.streamed_log import StreamedLog

Heard = Callable[[str], None]
COMPACT_AFTER = timedelta(minutes=10)


class Engine:
    """`open` before use; `work` carries runs on in this process until it is cancelled.

    With a `redis_url` events go through Redis; all processes that share a database must agree on that.
    `runs_per_person` is how many runs of one person may be at work at once; None is without a limit. `mcp_processes` is
    how many MCP servers this process lets run on its machine, `answer_within` how long a tool in the middle of its call
    waits for a person.
    """

    def __init__(
        self,
        db: Database,
        pool: ModelPool,
        *,
        tools: Toolbox | None = None,
        tool_settings: ToolSettings | None = None,
        file_settings: FileSettings | None = None,
        redis_url: str | None = None,
        compact_after: timedelta = COMPACT_AFTER,
        runs_per_person: int | None = None,
        lifetimes: Lifetimes | None = None,
        embedder: Embedder | None = None,
        mcp_processes: int = PROCESSES,
        answer_within: timedelta = PATIENCE,
    ) -> None:
        self.db, self.pool = db, pool
        self._selector = Selector(db, pool)
        self.memories = Memories(db, embedder)
        self._summarizing = Summarizing(db, pool, self._selector)
        self._store: LogStore = PostgresLog(db) if redis_url is None else StreamedLog(db, redis_url)
        self._feeds, self._changes = Feeds(db, self._store), ChangeFeeds(db)
        self._log = EventLog(self._store, self._feeds.stored)
        self._compaction = Compaction(db, compact_after)
        self.mcp_servers = McpServers(db, pool.keys, processes=mcp_processes)
        tools = toolbox(shipped(db, tool_settings or ToolSettings(), self.memories)) if tools is None else tools
        self.tools = tools
        self.tool_facts = {key: tool.facts for key, tool in self.tools.items()}
        self.agents, self.policies = Editing(db, self.tools), Policies(db, self.tools)
        self.workflows = WorkflowEditing(db, self.tools)
        self.trying = Trying(db, self.tools, self.mcp_servers)
        self.completions = Completions(db, pool, self._selector, runs_per_person)
        self.agent_answers = AgentAnswers(db, self)
        self._carry_runs(runs_per_person, answer_within)
        self.departures, self._lifetimes = Departures(db, self._cancelling.delete_chat), lifetimes or Lifetimes()
        self.live_metrics = LiveMetrics(db)
        self.files = TakingIn(db, file_settings or FileSettings())
        self._tasks: list[asyncio.Task[None]] = []

    def _carry_runs(self, runs_per_person: int | None, answer_within: timedelta) -> None:
        """Put together what starts runs, carries them on, pauses and stops them."""
        db, pool = self.db, self.pool
        self._execution = Execution(
            db, self._log, pool, self._selector, self.tools, self.mcp_servers, self.memories, self._summarizing,
            Questions(db, self._changes, answer_within),
        )  # fmt: skip
        self._queue = RunQueue(db, self._execution.execute)
        self._admission = Admission(db, self._queue.begin, runs_per_person)
        self._execution.admit_through(self._admission)
        self._cancelling = Cancelling(db, self._queue, self._admission)
        self._deciding = Deciding(db, self._queue)
        beginning = Beginning(self._queue, self._log, self._selector)
        self._starting = Starting(
            db, self._cancelling, self._admission, pool.budgets.check, self._queue.wake, beginning
        )  # fmt: skip
        self.queued_messages = QueuedMessages(db, self._cancelling)

    def warm(self) -> None:
        """Begin to read, in a thread, what the first choice of a model needs; best before anybody is served."""
        self._selector.warm()

    async def open(self, also: Mapping[str, Heard] | None = None) -> None:
        """Connect queue, log and notifications; `also` are further channels to listen on."""
        self.warm()
        build_types()
        # Runs are not traced by the SDK, whose first run would all the same make a client that sends traces to OpenAI.
        set_trace_provider(DefaultTraceProvider())
        await ship_agents(self.db)
        await ship_workflows(self.db)
        if self.pool.rotates:
            await self.mcp_servers.kept.rotate()
        self.mcp_servers.start()
        await self._queue.open()
        self._log.start()
        channels = {
            notifications.RUNS: self._feeds.notified,
            notifications.CHANGES: self._changes.notified,
            notifications.PLACES: self.pool.places.freed,
            notifications.MCP_SERVERS: self.mcp_servers.notified,
            **(also or {}),
        }
        listening = notifications.listen(self.db, channels, self._look_again)
        self._tasks = [
            asyncio.create_task(listening, name="notifications"),
            asyncio.create_task(self._feeds.serve(), name="feeds"),
            asyncio.create_task(self._changes.serve(), name="feeds of changes"),
            asyncio.create_task(
                self._store.listen(self._feeds.notified, self._feeds.look_again), name="streams of events"
            ),
        ]

    @property
    def vital(self) -> Sequence[asyncio.Task[None]]:
        """What runs from `open` to `close`. Where one of these ends by itself, nothing is watched any more."""
        return self._tasks

    def _look_again(self) -> None:
        self._feeds.look_again()
        self._changes.look_again()

    async def close(self) -> None:
        self.live_metrics.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.mcp_servers.close()
        await self._log.stop()
        await self._store.close()
        await self._queue.close()
        await self._selector.close()

    async def work(self, *, concurrency: int, grace: float) -> None:
        """Carry runs on until cancelled. What breaks in the background ends all of it, with an ExceptionGroup: runs
        go to other workers then."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._compaction.serve(), name="compaction")
            group.create_task(self._summarizing.serve(), name="summaries")
            group.create_task(sweep(self._admission, self._cancelling, self._deciding), name="sweep")
            group.create_task(self.departures.serve(), name="departures")
            group.create_task(keep_up(self.db, self._lifetimes), name="upkeep")
            group.create_task(roll_up(self.db), name="rollups")
            group.create_task(sweep_files(self.db), name="sweep of files")
            await self._queue.work(concurrency=concurrency, grace=grace)
            raise asyncio.CancelledError  # it may have swallowed the cancellation that ended it

    async def trouble(self) -> str | None:
        """What does not work, in words, although runs can be carried on and watched; None when everything does."""
        return await self._store.trouble()

    async def send(self, user_id: UUID, ask: Ask) -> Started:
        return await self._starting.send(user_id, ask)

    async def regenerate(self, user_id: UUID, ask: AskAgain) -> Started:
        return await self._starting.regenerate(user_id, ask)

    async def choose(self, user_id: UUID, choice: Choose) -> Started:
        return await self._starting.regenerate(user_id, await chosen(self.db, user_id, choice))

    async def cancel(self, user_id: UUID, run_id: UUID) -> RunRow:
        return await self._cancelling.cancel(user_id, run_id)

    async def decide(self, user_id: UUID, approval_id: UUID, verdict: Verdict) -> tuple[ApprovalRow, RunRow]:
        return await self._deciding.decide(user_id, approval_id, verdict)

    async def delete_chat(self, user_id: UUID, chat_id: UUID) -> None:
        await self._cancelling.delete_chat(user_id, chat_id)
        self.departures.wake()

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
