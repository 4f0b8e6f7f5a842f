"""Runs that fail, messages that are refused, and text that is mended."""

import pytest

from tests.conftest import both_stores
from tests.graphql.threads import branch
from tests.people import Person, text_of
from tests.upstream import Upstream

pytestmark = both_stores


async def fail(upstream: Upstream, fault: str) -> None:
    match fault:
        case "html":
            upstream.html()
        case "cut":
            upstream.reply("one two three four", cut_after=3)
        case "401":
            upstream.fail(401, "bad key")
        case "context":
            upstream.fail(400, "too long", code="context_length_exceeded")
        case "filter":
            upstream.fail(400, "filtered", code="content_filter")


@pytest.mark.parametrize(
    ("fault", "code", "text"),
    [
        ("html", "MODEL_UNAVAILABLE", ""),
        ("cut", "MODEL_UNAVAILABLE", "one two"),
        ("401", "MODEL_AUTH_FAILED", ""),
        ("context", "CONTEXT_TOO_LONG", ""),
        ("filter", "CONTENT_FILTERED", ""),
    ],
)
async def test_a_failing_model_is_data_and_the_chat_stays_usable(
    ada: Person, upstream: Upstream, fault: str, code: str, text: str
) -> None:
    await fail(upstream, fault)

    sent, events = await ada.ask("hi")

    finished = events[-1]
    assert finished["run"]["status"] == "FAILED"
    assert finished["run"]["error"]["code"] == code
    assert finished["run"]["error"]["message"]
    assert "Traceback" not in finished["run"]["error"]["message"]
    assert finished["message"]["content"].startswith(text)
    assert finished["message"]["content"] == text_of(events)
    _, again = await ada.ask("again", chatId=sent["chat"]["id"])
    assert again[-1]["run"]["status"] == "COMPLETED"


async def test_a_dead_endpoint_fails_the_run_as_data(ada: Person, upstream: Upstream) -> None:
    await ada.ask("the pool knows the model now")
    await upstream.stop()

    _, events = await ada.ask("hi")

    assert events[-1]["run"]["error"]["code"] == "MODEL_UNAVAILABLE"
    assert events[-1]["run"]["error"]["retryable"]


@pytest.mark.parametrize(
    ("content", "reason"), [("", "empty"), ("  \n", "empty"), ("x" * 2_000_000, "2,000,000 characters")]
)
async def test_unusable_messages_are_refused_with_a_reason(ada: Person, content: str, reason: str) -> None:
    error = await ada.gql_error(
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }",
        input={"content": content},
    )

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert reason in error["extensions"]["fields"]["input.content"]


async def test_text_that_postgresql_cannot_hold_is_mended_not_refused(ada: Person, upstream: Upstream) -> None:
    upstream.reply_with([{"choices": [{"index": 0, "delta": {"content": "a\x00b"}, "finish_reason": "stop"}]}])

    sent, events = await ada.ask("nul \x00 and half a pair \ud83d")

    assert events[-1]["message"]["content"] == "a\ufffdb" == text_of(events)
    messages = await branch(ada, sent["chat"]["id"])
    assert messages[0]["content"] == "nul \ufffd and half a pair \ufffd"


async def test_an_unknown_model_is_refused(ada: Person) -> None:
    error = await ada.gql_error(
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }",
        input={"content": "hi", "model": "no-such-model"},
    )

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "input.model" in error["extensions"]["fields"]
