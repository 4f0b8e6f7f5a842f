"""Whatever a conversation holds: what is sent fits, keeps its order and the question, and parts no call."""

import json
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest
from agents import Agent, FunctionTool, RunConfig, Runner
from agents.tool_context import ToolContext
from sqlalchemy import update

from domain.messages import MessageRole, MessageStatus
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.pool import ModelPool
from orchestration.memory.background import Background
from orchestration.memory.fitting import LEFT_OUT, Recap, fit
from orchestration.memory.history import conversation
from orchestration.memory.tokens import weigh
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.models import ModelRow
from persistence.summaries import Reach
from tests.orchestration.pools import KEY, join, model_named
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

Item = dict[str, Any]


def person(words: str) -> Item:
    return {"role": "user", "content": words}


def answer(words: str) -> Item:
    return {"role": "assistant", "content": words}


def call(key: str, arguments: str = "{}") -> Item:
    return {"type": "function_call", "call_id": key, "name": "look", "arguments": arguments}


def result(key: str, words: str) -> Item:
    return {"type": "function_call_output", "call_id": key, "output": words}


def some_conversation(chance: random.Random) -> list[Item]:
    """Turns of all kinds, the last one with or without calls in it."""
    items: list[Item] = []
    for turn in range(chance.randint(1, 8)):
        items.append(person("q" * chance.randint(1, 400)))
        for step in range(chance.randint(0, 3)):
            keys = [f"{turn}.{step}.{n}" for n in range(chance.randint(1, 3))]
            items += [answer("let me look")] * chance.randint(0, 1)
            items += [call(key, "a" * chance.randint(2, 300)) for key in keys]
            items += [result(key, "r" * chance.randint(1, 4_000)) for key in keys]
        if turn % 2 or chance.random() < 0.5:
            items.append(answer("a" * chance.randint(1, 900)))
    return items


