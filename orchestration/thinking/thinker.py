"""What a way of thinking works with: durable steps, models to ask, the agent with its tools, and the answer."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

from agents import TResponseInputItem
from pydantic import BaseModel

from domain.models import Selection
from domain.runs import EventKind, StepKind, StepStatus
from domain.tools import ToolApproval
from orchestration.agents.chains import own_chains
from orchestration.files.showing import Content, followed_by, joined
from orchestration.inference.chain import Chain, Record, fallback_order
from orchestration.inference.efforts import Effort
from orchestration.inference.pool import ModelPool
from orchestration.memory.context import put_together
from orchestration.memory.memories import Memories
from orchestration.memory.tokens import BYTES_PER_TOKEN, UNKNOWN_WINDOW
from orchestration.runs.attempts import Attempt
from orchestration.runs.journal import Journal
from orchestration.runs.step_turns import work_out
from orchestration.runs.steps import Output, Step, Steps
from orchestration.runs.turns import Turns
from orchestration.thinking.structured import structured
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow
from persistence.database import Database
from persistence.models import ModelRow

NEARLY_AS_GOOD = 0.1
"""How much less than the chosen model's expected quality another one may have, to think beside it."""

TOO_SMALL = 0.3
"""Billions of parameters below which a model fills any form, with nothing that makes sense."""

F = TypeVar("F", bound=BaseModel)


class Said(NamedTuple, Generic[F]):
    """An answer in a form, and the name of the model that gave it."""

    answer: F
    model: str


class Worked(NamedTuple):
    """What an agent has said, and the model that spoke last."""

    text: str
    model: str
    model_id: UUID


class Entry(NamedTuple):
    """One line of the plan that people see."""

    title: str
    status: StepStatus
    outcome: str | None = None


