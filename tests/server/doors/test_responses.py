"""The Responses API, spoken with OpenAI's own client."""

from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

WEATHER: Any = {
    "type": "function",
    "name": "weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}},
    "strict": False,
}
CALL = {
    "index": 0,
    "id": "call_1",
    "type": "function",
    "function": {"name": "weather", "arguments": '{"city":"Vienna"}'},
}


async def test_a_response_comes_whole(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("Good morning.", reasoning="Be kind.")

    response = await client.responses.create(model="mock", input="Hi", instructions="Be short.", max_output_tokens=9)

    assert (response.output_text, response.status, response.model) == ("Good morning.", "completed", "mock")
    assert [item.type for item in response.output] == ["reasoning", "message"]
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens, response.usage.total_tokens) == (7, 2, 9)
    assert response.usage.input_tokens_details.cached_tokens == 2
    sent = upstream.requests[-1]
    assert sent["messages"] == [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"}]
    assert sent["max_tokens"] == 9


async def test_a_response_that_was_cut_says_so(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("Good", finish="length")

    response = await client.responses.create(model="mock", input="Hi")

    assert response.status == "incomplete"
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "max_output_tokens"


async def test_a_response_is_streamed_in_the_order_of_its_items(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("One two", reasoning="Hm.")

    async with client.responses.stream(model="mock", input="Hi") as stream:
        events = [event async for event in stream]
        final = await stream.get_final_response()

    kinds = [event.type for event in events]
    assert kinds[:3] == ["response.created", "response.in_progress", "response.output_item.added"]
    assert kinds[-1] == "response.completed"
    assert kinds.count("response.output_item.added") == kinds.count("response.output_item.done") == 2
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "One two"
    assert "".join(event.delta for event in events if event.type == "response.reasoning_summary_text.delta") == "Hm."
    assert final.output_text == "One two"


async def test_functions_are_called_by_the_program(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply_with([chunk(tool_calls=[CALL]), chunk(finish="tool_calls"), usage_chunk(9, 4)])
    upstream.reply("Sunny.")
    asked: list[Any] = [{"role": "user", "content": [{"type": "input_text", "text": "How is Vienna?"}]}]

    async with client.responses.stream(model="mock", input=asked, tools=[WEATHER]) as stream:
        first = await stream.get_final_response()
    [call] = first.output
    assert call.type == "function_call"
    assert (call.name, call.arguments) == ("weather", '{"city":"Vienna"}')
    asked += [call.model_dump(), {"type": "function_call_output", "call_id": call.call_id, "output": "31 °C"}]
    second = await client.responses.create(model="mock", input=asked, tools=[WEATHER])

    assert second.output_text == "Sunny."
    called, answered = upstream.requests[-1]["messages"][1:]
    assert called["tool_calls"][0]["function"] == {"name": "weather", "arguments": '{"city":"Vienna"}'}
    assert answered == {"role": "tool", "tool_call_id": call.call_id, "content": "31 °C"}


async def test_a_response_that_breaks_off_has_failed(client: AsyncOpenAI, upstream: Upstream) -> None:
    upstream.reply("One two three four", cut_after=3)

    stream = await client.responses.create(model="mock", input="Hi", stream=True)
    events = [event async for event in stream]

    assert events[-1].type == "response.failed"
    assert events[-1].response.error is not None
    assert "broke off in the middle" in events[-1].response.error.message


async def test_what_is_not_served_is_refused(client: AsyncOpenAI) -> None:
    wrong: list[dict[str, Any]] = [{"previous_response_id": "resp_1"}, {"background": True}, {"input": []}]
    for given in wrong:
        with pytest.raises(openai.BadRequestError) as refused:
            await client.responses.create(**{"model": "mock", "input": "Hi", **given})

        assert refused.value.param == next(iter(given))
