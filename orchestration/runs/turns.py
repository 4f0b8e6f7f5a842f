"""The durable steps of a run: one turn of the Agents SDK each, stored before the next one begins."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from agents import Agent, RunConfig, Runner, RunState, TResponseInputItem
from agents.exceptions import OutputGuardrailTripwireTriggered
from agents.result import RunResultStreaming
from agents.run_config import ToolErrorFormatterArgs
from agents.run_context import RunContextWrapper

from domain.runs import ApprovalDecision, EventKind
from orchestration.agents.building import Built, build
from orchestration.inference.chain import Chain
from orchestration.mcp.servers import McpServers
from orchestration.memory.context import joining
from orchestration.runs import nesting
from orchestration.runs.admission import Admission
from orchestration.runs.attempts import Attempt, Kept
from orchestration.runs.drafts import Draft
from orchestration.runs.journal import NO_CHAINS, Chains, Journal, Owner
from orchestration.runs.outages import through_outages
from orchestration.runs.pausing import Asked
from orchestration.runs.questions import Questions
from orchestration.runs.steering import take_steered
from orchestration.tools.tool import Tool
from orchestration.tools.toolbox import Toolbox
from persistence import journal, progress
from persistence.agents import AgentRow
from persistence.approvals import ApprovalRow
from persistence.database import Database
from persistence.journal import packed, unpacked
from persistence.messages import MessageRow

DECLINED = "The person declined this call."
KINDS = {"text": EventKind.TEXT, "reasoning": EventKind.REASONING}
State = RunState[Any, Agent[Any]]


class Interrupted(Exception):
    """The run waits for people: `calls` need a decision before `state` can go on, that of the step with this key
    or, without one, that of the run."""

    def __init__(self, state: dict[str, Any], calls: Sequence[Asked], step: str | None = None) -> None:
        self.state, self.calls, self.step = state, calls, step

    @classmethod
    def of_turn(cls, attempt: Attempt, result: RunResultStreaming, step: str | None = None) -> "Interrupted":
        """What the SDK has stopped for."""
        waiting = [(call.call_id or "", call.arguments or "", call.name or "") for call in result.interruptions]
        calls = [Asked(call_id, arguments, attempt.tools[name]) for call_id, arguments, name in waiting]
        return cls(stored(result.to_state()), calls, step)


class Turns:
    admission: Admission

    def __init__(self, db: Database, tools: Toolbox, servers: McpServers, questions: Questions) -> None:
        self._db, self._tools, self._servers, self.questions = db, tools, servers, questions

    async def carry_on(
        self, attempt: Attempt, model: Chain, decided: Sequence[ApprovalRow], *, first: AgentRow | None = None,
        given: list[TResponseInputItem] | None = None, step_id: UUID | None = None,
    ) -> None:  # fmt: skip
        """From where the run stands to its final answer, by the run's agent or by the `first` one; raises Interrupted
        when a tool call needs a decision. Without anything `given` it begins with the conversation. The calls of tools
        are parts of the step with this id."""
        entries = Journal(self._db, attempt, step_id=step_id)
        built = await self.built(attempt, model, entries, attempt.chains, first)
        for chain in (model, *attempt.chains.values()):
            chain.tap(lambda kind, words: attempt.heard(KINDS[kind], words))
        most = (first or attempt.agent).max_turns
        going: list[TResponseInputItem] | State = attempt.given.items if given is None else given
        if attempt.kept.state is not None:
            going = await restored(built.first, attempt.kept.state, decided)
        while True:
            config = config_of(attempt, decided)
            result = Runner.run_streamed(built.first, going, max_turns=most, run_config=config)
            await _heard(result, attempt, single=built.single)
            if result.interruptions:
                raise Interrupted.of_turn(attempt, result)
            if result.final_output is not None:
                return
            going = result.to_state()
            await self._store(attempt, model, going)
            entries.next_turn()

    async def say(self, attempt: Attempt, model: Chain, given: list[TResponseInputItem]) -> None:
        """The run's answer to an input of its own, by the agent without its tools; its guardrails hold."""
        model.tap(lambda kind, words: attempt.heard(KINDS[kind], words))
        agent = (await self.built(attempt, model, Journal(self._db, attempt))).first.clone(tools=[], handoffs=[])
        await _heard(
            Runner.run_streamed(agent, given, max_turns=1, run_config=config_of(attempt)), attempt, single=True
        )

    async def built(
        self,
        attempt: Attempt,
        model: Chain,
        entries: Journal,
        chains: Chains = NO_CHAINS,
        first: AgentRow | None = None,
    ) -> Built:
        """The agents of the run; `chains` are the models of those that have their own. The `first` one begins, that of
        the run without it."""
        return build(Owner(attempt, entries, chains, self.questions), model, await self._toolbox(attempt), first)

    async def tool(self, key: UUID, user_id: UUID) -> Tool:
        """A tool that this person may use, of this process or of an MCP server; NotFound otherwise."""
        return self._tools.get(key) or await self._servers.tool(key, user_id)

    async def _toolbox(self, attempt: Attempt) -> Toolbox:
        """The tools of this process, with those of the team's MCP servers; RunFailure when one of those is missing."""
        servers = list(dict.fromkeys(key for row in attempt.team for key in row.mcp_servers))
        single = list(dict.fromkeys(key for row in attempt.team for key in row.mcp_tools))
        if not (servers or single):
            return self._tools
        found = await self._servers.tools(servers, attempt.run.user_id, single=single)
        return {**self._tools, **{tool.key: tool for tool in found}}

    async def _store(self, attempt: Attempt, model: Chain, state: State) -> None:
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
                    model_used=attempt.model_name, agent_id=attempt.speaker.id,
                )  # fmt: skip
                held = await attempt.held(session)
                run.message_id = held.message_id
                if held.state is not None and (done := Kept.from_stored(unpacked(held.state))).turn == before.turn:
                    return done  # the last try had come through, only its answer got lost
                for name, at in attempt.handed:
                    await progress.hand_over(session, run.id, name=name, at=at)
                heard = taken
                if heard:
                    reads = attempt.gathered.reads
                    state.add_input(await joining(session, run, heard, room=model.room, reads=reads))
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