class Thinker:
    """For one attempt at a run; `open` it first. A way of thinking is a program over this: after a crash it runs again,
    and what its steps had finished comes back at once. `tools` are the names of those that the model may use."""

    def __init__(
        self, db: Database, pool: ModelPool, turns: Turns, attempt: Attempt, selection: Selection,
        decided: Sequence[ApprovalRow], record: Record, memories: Memories,
    ) -> None:  # fmt: skip
        self.db, self.attempt, self.selection = db, attempt, selection
        self.steps = Steps(db, attempt, record)
        self.models = fallback_order(selection)
        self.tools: list[str] = []
        self._row: ModelRow | None = None
        self._room = 0
        self._heard: list[TResponseInputItem] = []
        self._memories = memories
        self._pool, self.turns, self.decided, self._record = pool, turns, decided, record

    @property
    def peers(self) -> list[UUID]:
        """The chosen model, and others that are expected to do nearly as well: to look from more than one side."""
        expected = {one.model_id: one.expected_quality or 0.0 for one in self.selection.candidates}
        least = expected.get(self.models[0], 0.0) - NEARLY_AS_GOOD
        return [self.models[0], *(model for model in self.models[1:] if expected.get(model, 0.0) >= least)]

    @asynccontextmanager
    async def model(
        self, record: Record | None = None, first: UUID | None = None, only: UUID | None = None
    ) -> AsyncIterator[Chain]:
        """The models of the run, with another one at their head, or a single one, if that is wished."""
        order = self.models if first is None else [first, *(model for model in self.models if model != first)]
        order = order if only is None else [only]
        effort = Effort.of(self.attempt.run.thinking)
        continues = bool(self.attempt.run.options.get("continues"))
        opened = self._pool.open_chain(order, record=record or self._record, continues=continues, effort=effort)
        async with opened as chain:
            chain.background = self.attempt.given.background
            yield chain

    async def open(self) -> None:
        """Before the first step: read what earlier attempts have finished, and see what model and tools there are."""
        await self.steps.open()
        attempt = self.attempt
        async with self.model() as chain, own_chains(self._pool, attempt.with_own_models, self._record) as others:
            await self._put_together([chain, *others.values()])
            agent = (await self.turns.built(attempt, chain, Journal(self.db, attempt))).first
            self._room = chain.room
            self._row, self.tools = chain.row, [tool.name for tool in agent.tools if not self._is_denied(tool.name)]

    @property
    def too_small(self) -> str | None:
        """The name of a model that is too small to think ahead, and would only make things up; None if it is not."""
        parameters = self._row and self._row.details.get("parameters")
        return self._row.display_name if self._row and parameters and parameters < TOO_SMALL else None

    async def ask(
        self, key: str, form: type[F], prompt: str, *, kind: StepKind, name: str, first: UUID | None = None
    ) -> Said[F]:
        """A durable step: one answer in a form, to a prompt below the conversation. Raises what `Steps.do` raises."""

        async def work(step: Step) -> Output:
            async with self.model(step.record, first) as chain:
                answer = await self.formed(chain, self.attempt.agent, form, prompt)
                return {"answer": answer.model_dump(mode="json"), "model": chain.name}

        output = await self.steps.do(key, work, kind=kind, name=name)
        return Said(form.model_validate(output["answer"]), output["model"])

    async def formed(self, chain: Chain, agent: AgentRow, form: type[F], prompt: str) -> F:
        """An agent's answer in a form, to a prompt below the conversation."""
        return await structured(chain, agent.instructions, self._conversation(prompt), form)

    async def work_out(self, key: str, name: str, prompt: str) -> str:
        """A durable step: what the agent, with its tools, has to say to a prompt below the conversation."""

        async def work(step: Step) -> Output:
            return {"text": (await self.worked_out(step, prompt)).text}

        output = await self.steps.do(key, work, kind=StepKind.AGENT, name=name)
        return str(output["text"])

    async def worked_out(
        self, step: Step, prompt: str | None, *, by: AgentRow | None = None, only: UUID | None = None
    ) -> Worked:
        """What an agent, that of the run or another one, has to say in a step, by its tools; on one model `only` if
        that is wished."""
        async with self.chains(step.record, by=by, only=only) as (chain, chains):
            given = self._conversation(prompt)
            said = await work_out(self.turns, self.attempt, step, chain, chains, given, self.decided, by)
            return Worked(said, chain.name, chain.row.id)

    async def answered(self, step: Step, prompt: str | None, *, by: AgentRow, only: UUID | None = None) -> Worked:
        """The run's answer by an agent with its tools, as it comes."""
        attempt = self.attempt
        async with self.chains(step.record, by=by, only=only) as (chain, attempt.chains):
            attempt.model = chain
            given = self._conversation(prompt)
            await self.turns.carry_on(attempt, chain, self.decided, first=by, given=given, step_id=step.id)
            return Worked(attempt.draft.text, chain.name, chain.row.id)

    @asynccontextmanager
    async def chains(
        self, record: Record, *, by: AgentRow | None = None, only: UUID | None = None
    ) -> AsyncIterator[tuple[Chain, dict[UUID, Chain]]]:
        """The models of an agent that begins, and those of the others that have their own."""
        own = own_chains(self._pool, self.attempt.with_own_models, record)
        async with self.model(record, only=only) as chain, own as others:
            for other in others.values():
                other.background = chain.background
            yield (others.get(by.id, chain) if by is not None and only is None else chain), others

    async def hear(self, key: str) -> bool:
        """Whether people have said something to the run since its last step. From now on it is a part of what is
        answered."""
        heard = await self.steps.hear(key, self.turns.admission, room=self._room)
        self._heard += heard
        return bool(heard)

    async def answer(self, prompt: str) -> None:
        """The run's answer, as it comes, to a prompt below the conversation."""
        async with self.model() as chain:
            self.attempt.model = chain
            await self.turns.say(self.attempt, chain, self._conversation(prompt))

    async def answer_directly(self) -> None:
        """The run's answer by the agent and its tools, without further thought."""
        attempt = self.attempt
        own = own_chains(self._pool, attempt.with_own_models, self._record)
        async with self.model() as chain, own as attempt.chains:
            attempt.model = chain
            await self._put_together([chain, *attempt.chains.values()])
            await self.turns.carry_on(attempt, chain, self.decided)

    def show(self, entries: Sequence[Entry], note: str | None = None) -> None:
        """Let people see the plan as it is now."""
        steps = [{"title": title, "status": status.value, "outcome": outcome} for title, status, outcome in entries]
        self.attempt.log.say(EventKind.PLAN, steps=steps, note=note)

    def within(self, texts: Sequence[str]) -> list[str]:
        """Texts that together fit into half of the model's window."""
        window = self._row and self._row.context_window
        each = max(int((window or UNKNOWN_WINDOW) * BYTES_PER_TOKEN) // 2 // max(len(texts), 1), 200)
        return [text if len(text) <= each else f"{text[:each]} …" for text in texts]

    def _is_denied(self, name: str) -> bool:
        tool = self.attempt.tools.get(name)
        return (
            tool is not None
            and self.attempt.standing.approval(tool.key, tool.path, asks=tool.asks) is ToolApproval.DENY
        )

    async def _put_together(self, chains: Sequence[Chain]) -> None:
        attempt = self.attempt
        attempt.given = await put_together(self.db, self._memories, attempt.run.user_id, attempt.gathered, chains)

    def _conversation(self, prompt: str | None) -> list[TResponseInputItem]:
        """The conversation with a prompt below its question, in one message: some models insist on turns."""
        if prompt is None:
            return self.attempt.given.items
        *before, question = cast("list[dict[str, Any]]", self.attempt.given.items)
        content: Content = question["content"]
        for heard in cast("list[dict[str, Any]]", self._heard):
            content = joined(content, heard["content"])
        asked = {**question, "content": followed_by(content, f"---\n{prompt}")}
        return cast("list[TResponseInputItem]", [*before, asked])
