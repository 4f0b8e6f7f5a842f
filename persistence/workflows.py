"""Workflows: stored graphs of steps, their versions, and every query on them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Integer, Select, func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from domain.errors import NotFound
from domain.ids import Kind, global_id
from persistence.base import Base, Created, Key, Moment
from persistence.database import Session
from persistence.versions import VersionPage, version_pages

CONFIG = ("name", "description", "definition")
"""What a version is made of."""


class WorkflowRow(Base):
    """`slug` names a workflow that ships with the product; `owner_id` is empty for those.

    The row is the newest `version`. A deleted workflow stays for the runs that it has had.
    """

    __tablename__ = "workflows"
    id: Mapped[Key]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    definition: Mapped[dict[str, Any]]
    shared: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    deleted_at: Mapped[Moment | None]


class WorkflowVersionRow(Base):
    """One version of a workflow, which never changes."""

    __tablename__ = "workflow_versions"
    workflow_id: Mapped[UUID] = mapped_column(ForeignKey("workflows.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    config: Mapped[dict[str, Any]]
    created_at: Mapped[Created]


def _stored(row: WorkflowRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CONFIG}


def as_it_was(row: WorkflowRow, version: WorkflowVersionRow) -> WorkflowRow:
    """The workflow in an earlier version; no session knows this row."""
    now = {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs}
    return WorkflowRow(**now | version.config | {"version": version.version, "updated_at": version.created_at})


def _visible(user_id: UUID) -> ColumnElement[bool]:
    mine = or_(WorkflowRow.owner_id.is_(None), WorkflowRow.owner_id == user_id, WorkflowRow.shared)
    return WorkflowRow.deleted_at.is_(None) & mine


async def by_ids(session: Session, ids: list[UUID]) -> dict[UUID, WorkflowRow]:
    """Workflows by id, deleted ones too; no check of who asks: the ids come from rows that the viewer may see."""
    rows = await session.scalars(select(WorkflowRow).where(WorkflowRow.id.in_(ids)))
    return {row.id: row for row in rows}


async def owned(session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, WorkflowRow]:
    """Those of the workflows that the viewer may see."""
    rows = await session.scalars(select(WorkflowRow).where(WorkflowRow.id.in_(ids), _visible(user_id)))
    return {row.id: row for row in rows}


async def visible_to(session: Session, workflow_id: UUID, user_id: UUID) -> WorkflowRow:
    """A workflow that ships with the product, is shared, or is the viewer's own; NotFound otherwise."""
    if (row := (await owned(session, user_id, [workflow_id])).get(workflow_id)) is None:
        raise NotFound(f"There is no workflow with the id {global_id(Kind.WORKFLOW, workflow_id)!r}.")
    return row


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
    query: Select[Any] = select(WorkflowRow).where(_visible(user_id))
    if after is not None:
        from_here = literal(after.made), func.lower(literal(after.name)), literal(after.id)
        query = query.where(tuple_(*place) > tuple_(*from_here))
    return list(await session.scalars(query.order_by(*place).limit(limit)))


async def count(session: Session, user_id: UUID) -> int:
    """How many workflows the viewer may use."""
    return await session.scalar(select(func.count()).select_from(WorkflowRow).where(_visible(user_id))) or 0


async def count_own(session: Session, user_id: UUID) -> int:
    """How many workflows a person has made and not deleted."""
    mine = WorkflowRow.owner_id == user_id, WorkflowRow.deleted_at.is_(None)
    return await session.scalar(select(func.count()).select_from(WorkflowRow).where(*mine)) or 0


async def locked(session: Session, workflow_id: UUID, user_id: UUID) -> WorkflowRow:
    """One of the viewer's own workflows with its row locked; NotFound otherwise."""
    mine = WorkflowRow.id == workflow_id, WorkflowRow.owner_id == user_id, WorkflowRow.deleted_at.is_(None)
    if (row := await session.scalar(select(WorkflowRow).where(*mine).with_for_update())) is None:
        raise NotFound(f"You have no workflow with the id {global_id(Kind.WORKFLOW, workflow_id)!r}.")
    return row


async def add(session: Session, *, owner_id: UUID, values: Mapping[str, Any]) -> WorkflowRow:
    row = WorkflowRow(owner_id=owner_id, **values)
    session.add(row)
    await session.flush()
    await session.refresh(row)
    session.add(WorkflowVersionRow(workflow_id=row.id, version=row.version, config=_stored(row)))
    await session.flush()
    return row


async def change(session: Session, row: WorkflowRow, values: Mapping[str, Any]) -> None:
    """Change a workflow whose row is locked. Another configuration is another version."""
    before = _stored(row)
    for name, value in values.items():
        setattr(row, name, value)
    if session.is_modified(row):
        row.updated_at = datetime.now(UTC)
    if _stored(row) != before:
        row.version += 1
        session.add(WorkflowVersionRow(workflow_id=row.id, version=row.version, config=_stored(row)))
    await session.flush()


async def remove(session: Session, row: WorkflowRow) -> None:
    """Take a workflow out of all lists. Runs at work keep it."""
    row.deleted_at = datetime.now(UTC)
    await session.flush()


async def ship(session: Session, slug: str, values: Mapping[str, Any]) -> None:
    """Put a shipped workflow in place, or bring it up to date; what is as it should be stays as it is."""
    named = WorkflowRow.slug == slug
    if await session.scalar(select(WorkflowRow.id).where(named)) is None:
        fresh = {"slug": slug, "name": slug, "description": "", "definition": {}, "version": 0}
        await session.execute(insert(WorkflowRow).values(fresh).on_conflict_do_nothing(index_elements=["slug"]))
    row = (await session.scalars(select(WorkflowRow).where(named).with_for_update())).one()
    await change(session, row, values)


async def versions(session: Session, pages: list[VersionPage]) -> dict[VersionPage, list[WorkflowVersionRow]]:
    """Pages of versions of workflows that the viewer may see, all with one statement."""
    kind = WorkflowVersionRow
    return await version_pages(session, kind, kind.workflow_id, kind.version, pages)


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
