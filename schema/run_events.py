"""Events of a run as the API shows them."""

from datetime import datetime
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from domain.runs import EventKind
from domain.runs import RunEvent as Stored
from persistence import agents
from schema.agents import Agent, agent_by_id
from schema.approvals import Approval, approval_by_id
from schema.context import FieldInfo
from schema.enums import RunStatus, StepStatus
from schema.messages import Message, message_by_id
from schema.models import ModelSelection
from schema.parts import ToolCall
from schema.runs import Run, run_by_id


@strawberry.interface(description="Something that happened in a run. Pass `sequence` as `after` to resume behind it.")
class RunEvent:
    sequence: int = strawberry.field(
        description="Number in the run, rising with each event; of the last one where several were joined."
    )
    created_at: datetime = strawberry.field(description="When it happened.")


@strawberry.type(description="The run's state changed.")
class RunStatusChanged(RunEvent):
    status: RunStatus = strawberry.field(description="The new state.")


@strawberry.type(description="A model was selected.")
class ModelSelected(RunEvent):
    selection: ModelSelection = strawberry.field(description="Which one and why.")


@strawberry.type(description="An agent took over.")
class AgentChanged(RunEvent):
    agent_key: strawberry.Private[UUID]

    @strawberry.field(description="The agent at work from now on.")
    async def agent(self, info: FieldInfo) -> Agent:
        row = await info.context.load(agent_by_id, self.agent_key)
        return Agent.from_row(row or agents.departed(self.agent_key, self.created_at))


@strawberry.type(description="The answer begins.")
class MessageStarted(RunEvent):
    message_id: strawberry.ID = strawberry.field(description="The message that is being written.")


@strawberry.type(description="Text to append to the message.")
class TextDelta(RunEvent):
    message_id: strawberry.ID = strawberry.field(description="The message that is being written.")
    text: str = strawberry.field(description="Text to append.")


@strawberry.type(description="Reasoning to append to the message's reasoning.")
class ReasoningDelta(RunEvent):
    message_id: strawberry.ID = strawberry.field(description="The message that is being written.")
    text: str = strawberry.field(description="Reasoning to append.")


@strawberry.type(description="What was streamed of the message so far does not count; it is streamed anew.")
class MessageDiscarded(RunEvent):
    message_id: strawberry.ID = strawberry.field(description="The message to empty.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="One step of a plan.")
class PlanStep:
    title: str = strawberry.field(description="What the step does.")
    status: StepStatus = strawberry.field(description="How far it is.")
    outcome: str | None = strawberry.field(description="What its check said, or why it failed.", default=None)


@strawberry.type(description="The plan was made or changed.")
class PlanUpdated(RunEvent):
    steps: list[PlanStep] = strawberry.field(description="The whole plan.")
    note: str | None = strawberry.field(
        description="What else is to be said of it, such as why there is no other plan.", default=None
    )


@strawberry.type(description="A tool is being called.")
class ToolCallStarted(RunEvent):
    tool_call: ToolCall = strawberry.field(description="The call.")


@strawberry.type(description="A tool call says how far it is, at most twice a second.")
class ToolCallProgressed(RunEvent):
    call_id: strawberry.ID = strawberry.field(description="The `id` of the call.")
    progress: float = strawberry.field(description="How far it is; it rises.")
    total: float | None = strawberry.field(description="Where it ends, if that is known.")
    text: str = strawberry.field(description="The same in words of the tool; may be empty.")


@strawberry.type(description="A tool call ended.")
class ToolCallFinished(RunEvent):
    tool_call: ToolCall = strawberry.field(description="The call and its result.")


@strawberry.type(description="A tool call waits for a decision, or, at work, for an answer.")
class ApprovalRequested(RunEvent):
    approval_key: strawberry.Private[UUID]

    @strawberry.field(description="What is to be decided.")
    async def approval(self, info: FieldInfo) -> Approval:
        row = await info.context.load(approval_by_id, self.approval_key)
        if row is None:
            raise LookupError("the approval of this event has been deleted")
        return Approval.from_row(row)


@strawberry.type(description="The run has ended; nothing follows.")
class RunFinished(RunEvent):
    run_key: strawberry.Private[UUID]

    @strawberry.field(description="The run as it ended.")
    async def run(self, info: FieldInfo) -> Run:
        row = await info.context.load(run_by_id, self.run_key)
        if row is None:
            raise LookupError("the run of this event has been deleted")
        return Run.from_row(row)

    @strawberry.field(description="The final message.")
    async def message(self, info: FieldInfo) -> Message | None:
        run = await info.context.load(run_by_id, self.run_key)
        row = None if run is None else await info.context.load(message_by_id, run.message_id)
        return None if row is None else Message.from_row(row)


EVENT_TYPES = (
    RunStatusChanged, ModelSelected, AgentChanged, MessageStarted, TextDelta, ReasoningDelta, MessageDiscarded,
    PlanUpdated, ToolCallStarted, ToolCallProgressed, ToolCallFinished, ApprovalRequested, RunFinished,
)  # fmt: skip


def shown(event: Stored) -> RunEvent:
    """A stored event as the API's type."""
    sequence, at, data = event.sequence, event.created_at, event.data
    message_id = strawberry.ID(global_id(Kind.MESSAGE, event.message_id) if event.message_id else "")
    match event.kind:
        case EventKind.TEXT:
            return TextDelta(sequence=sequence, created_at=at, message_id=message_id, text=event.text or "")
        case EventKind.REASONING:
            return ReasoningDelta(sequence=sequence, created_at=at, message_id=message_id, text=event.text or "")
        case EventKind.STATUS:
            return RunStatusChanged(sequence=sequence, created_at=at, status=RunStatus(data["status"]))
        case EventKind.SELECTION:
            return ModelSelected(
                sequence=sequence, created_at=at, selection=ModelSelection.from_stored(data["selection"])
            )
        case EventKind.AGENT:
            return AgentChanged(sequence=sequence, created_at=at, agent_key=UUID(data["agent_id"]))
        case EventKind.MESSAGE_STARTED:
            return MessageStarted(sequence=sequence, created_at=at, message_id=message_id)
        case EventKind.MESSAGE_DISCARDED:
            return MessageDiscarded(sequence=sequence, created_at=at, message_id=message_id, reason=data["reason"])
        case EventKind.PLAN:
            steps = [
                PlanStep(title=step["title"], status=StepStatus(step["status"]), outcome=step.get("outcome"))
                for step in data["steps"]
            ]
            return PlanUpdated(sequence=sequence, created_at=at, steps=steps, note=data.get("note"))
        case EventKind.TOOL_STARTED | EventKind.TOOL_PROGRESS | EventKind.TOOL_FINISHED:
            return _of_tool(event)
        case EventKind.APPROVAL:
            return ApprovalRequested(sequence=sequence, created_at=at, approval_key=UUID(data["approval_id"]))
        case EventKind.FINISHED:
            return RunFinished(sequence=sequence, created_at=at, run_key=event.run_id)


def _of_tool(event: Stored) -> RunEvent:
    sequence, at, data = event.sequence, event.created_at, event.data
    if event.kind is EventKind.TOOL_STARTED:
        return ToolCallStarted(sequence=sequence, created_at=at, tool_call=ToolCall.of(data))
    if event.kind is EventKind.TOOL_FINISHED:
        return ToolCallFinished(sequence=sequence, created_at=at, tool_call=ToolCall.of(data))
    return ToolCallProgressed(
        sequence=sequence, created_at=at, call_id=strawberry.ID(data["id"]), progress=data["progress"],
        total=data["total"], text=data["message"],
    )  # fmt: skip
