"""Answers of providers that bend the format, through the front door."""

import json
from typing import Any

import pytest

from tests.people import Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import chunk

RUN = """query ($id: ID!) { run(id: $id) { status error { code } usage { inputTokens outputTokens }
  calls { outcome estimated } message { content parts { __typename ... on ReasoningPart { text } } } } }"""
SAID = "All is well."
THOUGHT = {"type": "thinking", "thinking": [{"type": "text", "text": "Hm. "}, {"type": "text", "text": "Yes."}]}


def choice(**fields: Any) -> dict[str, Any]:
    return {**chunk(), "choices": [fields]}


def usage(**told: int) -> dict[str, Any]:
    return {**chunk(), "choices": [], "usage": told}


async def ask(person: Person, content: str = "hi", **more: Any) -> dict[str, Any]:
    sent, events = await person.ask(content, **more)
    run: dict[str, Any] = (await person.gql(RUN, id=sent["run"]["id"]))["run"]
    assert run["message"]["content"] == text_of(events)
    return run


@pytest.mark.parametrize(
    "chunks",
    [
        pytest.param([chunk(content=[{"type": "text", "text": SAID}])], id="a list of parts"),
        pytest.param([choice(index=None, delta={"content": SAID})], id="no index"),
        pytest.param([{**choice(delta={"content": SAID}), "id": 5}], id="a number as id, and no index"),
        pytest.param([choice(index=0, delta=None), chunk(content=SAID)], id="no delta"),
        pytest.param([{"id": 1, "type": "ping"}, chunk(content=SAID)], id="a chunk of another kind"),
    ],
)
async def test_words_are_found_where_a_provider_puts_them(
    ada: Person, upstream: Upstream, chunks: list[dict[str, Any]]
) -> None:
    upstream.reply_with([*chunks, chunk(finish="stop")])

    run = await ask(ada)

    assert (run["status"], run["message"]["content"], len(run["calls"])) == ("COMPLETED", SAID, 1)


@pytest.mark.parametrize("thought", [{"content": [THOUGHT]}, {"reasoning_content": ["Hm. ", {"text": "Yes."}]}])
async def test_thoughts_in_lists_are_reasoning(ada: Person, upstream: Upstream, thought: dict[str, Any]) -> None:
    upstream.reply_with([chunk(**thought), chunk(content=[{"type": "text", "text": SAID}]), chunk(finish="stop")])

    run = await ask(ada)

    assert (run["status"], run["message"]["content"], len(run["calls"])) == ("COMPLETED", SAID, 1)
    assert run["message"]["parts"][0] == {"__typename": "ReasoningPart", "text": "Hm. Yes."}


async def test_an_empty_finish_reason_is_not_the_end(ada: Person, upstream: Upstream) -> None:
    upstream.reply_with([choice(index=0, delta={"content": "All is"}, finish_reason="")], done=False)

    run = await ask(ada)

    assert (run["status"], run["error"]["code"]) == ("FAILED", "MODEL_UNAVAILABLE")
    assert run["message"]["content"] == "All is"


@pytest.mark.parametrize("told", [{}, {"total_tokens": 5}, {"prompt_tokens": 0, "completion_tokens": 0}])
async def test_a_usage_report_that_says_nothing_is_not_believed(
    ada: Person, upstream: Upstream, told: dict[str, int]
) -> None:
    upstream.reply_with([chunk(content=SAID), chunk(finish="stop"), usage(**told)])

    run = await ask(ada)

    assert run["calls"] == [{"outcome": "SUCCEEDED", "estimated": True}]
    assert run["usage"]["inputTokens"] > 0
    assert run["usage"]["outputTokens"] > 0


async def test_an_unstreamed_answer_may_hold_parts_and_no_usage(ada: Person, upstream: Upstream) -> None:
    step = {"title": "Say it", "needs": "nothing", "check": "said"}
    parts = [THOUGHT, {"type": "text", "text": json.dumps({"steps": [step]})}]
    message = {"role": "assistant", "content": parts}
    planned = {"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
    upstream.answer(200, json.dumps(planned), "application/json")
    upstream.reply(SAID)

    run = await ask(ada, thinking="STRATEGIC")

    assert (run["status"], run["message"]["content"]) == ("COMPLETED", SAID)
    assert [call["estimated"] for call in run["calls"]] == [True, False]
    assert len(upstream.requests) == 2
    assert run["usage"]["inputTokens"] > 7 + 50  # what the streamed answer's report says, and the prompt of the plan
