"""Pages of the versions of agents, workflows, and whatever else is kept in versions."""

from typing import NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import Integer, Uuid, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import InstrumentedAttribute, aliased

from persistence.base import Base
from persistence.database import Session

R = TypeVar("R", bound=Base)


class VersionPage(NamedTuple):
    """Up to `limit` versions below `before` of the thing with this id, newest first."""

    of: UUID
    limit: int
    before: int


async def version_pages(
    session: Session,
    kind: type[R],
    of: InstrumentedAttribute[UUID],
    number: InstrumentedAttribute[int],
    pages: list[VersionPage],
) -> dict[VersionPage, list[R]]:
    """Pages of rows of this kind, all with one statement: `of` is the column that says whose version a row is, `number`
    counts them. No check of who asks."""
    found: dict[VersionPage, list[R]] = {}
    wanted = select(
        func.unnest(literal([page.of for page in pages], ARRAY(Uuid))).label("of"),
        func.unnest(literal([page.limit for page in pages], ARRAY(Integer))).label("most"),
        func.unnest(literal([page.before for page in pages], ARRAY(Integer))).label("before"),
        func.generate_series(0, len(pages) - 1).label("nth"),
    ).subquery()
    page = (
        select(kind)
        .where(of == wanted.c.of, number < wanted.c.before)
        .order_by(number.desc())
        .limit(wanted.c.most)
        .lateral()
    )
    newest = wanted.c.nth, page.c[number.key].desc()
    query = select(wanted.c.nth, aliased(kind, page)).join_from(wanted, page, true()).order_by(*newest)
    for nth, row in await session.execute(query):
        found.setdefault(pages[nth], []).append(row)
    return found