def calls_in(items: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    return [item["call_id"] for item in items if item.get("type") == kind]


@pytest.mark.parametrize("seed", range(200))
def test_what_is_sent_fits_and_parts_no_call_from_its_result(seed: int) -> None:
    chance = random.Random(seed)
    items = some_conversation(chance)
    question = max(place for place, item in enumerate(items) if item.get("role") == "user")
    covers = chance.choice([0, question // 2])
    recap = chance.choice([None, Recap("s" * 200, items[:covers])])
    room = chance.randint(20, 3_000)

    fitted = fit(items, room, recap)

    told = 0 if recap is None else weigh({"content": recap.text})
    if fitted is None:
        assert weigh(items[question]) + told > room
        return
    assert sum(map(weigh, fitted.items)) + (told if fitted.recap else 0) <= room
    assert sorted(calls_in(fitted.items, "function_call")) == sorted(calls_in(fitted.items, "function_call_output"))
    assert items[question] in fitted.items
    left = iter(range(len(items)))
    for item in fitted.items:
        assert any(same(items[place], item) for place in left), "the order has changed"


def same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return {**before, "output": ""} == {**after, "output": ""}


def test_what_fits_is_left_alone_and_needs_no_summary() -> None:
    items = [person("one"), call("1"), result("1", "r" * 500), answer("two"), person("three")]

    assert fit(items, 1_000, Recap("summary", items[:2])) == (items, None)


def test_results_of_earlier_turns_go_first_the_oldest_before_others_and_the_largest_of_its_turn() -> None:
    items = [
        person("one"), call("a"), call("b"), result("a", "r" * 600), result("b", "r" * 900), answer("done"),
        person("two"), call("c"), result("c", "r" * 900), answer("done"),
        person("three"), call("d"), result("d", "r" * 900),
    ]  # fmt: skip
    whole = sum(map(weigh, items))

    def left_out(room: int) -> list[str]:
        fitted = fit(items, room)
        assert fitted is not None
        return [item["call_id"] for item in fitted.items if item.get("output") == LEFT_OUT]

    assert left_out(whole - 1) == ["b"]
    assert left_out(whole - 300) == ["a", "b"]
    assert left_out(whole - 500) == ["a", "b", "c"]
    assert left_out(300) == []  # then whole turns are dropped, and the newest result stays


def test_a_summary_replaces_what_it_covers_before_anything_is_dropped() -> None:
    items = [person("old " * 200), answer("older " * 200), person("new"), answer("newer"), person("now")]

    assert fit(items, 200, Recap("summary", items[:2])) == (items[2:], "summary")
    without = fit(items, 200)
    assert without is not None
    assert (without.items, without.recap) == (items[2:], None)


def test_a_result_that_alone_is_too_long_is_cut() -> None:
    items = [person("now"), call("1"), result("1", "r" * 30_000)]

    fitted = fit(items, 500)

    assert fitted is not None
    assert 800 < len(fitted.items[-1]["output"]) < 1_600
    assert fitted.items[-1]["output"].startswith("rrr")


def row(depth: int, role: MessageRole, content: str, parts: Sequence[dict[str, Any]] = ()) -> MessageRow:
    return MessageRow(
        id=uuid4(), depth=depth, role=role, content=content, parts=list(parts), status=MessageStatus.COMPLETED
    )


def test_past_tool_calls_are_told_as_pairs_but_not_those_without_an_end() -> None:
    ended = {"id": "1", "name": "look", "arguments": {"at": "sky"}, "status": "COMPLETED", "output": "blue"}
    failed = {"id": "2", "name": "look", "arguments": {}, "status": "FAILED", "error": "too dark"}
    open_one = {"id": "3", "name": "look", "arguments": {}, "status": "IN_PROGRESS"}
    parts: list[dict[str, Any]] = [
        {"type": "reasoning", "text": "hm"}, {"type": "text", "text": "I look. "},
        *({"type": "tool_call", "data": data} for data in (ended, failed, open_one)),
        {"type": "text", "text": "It is blue."},
    ]  # fmt: skip
    path = [
        row(0, MessageRole.USER, "which colour?"), row(1, MessageRole.ASSISTANT, "I look. It is blue.", parts),
        row(2, MessageRole.USER, "sure?"),
    ]  # fmt: skip

    items, _ = conversation(path, None, room=10_000, tools=True)
    plain, _ = conversation(path, None, room=10_000, tools=False)

    assert items == [
        person("which colour?"), answer("I look. "),
        {"type": "function_call", "call_id": "1", "name": "look", "arguments": json.dumps({"at": "sky"})},
        result("1", "blue"), call("2"), result("2", "Error: too dark"), answer("It is blue."), person("sure?"),
    ]  # fmt: skip
    assert plain == [person("which colour?"), answer("I look. It is blue."), person("sure?")]


def test_a_summary_of_what_is_not_there_is_always_told() -> None:
    path = [row(depth, MessageRole.USER if depth % 2 else MessageRole.ASSISTANT, str(depth)) for depth in range(9, 14)]

    items, recap = conversation(path, Reach(uuid4(), path[1].id, 10, "long ago"), room=1_000, tools=False)

    assert [item.get("content") for item in items] == ["11", "12", "13"]
    assert recap == Recap("long ago")
    assert fit([*items], 1_000, recap) == ([*items], "long ago")


@pytest.fixture
async def order(db: Database, upstream: Upstream, pool: ModelPool) -> list[UUID]:
    """A model that says it is large, and a small one behind it."""
    await join(pool, db, upstream, model_names=["large", "small"])
    async with db.write() as session:
        for name, tokens in (("large", 1_000_000), ("small", 4_096)):
            await session.execute(update(ModelRow).where(ModelRow.name == name).values(context_window=tokens))
    pool.changed()
    return [(await model_named(db, name)).id for name in ("large", "small")]


@pytest.fixture
async def pool(db: Database) -> AsyncIterator[ModelPool]:
    pool = ModelPool(db, secret_key=KEY)
    await pool.start()
    yield pool
    await pool.close()


async def test_however_many_large_results_a_run_has_each_call_gets_only_what_fits(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    upstream.window = 4_096 - 1_024
    rounds = 8

    async def look(_: ToolContext[Any], raw: str) -> str:
        return f"seen {raw} " + "word " * 1_500

    schema = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    tool = FunctionTool(name="look", description="Looks.", params_json_schema=schema, on_invoke_tool=look)
    for number in range(rounds):
        made = {"index": 0, "id": f"c{number}", "type": "function"}
        wanted = {**made, "function": {"name": "look", "arguments": json.dumps({"n": number})}}
        upstream.reply_with([chunk(tool_calls=[wanted]), chunk(finish="tool_calls"), usage_chunk(5, 3)])
    async with pool.open_chain(order[1:]) as chain:
        chain.background = Background(("The boat is called Nautilus.",))
        agent: Agent[None] = Agent(name="x", instructions="Look.", model=chain.model, tools=[tool])
        history = [person("old " * 300), answer("older " * 300), person("Look eight times.")]
        result = await Runner.run(agent, [*history], max_turns=rounds + 1, run_config=RunConfig(tracing_disabled=True))  # type: ignore[list-item]

    assert result.final_output == "Hello from upstream."
    assert {request["model"] for request in upstream.requests} == {"small"}
    assert upstream.refused == 0
    assert len(upstream.requests) == rounds + 1
    for request in upstream.requests:
        assert request["messages"][0]["content"] == (
            "Look.\n\nWhat you know about the person from earlier conversations. It may be out of date; use it where "
            "it helps:\n- The boat is called Nautilus."
        )
        assert {"role": "user", "content": "Look eight times."} in request["messages"]


async def test_a_smaller_model_behind_a_large_one_gets_only_what_fits(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    upstream.fail(500, times=1)
    history = [person("old " * 3_000), answer("older " * 3_000), person("And now?")]

    async with pool.open_chain(order) as chain:
        agent: Agent[None] = Agent(name="x", model=chain.model)
        await Runner.run(agent, [*history], run_config=RunConfig(tracing_disabled=True))  # type: ignore[list-item]

    large, small = upstream.requests
    assert (large["model"], small["model"]) == ("large", "small")
    assert len(large["messages"]) == 3
    assert small["messages"] == [{"role": "user", "content": "And now?"}]


async def test_what_a_provider_refuses_as_too_long_is_asked_again_with_less(
    pool: ModelPool, order: list[UUID], upstream: Upstream
) -> None:
    """Our estimate, or what is known of the model, may be wrong; then the provider's word counts."""
    upstream.window = 2_000
    history = [part for n in range(40) for part in (person(f"{n} " * 80), answer("yes " * 40))]

    async with pool.open_chain(order[:1]) as chain:
        agent: Agent[None] = Agent(name="x", model=chain.model)
        asked = [*history, person("And now?")]
        result = await Runner.run(agent, asked, run_config=RunConfig(tracing_disabled=True))  # type: ignore[arg-type]

    assert result.final_output == "Hello from upstream."
    assert upstream.refused == 2
    assert upstream.requests[-1]["messages"][-1]["content"] == "And now?"
    assert len(upstream.requests[-1]["messages"]) > 10


async def test_a_question_that_does_not_fit_is_not_sent(pool: ModelPool, order: list[UUID], upstream: Upstream) -> None:
    async with pool.open_chain(order[1:]) as chain:
        agent: Agent[None] = Agent(name="x", model=chain.model)
        with pytest.raises(RunFailure) as caught:
            await Runner.run(agent, "word " * 3_000, run_config=RunConfig(tracing_disabled=True))

    assert caught.value.code is RunErrorCode.CONTEXT_TOO_LONG
    assert "4,096 tokens of small" in caught.value.message
    assert upstream.requests == []
