"""The model pool on a real database and a real provider: registering, opening, running, keeping books."""

import asyncio
import struct
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from agents import Agent, RunConfig, Runner
from sqlalchemy import select, update

from domain.ids import new_id
from domain.models import ProviderKind
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.chat_client import Timeouts
from orchestration.inference.failures import failure_of
from orchestration.inference.folder import ModelsFolder
from orchestration.inference.pool import ModelPool
from orchestration.inference.register import (
    register_local_models,
    retire_settings_provider,
)
from orchestration.inference.secrets import Undecipherable, seal, unseal
from persistence import model_registration, models, providers
from persistence.database import Database
from persistence.models import ModelRow, ProviderRow
from tests.orchestration.pools import KEY, TINY, FixedWeights, join, model_named
from tests.upstream import Upstream


@pytest.fixture
async def weights(upstream: Upstream) -> FixedWeights:
    return FixedWeights(upstream.base_url)


@pytest.fixture
async def pool(db: Database, weights: FixedWeights) -> AsyncIterator[ModelPool]:
    pool = ModelPool(db, secret_key=KEY, models_folder=Path("/models"), weights=weights)
    await pool.start()
    yield pool
    await pool.close()


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
    assert sealed is not None
    assert b"sk-secret-1" not in sealed
    assert unseal(sealed, KEY, facts[0].provider.id) == "sk-secret-1"


async def test_registering_at_once_in_many_processes_gives_each_model_once(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    upstream.models = [f"model-{number}" for number in range(5)]

    await asyncio.gather(
        *(join(pool, db, upstream) for _ in range(4)), *(register_local_models(db, [TINY]) for _ in range(4))
    )

    async with db.read() as session:
        assert len(await models.listed(session)) == 6
        assert len((await session.execute(select(ProviderRow))).all()) == 2


async def test_what_a_person_corrected_survives_the_next_start(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["gpt-4o"])
    row = await model_named(db, "gpt-4o")
    changed = {"context_window": 999, "enabled": False, "display_name": "Mine"}
    async with db.write() as session:
        await providers.edit_model(session, row.id, changed)

    await join(pool, db, upstream, model_names=["gpt-4o", "other"])

    row = await model_named(db, "gpt-4o")
    assert (row.context_window, row.enabled, row.display_name) == (999, False, "Mine")


async def test_models_that_vanish_are_kept_but_not_available(pool: ModelPool, db: Database, upstream: Upstream) -> None:
    await register_local_models(db, [TINY])
    await join(pool, db, upstream, model_names=["a", "b"])

    await register_local_models(db, [])
    await join(pool, db, upstream, model_names=["b"])
    assert {f.model.name: f.model.available for f in await pool.facts()} == {
        TINY.name: False,
        "a": False,
        "b": True,
    }

    await retire_settings_provider(db)
    await register_local_models(db, [TINY])
    pool.changed()
    facts = {f.model.name: f for f in await pool.facts()}
    assert {name: f.model.available for name, f in facts.items()} == {TINY.name: True, "a": False, "b": False}
    assert facts["b"].provider.api_key_encrypted is None


async def test_a_provider_that_is_away_at_start_keeps_what_it_had(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream)
    await upstream.stop()

    assert not await join(pool, db, upstream)

    assert [f.model.available for f in await pool.facts()] == [True]


async def test_the_name_of_somebody_elses_provider_is_not_taken_over(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    async with db.write() as session:
        await model_registration.put_provider(
            session, name="Test", kind=ProviderKind.OPENAI, base_url="http://x", source="user"
        )

    await join(pool, db, upstream)
    await join(pool, db, upstream)

    async with db.read() as session:
        rows = list(await session.scalars(select(ProviderRow).order_by(ProviderRow.name)))
    assert [(row.name, row.base_url) for row in rows] == [
        ("Test", "http://x"),
        ("Test (settings)", upstream.base_url),
    ]


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

    assert "".join(words for kind, words in heard if kind == "text") == result.final_output == "Hello there, friend."
    assert upstream.headers[-1]["Authorization"] == "Bearer sk-secret-1"
    assert upstream.requests[-1]["stream_options"] == {"include_usage": True}
    assert result.raw_responses[0].usage.input_tokens == 7


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
    assert upstream.headers[-1]["Authorization"] == "Bearer local-key"
    assert opened.instructions == "Answer briefly."


async def test_a_key_that_another_secret_sealed_is_a_failure_that_says_so(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
    await join(pool, db, upstream, model_names=["m"])
    other = ModelPool(db, secret_key=bytes(32))
    await other.start()

    async with other.open((await model_named(db, "m")).id) as opened:
        agent: Agent[None] = Agent(name="a", model=opened.model, model_settings=opened.settings)
        with pytest.raises(RunFailure) as caught:
            await Runner.run(agent, "hi", run_config=RunConfig(tracing_disabled=True))

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


async def test_a_call_is_not_retried_once_the_model_has_spoken(
    pool: ModelPool, db: Database, upstream: Upstream
) -> None:
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


def gguf(architecture: str, context: int) -> bytes:
    """The smallest file that the folder takes for a model, one with 2,000 million parameters."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    pairs = [
        text("general.architecture") + struct.pack("<I", 8) + text(architecture),
        text(f"{architecture}.context_length") + struct.pack("<II", 4, context),
        text("tokenizer.chat_template") + struct.pack("<I", 8) + text("{{ messages }}{{ tools }}"),
    ]
    tensor = text("w") + struct.pack("<IQQIQ", 2, 1_000_000, 2_000, 0, 0)
    return b"GGUF" + struct.pack("<IQQ", 3, 1, len(pairs)) + b"".join(pairs) + tensor


async def test_a_file_in_the_folder_is_a_model_until_it_is_taken_away(
    pool: ModelPool, db: Database, tmp_path: Path
) -> None:
    look = ModelsFolder(db, tmp_path)
    assert await look() > 0
    (tmp_path / "Grand-2B-Q4_K_M.gguf").write_bytes(gguf("llama", 2_048))
    (tmp_path / "broken.gguf").write_bytes(b"no")
    await look()
    pool.changed()

    [facts] = await pool.facts()
    row = facts.model
    assert (row.name, row.display_name, row.context_window) == ("Grand-2B-Q4_K_M", "Grand 2B", 2_048)
    assert (row.capabilities, row.available, row.quality) == (["tools"], True, 0.385)
    assert "instructions" not in row.details

    (tmp_path / "Grand-2B-Q4_K_M.gguf").unlink()
    await look()
    pool.changed()
    assert [f.model.available for f in await pool.facts()] == [False]
