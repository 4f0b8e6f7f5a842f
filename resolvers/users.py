"""Doors for administrators to people: who is here, what they may do, who must go."""

from uuid import UUID

import strawberry

from domain.accounts import AuditKind, Scope, UserRole
from domain.errors import BadUserInput, Conflict
from domain.ids import Kind, key_of
from persistence import second_factors, users
from persistence.accounts import UserRow
from persistence.database import Session
from resolvers.auditing import Who, note
from resolvers.context import Context, Info, given
from schema.pages import Connection, Page, cursor, forward, key_place
from schema.users import DeleteUserPayload, UpdateUserInput, UpdateUserPayload, User

LONGEST_SEARCH = 254


@strawberry.type
class UserQueries:
    @strawberry.field(
        description="Everybody who has an account, oldest first; with `text` those whose name or address contains it. "
        "At most 200 a page. Only for an ADMIN. Needs the scope `account`."
    )
    async def users(
        self, info: Info, first: int | None = None, after: str | None = None, text: str | None = None
    ) -> Connection[User]:
        info.context.require(Scope.ACCOUNT, UserRole.ADMIN)
        page, db, wanted = Page.of(first, after), info.context.db, (text or "").strip() or None
        if wanted is not None and len(wanted) > LONGEST_SEARCH:
            raise BadUserInput({"text": f"must have at most {LONGEST_SEARCH} characters"})
        async with db.read() as session:
            rows = await users.page(session, text=wanted, limit=page.limit + 1, after=key_place("after", page.after))

        async def count() -> int:
            async with db.read() as session:
                return await users.count(session, text=wanted)

        return forward(page, rows, cursor_of=lambda row: cursor(row.id.hex), node_of=User.from_row, count=count)


@strawberry.type
class UserMutations:
    @strawberry.mutation(
        description="Change what a person may do, lock them out or let them in again, or remove a second factor that "
        "they have lost. CONFLICT when no administrator would be left. Only for an ADMIN. Needs the scope `account`."
    )
    async def update_user(self, info: Info, input: UpdateUserInput) -> UpdateUserPayload:
        context = info.context
        context.require(Scope.ACCOUNT, UserRole.ADMIN)
        if given(input.second_factor):
            raise BadUserInput({"input.secondFactor": "can only be false: only they can set one up"})
        user_id = key_of(Kind.USER, input.id)
        async with context.db.write() as session:
            row = await _held(session, user_id)
            await _change(session, context, row, input)
            await session.refresh(row)
        return UpdateUserPayload(user=User.from_row(row))

    @strawberry.mutation(
        description="Delete somebody's account with all that is in it. It is gone at once; what it had is removed in "
        "the background. One's own is deleted with `deleteAccount`. Only for an ADMIN. Needs the scope `account`."
    )
    async def delete_user(self, info: Info, id: strawberry.ID) -> DeleteUserPayload:
        context = info.context
        identity = context.require(Scope.ACCOUNT, UserRole.ADMIN)
        if (user_id := key_of(Kind.USER, id)) == identity.user_id:
            raise Conflict("This is your own account. Delete it with `deleteAccount`.")
        async with context.db.write() as session:
            row = await _held(session, user_id)
            about = Who.of(row)
            await users.keep_an_admin(session, but=user_id)
            await users.leave(session, user_id)
            await note(session, context, AuditKind.ACCOUNT_DELETED, about=about)
        context.engine.departures.wake()
        return DeleteUserPayload(id=id)


async def _held(session: Session, user_id: UUID) -> UserRow:
    await users.hold_admins(session)
    return await users.locked(session, user_id)


async def _change(session: Session, context: Context, row: UserRow, input: UpdateUserInput) -> None:
    about, role, disabled = Who.of(row), given(input.role), given(input.disabled)
    if role is UserRole.MEMBER or disabled:
        await users.keep_an_admin(session, but=row.id)
    if role is not None and role is not row.role:
        await users.change_role(session, row.id, role)
        await note(session, context, AuditKind.ROLE_CHANGED, about=about, role=role)
    if disabled is True and row.disabled_at is None:
        await users.disable(session, row.id)
        await note(session, context, AuditKind.USER_DISABLED, about=about)
    if disabled is False and row.disabled_at is not None:
        await users.enable(session, row.id)
        await note(session, context, AuditKind.USER_ENABLED, about=about)
    if given(input.second_factor) is False and await second_factors.remove(session, row.id):
        await note(session, context, AuditKind.SECOND_FACTOR_OFF, about=about)
