"""The ledger of calls, while what a line belongs to is being removed."""

import asyncio
from datetime import UTC, datetime

from sqlalchemy import text

from domain.ids import Kind, key_of
from domain.models import CallOutcome, TokenUsage
from persistence.database import Database
from persistence.models import record_call
from tests.people import Person

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def test_a_line_is_kept_when_its_run_goes_in_the_same_moment(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("Hello")
    run, chat = (key_of(kind, sent[what]["id"]) for what, kind in (("run", Kind.RUN), ("chat", Kind.CHAT)))
    async with db.read() as session:
        user = await session.scalar(text("SELECT owner_id FROM chats WHERE id = :chat"), {"chat": chat})

    async def enter() -> None:
        async with db.write() as session:
            await record_call(
                session, run_id=run, model_id=None, user_id=user, attempt=1, outcome=CallOutcome.CANCELLED,
                error_code=None, usage=TokenUsage(), ttft_ms=None, duration_ms=1.0, started_at=datetime.now(UTC),
                model_name="late",
            )  # fmt: skip

    other = await db.connect()
    async with other, other.transaction():
        await other.execute("DELETE FROM chats WHERE id = %s", [chat])
        entering = asyncio.create_task(enter())
        while not await waiting(db):
            assert not entering.done()
    await entering

    async with db.read() as session:
        found = await session.execute(text("SELECT run_id FROM model_calls WHERE model_name = 'late'"))
    assert found.all() == [(None,)]


async def waiting(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(text(WAITING)) or 0
