"""Runs: started, watched and stopped through the real doors."""

import asyncio
from typing import Any

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import both_stores, running
from tests.graphql.threads import CANCEL, REGENERATE, branch, until
from tests.people import EVENTS, Person, text_of
from tests.upstream import Upstream

pytestmark = both_stores

RUN = """query ($id: ID!) { run(id: $id) {
  id status attempt thinking startedAt finishedAt firstTokenMs
  error { code message retryable }
  selection { modelId confidence reasoning source reasons { code } candidates { model { name } } }
  usage { requests inputTokens cachedInputTokens outputTokens reasoningTokens costUsd }
  steps { kind status } pendingApprovals { id }
  chat { id title activeRun { id } } message { id content status modelUsed } input { content } } }"""


async def test_an_answer_streams_in_order_and_is_stored(ada: Person, upstream: Upstream) -> None:
    upstream.reply("The capital of France is Paris.")

    sent, events = await ada.ask("What is the capital of France?")

    kinds = [event["__typename"] for event in events]
    assert [event["sequence"] for event in events] == sorted({event["sequence"] for event in events})
    assert kinds[:5] == [
        "RunStatusChanged",
        "RunStatusChanged",
        "ModelSelected",
        "AgentChanged",
        "MessageStarted",
    ]
    assert kinds[-1] == "RunFinished"
    assert set(kinds[5:-1]) == {"TextDelta"}
    assert text_of(events) == "The capital of France is Paris." == events[-1]["message"]["content"]
    run = (await ada.gql(RUN, id=sent["run"]["id"]))["run"]
    assert run["status"] == "COMPLETED"
    assert run["message"] == events[-1]["message"] | {"modelUsed": "mock"}
    assert run["selection"]["source"] == "only_one"
    assert run["usage"]["outputTokens"] > 0
    assert [(step["kind"], step["status"]) for step in run["steps"]] == [
        ("AGENT", "COMPLETED"),
        ("MODEL_CALL", "COMPLETED"),
    ]
    assert run["chat"] == {
        "id": sent["chat"]["id"],
        "title": "What is the capital of France?",
        "activeRun": None,
    }


async def test_reasoning_is_streamed_and_kept_as_a_part_of_its_own(ada: Person, upstream: Upstream) -> None:
    upstream.reply("Four.", reasoning="Two and two.")

    sent, events = await ada.ask("2 + 2?")

    parts = await ada.gql(
        "query ($id: ID!) { run(id: $id) { message { content parts { __typename ... on ReasoningPart { text } } } } }",
        id=sent["run"]["id"],
    )
    assert "".join(e["text"] for e in events if e["__typename"] == "ReasoningDelta") == "Two and two."
    assert parts["run"]["message"]["content"] == "Four."
    assert parts["run"]["message"]["parts"][0] == {"__typename": "ReasoningPart", "text": "Two and two."}


async def test_the_model_gets_the_branch_and_nothing_else(ada: Person, upstream: Upstream) -> None:
    first, _ = await ada.ask("one")
    await ada.ask("another branch", chatId=first["chat"]["id"], siblingOf=first["message"]["id"])
    answer = first["reply"]["id"]

    await ada.ask("two", chatId=first["chat"]["id"], parentId=answer)

    said = [(m["role"], m["content"]) for m in upstream.requests[-1]["messages"] if m["role"] != "system"]
    assert said == [("user", "one"), ("assistant", "Hello from upstream."), ("user", "two")]


async def test_a_watcher_may_come_late_leave_and_come_back(ada: Person, upstream: Upstream) -> None:
    upstream.reply("one two three four five six", held_after=3)
    sent = await ada.send("count")
    run_id = sent["run"]["id"]
    early = await until(ada, run_id, "TextDelta")
    later = asyncio.create_task(ada.events(run_id, early[-1]["sequence"]))
    whole = asyncio.create_task(ada.events(run_id))

    upstream.release()

    assert text_of(early + await later) == "one two three four five six" == text_of(await whole)
    assert text_of(await ada.events(run_id, 0)) == "one two three four five six"
    assert await ada.events(run_id, (await whole)[-1]["sequence"]) == []


