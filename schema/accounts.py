"""People, their browser sessions and their API keys as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import accounts, api_keys, second_factors, sessions
from persistence.accounts import ApiKeyRow, SessionRow, UserRow
from schema.context import FieldInfo
from schema.enums import UserRole
from schema.loading import Loader
from schema.nodes import Node

user_by_id = Loader[UUID, UserRow | None](fetch=accounts.by_ids, missing=lambda: None)
sessions_by_user = Loader[UUID, list[SessionRow]](fetch=sessions.of_users, missing=list)
recovery_codes_left = Loader[UUID, int | None](fetch=second_factors.confirmed, missing=lambda: None)
api_keys_by_user = Loader[UUID, list[ApiKeyRow]](fetch=api_keys.of_users, missing=list)


@strawberry.type(description="A browser that is signed in.")
class Session(Node):
    key: strawberry.Private[UUID]
    created_at: datetime = strawberry.field(description="When it signed in.")
    last_seen_at: datetime = strawberry.field(description="When it was last in use, to the minute.")
    expires_at: datetime = strawberry.field(description="When it ends unless it is used before.")
    user_agent: str | None = strawberry.field(description="How the browser named itself when it signed in.")
    ip_address: str | None = strawberry.field(description="The network address it signed in from.")

    @strawberry.field(description="Whether this very request came through it.")
    def current(self, info: FieldInfo) -> bool:
        identity = info.context.identity
        return identity is not None and identity.session_id == self.key

    @classmethod
    def from_row(cls, row: SessionRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.SESSION, row.id)),
            key=row.id,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            user_agent=row.user_agent,
            ip_address=row.ip_address,
        )


@strawberry.type(description="A key with which a program acts for a person. Its secret is shown only once.")
class ApiKey(Node):
    name: str = strawberry.field(description="What its owner calls it.")
    prefix: str = strawberry.field(description="How its secret begins, to tell keys apart.")
    scopes: list[str] = strawberry.field(description="What it may do: `read`, `write`, `account`.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="When it stops to work; null: never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")

    @classmethod
    def from_row(cls, row: ApiKeyRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.API_KEY, row.id)),
            name=row.name,
            prefix=row.prefix,
            scopes=row.scopes,
            created_at=row.created_at,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
        )


@strawberry.type(description="The person who asks.")
class Viewer(Node):
    key: strawberry.Private[UUID]
    email: str = strawberry.field(description="The address that signs in, in lower case.")
    name: str = strawberry.field(description="What others call this person.")
    role: UserRole = strawberry.field(description="What this person may do here.")
    memory_enabled: bool = strawberry.field(
        description="Whether models are told of this person's memories, and agents may put some down."
    )
    created_at: datetime = strawberry.field(description="When the account was made.")
    has_password: bool = strawberry.field(description="Whether a password signs in; if not, a provider does.")

    @strawberry.field(description="Whether signing in with the password also takes a code of an authenticator app.")
    async def second_factor(self, info: FieldInfo) -> bool:
        return await info.context.load(recovery_codes_left, self.key) is not None

    @strawberry.field(description="Recovery codes that were not used yet; null without a second factor.")
    async def recovery_codes_left(self, info: FieldInfo) -> int | None:
        return await info.context.load(recovery_codes_left, self.key)

    @strawberry.field(description="The browsers that are signed in, last seen first; at most 100.")
    async def sessions(self, info: FieldInfo) -> list[Session]:
        return [Session.from_row(row) for row in await info.context.load(sessions_by_user, self.key)]

    @strawberry.field(description="The API keys, newest first, expired ones included; at most 50.")
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
            memory_enabled=row.memory_enabled,
            created_at=row.created_at,
            has_password=row.password_hash is not None,
        )


@strawberry.type(description="Another service that people can sign in with.")
class SignInProvider:
    name: str = strawberry.field(description="What to call it.")
    path: str = strawberry.field(description="Where to send the browser: it comes back signed in.")


@strawberry.type(description="What a client should know of the server before anybody signs in.")
class ServerInfo:
    version: str = strawberry.field(description="The server's release.")
    sign_up_open: bool = strawberry.field(description="Whether `signUp` makes an account for anybody now.")
    has_accounts: bool = strawberry.field(description="Whether anybody has an account yet.")
    sends_mail: bool = strawberry.field(description="Whether `requestPasswordReset` can send a mail.")
    sign_in_provider: SignInProvider | None = strawberry.field(
        description="Where people can sign in besides here; null without any."
    )
    models_folder: str | None = strawberry.field(
        description="Where on the server model files are put to join the pool; only an ADMIN sees it."
    )


@strawberry.input(description="A new account.")
class SignUpInput:
    email: str = strawberry.field(description="The address that will sign in, in any case.")
    name: str = strawberry.field(description="From 1 to 100 characters.")
    password: str = strawberry.field(description="From 8 to 256 characters.")


@strawberry.input(description="Who signs in.")
class SignInInput:
    email: str = strawberry.field(description="The account's address.")
    password: str = strawberry.field(description="The account's password.")
    code: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="With a second factor: the 6 digits that the app shows, or a recovery code.",
    )


@strawberry.input(description="A new API key.")
class CreateApiKeyInput:
    name: str = strawberry.field(description="What it is for, from 1 to 100 characters.")
    scopes: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Some of `read`, `write`, `account` (sessions, keys, password); default: read, write.",
    )
    expires_at: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="When it stops to work; default: never."
    )


@strawberry.input(description="What changes about the viewer; what is left out stays.")
class UpdateViewerInput:
    name: str | None = strawberry.field(default=strawberry.UNSET, description="From 1 to 100 characters.")
    memory_enabled: bool | None = strawberry.field(
        default=strawberry.UNSET, description="Switch memory on or off; what is remembered stays."
    )


@strawberry.input(description="A new password for the viewer.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(description="From 8 to 256 characters.")


@strawberry.input(description="What shows that it is really the viewer.")
class DeleteAccountInput:
    password: str | None = strawberry.field(
        default=strawberry.UNSET, description="The account's password, if it has one."
    )
    code: str | None = strawberry.field(
        default=strawberry.UNSET, description="A code of the second factor, if it has one."
    )


@strawberry.type(description="The account is gone; what it had is being removed.")
class DeleteAccountPayload:
    ok: bool = strawberry.field(description="Always true.")


@strawberry.type(description="The account that was made; it is signed in.")
class SignUpPayload:
    viewer: Viewer = strawberry.field(description="The new person.")


@strawberry.type(description="Who is signed in now.")
class SignInPayload:
    viewer: Viewer = strawberry.field(description="The person who signed in.")


@strawberry.type(description="The session is over.")
class SignOutPayload:
    ok: bool = strawberry.field(description="Always true; signing out twice is fine.")


@strawberry.type(description="The viewer after the change.")
class UpdateViewerPayload:
    viewer: Viewer = strawberry.field(description="The person who asks.")


@strawberry.type(description="The password was changed; every other session has ended.")
class ChangePasswordPayload:
    viewer: Viewer = strawberry.field(description="The person who asks.")


@strawberry.type(description="The session that has ended.")
class RevokeSessionPayload:
    id: strawberry.ID = strawberry.field(description="Its global id.")


@strawberry.type(description="A new API key and its secret.")
class CreateApiKeyPayload:
    api_key: ApiKey = strawberry.field(description="The key.")
    secret: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`. It is never shown again: only its hash is stored."
    )


@strawberry.type(description="The API key that has ended.")
class RevokeApiKeyPayload:
    id: strawberry.ID = strawberry.field(description="Its global id.")
