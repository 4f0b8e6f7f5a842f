"""How often somebody may try to prove who they are, for each account and each network address."""

from collections.abc import Sequence
from datetime import timedelta

from domain.errors import RateLimited
from persistence import sign_in_tries
from persistence.database import Database, Session
from persistence.sign_in_tries import Bucket
from resolvers.visits import Visit

ADDRESS_FACTOR = 5
"""An address has so many times the tries of an account: an office shares one."""

CODES = 5
"""Codes of a second factor in a row. With one more every ten minutes, guessing all day hits one in 2,000 days."""


def of_account(email: str, tries: int, visit: Visit, *, known: bool) -> Bucket:
    """Passwords for one account. From an address where the person is signed in they count apart, so that nobody can
    lock them out from elsewhere. Addresses without an account count too, or they would tell that there is none."""
    where = visit.network if known else "anywhere"
    return Bucket(f"account:{email}:{where}", tries, timedelta(minutes=1))


def of_address(visit: Visit, tries: int) -> Bucket:
    """Passwords, invitations and resets from one network address."""
    return Bucket(f"address:{visit.network}", tries * ADDRESS_FACTOR, timedelta(seconds=5))


def of_code(user_id: object) -> Bucket:
    """Codes of one person's second factor; only who knows the password gets here."""
    return Bucket(f"code:{user_id}", CODES, timedelta(minutes=10))


def of_own_password(user_id: object, tries: int) -> Bucket:
    """The password again, by somebody who is signed in."""
    return Bucket(f"own:{user_id}", tries, timedelta(minutes=1))


def of_reset(email: str) -> Bucket:
    """Mails with a link for one address."""
    return Bucket(f"reset:{email}", 3, timedelta(minutes=15))


async def take(db: Database, buckets: Sequence[Bucket]) -> None:
    """Use up one try of each before anything is compared, so that many at once are no way around.

    RateLimited, with nothing used up, when one of them has none.
    """
    async with db.write() as session:
        waits = [await sign_in_tries.take(session, bucket) for bucket in buckets]
        if longest := max(waits):
            message = f"Too many attempts. Try again in {_words(longest)}."
            raise RateLimited(message, retry_after_ms=longest)


async def succeeded(session: Session, *, forget: Bucket) -> None:
    """The try was good: none so far counts any more."""
    await sign_in_tries.forget(session, forget)


async def give_back(session: Session, bucket: Bucket) -> None:
    """The try was good and does not count; those before it do."""
    await sign_in_tries.give_back(session, bucket)


def _words(milliseconds: int) -> str:
    seconds = -(-milliseconds // 1000)
    if seconds < 120:
        return f"{seconds} second{'' if seconds == 1 else 's'}"
    return f"{-(-seconds // 60)} minutes"
