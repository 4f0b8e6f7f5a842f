"""The chat completions API, spoken with OpenAI's own client."""

import json
import sys
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from sqlalchemy import select

from domain.models import CallOutcome
from persistence.chats import ChatRow
from persistence.database import Database
from server.settings import ROOT
from tests.conftest import Running
from tests.foreign import told
from tests.server.doors.programs import calls
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

ASK: list[Any] = [{"role": "user", "content": "Hi"}]
WEATHER: Any = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "How the weather is.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    },
}


def calling(name: str, arguments: str) -> list[dict[str, Any]]:
    """An answer that calls a tool, in two chunks as providers write it."""
    half = len(arguments) // 2
    first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments[:half]}}
    second = {"index": 0, "function": {"arguments": arguments[half:]}}
    return [chunk(tool_calls=[first]), chunk(tool_calls=[second]), chunk(finish="tool_calls"), usage_chunk(9, 4)]


async def test_models_are_listed_with_the_choice_of_the_server_first(client: AsyncOpenAI) -> None:
    listed = await client.models.list()

    assert [model.id for model in listed.data[:3]] == ["auto", "mock", "plain"]
    assert (await client.models.retrieve("mock")).id == "mock"
    with pytest.raises(openai.NotFoundError, match="There is no model 'other'"):
        await client.models.retrieve("other")


@pytest.mark.parametrize("model", ["mock", "auto"])
async def test_an_answer_comes_whole_and_stands_in_the_ledger_but_in_no_chat(
    client: AsyncOpenAI, upstream: Upstream, db: Database, model: str
) -> None:
    upstream.reply("Good morning.", reasoning="Be kind.")

    answer = await client.chat.completions.create(model=model, messages=ASK)

    choice = answer.choices[0]
    assert (choice.message.content, choice.finish_reason) == ("Good morning.", "stop")
    assert answer.model == upstream.requests[-1]["model"]
    assert choice.message.model_extra == {"reasoning_content": "Be kind."}
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (7, 2, 9)
    [call] = await calls(db)
    assert (call.outcome, call.input_tokens, call.output_tokens) == (CallOutcome.SUCCEEDED, 7, 2)
    assert (call.run_id, call.model_name) == (None, answer.model)
    async with db.read() as session:
        assert list(await session.scalars(select(ChatRow.id))) == []


async def test_an_answer_is_streamed_as_it_comes(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("One two three", finish="length", held_after=2)

    stream = await client.chat.completions.create(
        model="mock", messages=ASK, stream=True, stream_options={"include_usage": True}
    )
    chunks = [await anext(stream), await anext(stream)]  # the rest is still held back
    upstream.release()
    chunks += [chunk async for chunk in stream]

    assert chunks[0].choices[0].delta.role == "assistant"
    assert "".join(found.choices[0].delta.content or "" for found in chunks[:-1]) == "One two three"
    assert [found.choices[0].finish_reason for found in chunks[:-1] if found.choices[0].finish_reason] == ["length"]
    assert chunks[-1].choices == []
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.completion_tokens == 3
    assert {found.id for found in chunks} == {chunks[0].id}


async def test_no_usage_is_streamed_unless_it_is_asked_for(client: AsyncOpenAI) -> None:
    stream = await client.chat.completions.create(model="mock", messages=ASK, stream=True)

    assert [found.usage for found in [found async for found in stream] if found.usage or not found.choices] == []


async def test_what_is_asked_for_reaches_the_model(client: AsyncOpenAI, upstream: Upstream) -> None:
    await client.chat.completions.create(
        model="mock",
        messages=[
            {"role": "system", "content": "Be short."},
            {"role": "user", "content": [{"type": "text", "text": "Hi"}, {"type": "text", "text": "there"}]},
        ],
        temperature=0.5,
        top_p=0.9,
        max_completion_tokens=50,
        stop=["END"],
        seed=4,
        presence_penalty=0.25,
        response_format={"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}},
    )

    sent = upstream.requests[-1]
    assert sent["messages"] == [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "Hi\nthere"},
    ]
    named = ("temperature", "top_p", "max_tokens", "stop", "seed", "presence_penalty")
    assert [sent[name] for name in named] == [0.5, 0.9, 50, ["END"], 4, 0.25]
    assert sent["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "a", "schema": {"type": "object"}},
    }


async def test_a_tool_of_the_program_is_called_by_the_program(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply_with(calling("weather", '{"city": "Vienna"}'))
    upstream.reply("Sunny.")
    asked: list[Any] = [{"role": "user", "content": "How is Vienna?"}]

    first = await client.chat.completions.create(model="mock", messages=asked, tools=[WEATHER], tool_choice="required")

    choice = first.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    [call] = choice.message.tool_calls or []
    assert call.type == "function"
    assert (call.function.name, json.loads(call.function.arguments)) == ("weather", {"city": "Vienna"})
    asked += [choice.message, {"role": "tool", "tool_call_id": call.id, "content": "31 °C"}]

    second = await client.chat.completions.create(model="mock", messages=asked, tools=[WEATHER])

    assert second.choices[0].message.content == "Sunny."
    sent = upstream.requests
    assert (sent[0]["tool_choice"], sent[0]["tools"][0]["function"]["name"]) == ("required", "weather")
    assert sent[0]["tools"][0]["function"]["parameters"] == WEATHER["function"]["parameters"]
    assert sent[1]["messages"][1]["tool_calls"][0]["function"]["name"] == "weather"
    assert sent[1]["messages"][2] == {"role": "tool", "tool_call_id": call.id, "content": "31 °C"}


async def test_calls_of_tools_are_streamed(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply_with(calling("weather", '{"city": "Vienna"}'))

    stream = await client.chat.completions.create(model="mock", messages=ASK, tools=[WEATHER], stream=True)
    choices = [found.choices[0] async for found in stream]

    [call] = [call for choice in choices for call in choice.delta.tool_calls or ()]
    assert (call.index, call.function and call.function.arguments) == (0, '{"city": "Vienna"}')
    assert choices[-1].finish_reason == "tool_calls"


async def test_the_example_prints_the_answer(server: Running, key: str, upstream: Upstream) -> None:
    upstream.reply("The capital of France is Paris.")
    environment = {"PARLEY_URL": server.url, "PARLEY_KEY": key}

    said = await told(sys.executable, "examples/completions.py", cwd=ROOT, environment=environment)

    assert said == "The capital of France is Paris.\n"
