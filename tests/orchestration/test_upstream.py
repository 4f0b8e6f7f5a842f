"""Our chat client against the openai client, under the SDK's own model and over real sockets: they must
agree.
"""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import openai
import pytest
from agents import Agent, FunctionTool, Model, ModelSettings, RunConfig, Runner
from agents.models.openai_chatcompletions import OpenAIChatCompletionsModel
from agents.result import RunResultStreaming
from openai import AsyncOpenAI

from orchestration.inference.chat_client import ChatClient, Endpoint, Timeouts, open_session
from orchestration.inference.coalescing import Tap
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

Clients = Callable[[Tap | None], ChatClient]


@pytest.fixture
async def ours(upstream: Upstream) -> AsyncIterator[Clients]:
    session = open_session(Timeouts())
    endpoint = Endpoint(upstream.base_url, "sk-test", session, Timeouts())
    yield lambda tap: ChatClient(endpoint, tap)
    await session.close()


@pytest.fixture
async def stock(upstream: Upstream) -> AsyncIterator[AsyncOpenAI]:
    client = AsyncOpenAI(base_url=upstream.base_url, api_key="sk-test", max_retries=0)
    yield client
    await client.close()


def model(client: ChatClient | AsyncOpenAI) -> Model:
    return OpenAIChatCompletionsModel("mock", cast("AsyncOpenAI", client))


def tool(called: list[str]) -> FunctionTool:
    async def invoke(_: object, arguments: str) -> str:
        called.append(arguments)
        return "22 degrees"

    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return FunctionTool("weather", "Weather of a city.", {**schema, "additionalProperties": False}, invoke)


def run(client: ChatClient | AsyncOpenAI, called: list[str] | None = None) -> RunResultStreaming:
    tools = [] if called is None else [tool(called)]
    settings = ModelSettings(include_usage=True)
    agent: Agent[None] = Agent(name="a", model=model(client), tools=list(tools), model_settings=settings)
    return Runner.run_streamed(agent, "hi", run_config=RunConfig(tracing_disabled=True))


async def seen(result: RunResultStreaming) -> dict[str, Any]:
    """What a run gives, with neighbouring deltas joined: where they are cut is the transport's business."""
    said: list[list[str]] = []
    async for event in result.stream_events():
        if event.type == "raw_response_event":
            data = event.data
            words = getattr(data, "delta", "")
            if said and said[-1][0] == data.type and isinstance(words, str) and data.type.endswith(".delta"):
                said[-1][1] += words
            else:
                said.append([data.type, words if isinstance(words, str) else ""])
    usage = result.context_wrapper.usage
    return {
        "said": said,
        "final": result.final_output,
        "items": [_without_times(item) for item in result.to_input_list()],
        "usage": (usage.requests, usage.input_tokens, usage.output_tokens, usage.total_tokens),
        "details": (usage.input_tokens_details.cached_tokens, usage.output_tokens_details.reasoning_tokens),
    }


def _without_times(item: Any) -> Any:
    return json.loads(json.dumps(item, default=lambda value: value.model_dump()))


WORDS = "Grüße, 🌍! " * 30
TOOL_CALLS = [
    chunk(role="assistant", content=None),
    chunk(tool_calls=[{"index": 0, "id": "c1", "type": "function", "function": {"name": "weather", "arguments": ""}}]),
    chunk(tool_calls=[{"index": 0, "function": {"arguments": '{"ci'}}]),
    chunk(tool_calls=[{"index": 0, "function": {"arguments": 'ty":"Paris"}'}}]),
    chunk(
        tool_calls=[{"index": 1, "id": "c2", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]
    ),
    chunk(finish="tool_calls"),
    usage_chunk(11, 9),
]
CITED = [{"type": "url_citation", "url_citation": {"start_index": 0, "end_index": 2, "url": "u", "title": "t"}}]
LOGPROBS = {"content": [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}]}
ANSWERS: dict[str, list[list[dict[str, Any]]]] = {
    "text": [[chunk(role="assistant", content=""), *(chunk(content=w) for w in WORDS), chunk(finish="stop")]],
    "text with the finish reason": [[chunk(content="a"), chunk(content="b", finish="stop"), usage_chunk(3, 2)]],
    "reasoning content": [
        [
            *(chunk(reasoning_content=w, content=None) for w in "let me think"),
            *(chunk(content=w, reasoning_content=None) for w in "an answer"),
            chunk(finish="stop"),
            usage_chunk(5, 6, cached=1, reasoning=4),
        ]
    ],
    "reasoning": [[*(chunk(reasoning=w) for w in "hmm yes"), chunk(content="done"), chunk(finish="stop")]],
    "both kinds of reasoning": [
        [chunk(reasoning="a", reasoning_content="a"), chunk(content="b"), chunk(finish="stop")],
    ],
    "reasoning between words": [
        [chunk(content="a"), chunk(reasoning_content="b"), chunk(content="c"), chunk(finish="stop")],
    ],
    "tool calls": [
        TOOL_CALLS,
        [chunk(content="22 "), chunk(content="degrees"), chunk(finish="stop"), usage_chunk(20, 3)],
    ],
    "usage in every chunk": [
        [
            *({**chunk(content=w), "usage": usage_chunk(3, n)["usage"]} for n, w in enumerate("abc")),
            chunk(finish="stop"),
        ]
    ],
    "citations": [[chunk(content="ab"), chunk(annotations=CITED, content="c"), chunk(finish="stop")]],
    "logprobs": [
        [
            {**chunk(), "choices": [{"index": 0, "delta": {"content": "a"}, "logprobs": LOGPROBS}]},
            chunk(finish="stop"),
        ]
    ],
    "no choices": [
        [{**chunk(), "choices": []}, chunk(content="a"), {**chunk(), "choices": None}, chunk(finish="stop")]
    ],
    "numbers as texts": [[{**chunk(content="a"), "id": 7}, chunk(content="b"), chunk(finish="stop")]],
    "another choice": [
        [
            {**chunk(), "choices": [{"index": 1, "delta": {"content": "x"}}]},
            chunk(content="a"),
            chunk(finish="stop"),
        ]
    ],
    "nothing": [[chunk(role="assistant", content=""), chunk(finish="stop")]],
    "length": [[chunk(content="a"), chunk(finish="length")]],
    "content filter after words": [[chunk(content="a"), chunk(finish="content_filter")]],
}


