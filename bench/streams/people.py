"""Makes people who sign in with an API key only: `python bench/streams/people.py DSN COUNT` prints the keys."""

import asyncio
import sys

from domain.accounts import UserRole
from persistence import accounts, api_keys
from persistence.database import Database, connect
from persistence.migrating import migrate
from resolvers.credentials import new_key
from resolvers.registration import DEFAULT_SCOPES

TOGETHER = 200
"""People made in one transaction."""


async def people(dsn: str, count: int) -> list[str]:
    """Bring the schema up to date and add `count` people with one key each; returns the keys."""
    await asyncio.to_thread(migrate, dsn)
    db = connect(dsn)
    try:
        keys: list[str] = []
        for first in range(0, count, TOGETHER):
            keys += await _some(db, first, min(TOGETHER, count - first))
        return keys
    finally:
        await db.close()


async def _some(db: Database, first: int, count: int) -> list[str]:
    secrets = [new_key() for _ in range(count)]
    async with db.write() as session:
        for number, secret in enumerate(secrets, first):
            user = await accounts.add(
                session, email=f"p{number}@bench.example", name=f"P{number}", password_hash="", role=UserRole.MEMBER
            )
            await api_keys.add(
                session, user_id=user.id, name="bench", prefix=secret.prefix, secret_hash=secret.digest,
                scopes=DEFAULT_SCOPES, expires_at=None,
            )  # fmt: skip
    return [secret.text for secret in secrets]


if __name__ == "__main__":
    print("\n".join(asyncio.run(people(sys.argv[1], int(sys.argv[2])))))
