"""The door to the audit log."""

from datetime import UTC, datetime

import strawberry

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any
from persistence import audit_events
from persistence.audit_events import AuditEventRow
from resolvers.context import Info, given
from schema.audit_events import AuditEvent, AuditFilter
from schema.context import Identity
from schema.pages import Connection, Page, cursor, forward, key_place

MOST_KINDS = 50


@strawberry.type
class AuditQueries:
    @strawberry.field(
        description="Security events, newest first: of everybody for an ADMIN, of their own account for others. At "
        "most 200 a page. Needs the scope `account`."
    )
    async def audit_log(
        self, info: Info, first: int | None = None, after: str | None = None, filter: AuditFilter | None = None
    ) -> Connection[AuditEvent]:
        identity, db = info.context.require(Scope.ACCOUNT), info.context.db
        page, wanted = Page.of(first, after), _wanted(identity, filter)
        async with db.read() as session:
            rows = await audit_events.page(session, wanted, limit=page.limit + 1, after=key_place("after", page.after))

        async def count() -> int:
            async with db.read() as session:
                return await audit_events.count(session, wanted)

        return forward(page, rows, cursor_of=_cursor, node_of=AuditEvent.from_row, count=count)


def _wanted(identity: Identity, filter: AuditFilter | None) -> audit_events.AuditFilter:
    mine = None if identity.role is UserRole.ADMIN else identity.user_id
    if filter is None:
        return audit_events.AuditFilter(own=mine)
    kinds, user_id = given(filter.kinds) or [], given(filter.user_id)
    if len(kinds) > MOST_KINDS:
        raise BadUserInput({"filter.kinds": f"has {len(kinds)} kinds; at most {MOST_KINDS} are allowed"})
    return audit_events.AuditFilter(
        kinds=kinds,
        user_id=key_if_any(Kind.USER, user_id),
        since=_moment("filter.since", given(filter.since)),
        until=_moment("filter.until", given(filter.until)),
        own=mine,
    )


def _moment(path: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise BadUserInput({path: "must say its time zone, such as 2030-01-31T12:00:00Z"})
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise BadUserInput({path: "must lie in the years from 1 to 9999"}) from None


def _cursor(row: AuditEventRow) -> str:
    return cursor(row.id.hex)
