"""The model pool on a real database and a real provider: registering, opening, running, keeping books."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from agents import Agent, RunConfig, Runner
from sqlalchemy import event, insert, select, update

from domain.ids import new_id
from domain.messages import MessageRole, MessageStatus
from domain.models import CallOutcome, HealthState, Preference, TokenUsage
from domain.runs import RunErrorCode, RunFailure, RunStatus, ThinkingMode, WhenBusy
from orchestration.inference.chat_client import Timeouts
from orchestration.inference.failures import failure_of
from orchestration.inference.pool import ModelPool
from orchestration.inference.register import (
    local_model,
    register_local_models,
    register_settings_provider,
    retire_settings_provider,
)
from orchestration.inference.secrets import Undecipherable, seal, unseal
from orchestration.inference.selection import Selector, Task
from persistence import model_stats, models
from persistence.accounts import UserRow
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.models import KnownModel, ModelRow, ProviderRow
from persistence.runs import RunRow
from tests.upstream import Upstream

KEY = bytes(range(32))
TINY = local_model(
    name="SmolLM2-135M-Instruct", file="tiny.gguf", display_name="SmolLM2 135M", context_window=2_048, parameters=0.135,
    details={"temperature": 0.2, "instructions": "Answer briefly.", "extra_body": {"repeat_penalty": 1.1}},
)  # fmt: skip


class FixedWeights:
    """An engine whose model is always loaded, at the test's provider."""

    def __init__(self, base_url: str) -> None:
        self.base_url, self.used = base_url, list[Path]()

    @asynccontextmanager
    async def use(self, path: Path) -> AsyncIterator[str]:
        self.used.append(path)
        yield self.base_url


@pytest.fixture
async def weights(upstream: Upstream) -> FixedWeights:
    return FixedWeights(upstream.base_url)


@pytest.fixture
async def pool(db: Database, weights: FixedWeights) -> AsyncIterator[ModelPool]:
    pool = ModelPool(db, secret_key=KEY, models_folder=Path("/models"), weights=weights)
    await pool.start()
    yield pool
    await pool.close()


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
    run_id, user_id = run or await a_run(db)
    async with db.write() as session:
        for _ in range(times):
            await models.record_call(
                session, run_id=run_id, model_id=model.id, user_id=user_id, attempt=1, outcome=outcome,
                error_code=code, usage=TokenUsage(1, 10, 0, 101, 0, Decimal("0.25")), ttft_ms=ttft,
                duration_ms=(ttft or 0) + 2_000, started_at=datetime.now(UTC) - ago,
            )  # fmt: skip


