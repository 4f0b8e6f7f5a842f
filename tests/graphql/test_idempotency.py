"""The same request twice, as after a lost answer: the same run, and nothing done or paid twice."""

import asyncio
from typing import Any

import pytest

from tests.graphql.threads import CANCEL, REGENERATE, busy, said, settled
from tests.people import SEND, Person
from tests.upstream import Upstream


async def test_a_repeated_regenerate_gives_the_same_run(ada: Person, upstream: Upstream) -> None:
    sent, _ = await ada.ask("hi")
    wanted = {"messageId": sent["reply"]["id"], "idempotencyKey": "again"}

    answers = await asyncio.gather(*(ada.gql(REGENERATE, input=wanted) for _ in range(4)))
    await ada.events(answers[0]["regenerate"]["run"]["id"])

    assert len({answer["regenerate"]["run"]["id"] for answer in answers}) == 1
    assert len(upstream.requests) == 2


@pytest.mark.parametrize(
    ("other", "differs"),
    [
        ({"content": "something else"}, ["input.content"]),
        ({"content": "hi", "model": "mock"}, ["input.model"]),
        ({"content": "ho", "thinking": "STRATEGIC", "background": True}, [
            "input.content", "input.thinking", "input.background",
        ]),
    ],
)  # fmt: skip
async def test_a_key_with_another_input_is_a_conflict_that_says_what_differs(
    ada: Person, other: dict[str, Any], differs: list[str]
) -> None:
    await ada.ask("hi", idempotencyKey="k")

    error = await ada.gql_error(SEND, input={"idempotencyKey": "k", **other})

    assert error["extensions"] == {"code": "CONFLICT", "differs": differs}


async def test_a_key_belongs_to_one_kind_of_request(ada: Person) -> None:
    sent, _ = await ada.ask("hi", idempotencyKey="k")

    error = await ada.gql_error(REGENERATE, input={"messageId": sent["reply"]["id"], "idempotencyKey": "k"})

    assert error["extensions"]["code"] == "CONFLICT"
    assert "sendMessage" in error["message"]


async def test_a_repeated_message_starts_nothing_also_when_it_was_withdrawn(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)
    two = await ada.send("two", chatId=chat_id, idempotencyKey="k")
    await ada.gql(CANCEL, id=two["run"]["id"])

    again = await ada.send("two", chatId=chat_id, idempotencyKey="k")
    upstream.release()
    await settled(ada, sent)

    assert again["run"] == {"id": two["run"]["id"], "status": "CANCELLED"}
    assert await said(ada, chat_id) == ["first", "first answer"]


async def test_a_repeated_interrupt_interrupts_once(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)
    upstream.reply("the new answer")

    answers = await asyncio.gather(
        *(ada.send("new", chatId=chat_id, whenBusy="INTERRUPT", idempotencyKey="k") for _ in range(3))
    )
    await ada.events(sent[0]["run"]["id"])
    upstream.release()

    assert await settled(ada, answers[:1]) == ["COMPLETED"]
    assert await said(ada, chat_id) == ["first", "first", "new", "the new answer"]
