"""What tests of the model pool share: a pool on a real database, an engine that is always ready, a ledger."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, insert, select, update

from domain.calls import Blame, ModelCall, Verdict
from domain.ids import new_id
from domain.messages import MessageRole, MessageStatus
from domain.models import CallOutcome, TokenUsage
from domain.runs import RunErrorCode, RunStatus, ThinkingMode, WhenBusy
from orchestration.inference.pool import ModelPool
from orchestration.inference.register import (
    local_model,
    register_settings_provider,
)
from persistence import model_calls, model_registration
from persistence.accounts import UserRow
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.model_breakers import ModelBreakerRow
from persistence.models import ModelRow
from persistence.runs import RunRow
from tests.upstream import Upstream

FAULTS = (RunErrorCode.MODEL_UNAVAILABLE, RunErrorCode.MODEL_AUTH_FAILED, RunErrorCode.TIMED_OUT)
KEY = bytes(range(32))
TINY = local_model(
    name="SmolLM2-135M-Instruct", file="tiny.gguf", display_name="SmolLM2", context_window=2_048,
    parameters=0.135,
    details={"temperature": 0.2, "instructions": "Answer briefly.", "extra_body": {"repeat_penalty": 1.1}},
)  # fmt: skip


class Server(NamedTuple):
    base_url: str
    api_key: str


class FixedWeights:
    """An engine whose model is always loaded, at the test's provider."""

    def __init__(self, base_url: str) -> None:
        self.server, self.used = Server(base_url, "local-key"), list[Path]()

    @asynccontextmanager
    async def use(self, path: Path) -> AsyncIterator[Server]:
        self.used.append(path)
        yield self.server

    async def close(self) -> None:
        """Nothing to let go of."""


async def join(pool: ModelPool, db: Database, upstream: Upstream, **how: object) -> bool:
    names = how.get("model_names")
    joined = await register_settings_provider(
        db, name="Test", endpoint=pool.endpoint(upstream.base_url, "sk-secret-1"), secret_key=KEY,
        model_names=list(names) if isinstance(names, list) else None,
    )  # fmt: skip
    pool.changed()
    return joined


async def model_named(db: Database, name: str) -> ModelRow:
    async with db.read() as session:
        return (await session.execute(select(ModelRow).where(ModelRow.name == name))).scalar_one()


async def a_run(db: Database) -> tuple[UUID, UUID]:
    """Ids of a run and its user: the ledger stands on them."""
    user, chat, message, run = (new_id() for _ in range(4))
    async with db.write() as session:
        session.add(UserRow(id=user, email=f"{user}@example.org", name="A", role="MEMBER", password_hash="x"))
        await session.flush()
        session.add(ChatRow(id=chat, owner_id=user, title="t"))
        await session.flush()
        await session.execute(
            insert(MessageRow).values(
                id=message, chat_id=chat, role=MessageRole.USER, status=MessageStatus.COMPLETED, content="hi",
                branch_id=message, depth=0, parts=[],
            )
        )  # fmt: skip
        session.add(
            RunRow(
                id=run, chat_id=chat, user_id=user, input_id=message, message_id=message,
                thinking=ThinkingMode.IMMEDIATE, when_busy=WhenBusy.ENQUEUE, status=RunStatus.COMPLETED,
            )
        )  # fmt: skip
    return run, user


async def record(
    db: Database, model: ModelRow, outcome: CallOutcome, *, times: int = 1, code: RunErrorCode | None = None,
    ttft: float | None = None, ago: timedelta = timedelta(), run: tuple[UUID, UUID] | None = None,
) -> None:  # fmt: skip
    """Calls as the pool itself enters them: with what each says of the model's health."""
    run_id, user_id = run or await a_run(db)
    blame = Blame.MODEL if code in FAULTS else Blame.NOBODY
    async with db.write() as session:
        for _ in range(times):
            call = ModelCall(
                id=new_id(), model_id=model.id, model_name=model.name, outcome=outcome, error_code=code,
                started_at=datetime.now(UTC) - ago, duration_ms=(ttft or 0) + 2_000, ttft_ms=ttft,
                usage=TokenUsage(1, 10, 0, 101, 0, Decimal("0.25")), verdict=Verdict(blame, f"It failed ({code})."),
            )  # fmt: skip
            await model_calls.enter(session, call, user_id=user_id, run_id=run_id)


async def let_rest(db: Database) -> None:
    """All open breakers have had their rest: the clock of this test runs fast."""
    passed = func.now() - timedelta(seconds=1)
    async with db.write() as session:
        await session.execute(
            update(ModelBreakerRow).where(ModelBreakerRow.open_until.is_not(None)).values(open_until=passed)
        )
        await model_registration.told(session)
