"""Asking somebody who is signed in to prove again that it is them, before what cannot be undone."""

from domain.errors import BadUserInput, Unauthenticated
from persistence import accounts, second_factors
from resolvers import codes, registration, tries
from resolvers.context import Context
from resolvers.credentials import passwords
from schema.context import Identity

OIDC_PATH = "/sign-in/provider"
"""Where a browser is sent to sign in with the provider of the settings."""


async def check_password(context: Context, identity: Identity, password: str, *, path: str) -> str | None:
    """The stored hash behind this password; None when the account has none, so that there is nothing to ask for.

    BadUserInput on `path` when it is wrong, RateLimited after many wrong ones: an open browser is no way to guess.
    """
    async with context.db.read() as session:
        person = (await accounts.by_ids(session, [identity.user_id])).get(identity.user_id)
    if person is None:
        raise Unauthenticated("This account no longer exists.")
    if (stored := person.password_hash) is None:
        return None
    bucket = tries.of_own_password(identity.user_id, context.doors.sign_in_tries)
    await tries.take(context.db, [bucket])
    if not await passwords.verify(password[: registration.LONGEST_PASSWORD + 1], stored):
        raise BadUserInput({path: "is not your password"})
    async with context.db.write() as session:
        await tries.succeeded(session, forget=bucket)
    return stored


async def check_code(context: Context, identity: Identity, code: str, *, path: str) -> None:
    """Use up a code of the second factor; nothing when the account has none. BadUserInput or RateLimited else."""
    async with context.db.read() as session:
        factor = await second_factors.of(session, identity.user_id)
    if factor is None or factor.confirmed_at is None:
        return
    bucket = tries.of_code(identity.user_id)
    await tries.take(context.db, [bucket])
    async with context.db.write() as session:
        proof = await codes.prove(session, context.keys, factor, code)
        if proof is not None:
            await tries.succeeded(session, forget=bucket)
    if proof is None:
        raise BadUserInput({path: "must be the code that your app shows, or a recovery code, each only once"})
