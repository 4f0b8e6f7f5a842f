"""The chain as the SDK sees it: order, pauses, what it holds on to, and going on with an answer that broke off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import openai
import pytest
from agents import Agent, RunConfig, Runner

from domain.calls import Blame, ModelCall, Price
from domain.models import CallOutcome
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.chain import Chain
from orchestration.inference.chat_client import Endpoint
from orchestration.inference.holding import Holding
from orchestration.inference.metering import priced
from orchestration.inference.pool import ModelPool
from orchestration.inference.provider_errors import Exchange
from orchestration.inference.rules import Step, rule
from persistence.database import Database
from persistence.model_stats import ModelFacts
from tests.orchestration.pools import KEY, join, model_named
from tests.upstream import Upstream


@pytest.fixture
async def pool(db: Database, upstream: Upstream) -> AsyncIterator[ModelPool]:
    pool = ModelPool(db, secret_key=KEY)
    await pool.start()
    await join(pool, db, upstream, model_names=["a", "b"])
    yield pool
    await pool.close()


@pytest.fixture
async def order(pool: ModelPool, db: Database) -> list[UUID]:
    return [(await model_named(db, name)).id for name in ("a", "b")]


async def run(chain: Chain) -> tuple[str, str]:
    """The SDK's final output, and the words that were heard."""
    heard: list[str] = []
    chain.tap(lambda _, words: heard.append(words))
    agent: Agent[None] = Agent(name="x", model=chain.model, model_settings=chain.settings)
    result = Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))
    async for _ in result.stream_events():
        pass
    return str(result.final_output), "".join(heard)


