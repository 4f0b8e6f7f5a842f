"""Workflows as the API shows them, and what clients send to make and change them."""

from __future__ import annotations

from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from domain.ids import Kind, global_id
from persistence import workflows
from persistence.versions import VersionPage
from persistence.workflows import Pinned, WorkflowRow, WorkflowVersionRow
from schema.context import FieldInfo
from schema.loading import Loader
from schema.nodes import Node
from schema.pages import Connection, Page
from schema.versions import Fields, versions, visible

pinned_workflow = Loader[Pinned, WorkflowRow | None](fetch=workflows.pinned, missing=lambda: None)
versions_of = Loader[VersionPage, list[WorkflowVersionRow]](fetch=workflows.versions, missing=list)


@strawberry.type(description="A stored graph of steps that a run can go by instead of asking one agent.")
class Workflow(Node):
    name: str = strawberry.field(description="Name.")
    description: str = strawberry.field(description="What it is good for.")
    version: int = strawberry.field(description="Its newest version. Runs keep the version they began with.")
    slug: str | None = strawberry.field(description="Name of a workflow that ships with the product; null for others.")
    shared: bool = strawberry.field(description="Whether everybody may use it.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    row: strawberry.Private[WorkflowRow]

    @strawberry.field(description="Its steps as JSON, `{steps: […]}`; null if it is not for the viewer any more.")
    def definition(self, info: FieldInfo) -> JSON | None:
        return JSON(self.row.definition) if visible(info, self.row) else None

    @strawberry.field(description="Whether the viewer may change it: it is their own.")
    def editable(self, info: FieldInfo) -> bool:
        return self.row.owner_id == info.context.viewer_id and self.row.deleted_at is None

    @strawberry.field(description="Its versions, newest first; only for whom it belongs to. At most 200 a page.")
    async def versions(
        self, info: FieldInfo, first: int | None = None, after: str | None = None
    ) -> Connection[WorkflowVersion]:
        return await versions(
            info, self.row, Page.of(first, after), versions_of,
            lambda one: WorkflowVersion(
                version=one.version, created_at=one.created_at,
                workflow=Workflow.from_row(workflows.as_it_was(self.row, one)),
            ),
        )  # fmt: skip

    @classmethod
    def from_row(cls, row: WorkflowRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.WORKFLOW, row.id)),
            name=row.name,
            description=row.description,
            version=row.version,
            slug=row.slug,
            shared=row.shared,
            created_at=row.created_at,
            updated_at=row.updated_at,
            row=row,
        )


@strawberry.type(description="A workflow as it was for a while.")
class WorkflowVersion:
    version: int = strawberry.field(description="Its number, counted from 1.")
    created_at: datetime = strawberry.field(description="When it was made.")
    workflow: Workflow = strawberry.field(description="The workflow in this version.")


@strawberry.type(description="Something that is wrong with a definition.")
class WorkflowProblem:
    path: str = strawberry.field(description="Where, such as `steps[2].next`; empty for all of it.")
    message: str = strawberry.field(description="What is wrong there.")


@strawberry.input
class WorkflowFields(Fields):
    """What createWorkflow and updateWorkflow have in common; the schema shows it only as a part of their inputs."""

    name: str | None = strawberry.field(description="From 1 to 100 characters.", default=strawberry.UNSET)
    description: str | None = strawberry.field(
        description="What it is good for, up to 1,000 characters.", default=strawberry.UNSET
    )
    definition: JSON | None = strawberry.field(
        description="Its steps, `{steps: […]}`: up to 50, the first one begins. `docs/workflows.md` says what a step "
        "is. BAD_USER_INPUT names what is wrong by its path, such as `input.definition.steps[2].next`.",
        default=strawberry.UNSET,
    )
    shared: bool | None = strawberry.field(
        description="Whether everybody may use it; for administrators.", default=strawberry.UNSET
    )


@strawberry.input(description="Input of createWorkflow. It needs a `name` and a `definition`, or a workflow to copy.")
class CreateWorkflowInput(WorkflowFields):
    copy_of: strawberry.ID | None = strawberry.field(
        description="A workflow to start from: what is left out is as in that.", default=None
    )


@strawberry.input(description="Input of updateWorkflow. What is left out stays as it is.")
class UpdateWorkflowInput(WorkflowFields):
    id: strawberry.ID = strawberry.field(description="The workflow.")
    expected_version: int | None = strawberry.field(
        description="CONFLICT unless this is its version: nobody has changed it since you looked.", default=None
    )


@strawberry.type(description="Result of createWorkflow.")
class CreateWorkflowPayload:
    workflow: Workflow = strawberry.field(description="The new workflow.")


@strawberry.type(description="Result of updateWorkflow.")
class UpdateWorkflowPayload:
    workflow: Workflow = strawberry.field(description="The workflow as it is now.")


@strawberry.type(description="Result of deleteWorkflow.")
class DeleteWorkflowPayload:
    id: strawberry.ID = strawberry.field(description="The workflow that is gone.")
