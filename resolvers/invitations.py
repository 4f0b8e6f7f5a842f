"""Doors to invitations: administrators make them, and who has a link makes an account with it."""

from datetime import UTC, datetime, timedelta

import strawberry

from domain.accounts import AuditKind, Scope, UserRole
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from persistence import accounts, invitations
from resolvers import mails, registration, tries
from resolvers.auditing import Who, note
from resolvers.context import Info, given
from resolvers.credentials import digest, new_token, passwords
from resolvers.entering import begin_session, cookie_taker, enter
from schema.invitations import (
    AcceptInvitationInput,
    AcceptInvitationPayload,
    Invitation,
    InvitationOffer,
    InviteUserInput,
    InviteUserPayload,
    RevokeInvitationPayload,
)
from schema.pages import Connection, Page, cursor, forward, key_place

LIFETIME, LONGEST_LIFETIME = timedelta(days=7), timedelta(days=90)


@strawberry.type
class InvitationQueries:
    @strawberry.field(
        description="Invitations that nobody has accepted yet, newest first. At most 200 a page. Only for an ADMIN. "
        "Needs the scope `account`."
    )
    async def invitations(
        self, info: Info, first: int | None = None, after: str | None = None
    ) -> Connection[Invitation]:
        info.context.require(Scope.ACCOUNT, UserRole.ADMIN)
        page, db = Page.of(first, after), info.context.db
        async with db.read() as session:
            rows = await invitations.page(session, limit=page.limit + 1, after=key_place("after", page.after))

        async def count() -> int:
            async with db.read() as session:
                return await invitations.count(session)

        return forward(page, rows, cursor_of=lambda row: cursor(row.id.hex), node_of=Invitation.from_row, count=count)

    @strawberry.field(
        description="What an invitation's link offers, to anybody who has it. Nobody needs to be signed in."
    )
    async def invitation(self, info: Info, token: str) -> InvitationOffer | None:
        async with info.context.db.read() as session:
            return InvitationOffer.from_row(await invitations.behind(session, digest(token)))


@strawberry.type
class InvitationMutations:
    @strawberry.mutation(
        description="Make a link with which one person can make an account. Only for an ADMIN. Needs the scope "
        "`account`."
    )
    async def invite_user(self, info: Info, input: InviteUserInput) -> InviteUserPayload:
        context = info.context
        identity = context.require(Scope.ACCOUNT, UserRole.ADMIN)
        address = given(input.email)
        email = None if address is None else registration.normal_email(address)
        expires_at = given(input.expires_at) or datetime.now(UTC) + LIFETIME
        registration.refuse(
            {
                "input.email": None if email is None else registration.email_problem(email),
                "input.expiresAt": _expiry_problem(expires_at),
            }
        )
        token = new_token()
        async with context.db.write() as session:
            row = await invitations.add(
                session,
                token_hash=token.digest,
                email=email,
                role=input.role,
                invited_by=identity.user_id,
                expires_at=expires_at,
            )
            await note(session, context, AuditKind.USER_INVITED, role=row.role, email=email)
        if context.mailer is not None and email is not None and context.doors.public_url is not None:
            days = max(1, round((expires_at - datetime.now(UTC)) / timedelta(days=1)))
            address = mails.link(context.doors.public_url, "invitation", token.text)
            context.mailer.later(mails.ready(mails.invitation(email, address, days=days)))
        return InviteUserPayload(invitation=Invitation.from_row(row), token=token.text)

    @strawberry.mutation(
        description="Make an account with an invitation and sign in to it. The link works once. Sets the session "
        "cookie, so it works over HTTP only."
    )
    async def accept_invitation(self, info: Info, input: AcceptInvitationInput) -> AcceptInvitationPayload:
        context = info.context
        response = cookie_taker(context)
        of_address = tries.of_address(context.visit, context.doors.sign_in_tries)
        await tries.take(context.db, [of_address])
        async with context.db.read() as session:
            offer = await invitations.behind(session, digest(input.token))
        person = registration.checked_person(
            given(input.email) or offer.email or "", input.name, input.password, within="input."
        )
        if offer.email not in (None, person.email):
            raise BadUserInput({"input.email": "is not the address that was invited"})
        hashed = await passwords.hash(input.password)
        async with context.db.write() as session:
            taken = await invitations.take(session, digest(input.token))
            row = await accounts.add(
                session, email=person.email, name=person.name, password_hash=hashed, role=taken.role
            )
            await note(session, context, AuditKind.INVITATION_ACCEPTED, about=Who.of(row), role=row.role)
            opened = await begin_session(session, context.doors, context.visit, row.id, before=context.identity)
            await tries.give_back(session, of_address)
        return AcceptInvitationPayload(viewer=enter(context, response, row, opened))

    @strawberry.mutation(
        description="Let an invitation's link lead nowhere. Only for an ADMIN. Needs the scope `account`."
    )
    async def revoke_invitation(self, info: Info, id: strawberry.ID) -> RevokeInvitationPayload:
        context = info.context
        context.require(Scope.ACCOUNT, UserRole.ADMIN)
        async with context.db.write() as session:
            await invitations.revoke(session, key_of(Kind.INVITATION, id))
            await note(session, context, AuditKind.INVITATION_REVOKED)
        return RevokeInvitationPayload(id=id)


def _expiry_problem(expires_at: datetime) -> str | None:
    if problem := registration.expiry_problem(expires_at):
        return problem
    return "must be within 90 days" if expires_at > datetime.now(UTC) + LONGEST_LIFETIME else None