async def test_a_provider_lists_its_chat_models_and_keeps_its_key_sealed(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    upstream.models = ["gpt-4o-mini", "text-embedding-3-small", "llama-3-8b-instruct"]

    assert await join(pool, db, upstream)

    facts = await pool.facts()
    assert [f.model.name for f in facts] == ["gpt-4o-mini", "llama-3-8b-instruct"]
    assert facts[0].model.context_window == 128_000
    assert facts[0].model.input_usd_per_million is None  # the price of OpenAI's endpoint, not of this one
    sealed = facts[0].provider.api_key_encrypted
    assert sealed is not None and b"sk-secret-1" not in sealed
    assert unseal(sealed, KEY, facts[0].provider.id) == "sk-secret-1"


async def test_registering_at_once_in_many_processes_gives_each_model_once(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    upstream.models = [f"model-{number}" for number in range(5)]

    await asyncio.gather(*(join(pool, db, upstream) for _ in range(4)), *(register_local_models(db, [TINY]) for _ in range(4)))

    async with db.read() as session:
        assert len(await models.listed(session)) == 6
        assert len((await session.execute(select(ProviderRow))).all()) == 2


async def test_what_a_person_corrected_survives_the_next_start(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o"])
    async with db.write() as session:
        await session.execute(update(ModelRow).values(context_window=999, enabled=False, display_name="Mine"))

    await join(pool, db, upstream, model_names=["gpt-4o", "other"])

    row = await model_named(db, "gpt-4o")
    assert (row.context_window, row.enabled, row.display_name) == (999, False, "Mine")


async def test_models_that_vanish_are_kept_but_not_available(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await register_local_models(db, [TINY])
    await join(pool, db, upstream, model_names=["a", "b"])

    await register_local_models(db, [])
    await join(pool, db, upstream, model_names=["b"])
    assert {f.model.name: f.model.available for f in await pool.facts()} == {TINY.name: False, "a": False, "b": True}

    await retire_settings_provider(db)
    await register_local_models(db, [TINY])
    pool.changed()
    facts = {f.model.name: f for f in await pool.facts()}
    assert {name: f.model.available for name, f in facts.items()} == {TINY.name: True, "a": False, "b": False}
    assert facts["b"].provider.api_key_encrypted is None


async def test_a_provider_that_is_away_at_start_keeps_what_it_had(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream)
    await upstream.stop()

    assert not await join(pool, db, upstream)

    assert [f.model.available for f in await pool.facts()] == [True]


async def test_the_name_of_somebody_elses_provider_is_not_taken_over(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    async with db.write() as session:
        await models.put_provider(session, name="Test", kind=models.ProviderKind.OPENAI, base_url="http://x", source="user")

    await join(pool, db, upstream)
    await join(pool, db, upstream)

    async with db.read() as session:
        rows = list(await session.scalars(select(ProviderRow).order_by(ProviderRow.name)))
    assert [(row.name, row.base_url) for row in rows] == [("Test", "http://x"), ("Test (settings)", upstream.base_url)]


async def test_a_run_on_a_remote_model_sends_its_key_and_counts_usage(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["m"])
    async with db.write() as session:
        await session.execute(
            update(ModelRow).values(input_usd_per_million=Decimal(2), output_usd_per_million=Decimal("0.5"))
        )
    upstream.reply("Hello there, friend.", reasoning="hm")
    heard: list[tuple[str, str]] = []

    async with pool.open((await model_named(db, "m")).id) as opened:
        assert opened.tap(lambda kind, words: heard.append((kind, words)))
        agent: Agent[None] = Agent(name="a", model=opened.model, model_settings=opened.settings)
        result = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
        async for _ in result.stream_events():
            pass
        usage = opened.price(result.context_wrapper.usage)

    assert "".join(words for kind, words in heard if kind == "text") == result.final_output == "Hello there, friend."
    assert upstream.headers[-1]["Authorization"] == "Bearer sk-secret-1"
    assert upstream.requests[-1]["stream_options"] == {"include_usage": True}
    assert usage == TokenUsage(1, 7, 2, 3, 1, Decimal("0.0000155"))


async def test_a_local_model_is_served_by_the_engine_with_its_own_defaults(
    pool: ModelPool, db: Database, weights: FixedWeights, upstream: Upstream
) -> None:
    await register_local_models(db, [TINY])

    async with pool.open((await model_named(db, TINY.name)).id) as opened:
        agent: Agent[None] = Agent(name="a", model=opened.model, model_settings=opened.settings)
        await Runner.run(agent, "hi", run_config=RunConfig(tracing_disabled=True))

    assert weights.used == [Path("/models/tiny.gguf")]
    sent = upstream.requests[-1]
    assert (sent["temperature"], sent["repeat_penalty"], sent["max_tokens"]) == (0.2, 1.1, 512)
    assert "Authorization" not in upstream.headers[-1]
    assert opened.instructions == "Answer briefly."
    assert (await model_named(db, TINY.name)).details["tier"] == "RAM"


async def test_a_key_that_another_secret_sealed_is_a_failure_that_says_so(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["m"])
    other = ModelPool(db, secret_key=bytes(32))
    await other.start()

    with pytest.raises(RunFailure) as caught:
        async with other.open((await model_named(db, "m")).id):
            pass

    await other.close()
    assert caught.value.code is RunErrorCode.MODEL_AUTH_FAILED


def test_a_sealed_key_belongs_to_its_provider() -> None:
    mine, yours = new_id(), new_id()
    sealed = seal("sk-1", KEY, mine)

    assert unseal(sealed, KEY, mine) == "sk-1"
    assert seal("sk-1", KEY, mine) != sealed
    for spoiled, owner in ((sealed, yours), (sealed[:-1], mine), (b"", mine), (b"\x02" + sealed[1:], mine)):
        with pytest.raises(Undecipherable):
            unseal(spoiled, KEY, owner)


async def test_a_call_is_retried_until_the_model_has_spoken(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["m"])
    upstream.fail(503)
    upstream.fail(429, retry_after_ms="1")
    upstream.reply("at last")

    async with pool.open((await model_named(db, "m")).id) as opened:
        agent: Agent[None] = Agent(name="a", model=opened.model, model_settings=opened.settings)
        result = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
        async for _ in result.stream_events():
            pass
    assert result.final_output == "at last"
    assert len(upstream.requests) == 3


async def test_a_call_is_not_retried_once_the_model_has_spoken(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["m"])
    upstream.reply("one two three", cut_after=3)
    heard: list[str] = []

    async with pool.open((await model_named(db, "m")).id, tap=lambda _, words: heard.append(words)) as opened:
        agent: Agent[None] = Agent(name="a", model=opened.model, model_settings=opened.settings)
        result = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
        with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the SDK makes of it
            async for _ in result.stream_events():
                pass

    failure = failure_of(caught.value, "m")
    assert (failure.code, failure.retryable) == (RunErrorCode.MODEL_UNAVAILABLE, True)
    assert "".join(heard) == "one two"
    assert len(upstream.requests) == 1


async def test_health_follows_the_ledger(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["m"])
    row = await model_named(db, "m")

    async def health() -> model_stats.Health:
        async with db.read() as session:
            return model_stats.health((await model_stats.stats_of(session, [row.id]))[row.id])

    assert (await health()).state is HealthState.UNKNOWN
    await record(db, row, CallOutcome.SUCCEEDED, times=3, ttft=100)
    assert (await health()).state is HealthState.HEALTHY
    await record(db, row, CallOutcome.FAILED, code=RunErrorCode.CONTEXT_TOO_LONG)
    await record(db, row, CallOutcome.CANCELLED, times=4)
    assert (await health()).error_rate == 0
    await record(db, row, CallOutcome.FAILED, code=RunErrorCode.MODEL_UNAVAILABLE)
    assert (await health()).state is HealthState.DEGRADED
    await record(db, row, CallOutcome.FAILED, times=2, code=RunErrorCode.TIMED_OUT)
    down = await health()
    assert down.state is HealthState.DOWN
    assert down.reason is not None and "3 calls in a row" in down.reason and "TIMED_OUT" in down.reason
    await record(db, row, CallOutcome.SUCCEEDED, ttft=100)
    assert (await health()).state is HealthState.DEGRADED  # three of the last eight failed


async def test_a_model_that_was_down_gets_another_chance_after_a_minute(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["m"])
    row = await model_named(db, "m")
    old = timedelta(seconds=61)
    await record(db, row, CallOutcome.FAILED, times=3, code=RunErrorCode.TIMED_OUT, ago=old)

    async with db.read() as session:
        stats = (await model_stats.stats_of(session, [row.id]))[row.id]
    assert model_stats.health(stats).state is HealthState.DEGRADED


async def test_times_are_measured_in_one_statement_for_all_models(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=[f"m{number}" for number in range(20)])
    row = await model_named(db, "m7")
    run = await a_run(db)
    for ttft in range(1, 101):
        await record(db, row, CallOutcome.SUCCEEDED, ttft=float(ttft), run=run)
    statements: list[str] = []
    event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    await pool.refresh()

    assert len(statements) == 1
    stats = next(f.stats for f in await pool.facts() if f.model.id == row.id)
    assert stats.ttft_ms == pytest.approx((50.5, 95.05, 99.01))
    assert stats.tokens_per_second.p50 == pytest.approx(50.5)
    assert len(statements) == 1


async def test_a_selection_survives_its_storage(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await register_local_models(db, [TINY])
    await join(pool, db, upstream, model_names=["gpt-4o-mini", "gpt-4o"])
    async with db.write() as session:
        await session.execute(update(ModelRow).values(input_usd_per_million=Decimal(1), output_usd_per_million=Decimal(2)))

    selection = await Selector(db, pool).choose(Task(prompt="hi", question="hi"))

    assert models.selection_from(models.stored_selection(selection)) == selection
    assert len(selection.candidates) == 3
    assert selection.duration_ms < 5


async def test_a_dead_model_is_passed_over_and_the_others_go_on(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o", "gpt-4o-mini"])
    quality = Preference(quality=1, cost=0, latency=0)
    selector = Selector(db, pool)
    best = await model_named(db, "gpt-4o")
    assert (await selector.choose(Task(prompt="hi", preference=quality))).model_id == best.id

    await record(db, best, CallOutcome.FAILED, times=3, code=RunErrorCode.MODEL_UNAVAILABLE)
    pool.changed()
    selection = await selector.choose(Task(prompt="hi", preference=quality))

    assert selection.model_id != best.id
    assert selection.source == "only_one"
    excluded = {candidate.model_id: candidate.excluded_because for candidate in selection.candidates}
    assert "it is down: The last 3 calls in a row failed" in (excluded[best.id] or "")


@pytest.mark.parametrize("named", ["gpt-4o", "GPT-4o", "Test/gpt-4o"])
async def test_a_model_is_found_by_its_names(named: str, pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o"])

    async with db.read() as session:
        found = await models.wanted(session, named)
    assert found == (await model_named(db, "gpt-4o")).id


async def test_a_slow_source_does_not_hold_up_the_start(db: Database) -> None:
    ended = asyncio.Event()

    async def quick() -> None:
        await register_local_models(db, [TINY])

    async def never() -> float:
        await ended.wait()
        return 1.0

    pool = ModelPool(db, secret_key=KEY, sources=[quick, never], timeouts=Timeouts(), patience=0.5)
    await pool.start()
    assert [f.model.name for f in await pool.facts()] == [TINY.name]
    await pool.close()


