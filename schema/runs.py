"""Runs as the API shows them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

import strawberry

from domain.alternatives import CHOICE, alternatives_in
from domain.ids import Kind, global_id
from persistence import runs, steps
from persistence.runs import RunRow
from persistence.steps import RunStepRow
from persistence.workflows import Pinned
from schema.agents import Agent, agent_by_id
from schema.alternatives import Alternative
from schema.approvals import Approval, pending_of_run
from schema.chats import Chat, chat_by_id
from schema.context import FieldInfo
from schema.enums import Limit, RunStatus, ThinkingMode, WhenBusy
from schema.loading import Loader
from schema.messages import Message, message_by_id
from schema.model_calls import ModelCall, calls_of_run
from schema.models import Model, ModelSelection, SelectionPreferenceInput, model_by_id
from schema.nodes import Node
from schema.steps import RunStep, timeline
from schema.usage import RunError, Usage
from schema.workflows import Workflow, pinned_workflow

run_by_id = Loader[UUID, RunRow | None](fetch=runs.kept, missing=lambda: None)
steps_of_run = Loader[UUID, list[RunStepRow]](fetch=steps.of_runs, missing=list)


@strawberry.type(description="One answer in the making. It goes on whether or not anybody watches.")
class Run(Node):
    status: RunStatus = strawberry.field(description="State.")
    attempt: int = strawberry.field(description="How often a worker has taken it; more than 1 after a crash.")
    thinking: ThinkingMode = strawberry.field(description="How the answer is made.")
    created_at: datetime = strawberry.field(description="When it was asked for.")
    started_at: datetime | None = strawberry.field(description="When a worker first took it.")
    finished_at: datetime | None = strawberry.field(description="When it ended.")
    error: RunError | None = strawberry.field(description="Why it failed.")
    limit_reached: Limit | None = strawberry.field(
        description="The limit of tokens, cost or time that it reached: its answer is the best there was by then."
    )
    selection: ModelSelection | None = strawberry.field(description="Which model answers and why.")
    usage: Usage = strawberry.field(description="Tokens and money so far.")
    first_token_ms: float | None = strawberry.field(
        description="Time from the model call to its first token, in milliseconds."
    )
    row: strawberry.Private[RunRow]

    @strawberry.field(
        description="The run that heard this one's message and answers it as well; both end together. Watch that one."
    )
    async def absorbed_by(self, info: FieldInfo) -> Run | None:
        row = None if self.row.absorbed_by is None else await info.context.load(run_by_id, self.row.absorbed_by)
        return None if row is None else Run.from_row(row)

    @strawberry.field(description="What it did, in order.")
    async def steps(self, info: FieldInfo) -> list[RunStep]:
        stored = await info.context.load(steps_of_run, self.row.id)
        calls = await info.context.load(calls_of_run, self.row.id)
        return timeline(stored, calls)

    @strawberry.field(
        description="The approaches that a run with `thinking: FUTURE` has looked at, and which one it chose; empty "
        "until it has chosen. `chooseAlternative` goes on with another one."
    )
    async def alternatives(self, info: FieldInfo) -> list[Alternative]:
        stored = await info.context.load(steps_of_run, self.row.id)
        choice = next((row.output for row in stored if row.key == CHOICE), None)
        return [Alternative.of(found) for found in alternatives_in(choice)]

    @strawberry.field(
        description="Its calls to models that have ended, in order; several when another model took over, or a worker."
    )
    async def calls(self, info: FieldInfo) -> list[ModelCall]:
        return [ModelCall.from_row(row) for row in await info.context.load(calls_of_run, self.row.id)]

    @strawberry.field(description="Tool calls that wait for a decision, or for an answer.")
    async def pending_approvals(self, info: FieldInfo) -> list[Approval]:
        return [Approval.from_row(row) for row in await info.context.load(pending_of_run, self.row.id)]

    @strawberry.field(description="The chat it answers in.")
    async def chat(self, info: FieldInfo) -> Chat:
        row = await info.context.load(chat_by_id, self.row.chat_id)
        assert row is not None  # noqa: S101 - a run goes with its chat
        return Chat.from_row(row)

    @strawberry.field(description="The answer.")
    async def message(self, info: FieldInfo) -> Message | None:
        row = await info.context.load(message_by_id, self.row.message_id)
        return None if row is None else Message.from_row(row)

    @strawberry.field(description="The message it answers.")
    async def input(self, info: FieldInfo) -> Message | None:
        row = await info.context.load(message_by_id, self.row.input_id)
        return None if row is None else Message.from_row(row)

    @strawberry.field(description="The agent that answers.")
    async def agent(self, info: FieldInfo) -> Agent | None:
        row = None if self.row.agent_id is None else await info.context.load(agent_by_id, self.row.agent_id)
        return None if row is None else Agent.from_row(row)

    @strawberry.field(description="The workflow that it goes by, in the version that it began with; null without one.")
    async def workflow(self, info: FieldInfo) -> Workflow | None:
        if self.row.workflow_id is None or self.row.workflow_version is None:
            return None
        row = await info.context.load(pinned_workflow, Pinned(self.row.workflow_id, self.row.workflow_version))
        return None if row is None else Workflow.from_row(row)

    @strawberry.field(description="The model that answers; null until one is selected.")
    async def model(self, info: FieldInfo) -> Model | None:
        row = None if self.row.model_id is None else await info.context.load(model_by_id, self.row.model_id)
        return None if row is None else Model.from_row(row)

    @classmethod
    def from_row(cls, row: RunRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.RUN, row.id)),
            status=row.status,
            attempt=row.attempt,
            thinking=row.thinking,
            created_at=row.created_at,
            started_at=row.started_at,
            finished_at=row.finished_at,
            error=RunError.of(row.error_code, row.error_message, retryable=row.error_retryable),
            limit_reached=row.limit_reached,
            selection=None if row.selection is None else ModelSelection.from_stored(row.selection),
            usage=Usage.of_run(row),
            first_token_ms=row.first_token_ms,
            row=row,
        )


LOCAL_ONLY = "Whether nothing may leave this server: only local models answer, fallbacks included; default: false."


@strawberry.input(description="Input of sendMessage.")
class SendMessageInput:
    content: str = strawberry.field(
        description="The message, as Markdown; at most 200,000 characters. It may be empty when there are files."
    )
    chat_id: strawberry.ID | None = strawberry.field(description="The chat; without one a chat is made.", default=None)
    parent_id: strawberry.ID | None = strawberry.field(
        description="The message to answer below; without one the chat's head. A parent that already has an answer "
        "gets a sibling branch.",
        default=None,
    )
    sibling_of: strawberry.ID | None = strawberry.field(
        description="The message that this one is an edit of: it becomes a sibling, also of the chat's first message.",
        default=None,
    )
    model: str | None = strawberry.field(
        description="Id or name of the model; without one the selection chooses.", default=None
    )
    agent_id: strawberry.ID | None = strawberry.field(description="The agent that answers.", default=None)
    workflow_id: strawberry.ID | None = strawberry.field(
        description="The workflow that answers, instead of an agent; its steps have their own ways of thinking.",
        default=None,
    )
    thinking: ThinkingMode | None = strawberry.field(description="How the answer is made.", default=None)
    when_busy: WhenBusy | None = strawberry.field(
        description="What to do while the branch is still being answered; ENQUEUE without it.", default=None
    )
    idempotency_key: str | None = strawberry.field(
        description="The same key from the same person gives the same run and charges nothing twice; CONFLICT with "
        "`differs` when the rest of the input is another one.",
        default=None,
    )
    preference: SelectionPreferenceInput | None = strawberry.field(
        description="What matters when a model is selected.", default=None
    )
    max_cost_usd: Decimal | None = strawberry.field(
        description="Most that the answer may cost. A run that reaches a limit answers with what it has; see "
        "`Run.limitReached`.",
        default=None,
    )
    max_tokens: int | None = strawberry.field(
        description="Most tokens that all model calls of the run may take together, those sent included.", default=None
    )
    max_seconds: int | None = strawberry.field(
        description="Longest that the run may be at work, in seconds; waiting for people does not count.", default=None
    )
    local_only: bool | None = strawberry.field(description=LOCAL_ONLY, default=None)
    background: bool = strawberry.field(
        description="Nobody waits for the answer: runs that somebody waits for go first.", default=False
    )
    continue_with_another: bool = strawberry.field(
        description="When the answer breaks off, another model goes on where it stopped, once; without it the run "
        "fails and keeps what was said. It has no effect with a `model` asked for by name.",
        default=False,
    )
    file_ids: list[strawberry.ID] | None = strawberry.field(
        description="Files that belong to the message, as `POST /files` has named them; at most 20.", default=None
    )


@strawberry.input(description="Input of regenerate.")
class RegenerateInput:
    message_id: strawberry.ID = strawberry.field(description="The answer to make again, or its question.")
    model: str | None = strawberry.field(description="Id or name of the model.", default=None)
    thinking: ThinkingMode | None = strawberry.field(description="How the answer is made.", default=None)
    preference: SelectionPreferenceInput | None = strawberry.field(
        description="What matters when a model is selected.", default=None
    )
    local_only: bool | None = strawberry.field(description=LOCAL_ONLY, default=None)
    idempotency_key: str | None = strawberry.field(description="As in `SendMessageInput`.", default=None)


@strawberry.input(description="Input of chooseAlternative.")
class ChooseAlternativeInput:
    run_id: strawberry.ID = strawberry.field(description="The run that has looked at alternatives.")
    alternative: int = strawberry.field(description="The `number` of the one to go on with.")
    idempotency_key: str | None = strawberry.field(description="As in `SendMessageInput`.", default=None)


@strawberry.type(description="Result of sendMessage.")
class SendMessagePayload:
    chat: Chat = strawberry.field(description="The chat.")
    message: Message = strawberry.field(description="The message that was sent.")
    reply: Message = strawberry.field(description="The answer, in progress.")
    run: Run = strawberry.field(description="The run that writes it; watch it with `runEvents`.")


@strawberry.type(description="Result of regenerate.")
class RegeneratePayload:
    chat: Chat = strawberry.field(description="The chat.")
    reply: Message = strawberry.field(description="The new answer, in progress.")
    run: Run = strawberry.field(description="The run that writes it.")


@strawberry.type(description="Result of chooseAlternative.")
class ChooseAlternativePayload:
    chat: Chat = strawberry.field(description="The chat.")
    reply: Message = strawberry.field(description="The new answer, in progress, beside the first one.")
    run: Run = strawberry.field(description="The run that writes it.")


@strawberry.type(description="Result of cancelRun.")
class CancelRunPayload:
    run: Run = strawberry.field(description="The run as it is now.")


@strawberry.type(description="Result of decideApproval.")
class DecideApprovalPayload:
    approval: Approval = strawberry.field(description="The approval as it is now.")
    run: Run = strawberry.field(description="Its run as it is now.")