@pytest.mark.parametrize("name", ANSWERS)
@pytest.mark.parametrize("tapped", [False, True])
async def test_a_run_sees_the_same_as_with_the_openai_client(
    name: str, tapped: bool, upstream: Upstream, ours: Clients, stock: AsyncOpenAI
) -> None:
    heard: list[tuple[str, str]] = []
    clients: list[ChatClient | AsyncOpenAI] = [
        stock,
        ours((lambda *said: heard.append(said)) if tapped else None),
    ]
    found, tool_arguments = [], []
    for client in clients:
        for answer in ANSWERS[name]:
            upstream.reply_with(answer)
        called: list[str] = []
        found.append(await seen(run(client, called)))
        tool_arguments.append(called)

    assert found[0] == found[1]
    assert tool_arguments[0] == tool_arguments[1]
    assert upstream.requests[: len(upstream.requests) // 2] == upstream.requests[len(upstream.requests) // 2 :]
    if tapped:
        words = [words for kind, words in found[0]["said"] if kind == "response.output_text.delta"]
        assert "".join(words for kind, words in heard if kind == "text") == "".join(words)


REFUSALS: dict[str, Callable[[Upstream], object]] = {
    "400": lambda upstream: upstream.fail(400, "bad", code="context_length_exceeded"),
    "401": lambda upstream: upstream.fail(401, "who are you", code="invalid_api_key"),
    "403": lambda upstream: upstream.fail(403),
    "404": lambda upstream: upstream.fail(404, "no such model"),
    "409": lambda upstream: upstream.fail(409),
    "422": lambda upstream: upstream.fail(422),
    "429": lambda upstream: upstream.fail(429, "slow down", retry_after="3"),
    "500": lambda upstream: upstream.fail(500),
    "503": lambda upstream: upstream.fail(503, x_request_id="req_1"),
    "418": lambda upstream: upstream.fail(418),
    "an error in the stream": lambda upstream: upstream.reply_with(
        [chunk(content="a"), {"error": {"message": "overloaded", "code": "busy", "type": "server_error"}}]
    ),
    "an error without a message": lambda upstream: upstream.reply_with([{"error": {"code": 1}}]),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_a_refusal_is_the_same_error_as_with_the_openai_client(
    name: str, upstream: Upstream, ours: Clients, stock: AsyncOpenAI
) -> None:
    errors = []
    for client in (stock, ours(None)):
        REFUSALS[name](upstream)
        with pytest.raises(openai.APIError) as caught:
            await seen(run(client))
        error = caught.value
        response = getattr(error, "response", None)
        told = None if response is None else [response.headers.get(h) for h in ("retry-after", "x-request-id")]
        errors.append((type(error), error.message, error.code, error.type, error.body, str(error.request.url), told))

    assert errors[0] == errors[1]


async def test_an_unstreamed_answer_is_the_same_as_with_the_openai_client(
    upstream: Upstream, ours: Clients, stock: AsyncOpenAI
) -> None:
    found = []
    for client in (stock, ours(None)):
        for answer in ANSWERS["tool calls"]:
            upstream.reply_with(answer)
        called: list[str] = []
        agent: Agent[None] = Agent(name="a", model=model(client), tools=[tool(called)])
        result = await Runner.run(agent, "hi", run_config=RunConfig(tracing_disabled=True))
        usage = result.context_wrapper.usage
        found.append((result.final_output, result.to_input_list(), called, usage.input_tokens, usage.output_tokens))

    assert found[0] == found[1]
    assert found[0][0] == "22 degrees"