async def test_another_model_goes_on_with_an_answer_that_broke_off(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    upstream.reply("one two three four", cut_after=3)
    upstream.reply(" three four five")

    async with pool.open_chain(order, continues=True) as chain:
        final, heard = await run(chain)

    assert final == heard == "one two three four five"
    assert [call.outcome for call in chain.calls] == [CallOutcome.FAILED, CallOutcome.SUCCEEDED]
    assert upstream.requests[-1]["model"] == "b"
    assert upstream.requests[-1]["messages"][-2] == {"role": "assistant", "content": "one two"}


async def test_it_goes_on_once_and_no_more(pool: ModelPool, order: list[UUID], upstream: Upstream) -> None:
    upstream.reply("one two three four", cut_after=3)
    upstream.reply(" three four five", cut_after=3)

    async with pool.open_chain(order, continues=True) as chain:
        with pytest.raises(RunFailure) as caught:
            await run(chain)

    assert caught.value.code is RunErrorCode.MODEL_UNAVAILABLE
    assert len(upstream.requests) == 2


async def test_a_call_that_is_given_up_is_in_the_ledger_all_the_same(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    entered: list[ModelCall] = []

    async def record(call: ModelCall) -> None:
        entered.append(call)

    upstream.reply("one two three", held_after=3)
    async with pool.open_chain(order, record=record) as chain:
        running = asyncio.create_task(run(chain))
        await upstream.holding.wait()
        while not chain._running[0].spoken:
            await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    [call] = entered
    assert (call.outcome, call.verdict.blame) == (CallOutcome.CANCELLED, Blame.NOBODY)
    assert call.estimated
    assert call.usage.output_tokens == 2
    assert call.usage.input_tokens > 0


async def test_a_ledger_that_fails_once_gets_the_same_line_again(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    entered: list[UUID] = []

    async def record(call: ModelCall) -> None:
        entered.append(call.id)
        if len(entered) == 1:
            raise ConnectionResetError

    async with pool.open_chain(order[:1], record=record) as chain:
        with pytest.raises(RunFailure):
            await run(chain)

    assert len(entered) == 2
    assert len(set(entered)) == 1


async def test_an_unstreamed_answer_falls_back_as_well(pool: ModelPool, order: list[UUID], upstream: Upstream) -> None:
    upstream.fail(500)
    upstream.reply("All is well.")

    async with pool.open_chain(order) as chain:
        agent: Agent[None] = Agent(name="x", model=chain.model, model_settings=chain.settings)
        result = await Runner.run(agent, "hi", run_config=RunConfig(tracing_disabled=True))

    assert result.final_output == "All is well."
    assert chain.name == "b"
    assert [call.usage.output_tokens for call in chain.calls] == [0, 3]


async def test_a_model_is_held_until_the_end_unless_it_failed_or_another_is_needed(
    pool: ModelPool, order: list[UUID]
) -> None:
    said: list[str] = []

    @asynccontextmanager
    async def ready(facts: ModelFacts) -> AsyncIterator[Endpoint]:
        said.append(f"+{facts.model.name}")
        yield pool.endpoint("http://127.0.0.1:1", None)
        said.append(f"-{facts.model.name}")

    a, b = [facts for facts in await pool.facts() if facts.model.id in order]
    holding = Holding(ready)
    for facts in (a, a, b):
        async with holding.of(facts):
            said.append(facts.model.name)
    with pytest.raises(RunFailure):
        async with holding.of(a):
            raise RunFailure(RunErrorCode.MODEL_UNAVAILABLE, "it failed")
    async with holding.of(b):
        pass
    await holding.close()

    assert said == ["+a", "a", "a", "-a", "+b", "b", "-b", "+a", "-a", "+b", "-b"]


@pytest.mark.parametrize(
    ("status", "headers", "step", "blame"),
    [
        (400, {}, Step.STOP, Blame.NOBODY),
        (401, {}, Step.ELSEWHERE, Blame.KEY),
        (403, {}, Step.ELSEWHERE, Blame.COOL),
        (404, {}, Step.ELSEWHERE, Blame.COOL),
        (408, {}, Step.ELSEWHERE, Blame.MODEL),
        (413, {}, Step.LARGER, Blame.NOBODY),
        (422, {}, Step.STOP, Blame.NOBODY),
        (429, {}, Step.AGAIN, Blame.COOL),
        (429, {"retry-after": "3"}, Step.AGAIN, Blame.COOL),
        (429, {"retry-after": "11"}, Step.ELSEWHERE, Blame.COOL),
        (429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, Step.AGAIN, Blame.COOL),
        (429, {"retry-after": "9" * 400}, Step.ELSEWHERE, Blame.COOL),
        (429, {"retry-after": "100000000000000000"}, Step.ELSEWHERE, Blame.COOL),
        (429, {"retry-after-ms": "nan"}, Step.AGAIN, Blame.COOL),
        (429, {"retry-after-ms": "inf"}, Step.ELSEWHERE, Blame.COOL),
        (500, {}, Step.AGAIN, Blame.MODEL),
        (503, {"x-should-retry": "false"}, Step.ELSEWHERE, Blame.MODEL),
        (302, {}, Step.ELSEWHERE, Blame.MODEL),
    ],
)
def test_each_status_has_one_way_on(status: int, headers: dict[str, str], step: Step, blame: Blame) -> None:
    error = Exchange("POST", "http://example.org/v1/chat/completions").refused(status, headers, b"{}")

    ruling = rule(error, "m")

    assert (ruling.step, ruling.verdict.blame) == (step, blame)
    assert ruling.verdict.rest is None or ruling.verdict.rest <= timedelta(days=1)


def test_a_broken_connection_is_tried_again() -> None:
    error = openai.APIConnectionError(request=Exchange("POST", "http://example.org").request)

    assert rule(error, "m").step is Step.AGAIN


def test_cached_input_has_its_own_price() -> None:
    price = Price(Decimal(2), Decimal(8), Decimal("0.5"))

    assert priced(price, input_tokens=1_000, cached=400, output_tokens=10).cost_usd == Decimal("0.00148")
    assert priced(Price(Decimal(2), Decimal(8)), input_tokens=1_000, cached=400, output_tokens=0).cost_usd == Decimal(
        "0.002"
    )
    assert priced(None, input_tokens=1_000, output_tokens=10).cost_usd == 0
