"""Doors for making, changing and looking at workflows."""

from typing import Any
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any, key_of
from orchestration.workflows.editing import Change
from persistence import workflows
from persistence.workflows import WorkflowPlace, WorkflowRow
from resolvers.context import Info
from schema.pages import Connection, Page, cursor, forward, place
from schema.workflows import (
    CreateWorkflowInput,
    CreateWorkflowPayload,
    DeleteWorkflowPayload,
    UpdateWorkflowInput,
    UpdateWorkflowPayload,
    Workflow,
    WorkflowFields,
    WorkflowProblem,
)


@strawberry.type
class WorkflowQueries:
    @strawberry.field(
        description="Workflows that the viewer may use: those that ship with the product first, then shared ones and "
        "the viewer's own, by name. At most 200 a page."
    )
    async def workflows(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Workflow]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        start = None if after is None else _place(after)
        async with info.context.db.read() as session:
            rows = await workflows.page(session, viewer_id, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await workflows.count(session, viewer_id)

        return forward(page, rows, cursor_of=_cursor, node_of=Workflow.from_row, count=count)

    @strawberry.field(description="One of the workflows that the viewer may use.")
    async def workflow(self, info: Info, id: strawberry.ID) -> Workflow | None:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return Workflow.from_row(await workflows.visible_to(session, key_of(Kind.WORKFLOW, id), viewer_id))

    @strawberry.field(
        description="All that is wrong with a definition, with places in it; empty when it can be stored. Nothing is."
    )
    async def check_workflow(self, info: Info, definition: JSON) -> list[WorkflowProblem]:
        viewer_id = info.context.require(Scope.READ).user_id
        found = await info.context.engine.workflows.check(viewer_id, definition)
        return [WorkflowProblem(path=path, message=message) for path, message in found.items()]


@strawberry.type
class WorkflowMutations:
    @strawberry.mutation(description="Make a workflow of one's own. Nobody else sees it unless it is shared.")
    async def create_workflow(self, info: Info, input: CreateWorkflowInput) -> CreateWorkflowPayload:
        viewer = info.context.require(Scope.WRITE)
        row = await info.context.engine.workflows.create(
            viewer.user_id,
            _change(input),
            copy_of=key_if_any(Kind.WORKFLOW, input.copy_of),
            admin=viewer.role is UserRole.ADMIN,
        )
        return CreateWorkflowPayload(workflow=Workflow.from_row(row))

    @strawberry.mutation(
        description="Change one's own workflow, which makes a new version. Runs at work keep the version they began "
        "with."
    )
    async def update_workflow(self, info: Info, input: UpdateWorkflowInput) -> UpdateWorkflowPayload:
        viewer = info.context.require(Scope.WRITE)
        row = await info.context.engine.workflows.update(
            viewer.user_id,
            key_of(Kind.WORKFLOW, input.id),
            _change(input),
            expected=input.expected_version,
            admin=viewer.role is UserRole.ADMIN,
        )
        return UpdateWorkflowPayload(workflow=Workflow.from_row(row))

    @strawberry.mutation(description="Delete one's own workflow. Runs at work end as they began.")
    async def delete_workflow(self, info: Info, id: strawberry.ID) -> DeleteWorkflowPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        await info.context.engine.workflows.delete(viewer_id, key_of(Kind.WORKFLOW, id))
        return DeleteWorkflowPayload(id=id)


def _change(input: WorkflowFields) -> Change:
    values: dict[str, Any] = {}
    for name in ("name", "description", "definition"):
        if (value := input.given(name)) is not None:
            values[name] = value
    return Change(values, input.given("shared"))


def _cursor(row: WorkflowRow) -> str:
    made, name, key = workflows.place_of(row)
    return cursor(f"{int(made)} {key.hex} {name}")


def _place(after: str) -> WorkflowPlace:
    try:
        made, key, name = place("after", after).split(" ", 2)
        return WorkflowPlace(made == "1", name, UUID(hex=key))
    except ValueError:
        raise BadUserInput({"after": "is not a cursor of this list"}) from None
