"""The durable steps of a run: one turn of the Agents SDK each, stored before the next one begins."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any

from agents import Agent, RunConfig, Runner, RunState, TResponseInputItem
from agents.items import ToolApprovalItem
from agents.result import RunResultStreaming
from agents.run_context import RunContextWrapper

from domain.runs import ApprovalDecision, EventKind
from orchestration.inference.chain import Chain
from orchestration.memory.history import fitting, item
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Attempt, Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.journal import Journal, JournaledModel, Owner, journaled
from orchestration.runs.outages import through_outages
from orchestration.runs.steering import take_steered
from orchestration.tools.toolbox import Toolbox
from persistence import journal
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow
from persistence.database import Database
from persistence.journal import packed, unpacked
from persistence.messages import MessageRow

KINDS = {"text": EventKind.TEXT, "reasoning": EventKind.REASONING}
State = RunState[Any, Agent[Any]]


class Interrupted(Exception):
    """The run waits for people: `calls` need a decision before `state` can go on."""

    def __init__(self, state: State, calls: Sequence[ToolApprovalItem]) -> None:
        self.state, self.calls = stored(state), calls


class Turns:
    admission: Admission

    def __init__(self, db: Database, tools: Toolbox) -> None:
        self._db, self._tools = db, tools

    async def carry_on(self, attempt: Attempt, model: Chain, decided: Sequence[ApprovalRow]) -> None:
        """From where the run stands to its final answer; raises Interrupted when a tool call needs a decision."""
        entries = Journal(self._db, attempt)
        agent = self._agent(attempt, model, entries)
        tapped = model.tap(lambda kind, words: attempt.heard(KINDS[kind], words))
        given: list[TResponseInputItem] | State = _history(attempt, model)
        if attempt.kept.state is not None:
            given = await _restored(agent, attempt.kept.state, decided)
        while True:
            result = Runner.run_streamed(
                agent, given, max_turns=attempt.agent.max_turns, run_config=RunConfig(tracing_disabled=True)
            )
            try:
                async for kind, words in _turn(result, single=not agent.tools):
                    if not tapped:
                        attempt.heard(kind, words)
            finally:
                if not result.is_complete:
                    result.cancel()
            if result.interruptions:
                raise Interrupted(result.to_state(), result.interruptions)
            if result.final_output is not None:
                return
            given = result.to_state()
            await self._store(attempt, given)
            entries.next_turn()

    def may_ask(self, agent: AgentRow) -> bool:
        """Whether a tool of the agent asks before it runs, unless that was granted."""
        return any(self._tools[name].asks for name in agent.tools if name in self._tools)

    def _agent(self, attempt: Attempt, model: Chain, entries: Journal) -> Agent[Any]:
        """The stored configuration as the SDK's agent; built anew for each attempt, as nothing of it is shared."""
        wanted = attempt.agent.tools if "tools" in model.capabilities else []
        owner = Owner(attempt, entries)
        return Agent(
            name=attempt.agent.name,
            instructions=attempt.agent.instructions,
            model=JournaledModel(model.model, entries, attempt),
            model_settings=model.settings,
            tools=[journaled(self._tools[name], owner) for name in wanted if name in self._tools],
        )

    async def _store(self, attempt: Attempt, state: State) -> None:
        """The turn is over: what it did becomes the run's state, and its journal goes. What people have said to the
        run in the meantime enters here, before its model is called again."""
        run, before = attempt.run, attempt.position(turn=attempt.turn + 1)
        answer = run.message_id
        heard: list[MessageRow] = []
        await attempt.log.barrier()

        async def store() -> Kept:
            nonlocal heard
            run.message_id = answer
            async with self._db.write() as session:
                taken = await take_steered(
                    session, run, self.admission, content=attempt.draft.text, parts=attempt.draft.typed_parts(),
                    model_used=attempt.model_name,
                )  # fmt: skip
                held = await attempt.held(session)
                run.message_id = held.message_id
                if held.state is not None and (done := Kept.from_stored(unpacked(held.state))).turn == before.turn:
                    return done  # the last try had come through, only its answer got lost
                heard = taken
                if heard:
                    state.add_input([item(row) for row in heard])
                position = replace(before, parts=[] if heard else before.parts, state=stored(state))
                held.state = packed(position.stored())
                await journal.clear(session, run.id)
                await attempt.settle(session)
            return position

        attempt.stand_on(await through_outages(store))
        if heard:
            attempt.draft = Draft()
            attempt.log.say(EventKind.MESSAGE_STARTED, run.message_id)


def stored(state: State) -> dict[str, Any]:
    """The SDK's own form of a run's state, with its format number. Who the run belongs to is not in it."""
    return state.to_json(context_serializer=lambda _: {})


async def _restored(agent: Agent[Any], state: dict[str, Any], decided: Sequence[ApprovalRow]) -> State:
    """The state of the last turn, with what people have decided since."""
    restored: State = await RunState.from_json(agent, state, context_override=RunContextWrapper(None))
    decisions = {row.call_id: row for row in decided}
    for call in restored.get_interruptions():
        row = decisions.get(call.call_id or "")
        if row is None or row.decision is None:
            continue
        if row.decision is ApprovalDecision.APPROVE:
            restored.approve(call)
        else:
            restored.reject(call, rejection_message=row.message or "The person declined this call.")
    return restored


def _history(attempt: Attempt, model: Chain) -> list[TResponseInputItem]:
    told = attempt.agent.instructions
    return fitting(attempt.path, instructions=told, window=model.context_window, answer=model.answer_tokens)


async def _turn(result: RunResultStreaming, *, single: bool) -> AsyncIterator[tuple[EventKind, str]]:
    """One turn's text and reasoning. The SDK is told to stop after it once it has begun: earlier it would not start."""
    begun = single
    async for event in result.stream_events():
        if event.type != "raw_response_event":
            continue
        if not begun:
            begun = True
            result.cancel(mode="after_turn")
        data = event.data
        if data.type == "response.output_text.delta":
            yield EventKind.TEXT, data.delta
        elif data.type in ("response.reasoning_summary_text.delta", "response.reasoning_text.delta"):
            yield EventKind.REASONING, data.delta
