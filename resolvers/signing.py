"""Doors for signing up, in and out."""

import strawberry

from domain.accounts import AuditKind
from domain.errors import CodeRequired, Forbidden, Unauthenticated
from domain.messages import storable
from persistence import accounts, second_factors, sessions
from persistence.accounts import UserRow
from persistence.second_factors import SecondFactorRow
from resolvers import codes, registration, tries
from resolvers.auditing import Who, note
from resolvers.context import Context, Info, given
from resolvers.credentials import is_outdated, passwords
from resolvers.entering import begin_session, cookie_taker, enter, take_cookie
from schema.accounts import SignInInput, SignInPayload, SignOutPayload, SignUpInput, SignUpPayload


@strawberry.type
class SigningMutations:
    @strawberry.mutation(
        description="Make an account and sign in to it. The first one becomes ADMIN; after it, sign-up is "
        "FORBIDDEN unless the server's settings open it. Sets the session cookie, so it works over HTTP only."
    )
    async def sign_up(self, info: Info, input: SignUpInput) -> SignUpPayload:
        context = info.context
        response = cookie_taker(context)
        is_open = context.doors.sign_up_open
        async with context.db.read() as session:
            if not is_open and await accounts.any_exist(session):
                raise registration.sign_up_closed()
        person = registration.checked_person(input.email, input.name, input.password, within="input.")
        await tries.take(context.db, [tries.of_address(context.visit, context.doors.sign_in_tries)])
        hashed = await passwords.hash(input.password)
        async with context.db.write() as session:
            row = await registration.register(session, person, hashed, role=None, is_open=is_open)
            await note(session, context, AuditKind.SIGNED_UP, about=Who.of(row))
            opened = await begin_session(session, context.doors, context.visit, row.id, before=context.identity)
        return SignUpPayload(viewer=enter(context, response, row, opened))

    @strawberry.mutation(
        description="Sign in with address and password. An unknown address and a wrong password get the same "
        "UNAUTHENTICATED; CODE_REQUIRED says that the password is right and `code` is wanted too. Too many attempts "
        "for an account or from an address are RATE_LIMITED. Sets the session cookie, so it works over HTTP only; "
        "programs use API keys."
    )
    async def sign_in(self, info: Info, input: SignInInput) -> SignInPayload:
        context = info.context
        response = cookie_taker(context)
        email = registration.normal_email(storable(input.email))
        async with context.db.read() as session:
            found = await accounts.by_email(session, email)
            user_id = found.id if found else None
            factor = await second_factors.of(session, user_id)
            known = await sessions.known_address(session, user_id, context.visit.ip_address)
        of_account = tries.of_account(email, context.doors.sign_in_tries, context.visit, known=known)
        of_address = tries.of_address(context.visit, context.doors.sign_in_tries)
        await tries.take(context.db, [of_account, of_address])
        stored = None if found is None or found.disabled_at else found.password_hash
        password = input.password[: registration.LONGEST_PASSWORD + 1]  # no longer one was ever accepted
        if not await passwords.verify(password, stored) or found is None or stored is None:
            await _note_failure(context, found)
            raise _wrong_credentials()
        if factor is not None and factor.confirmed_at is not None:
            await _check_code(context, found, factor, given(input.code))
        current = await passwords.hash(password) if is_outdated(stored) else stored
        async with context.db.write() as session:
            row = await accounts.replace_password(session, found.id, old=stored, new=current)
            if row is None:
                raise _wrong_credentials()
            opened = await begin_session(session, context.doors, context.visit, row.id, before=context.identity)
            await tries.succeeded(session, forget=of_account)
            await tries.give_back(session, of_address)
            await note(session, context, AuditKind.SIGNED_IN, about=Who.of(row))
        return SignInPayload(viewer=enter(context, response, row, opened))

    @strawberry.mutation(description="End this browser's session and forget its cookie.")
    async def sign_out(self, info: Info) -> SignOutPayload:
        context = info.context
        if context.identity is not None:
            session_id = context.identity.session_id
            if session_id is None:
                raise Forbidden("An API key has no session to sign out of. End a key with `revokeApiKey`.")
            async with context.db.write() as session:
                await sessions.forget(session, session_id)
                await note(session, context, AuditKind.SIGNED_OUT)
        if context.response is not None:
            take_cookie(context.response, context.doors)
        context.identity = None
        return SignOutPayload(ok=True)


async def _check_code(context: Context, person: UserRow, factor: SecondFactorRow, code: str | None) -> None:
    """CodeRequired without a code, Unauthenticated with a wrong or used one, RateLimited after many of those.

    The password was right, so this tells that. A client could not ask for the code otherwise, and the owner of the
    account finds CODE_MISSING in the audit log: somebody knows the password.
    """
    if not code:
        await _note_failure(context, person, AuditKind.CODE_MISSING)
        raise CodeRequired("Send the code of your authenticator app, or a recovery code, as `code`.")
    of_code = tries.of_code(person.id)
    await tries.take(context.db, [of_code])
    async with context.db.write() as session:
        proof = await codes.prove(session, context.keys, factor, code)
        if proof is codes.Proof.RECOVERY_CODE:
            await note(session, context, AuditKind.RECOVERY_CODE_USED, about=Who.of(person))
        if proof is not None:
            await tries.succeeded(session, forget=of_code)
    if proof is None:
        await _note_failure(context, person)
        raise Unauthenticated("This code is wrong, or was used before. Wait for the next one of your app.")


async def _note_failure(context: Context, person: UserRow | None, kind: AuditKind = AuditKind.SIGN_IN_FAILED) -> None:
    """What was typed as an address that nobody has is not kept: it may be a password in the wrong field."""
    async with context.db.write() as session:
        await note(session, context, kind, about=Who.of(person) if person else None)


def _wrong_credentials() -> Unauthenticated:
    return Unauthenticated("There is no account with this e-mail address and password.")
