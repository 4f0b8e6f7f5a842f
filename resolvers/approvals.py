"""Doors to tool calls that wait for a decision, and for deciding on them."""

import strawberry

from domain.accounts import Scope
from domain.ids import Kind, key_of
from domain.runs import Remember
from orchestration.runs.pausing import Verdict
from persistence import approvals
from persistence.approvals import ApprovalPlace, ApprovalRow
from resolvers.context import Info
from schema.approvals import Approval, DecideApprovalInput
from schema.pages import Connection, Page, forward, timed_cursor, timed_place
from schema.runs import DecideApprovalPayload, Run


@strawberry.type
class ApprovalQueries:
    @strawberry.field(
        description="The viewer's approvals, newest first: all, those that wait for a decision (`pending: true`), or "
        "those that no longer do. At most 200 a page. Watch `changes` for what is new."
    )
    async def approvals(
        self, info: Info, first: int | None = None, after: str | None = None, pending: bool | None = None
    ) -> Connection[Approval]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        found = timed_place("after", after)
        start = ApprovalPlace(*found) if found else None
        async with info.context.db.read() as session:
            rows = await approvals.page(session, viewer_id, pending=pending, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await approvals.count(session, viewer_id, pending=pending)

        return forward(page, rows, cursor_of=_cursor, node_of=Approval.from_row, count=count)


@strawberry.type
class ApprovalMutations:
    @strawberry.mutation(
        description="Decide on a tool call that waits for it, or answer what it asks; a run that waits goes on when "
        "nothing else is left to decide. The same decision again changes nothing, another one is a CONFLICT."
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


def _cursor(row: ApprovalRow) -> str:
    return timed_cursor(row.requested_at, row.id)
