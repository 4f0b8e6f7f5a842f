"""Invitations as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence.accounts import UserRow
from persistence.invitations import InvitationRow
from schema.accounts import Viewer, user_by_id
from schema.context import FieldInfo
from schema.enums import UserRole
from schema.nodes import Node
from schema.users import User


@strawberry.type(description="A link with which one person can make an account. Only administrators see it.")
class Invitation(Node):
    email: str | None = strawberry.field(description="The only address that may use it; null: any.")
    role: UserRole = strawberry.field(description="What the new person may do.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="When the link stops to work.")
    invited_by_key: strawberry.Private[UUID]

    @strawberry.field(description="Who made it.")
    async def invited_by(self, info: FieldInfo) -> User | None:
        row: UserRow | None = await info.context.load(user_by_id, self.invited_by_key)
        return None if row is None else User.from_row(row)

    @classmethod
    def from_row(cls, row: InvitationRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.INVITATION, row.id)),
            email=row.email,
            role=row.role,
            created_at=row.created_at,
            expires_at=row.expires_at,
            invited_by_key=row.invited_by,
        )


@strawberry.type(description="What somebody who has the link sees of an invitation.")
class InvitationOffer:
    email: str | None = strawberry.field(description="The only address that may use it; null: any.")
    role: UserRole = strawberry.field(description="What the new person may do.")
    expires_at: datetime = strawberry.field(description="When the link stops to work.")

    @classmethod
    def from_row(cls, row: InvitationRow) -> Self:
        return cls(email=row.email, role=row.role, expires_at=row.expires_at)


@strawberry.input(description="Whom to invite.")
class InviteUserInput:
    email: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The only address that may use the link, which is also mailed there if the server can. "
        "Without it, whoever has the link.",
    )
    role: UserRole = strawberry.field(default=UserRole.MEMBER, description="What the new person may do.")
    expires_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="When the link stops to work, within 90 days; default: in 7 days."
    )


@strawberry.type(description="A new invitation and its token.")
class InviteUserPayload:
    invitation: Invitation = strawberry.field(description="The invitation.")
    token: str = strawberry.field(
        description="What `acceptInvitation` takes, for the link `/invitation#…`. It is shown only now."
    )


@strawberry.type(description="The invitation that has ended.")
class RevokeInvitationPayload:
    id: strawberry.ID = strawberry.field(description="Its global id.")


@strawberry.input(description="A new account, made with an invitation.")
class AcceptInvitationInput:
    token: str = strawberry.field(description="The invitation's token.")
    email: str | None = strawberry.field(
        default=strawberry.UNSET, description="The address that will sign in; the invitation's own without it."
    )
    name: str = strawberry.field(description="From 1 to 100 characters.")
    password: str = strawberry.field(description="From 8 to 256 characters.")


@strawberry.type(description="The account that was made; it is signed in.")
class AcceptInvitationPayload:
    viewer: Viewer = strawberry.field(description="The new person.")
