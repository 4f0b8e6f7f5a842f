"""Workflows: stored graphs of steps, their versions, and every query on them."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Select, func, literal, select, tuple_
from sqlalchemy.orm import Mapped, mapped_column

from domain.ids import Kind
from persistence.database import Session
from persistence.versions import Versioned, VersionedRow, VersionRow


class WorkflowRow(VersionedRow):
    __tablename__ = "workflows"
    CONFIG = ("name", "description", "definition")
    definition: Mapped[dict[str, Any]]


class WorkflowVersionRow(VersionRow):
    __tablename__ = "workflow_versions"
    workflow_id: Mapped[UUID] = mapped_column(
        ForeignKey("workflows.id", ondelete="CASCADE"), primary_key=True, sort_order=-1
    )


WORKFLOWS = Versioned(
    Kind.WORKFLOW, WorkflowRow, WorkflowVersionRow.workflow_id, WorkflowVersionRow, {"definition": {}}
)
add, change, remove, ship = WORKFLOWS.add, WORKFLOWS.change, WORKFLOWS.remove, WORKFLOWS.ship
owned, visible_to, locked, count_own = WORKFLOWS.owned, WORKFLOWS.visible_to, WORKFLOWS.locked, WORKFLOWS.count_own
as_it_was, versions = WORKFLOWS.as_it_was, WORKFLOWS.versions


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, WorkflowRow]:
    """Workflows by id, deleted ones too; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(WorkflowRow).where(WorkflowRow.id.in_(ids)))
    return {row.id: row for row in rows}


class WorkflowPlace(NamedTuple):
    """Where a workflow stands in the list: those that ship with the product first, then by name."""

    made: bool
    name: str
    id: UUID


def place_of(row: WorkflowRow) -> WorkflowPlace:
    return WorkflowPlace(row.owner_id is not None, row.name, row.id)


async def page(session: Session, user_id: UUID, *, limit: int, after: WorkflowPlace | None) -> list[WorkflowRow]:
    """All that the viewer may use: those that ship with the product, then others, by name."""
    place = WorkflowRow.owner_id.is_not(None), func.lower(WorkflowRow.name), WorkflowRow.id
    query: Select[Any] = select(WorkflowRow).where(WORKFLOWS.visible(user_id))
    if after is not None:
        from_here = literal(after.made), func.lower(literal(after.name)), literal(after.id)
        query = query.where(tuple_(*place) > tuple_(*from_here))
    return list(await session.scalars(query.order_by(*place).limit(limit)))


async def count(session: Session, user_id: UUID) -> int:
    """How many workflows the viewer may use."""
    return await session.scalar(select(func.count()).select_from(WorkflowRow).where(WORKFLOWS.visible(user_id))) or 0


class Pinned(NamedTuple):
    """A workflow in the version that a run goes by."""

    workflow_id: UUID
    version: int


async def pinned(session: Session, wanted: list[Pinned]) -> dict[Pinned, WorkflowRow]:
    """Workflows in given versions, deleted ones too; no check of who asks: a run names them."""
    pair = tuple_(WorkflowVersionRow.workflow_id, WorkflowVersionRow.version)
    query = (
        select(WorkflowRow, WorkflowVersionRow)
        .join(WorkflowVersionRow, WorkflowVersionRow.workflow_id == WorkflowRow.id)
        .where(pair.in_([tuple(one) for one in wanted]))
    )
    rows = await session.execute(query)
    return {Pinned(row.id, version.version): as_it_was(row, version) for row, version in rows}
