"""Doors for setting a new password with a link: from an administrator, or by mail."""

from datetime import timedelta

import strawberry

from domain.accounts import AuditKind, Scope, UserRole
from domain.errors import Forbidden
from domain.ids import Kind, key_of
from persistence import accounts, password_resets, sessions, users
from resolvers import mails, registration, tries
from resolvers.auditing import Who, note
from resolvers.context import Context, Info
from resolvers.credentials import digest, new_token, passwords
from resolvers.mails import Mail
from schema.password_resets import (
    CreatePasswordResetPayload,
    RequestPasswordResetInput,
    RequestPasswordResetPayload,
    ResetPasswordInput,
    ResetPasswordPayload,
)

BY_ADMIN, BY_MAIL = timedelta(days=1), timedelta(minutes=60)


@strawberry.type
class PasswordResetMutations:
    @strawberry.mutation(
        description="Make a link with which a person sets a new password within a day; one made before stops to work. "
        "Only for an ADMIN. Needs the scope `account`."
    )
    async def create_password_reset(self, info: Info, user_id: strawberry.ID) -> CreatePasswordResetPayload:
        context = info.context
        context.require(Scope.ACCOUNT, UserRole.ADMIN)
        token = new_token()
        async with context.db.write() as session:
            person = await users.locked(session, key_of(Kind.USER, user_id))
            row = await password_resets.put(session, person.id, token_hash=token.digest, lifetime=BY_ADMIN)
            await note(session, context, AuditKind.PASSWORD_RESET_REQUESTED, about=Who.of(person))
        return CreatePasswordResetPayload(token=token.text, expires_at=row.expires_at)

    @strawberry.mutation(
        description="Mail a link with which the owner of an address sets a new password within an hour. The answer is "
        "the same, and as fast, when nobody has this address. FORBIDDEN where the server sends no mail."
    )
    async def request_password_reset(self, info: Info, input: RequestPasswordResetInput) -> RequestPasswordResetPayload:
        context = info.context
        if context.mailer is None:
            raise Forbidden("This server sends no mail. Ask an administrator for a link.")
        email = registration.normal_email(input.email)
        registration.refuse({"input.email": registration.email_problem(email)})
        of_address = tries.of_address(context.visit, context.doors.sign_in_tries)
        await tries.take(context.db, [tries.of_reset(email), of_address])
        context.mailer.later(lambda: _reset_mail(context, email))
        return RequestPasswordResetPayload(ok=True)

    @strawberry.mutation(
        description="Set a new password with a link, which works once. Every session of the account ends; its API keys "
        "and its second factor stay."
    )
    async def reset_password(self, info: Info, input: ResetPasswordInput) -> ResetPasswordPayload:
        context = info.context
        registration.refuse({"input.newPassword": registration.password_problem(input.new_password)})
        of_address = tries.of_address(context.visit, context.doors.sign_in_tries)
        await tries.take(context.db, [of_address])
        hashed = await passwords.hash(input.new_password)
        async with context.db.write() as session:
            user_id = await password_resets.take(session, digest(input.token))
            person = await users.locked(session, user_id)
            await accounts.set_password(session, user_id, new=hashed)
            await sessions.end_others(session, user_id=user_id, but=None)
            await note(session, context, AuditKind.PASSWORD_RESET, about=Who.of(person))
            await tries.give_back(session, of_address)
        return ResetPasswordPayload(ok=True)


async def _reset_mail(context: Context, email: str) -> Mail | None:
    """The mail for whoever has this address and may sign in; None for nobody."""
    token = new_token()
    async with context.db.write() as session:
        person = await accounts.by_email(session, email)
        if person is None or person.disabled_at is not None or context.doors.public_url is None:
            return None
        await password_resets.put(session, person.id, token_hash=token.digest, lifetime=BY_MAIL)
        await note(session, context, AuditKind.PASSWORD_RESET_REQUESTED, about=Who.of(person))
    address = mails.link(context.doors.public_url, "new-password", token.text)
    return mails.password_reset(person.email, address, minutes=BY_MAIL // timedelta(minutes=1))
