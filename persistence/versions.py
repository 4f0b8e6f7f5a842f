"""Agents, workflows, and whatever else is kept in versions: what their tables and the queries on them share."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, LiteralString, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Integer, Uuid, func, inspect, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, aliased, mapped_column

from domain.errors import Conflict, NotFound
from domain.ids import Kind, global_id
from persistence.base import Base, Created, Key, Moment, columns, loose
from persistence.database import Session, run


class VersionedRow(Base):
    """`slug` names what ships with the product; `owner_id` is empty for that.

    The row is the newest `version`. What is deleted stays for what it was used in.
    """

    __abstract__ = True
    CONFIG: ClassVar[tuple[str, ...]]
    """What a version is made of."""
    id: Mapped[Key]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str]
    shared: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    deleted_at: Mapped[Moment | None]

    @property
    def private(self) -> bool:
        """Whether only one person may use it."""
        return self.owner_id is not None and not self.shared

    def stored(self) -> dict[str, Any]:
        """What it is made of now, as JSON."""
        return {name: getattr(self, name) for name in self.CONFIG}


class VersionRow(Base):
    """One version, which never changes."""

    __abstract__ = True
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    config: Mapped[dict[str, Any]]
    created_at: Mapped[Created]

    def values(self) -> dict[str, Any]:
        """The columns of the thing as this version has them."""
        return dict(self.config)


R = TypeVar("R", bound=VersionedRow)
V = TypeVar("V", bound=VersionRow)

VISIBLE = "r.deleted_at IS NULL AND (r.owner_id IS NULL OR r.owner_id = %(user_id)s OR r.shared)"
"""What a person may see in a statement that calls the table `r`: what ships, is shared, or is their own."""


class VersionPage(NamedTuple):
    """Up to `limit` versions below `before` of the thing with this id, newest first."""

    of: UUID
    limit: int
    before: int


@dataclass(frozen=True, slots=True)
class Versioned(Generic[R, V]):
    """The things in a table and their versions in another one, of which the column `of` says whose they are. Those that
    ship begin with the columns `blank`."""

    kind: Kind
    row: type[R]
    of: InstrumentedAttribute[UUID]
    version: type[V]
    blank: Mapping[str, Any]

    @property
    def find(self) -> LiteralString:
        """The beginning of a statement that finds rows for `loose`."""
        return f"SELECT {columns(self.row, 'r')} FROM {self.row.__tablename__} r WHERE "

    def visible(self, user_id: UUID) -> ColumnElement[bool]:
        row = self.row
        return row.deleted_at.is_(None) & or_(row.owner_id.is_(None), row.owner_id == user_id, row.shared)

    def _own(self, user_id: UUID) -> ColumnElement[bool]:
        return self.row.deleted_at.is_(None) & (self.row.owner_id == user_id)

    async def visible_to(self, session: Session, key: UUID, user_id: UUID) -> R:
        """One that ships with the product, is shared, or is the viewer's own; NotFound otherwise."""
        if not (
            found := await run(session, f"{self.find} r.id = %(id)s AND {VISIBLE}", {"id": key, "user_id": user_id})
        ):
            raise NotFound(f"There is no {self.kind} with the id {global_id(self.kind, key)!r}.")
        return loose(self.row, found[0])

    async def owned(self, session: Session, user_id: UUID, ids: list[UUID]) -> dict[UUID, R]:
        """Those that the viewer may see."""
        rows = await session.scalars(select(self.row).where(self.row.id.in_(ids), self.visible(user_id)))
        return {row.id: row for row in rows}

    async def count_own(self, session: Session, user_id: UUID) -> int:
        """How many a person has made and not deleted."""
        return await session.scalar(select(func.count()).select_from(self.row).where(self._own(user_id))) or 0

    async def locked(self, session: Session, key: UUID, user_id: UUID, *, expected: int | None = None) -> R:
        """One of the viewer's own with its row locked; NotFound otherwise. Conflict when it is not in the `expected`
        version any more."""
        query = select(self.row).where(self.row.id == key, self._own(user_id)).with_for_update()
        if (row := await session.scalar(query)) is None:
            raise NotFound(f"You have no {self.kind} with the id {global_id(self.kind, key)!r}.")
        if expected is not None and expected != row.version:
            raise Conflict(f"The {self.kind} is in version {row.version} now, not {expected}. Look at it again.")
        return row

    async def add(self, session: Session, *, owner_id: UUID, values: Mapping[str, Any]) -> R:
        row = self.row(owner_id=owner_id, **values)
        session.add(row)
        await session.flush()
        await session.refresh(row)
        await self._keep(session, row)
        return row

    async def change(self, session: Session, row: R, values: Mapping[str, Any]) -> None:
        """Change one whose row is locked. What it is made of then is another version, if that is not as before."""
        before = row.stored()
        for name, value in values.items():
            setattr(row, name, value)
        if session.is_modified(row):
            row.updated_at = datetime.now(UTC)
        if row.stored() != before:
            row.version += 1
            await self._keep(session, row)
        await session.flush()

    async def _keep(self, session: Session, row: R) -> None:
        session.add(self.version(**{self.of.key: row.id}, version=row.version, config=row.stored()))
        await session.flush()

    async def remove(self, session: Session, row: R) -> None:
        """Take one out of all lists. Runs at work and what it has done keep it."""
        row.deleted_at = datetime.now(UTC)
        await session.flush()

    async def ship(self, session: Session, slug: str, values: Mapping[str, Any]) -> R:
        """Put a shipped one in place, or bring it up to date; what is as it should be stays as it is."""
        named = self.row.slug == slug
        if await session.scalar(select(self.row.id).where(named)) is None:
            fresh = {"slug": slug, "name": slug, "description": "", "version": 0, **self.blank}
            await session.execute(insert(self.row).values(fresh).on_conflict_do_nothing(index_elements=["slug"]))
        row = (await session.scalars(select(self.row).where(named).with_for_update())).one()
        await self.change(session, row, values)
        return row

    def as_it_was(self, row: R, version: V) -> R:
        """The thing in an earlier version; no session knows this row."""
        now = {column.key: getattr(row, column.key) for column in inspect(self.row).column_attrs}
        return self.row(**now | version.values() | {"version": version.version, "updated_at": version.created_at})

    async def version_of(self, session: Session, key: UUID, version: int) -> V:
        """One version of a thing that the caller may see; NotFound when there is none."""
        if (
            row := await session.scalar(select(self.version).where(self.of == key, self.version.version == version))
        ) is None:
            raise NotFound(f"The {self.kind} {global_id(self.kind, key)!r} has no version {version}.")
        return row

    async def versions(self, session: Session, pages: list[VersionPage]) -> dict[VersionPage, list[V]]:
        """Pages of versions, all with one statement. No check of who asks."""
        found: dict[VersionPage, list[V]] = {}
        wanted = select(
            func.unnest(literal([page.of for page in pages], ARRAY(Uuid))).label("of"),
            func.unnest(literal([page.limit for page in pages], ARRAY(Integer))).label("most"),
            func.unnest(literal([page.before for page in pages], ARRAY(Integer))).label("before"),
            func.generate_series(0, len(pages) - 1).label("nth"),
        ).subquery()
        number = self.version.version
        page = (
            select(self.version)
            .where(self.of == wanted.c.of, number < wanted.c.before)
            .order_by(number.desc())
            .limit(wanted.c.most)
            .lateral()
        )
        newest = wanted.c.nth, page.c.version.desc()
        query = select(wanted.c.nth, aliased(self.version, page)).join_from(wanted, page, true()).order_by(*newest)
        for nth, row in await session.execute(query):
            found.setdefault(pages[nth], []).append(row)
        return found