async def test_a_watcher_of_another_server_sees_each_delta_at_once(
    ada: Person, upstream: Upstream, settings: Settings, database_url: str
) -> None:
    upstream.reply("one two three", held_after=3)
    sent = await ada.send("count")
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as other:
        elsewhere = Person(ada.http, other.url, ada.email)
        async with elsewhere.socket() as socket:
            watching = socket.watch(EVENTS, runId=sent["run"]["id"], after=0)
            seen = [(await anext(watching))["runEvents"]]
            while seen[-1]["__typename"] != "TextDelta":
                seen.append((await anext(watching))["runEvents"])
            upstream.release()
            # Less than the sweep that finds lost notifications: only a notification is this fast.
            async with asyncio.timeout(1.5):
                while seen[-1]["__typename"] != "RunFinished":
                    seen.append((await anext(watching))["runEvents"])

    assert text_of(seen) == "one two three" == seen[-1]["message"]["content"]


async def test_leaving_does_not_stop_a_run(ada: Person, upstream: Upstream) -> None:
    upstream.reply("one two three", held_after=2)
    sent = await ada.send("count")
    await until(ada, sent["run"]["id"], "TextDelta")

    upstream.release()

    assert text_of(await ada.events(sent["run"]["id"])) == "one two three"


async def test_cancel_keeps_what_was_said_and_closes_the_upstream(ada: Person, upstream: Upstream) -> None:
    upstream.reply("one two three", held_after=3)
    sent = await ada.send("count")
    seen = await until(ada, sent["run"]["id"], "TextDelta")

    first = (await ada.gql(CANCEL, id=sent["run"]["id"]))["cancelRun"]["run"]["status"]
    rest = await ada.events(sent["run"]["id"], seen[-1]["sequence"])
    again = (await ada.gql(CANCEL, id=sent["run"]["id"]))["cancelRun"]["run"]["status"]

    assert first in ("CANCELLING", "CANCELLED")
    assert again == "CANCELLED" == rest[-1]["run"]["status"]
    assert rest[-1]["message"]["status"] == "INCOMPLETE"
    assert rest[-1]["message"]["content"] == text_of(seen + rest) != ""
    await asyncio.wait_for(upstream.closed.wait(), 5)


async def test_the_same_idempotency_key_gives_the_same_run(ada: Person, bob: Person, upstream: Upstream) -> None:
    sent = await asyncio.gather(*(ada.send("hi", idempotencyKey="k1") for _ in range(5)))
    other = await bob.send("hi", idempotencyKey="k1")
    await ada.events(sent[0]["run"]["id"])

    assert len({s["run"]["id"] for s in sent}) == 1
    assert other["run"]["id"] != sent[0]["run"]["id"]
    assert (await ada.send("hi", idempotencyKey="k1"))["run"] == {**sent[0]["run"], "status": "COMPLETED"}


async def test_a_message_to_a_busy_chat_waits_for_its_turn(ada: Person, upstream: Upstream) -> None:
    upstream.reply("first answer", held_after=2)
    one = await ada.send("first")
    await until(ada, one["run"]["id"], "TextDelta")
    two = await ada.send("second", chatId=one["chat"]["id"])
    three = await ada.send("third", chatId=one["chat"]["id"])

    upstream.release()
    await ada.events(three["run"]["id"])

    assert two["run"]["status"] == "QUEUED"
    assert [m["content"] for m in await branch(ada, one["chat"]["id"])] == [
        "first", "first answer", "second", "Hello from upstream.", "third", "Hello from upstream.",
    ]  # fmt: skip


async def test_a_waiting_message_can_be_withdrawn_and_the_next_one_moves_up(ada: Person, upstream: Upstream) -> None:
    upstream.reply("first answer", held_after=2)
    one = await ada.send("first")
    await until(ada, one["run"]["id"], "TextDelta")
    two = await ada.send("second", chatId=one["chat"]["id"])
    three = await ada.send("third", chatId=one["chat"]["id"])

    withdrawn = await ada.gql(CANCEL, id=two["run"]["id"])
    finished = await ada.events(two["run"]["id"])
    upstream.release()

    assert withdrawn["cancelRun"]["run"]["status"] == "CANCELLED" == finished[-1]["run"]["status"]
    assert (await ada.events(three["run"]["id"]))[-1]["run"]["status"] == "COMPLETED"


