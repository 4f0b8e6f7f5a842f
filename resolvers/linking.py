"""Which account somebody enters whom a provider vouches for."""

from typing import NamedTuple

from domain.accounts import AuditKind
from domain.errors import Forbidden
from persistence import accounts, api_keys, linked_identities, password_resets, second_factors, sessions
from persistence.accounts import UserRow
from persistence.database import Session
from resolvers import registration
from resolvers.auditing import Who, note
from resolvers.registration import Person
from resolvers.visits import Visit, one_line
from schema.context import Identity

UNPROVEN = "password, sessions, API keys, second factor"
"""What an account loses when the owner of its address first comes from a provider."""


class Newcomer(NamedTuple):
    """Somebody whom nobody knows yet, for the audit log."""

    visit: Visit
    identity: Identity | None = None


async def account_of(
    session: Session, at: Newcomer, *, issuer: str, subject: str, email: str | None, name: str | None, is_open: bool
) -> UserRow:
    """The account that this subject is linked to. If none is: the one with this address, or a new one if that is open.

    `email` must be verified by the provider. Here nobody has proven that it is theirs: an account that is linked by its
    address loses everything else that lets somebody in, because a stranger may have signed up with it. Forbidden
    without one, without an account, for a disabled account, and for one that belongs to another subject already:
    addresses are given to other people, subjects never are.
    """
    row = await linked_identities.user_behind(session, issuer=issuer, subject=subject)
    if row is None:
        row = await _linked(session, at, issuer, subject, _address(email), name, is_open=is_open)
    await accounts.lock(session, row.id)  # it may be being disabled at this very moment
    await session.refresh(row)
    if row.disabled_at is not None:
        raise Forbidden("This account is disabled. Ask an administrator.", reason="disabled")
    await note(session, at, AuditKind.SIGNED_IN, about=Who.of(row), through=issuer)
    return row


async def _linked(
    session: Session, at: Newcomer, issuer: str, subject: str, email: str, name: str | None, *, is_open: bool
) -> UserRow:
    row, taken = await accounts.by_email(session, email), None
    if row is None:
        called = one_line((name or "").strip() or email.partition("@")[0], registration.LONGEST_NAME)
        row = await registration.register(session, Person(email, called), None, role=None, is_open=is_open)
        await note(session, at, AuditKind.SIGNED_UP, about=Who.of(row), through=issuer)
    elif await linked_identities.has_one(session, row.id, issuer=issuer):
        raise Forbidden("The account with this address is another person's at the provider.", reason="taken")
    else:
        await _shut(session, row)
        taken = UNPROVEN
    await linked_identities.link(session, row.id, issuer=issuer, subject=subject)
    await note(session, at, AuditKind.IDENTITY_LINKED, about=Who.of(row), issuer=issuer, removed=taken)
    return row


async def _shut(session: Session, row: UserRow) -> None:
    """Take away every other way into an account, the password first: who signs in with it meanwhile has to wait, and
    who did before has a session that ends here."""
    await accounts.set_password(session, row.id, new=None)
    await sessions.end_others(session, user_id=row.id, but=None)
    await api_keys.revoke_all(session, row.id)
    await second_factors.remove(session, row.id)
    await password_resets.forget(session, row.id)


def _address(email: str | None) -> str:
    if email is None or registration.email_problem(known := registration.normal_email(email)):
        raise Forbidden("The provider has not verified an e-mail address of yours.", reason="unverified")
    return known
