"""Tool calls that wait for a decision, as the API shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from persistence import approvals
from persistence.approvals import ApprovalRow
from schema.enums import ApprovalDecision, Remember
from schema.loading import Loader
from schema.nodes import Node

pending_of_run = Loader[UUID, list[ApprovalRow]](fetch=approvals.pending, missing=list)
approval_by_id = Loader[UUID, ApprovalRow | None](fetch=approvals.by_ids, missing=lambda: None)


@strawberry.type(description="A tool call that waits, or waited, for a person's decision.")
class Approval(Node):
    tool_name: str = strawberry.field(description="The tool.")
    server_name: str | None = strawberry.field(description="The MCP server it comes from.")
    arguments: JSON = strawberry.field(description="What it would be called with.")
    reason: str | None = strawberry.field(description="Why it is asked for.")
    decision: ApprovalDecision | None = strawberry.field(description="The decision; null while it is pending.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    expires_at: datetime | None = strawberry.field(description="When the question lapses.")

    @classmethod
    def from_row(cls, row: ApprovalRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.APPROVAL, row.id)),
            tool_name=row.tool_name,
            server_name=row.server_name,
            arguments=JSON(row.arguments),
            reason=row.reason,
            decision=row.decision,
            requested_at=row.requested_at,
            expires_at=row.expires_at,
        )


@strawberry.input(description="Input of decideApproval.")
class DecideApprovalInput:
    approval_id: strawberry.ID = strawberry.field(description="What is decided.")
    decision: ApprovalDecision = strawberry.field(description="Whether the tool may run.")
    arguments: JSON | None = strawberry.field(
        description="An object: the arguments to call the tool with instead of the model's.", default=None
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
