"""Doors for one's own account, sessions and API keys, and for what is known of the server."""

import strawberry

from domain.accounts import AuditKind, Scope, UserRole
from domain.errors import Conflict, Forbidden, Unauthenticated
from domain.ids import Kind, key_of
from persistence import accounts, api_keys, password_resets, sessions, users
from persistence.accounts import UserRow
from resolvers import registration
from resolvers.auditing import note
from resolvers.context import Info, given
from resolvers.credentials import new_key, passwords
from resolvers.entering import take_cookie
from resolvers.proving import OIDC_PATH, check_code, check_password
from schema.accounts import (
    ApiKey,
    ChangePasswordInput,
    ChangePasswordPayload,
    CreateApiKeyInput,
    CreateApiKeyPayload,
    DeleteAccountInput,
    DeleteAccountPayload,
    RevokeApiKeyPayload,
    RevokeSessionPayload,
    ServerInfo,
    SignInProvider,
    UpdateViewerInput,
    UpdateViewerPayload,
    Viewer,
    user_by_id,
)


@strawberry.type
class AccountQueries:
    @strawberry.field(description="What a client should know before anybody signs in. Needs no sign-in.")
    async def server(self, info: Info) -> ServerInfo:
        doors, identity = info.context.doors, info.context.identity
        async with info.context.db.read() as session:
            has_accounts = await accounts.any_exist(session)
        provider = doors.sign_in_provider
        is_admin = identity is not None and identity.role is UserRole.ADMIN
        return ServerInfo(
            version=doors.version,
            sign_up_open=doors.sign_up_open or not has_accounts,
            has_accounts=has_accounts,
            sends_mail=info.context.mailer is not None,
            sign_in_provider=SignInProvider(name=provider, path=OIDC_PATH) if provider else None,
            models_folder=doors.models_folder if is_admin else None,
        )

    @strawberry.field(description="The person who asks; UNAUTHENTICATED when nobody is signed in.")
    async def viewer(self, info: Info) -> Viewer | None:
        identity = info.context.require(Scope.READ)
        row = await info.context.load(user_by_id, identity.user_id)
        return Viewer.from_row(_still(row))


@strawberry.type
class AccountMutations:
    @strawberry.mutation(
        description="Change what others see of the viewer, or whether they are remembered. Needs the scope `account`."
    )
    async def update_viewer(self, info: Info, input: UpdateViewerInput) -> UpdateViewerPayload:
        identity = info.context.require(Scope.ACCOUNT)
        changed: dict[str, object] = {}
        if (name := given(input.name)) is not None:
            changed["name"] = name.strip()
            registration.refuse({"input.name": registration.name_problem(name.strip())})
        if (enabled := given(input.memory_enabled)) is not None:
            changed["memory_enabled"] = enabled
        if changed:
            async with info.context.db.write() as session:
                row = await accounts.change(session, identity.user_id, **changed)
        else:
            row = await info.context.load(user_by_id, identity.user_id)
        return UpdateViewerPayload(viewer=Viewer.from_row(_still(row)))

    @strawberry.mutation(
        description="Change the viewer's password and end every other session of theirs; API keys stay. "
        "Needs the scope `account`."
    )
    async def change_password(self, info: Info, input: ChangePasswordInput) -> ChangePasswordPayload:
        context, identity = info.context, info.context.require(Scope.ACCOUNT)
        registration.refuse({"input.newPassword": registration.password_problem(input.new_password)})
        stored = await check_password(context, identity, input.current_password, path="input.currentPassword")
        if stored is None:
            raise Conflict("This account has no password yet. Ask an administrator for a link to set one.")
        hashed = await passwords.hash(input.new_password)
        async with context.db.write() as session:
            row = await accounts.replace_password(session, identity.user_id, old=stored, new=hashed)
            if row is None:
                raise Conflict("The password was changed elsewhere at the same time.")
            await sessions.end_others(session, user_id=row.id, but=identity.session_id)
            await password_resets.forget(session, row.id)
            await note(session, context, AuditKind.PASSWORD_CHANGED)
        return ChangePasswordPayload(viewer=Viewer.from_row(row))

    @strawberry.mutation(
        description="Delete the viewer's account with all that is in it. It is gone at once; what it had is removed in "
        "the background. CONFLICT for the last administrator. Needs the scope `account`, and the password and code "
        "that the account has."
    )
    async def delete_account(self, info: Info, input: DeleteAccountInput) -> DeleteAccountPayload:
        context, identity = info.context, info.context.require(Scope.ACCOUNT)
        await check_password(context, identity, given(input.password) or "", path="input.password")
        await check_code(context, identity, given(input.code) or "", path="input.code")
        async with context.db.write() as session:
            await users.hold_admins(session)
            await users.locked(session, identity.user_id)
            await users.keep_an_admin(session, but=identity.user_id)
            await users.leave(session, identity.user_id)
            await note(session, context, AuditKind.ACCOUNT_DELETED)
        context.engine.departures.wake()
        if context.response is not None:
            take_cookie(context.response, context.doors)
        context.identity = None
        return DeleteAccountPayload(ok=True)

    @strawberry.mutation(
        description="End one of the viewer's sessions; its sockets close within seconds. Needs the scope `account`."
    )
    async def revoke_session(self, info: Info, id: strawberry.ID) -> RevokeSessionPayload:
        identity = info.context.require(Scope.ACCOUNT)
        key = key_of(Kind.SESSION, id)
        async with info.context.db.write() as session:
            await sessions.end(session, key, user_id=identity.user_id)
            await note(session, info.context, AuditKind.SESSION_REVOKED)
        return RevokeSessionPayload(id=id)

    @strawberry.mutation(
        description="Make an API key, at most 50 a person. A key cannot make one that may do more than "
        "itself. Needs the scope `account`."
    )
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        identity = info.context.require(Scope.ACCOUNT)
        name, expires_at = input.name.strip(), given(input.expires_at)
        scopes = registration.checked_scopes(given(input.scopes), path="input.scopes")
        registration.refuse(
            {
                "input.name": registration.name_problem(name),
                "input.expiresAt": registration.expiry_problem(expires_at),
            }
        )
        if beyond := [scope.value for scope in scopes if scope not in identity.scopes]:
            raise Forbidden(f"This API key cannot give what it lacks: {', '.join(beyond)}.")
        secret = new_key()
        async with info.context.db.write() as session:
            row = await api_keys.add(
                session,
                user_id=identity.user_id,
                name=name,
                prefix=secret.prefix,
                secret_hash=secret.digest,
                scopes=scopes,
                expires_at=expires_at,
            )
            allowed = ", ".join(scopes)
            await note(session, info.context, AuditKind.API_KEY_CREATED, prefix=secret.prefix, scopes=allowed)
        return CreateApiKeyPayload(api_key=ApiKey.from_row(row), secret=secret.text)

    @strawberry.mutation(
        description="End one of the viewer's API keys; its sockets close within seconds. Needs the scope `account`."
    )
    async def revoke_api_key(self, info: Info, id: strawberry.ID) -> RevokeApiKeyPayload:
        identity = info.context.require(Scope.ACCOUNT)
        key = key_of(Kind.API_KEY, id)
        async with info.context.db.write() as session:
            prefix = await api_keys.revoke(session, key, user_id=identity.user_id)
            await note(session, info.context, AuditKind.API_KEY_REVOKED, prefix=prefix)
        return RevokeApiKeyPayload(id=id)


def _still(row: UserRow | None) -> UserRow:
    if row is None:
        raise Unauthenticated("This account no longer exists.")
    return row
