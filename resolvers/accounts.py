"""Doors for signing up, in and out, and for one's own account, sessions and API keys."""

from typing import NamedTuple, TypeVar
from uuid import UUID

import strawberry
from starlette.responses import Response

from domain.accounts import Scope, UserRole
from domain.errors import BadUserInput, Conflict, Forbidden, Unauthenticated
from domain.ids import Kind, key_of
from domain.messages import storable
from persistence import accounts, api_keys, database, sessions
from persistence.accounts import UserRow
from resolvers import registration
from resolvers.context import Context, Info
from resolvers.credentials import SESSION_COOKIE, is_outdated, new_key, new_token, passwords
from schema.accounts import (
    ApiKey,
    ChangePasswordInput,
    ChangePasswordPayload,
    CreateApiKeyInput,
    CreateApiKeyPayload,
    RevokeApiKeyPayload,
    RevokeSessionPayload,
    ServerInfo,
    SignInInput,
    SignInPayload,
    SignOutPayload,
    SignUpInput,
    SignUpPayload,
    UpdateViewerInput,
    UpdateViewerPayload,
    Viewer,
    user_by_id,
)
from schema.context import Identity

# Browsers forget a cookie after 400 days at most. The session behind it ends earlier and slides with its use,
# which the Max-Age of a cookie that was set once cannot do.
COOKIE_LIFETIME_S = 400 * 24 * 3600
LONGEST_USER_AGENT, LONGEST_ADDRESS = 300, 64

T = TypeVar("T")


