"""Steps of runs as the API shows them: those that are stored, and the calls of models from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.ids import Kind, global_id
from domain.models import CallOutcome
from domain.workflows import step_of
from persistence.models import ModelCallRow
from persistence.steps import RunStepRow
from schema.context import FieldInfo
from schema.enums import StepKind, StepStatus
from schema.models import Model, model_by_id
from schema.usage import RunError, Usage

OUTCOMES = {
    CallOutcome.SUCCEEDED: StepStatus.COMPLETED,
    CallOutcome.FAILED: StepStatus.FAILED,
    CallOutcome.CANCELLED: StepStatus.CANCELLED,
}
BEGINNING = datetime.min.replace(tzinfo=UTC)


@strawberry.type(description="One thing that a run did.")
class RunStep:
    id: strawberry.ID = strawberry.field(description="Opaque id.")
    kind: StepKind = strawberry.field(description="What it did.")
    name: str = strawberry.field(description="Name of what did it.")
    status: StepStatus = strawberry.field(description="State.")
    started_at: datetime | None = strawberry.field(description="When it began.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    parent_id: strawberry.ID | None = strawberry.field(description="The step it is a part of.")
    error: RunError | None = strawberry.field(description="Why it failed.")
    input: JSON | None = strawberry.field(description="What it was given: the arguments of a tool call.")
    output: JSON | None = strawberry.field(description="What came of it; of a tool call the beginning of its text.")
    usage: Usage = strawberry.field(description="What the model calls in it, and in its parts, took.")
    model_key: strawberry.Private[UUID | None]
    workflow_step: str | None = strawberry.field(
        description="Name of the step of the run's workflow that it is a part of; null for others.", default=None
    )

    @strawberry.field(description="The model of a model call; null once it has been removed, and for other steps.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.model_key is None else await info.context.load(model_by_id, self.model_key)
        return None if row is None else Model.from_row(row)


def timeline(stored: Sequence[RunStepRow], calls: Sequence[ModelCallRow]) -> list[RunStep]:
    """All steps of a run in the order in which they began. What has no other parent is part of the agent's work."""
    agents = [row for row in stored if row.key is None]
    parents = {row.id: row.parent_id or _agent_at(agents, row.started_at, row.id) for row in stored}
    for call in calls:
        parents[call.id] = call.step_id if call.step_id in parents else _agent_at(agents, call.started_at)
    below: dict[UUID, list[ModelCallRow]] = {}
    for call in calls:
        for step_id in _upwards(call.id, parents):
            below.setdefault(step_id, []).append(call)
    steps = [_of_row(row, parents[row.id], below.get(row.id, [])) for row in stored]
    steps += [_of_call(call, parents[call.id]) for call in calls]
    return sorted(steps, key=lambda step: step.started_at or BEGINNING)


def _agent_at(agents: Sequence[RunStepRow], moment: datetime | None, own: UUID | None = None) -> UUID | None:
    """The agent that was at work: the last one that had begun by then."""
    before = [row.id for row in agents if row.started_at and moment and row.started_at <= moment]
    found = before[-1] if before else next((row.id for row in agents), None)
    return None if own in {row.id for row in agents} else found


def _upwards(step_id: UUID, parents: Mapping[UUID, UUID | None]) -> Iterator[UUID]:
    """What a step is a part of, up to the top; each once, whatever is stored."""
    seen: set[UUID] = set()
    parent = parents.get(step_id)
    while parent is not None and parent not in seen:
        seen.add(parent)
        yield parent
        parent = parents.get(parent)


def _of_row(row: RunStepRow, parent_id: UUID | None, calls: Sequence[ModelCallRow]) -> RunStep:
    return RunStep(
        id=strawberry.ID(global_id(Kind.STEP, row.id)),
        kind=row.kind,
        name=row.name,
        status=row.status,
        started_at=row.started_at,
        finished_at=row.finished_at,
        parent_id=_id(parent_id),
        error=RunError.of(row.error_code, row.error_message),
        input=None if row.input is None else JSON(row.input),
        output=None if row.output is None else JSON(row.output),
        usage=Usage.of_calls(calls),
        model_key=None,
        workflow_step=step_of(row.key),
    )


def _of_call(call: ModelCallRow, parent_id: UUID | None) -> RunStep:
    return RunStep(
        id=strawberry.ID(global_id(Kind.STEP, call.id)),
        kind=StepKind.MODEL_CALL,
        name=call.model_name,
        status=OUTCOMES[call.outcome],
        started_at=call.started_at,
        finished_at=call.started_at + timedelta(milliseconds=call.duration_ms),
        parent_id=_id(parent_id),
        error=RunError.of(call.error_code, f"{call.model_name} failed." if call.error_code else None),
        input=None,
        output=None,
        usage=Usage.of_calls([call]),
        model_key=call.model_id,
    )


def _id(step_id: UUID | None) -> strawberry.ID | None:
    return None if step_id is None else strawberry.ID(global_id(Kind.STEP, step_id))
