"""When API keys were used last: written down for many at once, and without a wait for others."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from persistence.accounts import ApiKeyRow, UserRow
from persistence.database import Database, connect
from resolvers.registration import create_api_key, create_user
from server.authentication import Authentication
from server.key_uses import KeyUses
from tests.conftest import statements_of
from tests.ports import free_port
from tests.server.visitors import LIFETIME, by_key, connection


@pytest.fixture
async def person(db: Database) -> UserRow:
    return await create_user(db, "ann@example.org", "Ann", "correct horse battery")


async def test_uses_of_many_keys_are_written_together(db: Database, person: UserRow) -> None:
    secrets = [await create_api_key(db, person.email, name) for name in ("one", "two", "three")]
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    async with db.write() as session:
        await session.execute(update(ApiKeyRow).values(last_used_at=long_ago))
    uses = KeyUses(db)
    authentication = Authentication(db, LIFETIME, uses)

    with statements_of(db) as statements:
        for secret in secrets * 2:
            await authentication.identify(connection(), f"Bearer {secret}")
        await uses.write()
        await uses.write()

    assert [statement.split()[0] for statement in statements] == ["SELECT"] * 6 + ["UPDATE"]
    async with db.read() as session:
        used = await session.scalars(select(ApiKeyRow.last_used_at))
    assert all(moment is not None and moment > long_ago for moment in used)


async def test_a_key_that_another_process_is_noting_is_left_to_it(db: Database, person: UserRow) -> None:
    first, second = await by_key(db, person), await by_key(db, person)
    assert first.api_key_id is not None
    assert second.api_key_id is not None
    long_ago = datetime.now(UTC) - timedelta(hours=1)
    async with db.write() as session:
        await session.execute(update(ApiKeyRow).values(last_used_at=long_ago))
    uses = KeyUses(db)
    other = await db.connect()
    async with other, other.transaction():
        await other.execute("SELECT FROM api_keys WHERE id = %s FOR UPDATE", [first.api_key_id])
        uses.note(first.api_key_id)
        uses.note(second.api_key_id)
        await uses.write()

    async with db.read() as session:
        used = {row.id: row.last_used_at for row in await session.scalars(select(ApiKeyRow))}
    assert used[first.api_key_id] == long_ago
    assert used[second.api_key_id] != long_ago


async def test_uses_wait_for_a_database_that_is_away(
    db: Database, person: UserRow, caplog: pytest.LogCaptureFixture
) -> None:
    identity = await by_key(db, person)
    assert identity.api_key_id is not None
    away = connect(f"postgresql://127.0.0.1:{free_port()}/nobody")
    uses = KeyUses(away)
    uses.note(identity.api_key_id)

    await uses.write()
    await uses.write()

    assert caplog.text.count("the use of API keys cannot be written down") == 2