@strawberry.type
class AccountQueries:
    @strawberry.field(description="What a client should know before anybody signs in. Needs no sign-in.")
    async def server(self, info: Info) -> ServerInfo:
        doors, identity = info.context.doors, info.context.identity
        async with info.context.db.read() as session:
            has_accounts = await accounts.any_exist(session)
        is_admin = identity is not None and identity.role is UserRole.ADMIN
        return ServerInfo(
            version=doors.version,
            sign_up_open=doors.sign_up_open or not has_accounts,
            has_accounts=has_accounts,
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
        description="Make an account and sign in to it. The first one becomes ADMIN; after it, sign-up is "
        "FORBIDDEN unless the server's settings open it. Sets the session cookie, so it works over HTTP only."
    )
    async def sign_up(self, info: Info, input: SignUpInput) -> SignUpPayload:
        context = info.context
        response = _cookie_taker(context)
        is_open = context.doors.sign_up_open
        async with context.db.read() as session:
            if not is_open and await accounts.any_exist(session):
                raise registration.sign_up_closed()
        person = registration.checked_person(input.email, input.name, input.password, within="input.")
        hashed = await passwords.hash(input.password)
        async with context.db.write() as session:
            row = await registration.register(session, person, hashed, role=None, is_open=is_open)
            opened = await _begin_session(session, context, row.id)
        return SignUpPayload(viewer=_enter(context, response, row, opened))

    @strawberry.mutation(
        description="Sign in with address and password. An unknown address and a wrong password get the same "
        "UNAUTHENTICATED. Sets the session cookie, so it works over HTTP only; programs use API keys."
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        context = info.context
        response = _cookie_taker(context)
        async with context.db.read() as session:
            found = await accounts.by_email(session, registration.normal_email(storable(input.email)))
        stored = None if found is None else found.password_hash
        password = input.password[: registration.LONGEST_PASSWORD + 1]  # no longer one was ever accepted
        if not await passwords.verify(password, stored) or found is None or stored is None:
            raise _wrong_credentials()
        current = await passwords.hash(password) if is_outdated(stored) else stored
        async with context.db.write() as session:
            row = await accounts.replace_password(session, found.id, old=stored, new=current)
            if row is None:
                raise _wrong_credentials()
            opened = await _begin_session(session, context, row.id)
        return SignInPayload(viewer=_enter(context, response, row, opened))

    @strawberry.mutation(description="End this browser's session and forget its cookie.")
    async def sign_out(self, info: Info) -> SignOutPayload:
        context = info.context
        if context.identity is not None:
            session_id = context.identity.session_id
            if session_id is None:
                raise Forbidden("An API key has no session to sign out of. End a key with `revokeApiKey`.")
            async with context.db.write() as session:
                await sessions.forget(session, session_id)
        if context.response is not None:
            context.response.delete_cookie(
                SESSION_COOKIE, path="/", secure=context.doors.secure_cookies, httponly=True, samesite="lax"
            )
        context.identity = None
        return SignOutPayload(ok=True)

    @strawberry.mutation(description="Change what others see of the viewer. Needs the scope `account`.")
    async def update_viewer(self, info: Info, input: UpdateViewerInput) -> UpdateViewerPayload:
        identity = info.context.require(Scope.ACCOUNT)
        if (given := _given(input.name)) is not None:
            name = given.strip()
            registration.refuse({"input.name": registration.name_problem(name)})
            async with info.context.db.write() as session:
                row = await accounts.rename(session, identity.user_id, name=name)
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
        async with context.db.read() as session:
            found = (await accounts.by_ids(session, [identity.user_id])).get(identity.user_id)
        stored = _still(found).password_hash
        password = input.current_password[: registration.LONGEST_PASSWORD + 1]
        if not await passwords.verify(password, stored) or stored is None:
            raise BadUserInput({"input.currentPassword": "is not your password"})
        hashed = await passwords.hash(input.new_password)
        async with context.db.write() as session:
            row = await accounts.replace_password(session, identity.user_id, old=stored, new=hashed)
            if row is None:
                raise Conflict("The password was changed elsewhere at the same time.")
            await sessions.end_others(session, user_id=row.id, but=identity.session_id)
        return ChangePasswordPayload(viewer=Viewer.from_row(row))

    @strawberry.mutation(
        description="End one of the viewer's sessions; its sockets close within seconds. Needs the scope `account`."
    )
    async def revoke_session(self, info: Info, id: strawberry.ID) -> RevokeSessionPayload:
        identity = info.context.require(Scope.ACCOUNT)
        key = key_of(Kind.SESSION, id)
        async with info.context.db.write() as session:
            await sessions.end(session, key, user_id=identity.user_id)
        return RevokeSessionPayload(id=id)

    @strawberry.mutation(
        description="Make an API key, at most 50 a person. A key cannot make one that may do more than "
        "itself. Needs the scope `account`."
    )
    async def create_api_key(self, info: Info, input: CreateApiKeyInput) -> CreateApiKeyPayload:
        identity = info.context.require(Scope.ACCOUNT)
        name, expires_at = input.name.strip(), _given(input.expires_at)
        scopes = registration.checked_scopes(_given(input.scopes), path="input.scopes")
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
        return CreateApiKeyPayload(api_key=ApiKey.from_row(row), secret=secret.text)

    @strawberry.mutation(
        description="End one of the viewer's API keys; its sockets close within seconds. Needs the scope `account`."
    )
    async def revoke_api_key(self, info: Info, id: strawberry.ID) -> RevokeApiKeyPayload:
        identity = info.context.require(Scope.ACCOUNT)
        key = key_of(Kind.API_KEY, id)
        async with info.context.db.write() as session:
            await api_keys.revoke(session, key, user_id=identity.user_id)
        return RevokeApiKeyPayload(id=id)


class _Opened(NamedTuple):
    session_id: UUID
    token: str


async def _begin_session(session: database.Session, context: Context, user_id: UUID) -> _Opened:
    """A session for the browser that asks; the one it came with ends."""
    if context.identity is not None and context.identity.session_id is not None:
        await sessions.forget(session, context.identity.session_id)
    token, client = new_token(), context.connection.client
    agent = context.connection.headers.get("user-agent")
    session_id = await sessions.begin(
        session,
        user_id=user_id,
        token_hash=token.digest,
        lifetime=context.doors.session_lifetime,
        user_agent=storable(agent[:LONGEST_USER_AGENT]) if agent else None,
        ip_address=client.host[:LONGEST_ADDRESS] if client else None,
    )
    return _Opened(session_id, token.text)


def _enter(context: Context, response: Response, row: UserRow, opened: _Opened) -> Viewer:
    """Hand the token to the browser; the rest of this operation already runs as the person."""
    response.set_cookie(
        SESSION_COOKIE,
        opened.token,
        max_age=COOKIE_LIFETIME_S,
        path="/",
        secure=context.doors.secure_cookies,
        httponly=True,
        samesite="lax",
    )
    context.identity = Identity(
        user_id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        scopes=frozenset(Scope),
        session_id=opened.session_id,
    )
    return Viewer.from_row(row)


def _cookie_taker(context: Context) -> Response:
    if context.response is None:
        raise Forbidden("Sign in over HTTP: a WebSocket cannot set the session cookie. Then connect again.")
    return context.response


def _wrong_credentials() -> Unauthenticated:
    return Unauthenticated("There is no account with this e-mail address and password.")


def _given(value: T | None) -> T | None:
    return None if value is strawberry.UNSET else value


def _still(row: UserRow | None) -> UserRow:
    if row is None:
        raise Unauthenticated("This account no longer exists.")
    return row