async def restored(agent: Agent[Any], state: dict[str, Any], decided: Sequence[ApprovalRow]) -> State:
    """The state of the last turn, with what people have decided since."""
    state_then: State = await RunState.from_json(agent, state, context_override=RunContextWrapper(None))
    decisions = {row.call_id: row for row in decided}
    for call in state_then.get_interruptions():
        row = decisions.get(nesting.scoped(call.call_id or ""))
        if row is None or row.decision is None:
            continue
        if row.decision is ApprovalDecision.APPROVE:
            state_then.approve(call)
        else:
            state_then.reject(call)
    return state_then


def config_of(attempt: Attempt, decided: Sequence[ApprovalRow] = ()) -> RunConfig:
    """How the SDK runs the agents of an attempt. A call that people have declined is a part of the answer, too, and the
    model is told what they have said."""
    declined = {row.call_id: row for row in decided if row.decision is ApprovalDecision.REJECT}

    def told(failed: ToolErrorFormatterArgs[Any]) -> str | None:
        row = declined.get(nesting.scoped(failed.call_id)) if failed.kind == "approval_rejected" else None
        if row is None:
            return None
        attempt.declined(failed.call_id, row.tool_name, row.arguments, row.message or DECLINED)
        return row.message or DECLINED

    return RunConfig(tracing_disabled=True, tool_not_found_behavior="return_error_to_model", tool_error_formatter=told)


async def turn(result: RunResultStreaming, *, single: bool) -> None:
    """One turn; its words come through the taps of the chains. The SDK is told to stop after it once it has begun:
    earlier it would not start."""
    begun = single
    try:
        async for event in result.stream_events():
            if not begun and event.type == "raw_response_event":
                begun = True
                result.cancel(mode="after_turn")
    finally:
        if not result.is_complete:
            result.cancel()


async def _heard(result: RunResultStreaming, attempt: Attempt, *, single: bool) -> None:
    """A turn of the run itself. What guardrails do not let pass is taken back."""
    try:
        await turn(result, single=single)
    except OutputGuardrailTripwireTriggered:
        attempt.take_back("The agent's guardrails do not let this answer pass.")
        raise
