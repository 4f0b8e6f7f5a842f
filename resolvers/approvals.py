"""Doors for deciding on tool calls."""

import strawberry

from domain.accounts import Scope
from domain.ids import Kind, key_of
from domain.runs import Remember
from orchestration.runs.pausing import Verdict
from resolvers.context import Info
from schema.approvals import Approval, DecideApprovalInput
from schema.runs import DecideApprovalPayload, Run


@strawberry.type
class ApprovalMutations:
    @strawberry.mutation(
        description="Decide on a tool call that waits for it; the run goes on when nothing else is left to decide. "
        "The same decision again changes nothing, another one is a CONFLICT."
    )
    async def decide_approval(self, info: Info, input: DecideApprovalInput) -> DecideApprovalPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        verdict = Verdict(
            input.decision,
            edited=input.arguments_by_name,
            message=input.message,
            remember=input.remember or Remember.CALL,
        )
        row, run = await info.context.engine.decide(viewer_id, key_of(Kind.APPROVAL, input.approval_id), verdict)
        return DecideApprovalPayload(approval=Approval.from_row(row), run=Run.from_row(run))
