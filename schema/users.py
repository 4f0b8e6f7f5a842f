"""People as administrators see them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence.accounts import UserRow
from schema.accounts import ApiKey, api_keys_by_user, recovery_codes_left
from schema.context import FieldInfo
from schema.enums import UserRole


@strawberry.type(description="A person as an administrator sees them.")
class User:
    id: strawberry.ID = strawberry.field(description="The global id of the person, the same as `viewer.id`.")
    key: strawberry.Private[UUID]
    email: str = strawberry.field(description="The address that signs in, in lower case.")
    name: str = strawberry.field(description="What others call this person.")
    role: UserRole = strawberry.field(description="What this person may do here.")
    created_at: datetime = strawberry.field(description="When the account was made.")
    disabled_at: datetime | None = strawberry.field(description="Since when nobody can sign in to it; null: it works.")

    @strawberry.field(description="Whether signing in takes a code of an authenticator app.")
    async def second_factor(self, info: FieldInfo) -> bool:
        return await info.context.load(recovery_codes_left, self.key) is not None

    @strawberry.field(description="Their API keys, newest first, so that `setBudget` can limit one; at most 50.")
    async def api_keys(self, info: FieldInfo) -> list[ApiKey]:
        return [ApiKey.from_row(row) for row in await info.context.load(api_keys_by_user, self.key)]

    @classmethod
    def from_row(cls, row: UserRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.USER, row.id)),
            key=row.id,
            email=row.email,
            name=row.name,
            role=row.role,
            created_at=row.created_at,
            disabled_at=row.disabled_at,
        )


@strawberry.input(description="What changes about a person; what is left out stays.")
class UpdateUserInput:
    id: strawberry.ID = strawberry.field(description="Whose account.")
    role: UserRole | None = strawberry.field(default=strawberry.UNSET, description="What they may do from now on.")
    disabled: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="True ends every session and lets no key work, within 5 seconds; false lets them in again.",
    )
    second_factor: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="False removes a second factor that was lost. True is not possible: only they can set one up.",
    )


@strawberry.type(description="The person after the change.")
class UpdateUserPayload:
    user: User = strawberry.field(description="The person.")


@strawberry.type(description="The account that was deleted.")
class DeleteUserPayload:
    id: strawberry.ID = strawberry.field(description="Its global id.")
