"""Tool calls that wait for a decision, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from persistence import approvals
from persistence.approvals import ApprovalRow
from persistence.lookups import rows_of
from schema.context import FieldInfo
from schema.enums import ApprovalDecision, Remember
from schema.loading import Loader
from schema.nodes import Node

if TYPE_CHECKING:
    from schema.runs import Run

pending_of_run = Loader[UUID, list[ApprovalRow]](fetch=approvals.pending, missing=list)
approval_by_id = Loader[UUID, ApprovalRow | None](fetch=rows_of(ApprovalRow), missing=lambda: None)


@strawberry.type(
    description="What a tool asks in the middle of its call: to fill in a form, or to visit a page. Its words are the "
    "approval's `reason`. APPROVE answers it."
)
class Question:
    form: JSON | None = strawberry.field(
        description="The JSON Schema of the answer, a flat object: texts, numbers, booleans and choices."
    )
    url: str | None = strawberry.field(
        description="The page, of the server's own or somebody else's. Show it whole, and open it only when the person "
        "wants that; APPROVE says that they did."
    )


@strawberry.type(
    description="A tool call that waits, or waited, for a person's decision; or one that asks the person something."
)
class Approval(Node):
    tool_name: str = strawberry.field(description="The tool.")
    server_name: str | None = strawberry.field(description="The MCP server it comes from.")
    arguments: JSON = strawberry.field(
        description="What it would be called with; of a question, what is answered unless something else is given."
    )
    reason: str | None = strawberry.field(description="Why it is asked for.")
    question: Question | None = strawberry.field(
        description="What is asked in the middle of the call; null for a call that has yet to be made."
    )
    decision: ApprovalDecision | None = strawberry.field(description="The decision; null while it is pending.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    expires_at: datetime | None = strawberry.field(description="When the question lapses.")
    run_key: strawberry.Private[UUID]

    @strawberry.field(description="The run that it belongs to.")
    async def run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")]:
        from schema.runs import Run, run_by_id  # noqa: PLC0415 - the types name each other

        row = await info.context.load(run_by_id, self.run_key)
        if row is None:
            raise LookupError("an approval goes with its run")
        return Run.from_row(row)

    @classmethod
    def from_row(cls, row: ApprovalRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.APPROVAL, row.id)),
            tool_name=row.tool_name,
            server_name=row.server_name,
            arguments=JSON(row.arguments),
            reason=row.reason,
            question=None if row.question is None else Question(**row.question),
            decision=row.decision,
            requested_at=row.requested_at,
            expires_at=row.expires_at,
            run_key=row.run_id,
        )


@strawberry.input(description="Input of decideApproval.")
class DecideApprovalInput:
    approval_id: strawberry.ID = strawberry.field(description="What is decided.")
    decision: ApprovalDecision = strawberry.field(description="Whether the tool may run, or gets its answer.")
    arguments: JSON | None = strawberry.field(
        description="An object: the arguments to call the tool with instead of the model's, or the answer to its "
        "question.",
        default=None,
    )
    message: str | None = strawberry.field(description="Why the call is declined; the model is told.", default=None)
    remember: Remember | None = strawberry.field(
        description="How far an approval reaches; CALL without it.", default=None
    )

    @property
    def arguments_by_name(self) -> dict[str, Any] | None:
        if self.arguments is not None and not isinstance(self.arguments, dict):
            raise BadUserInput({"input.arguments": "must be an object with the arguments by name"})
        return self.arguments