async def test_reject_and_interrupt_and_rollback(ada: Person, upstream: Upstream) -> None:
    upstream.reply("first answer", held_after=2)
    one = await ada.send("first")
    await until(ada, one["run"]["id"], "TextDelta")
    busy = await ada.gql_error(
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }",
        input={"content": "no", "chatId": one["chat"]["id"], "whenBusy": "REJECT"},
    )
    upstream.reply("second answer", held_after=2)
    two = await ada.send("second", chatId=one["chat"]["id"], whenBusy="INTERRUPT")
    await ada.events(one["run"]["id"])
    upstream.release()
    await until(ada, two["run"]["id"], "TextDelta")
    three = await ada.send("instead", chatId=one["chat"]["id"], whenBusy="ROLLBACK")
    upstream.release()
    await ada.events(three["run"]["id"])

    assert busy["extensions"]["code"] == "RUN_BUSY"
    assert [m["content"] for m in await branch(ada, one["chat"]["id"])][2:] == [
        "instead",
        "Hello from upstream.",
    ]
    assert (await ada.events(one["run"]["id"]))[-1]["run"]["status"] == "CANCELLED"
    assert (await ada.events(two["run"]["id"]))[-1]["run"]["status"] == "CANCELLED"


async def test_regenerate_adds_a_sibling_and_the_head_follows(ada: Person) -> None:
    sent, _ = await ada.ask("hi")
    again = (await ada.gql(REGENERATE, input={"messageId": sent["reply"]["id"]}))["regenerate"]
    await ada.events(again["run"]["id"])

    messages = await branch(ada, sent["chat"]["id"])

    assert [s["id"] for s in messages[-1]["siblings"]] == [sent["reply"]["id"], again["reply"]["id"]]
    assert again["chat"]["headId"] == again["reply"]["id"] == messages[-1]["id"]
    await ada.gql(
        "mutation ($input: UpdateChatInput!) { updateChat(input: $input) { chat { headId } } }",
        input={"id": sent["chat"]["id"], "headId": sent["reply"]["id"]},
    )
    assert (await branch(ada, sent["chat"]["id"]))[-1]["id"] == sent["reply"]["id"]


async def test_every_call_is_in_the_ledger(ada: Person, db: Database, upstream: Upstream) -> None:
    await ada.ask("one")
    upstream.fail(401, "bad key")
    await ada.ask("two")

    async with db.read() as session:
        from sqlalchemy import text

        rows = (await session.execute(text("SELECT outcome, error_code FROM model_calls ORDER BY id"))).all()

    assert [tuple(row) for row in rows] == [("succeeded", None), ("failed", "MODEL_AUTH_FAILED")]


async def test_changes_tell_a_second_client_everything_from_a_cursor_on(ada: Person) -> None:
    document = """subscription ($after: String) { changes(after: $after) { __typename cursor
      ... on ChatChanged { chat { id title } } ... on ChatDeleted { chatId }
      ... on MessageChanged { chatId message { role content } } ... on RunChanged { run { id status } } } }"""
    sent, _ = await ada.ask("hello")
    seen: list[dict[str, Any]] = []

    async with ada.socket() as socket:
        async for data in socket.watch(document, after="MA"):
            seen.append(data["changes"])
            if len(seen) == 4:
                break
    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=sent["chat"]["id"])
    async with ada.socket() as socket:
        async for data in socket.watch(document, after=seen[-1]["cursor"]):
            seen.append(data["changes"])
            break

    assert {change["__typename"] for change in seen[:4]} == {"ChatChanged", "MessageChanged", "RunChanged"}
    assert [c["run"]["status"] for c in seen if c["__typename"] == "RunChanged"] == ["COMPLETED"]
    assert seen[-1]["__typename"] == "ChatDeleted"


async def test_a_run_of_somebody_else_cannot_be_watched(ada: Person, bob: Person) -> None:
    sent = await ada.send("secret")

    async with bob.socket() as socket:
        await socket.ws.send_json(
            {
                "id": "1",
                "type": "subscribe",
                "payload": {"query": EVENTS, "variables": {"runId": sent["run"]["id"]}},
            }
        )
        frame = await socket.ws.receive_json()

    assert frame["type"] == "error"
    assert frame["payload"][0]["extensions"]["code"] == "NOT_FOUND"
