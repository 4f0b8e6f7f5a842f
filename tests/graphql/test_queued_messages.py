"""Messages that wait while their chat is being answered: changed, put in another order, taken back."""

import asyncio

import pytest
from sqlalchemy import text

from persistence.database import Database
from tests.graphql.threads import CANCEL, REGENERATE, branch, busy, questions, said, settled
from tests.people import Person
from tests.upstream import Upstream

UPDATE = """mutation ($input: UpdateQueuedMessageInput!) {
  updateQueuedMessage(input: $input) { message { id content } } }"""
REORDER = """mutation ($input: ReorderQueuedMessagesInput!) { reorderQueuedMessages(input: $input) {
  chat { headId queue { input { content } } } } }"""
WITHDRAW = """mutation ($id: ID!) { withdrawQueuedMessage(id: $id) {
  message { id run { id } } chat { headId queue { input { content } } } } }"""
QUEUE = "query ($id: ID!) { chat(id: $id) { queue { id status input { id content } } } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }"


async def waits(person: Person, chat_id: str) -> list[str]:
    return [run["input"]["content"] for run in (await person.gql(QUEUE, id=chat_id))["chat"]["queue"]]


async def intact(db: Database) -> None:
    """Each message stands one below its parent, and goes on with its branch or begins one."""
    async with db.read() as session:
        broken = await session.scalar(
            text("""SELECT count(*) FROM messages m LEFT JOIN messages p ON p.id = m.parent_id
                    WHERE m.depth <> coalesce(p.depth + 1, 0)
                       OR (m.branch_id <> m.id AND m.branch_id IS DISTINCT FROM p.branch_id)""")
        )
    assert broken == 0


async def test_the_queue_lists_what_waits_in_order(ada: Person, bob: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")

    queue = (await ada.gql(QUEUE, id=chat_id))["chat"]["queue"]
    upstream.release()
    await settled(ada, sent)

    assert [run["id"] for run in queue] == [one["run"]["id"] for one in sent[1:]]
    assert [run["status"] for run in queue] == ["QUEUED", "QUEUED"]
    assert await waits(ada, chat_id) == []


async def test_a_queued_message_is_answered_as_it_was_changed(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")

    changed = await ada.gql(UPDATE, input={"messageId": sent[1]["message"]["id"], "content": "better"})
    upstream.release()
    await settled(ada, sent)

    assert changed["updateQueuedMessage"]["message"] == {"id": sent[1]["message"]["id"], "content": "better"}
    assert (await said(ada, chat_id))[2] == "better"
    assert questions(upstream)[-1] == ["first", "better"]


async def test_what_has_begun_can_be_neither_changed_nor_withdrawn(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)
    message_id = sent[0]["message"]["id"]

    errors = [
        await ada.gql_error(UPDATE, input={"messageId": message_id, "content": "late"}),
        await ada.gql_error(WITHDRAW, id=message_id),
        await ada.gql_error(REORDER, input={"chatId": chat_id, "messageIds": [message_id]}),
    ]
    upstream.release()
    await settled(ada, sent)

    assert [error["extensions"]["code"] for error in errors] == ["CONFLICT"] * 3


async def test_queued_messages_of_others_are_not_found(ada: Person, bob: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    message_id = sent[1]["message"]["id"]

    errors = [
        await bob.gql_error(UPDATE, input={"messageId": message_id, "content": "mine"}),
        await bob.gql_error(WITHDRAW, id=message_id),
        await bob.gql_error(REORDER, input={"chatId": chat_id, "messageIds": [message_id]}),
    ]
    upstream.release()
    await settled(ada, sent)

    assert [error["extensions"]["code"] for error in errors] == ["NOT_FOUND"] * 3


async def test_an_unusable_change_is_refused(ada: Person, upstream: Upstream) -> None:
    _, sent = await busy(ada, upstream, "two")

    error = await ada.gql_error(UPDATE, input={"messageId": sent[1]["message"]["id"], "content": " "})
    upstream.release()
    await settled(ada, sent)

    assert error["extensions"]["fields"] == {"input.content": "is empty; write a message"}


async def test_queued_messages_are_answered_in_their_new_order(ada: Person, db: Database, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three", "four")
    two, three, four = (one["message"]["id"] for one in sent[1:])

    moved = await ada.gql(REORDER, input={"chatId": chat_id, "messageIds": [four, two, three]})
    between = await said(ada, chat_id)
    upstream.release()
    ends = await settled(ada, sent)

    assert [run["input"]["content"] for run in moved["reorderQueuedMessages"]["chat"]["queue"]] == [
        "four",
        "two",
        "three",
    ]
    assert between == ["first", "", "four", "", "two", "", "three", ""]
    assert ends == ["COMPLETED"] * 4
    assert questions(upstream)[1:] == [["first", "four"], ["first", "four", "two"], ["first", "four", "two", "three"]]
    assert (await said(ada, chat_id))[::2] == ["first", "four", "two", "three"]
    await intact(db)


async def test_the_newest_end_of_a_reordered_branch_is_its_last_message(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")
    two, three = (one["message"]["id"] for one in sent[1:])
    await ada.gql(REORDER, input={"chatId": chat_id, "messageIds": [three, two]})
    upstream.release()
    await settled(ada, sent)

    shown = await ada.gql(
        "mutation ($input: UpdateChatInput!) { updateChat(input: $input) { chat { headId } } }",
        input={"id": chat_id, "headId": sent[0]["message"]["id"]},
    )

    assert shown["updateChat"]["chat"]["headId"] == sent[1]["reply"]["id"]


async def test_an_order_of_something_else_is_refused_with_what_waits(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")
    two, three = (one["message"]["id"] for one in sent[1:])

    error = await ada.gql_error(REORDER, input={"chatId": chat_id, "messageIds": [three, three]})
    upstream.release()
    await settled(ada, sent)

    assert error["extensions"] == {"code": "CONFLICT", "waiting": [two, three]}


@pytest.mark.parametrize("gone", [1, 2, 3])
@pytest.mark.parametrize("how", ["withdraw", "cancel"])
async def test_the_line_closes_up_behind_a_withdrawn_message(
    ada: Person, db: Database, upstream: Upstream, gone: int, how: str
) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three", "four")
    left = [one for number, one in enumerate(sent) if number != gone]
    texts = [text for number, text in enumerate(["first", "two", "three", "four"]) if number != gone]

    if how == "withdraw":
        await ada.gql(WITHDRAW, id=sent[gone]["message"]["id"])
    else:
        await ada.gql(CANCEL, id=sent[gone]["run"]["id"])
    finished = (await ada.events(sent[gone]["run"]["id"]))[-1]
    between, at_once = await said(ada, chat_id), len(upstream.requests)
    upstream.release()
    ends = await settled(ada, left)

    assert finished["run"]["status"] == "CANCELLED"
    assert finished["message"]["status"] == "INCOMPLETE"
    assert at_once == 1  # nothing begins before the answer at work has ended
    assert between[::2] == texts == (await said(ada, chat_id))[::2]
    assert ends == ["COMPLETED"] * 3
    assert questions(upstream)[-1] == texts
    await intact(db)


async def test_withdrawing_twice_is_withdrawing_once(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    message_id = sent[1]["message"]["id"]

    answers = await asyncio.gather(*(ada.gql(WITHDRAW, id=message_id) for _ in range(3)))
    upstream.release()
    await settled(ada, sent)

    assert {answer["withdrawQueuedMessage"]["chat"]["headId"] for answer in answers} == {sent[0]["reply"]["id"]}
    assert await said(ada, chat_id) == ["first", "first answer"]


async def test_two_answers_to_a_queued_message_and_its_edit_wait(ada: Person, db: Database, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two")
    again = (await ada.gql(REGENERATE, input={"messageId": sent[1]["reply"]["id"]}))["regenerate"]
    edited = await ada.send("two, edited", chatId=chat_id, siblingOf=sent[1]["message"]["id"])
    below = await ada.send("three", chatId=chat_id, parentId=sent[1]["message"]["id"])
    at_once = len(upstream.requests)

    upstream.release()
    ends = await settled(ada, [*sent, again, edited, below])

    assert at_once == 1
    assert ends == ["COMPLETED"] * 5
    assert sorted(questions(upstream)) == sorted(
        [["first"], ["first", "two"], ["first", "two"], ["first", "two, edited"], ["first", "two", "three"]]
    )
    await intact(db)


async def test_messages_that_branch_off_have_no_single_order(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")
    edited = await ada.send("three, edited", chatId=chat_id, siblingOf=sent[2]["message"]["id"])

    order = [edited["message"]["id"], sent[1]["message"]["id"]]
    error = await ada.gql_error(REORDER, input={"chatId": chat_id, "messageIds": order})
    upstream.release()
    await settled(ada, [*sent, edited])

    assert error["extensions"]["code"] == "CONFLICT"


async def test_fifty_messages_wait_and_no_more(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream)
    for number in range(50):
        sent.append(await ada.send(str(number), chatId=chat_id))

    error = await ada.gql_error(SEND, input={"content": "51", "chatId": chat_id})
    for one in sent[1:]:
        await ada.gql(CANCEL, id=one["run"]["id"])
    upstream.release()
    await ada.events(sent[0]["run"]["id"])

    assert error["extensions"]["code"] == "RUN_BUSY"
    assert await said(ada, chat_id) == ["first", "first answer"]


async def test_other_clients_hear_of_each_change_to_the_line(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")
    two, three = (one["message"]["id"] for one in sent[1:])
    document = """subscription { changes(after: "MA") { __typename
      ... on ChatChanged { chat { queue { input { content } } } } } }"""

    async def heard(*wanted: str) -> None:
        async with asyncio.timeout(20), ada.socket() as socket:
            async for data in socket.watch(document):
                chat = data["changes"].get("chat")
                if chat is not None and [run["input"]["content"] for run in chat["queue"]] == list(wanted):
                    break

    reordered = asyncio.create_task(heard("three", "two"))
    await ada.gql(REORDER, input={"chatId": chat_id, "messageIds": [three, two]})
    await reordered
    withdrawn = asyncio.create_task(heard("three"))
    await ada.gql(WITHDRAW, id=two)
    await withdrawn
    upstream.release()
    await settled(ada, sent)


async def test_queues_of_many_chats_are_one_statement(ada: Person, upstream: Upstream, statements: list[str]) -> None:
    _, sent = await busy(ada, upstream, "two")
    await ada.send("another chat")
    statements.clear()

    await ada.gql("{ chats { edges { node { id queue { id } } } } }")
    counted = [statement for statement in statements if "WITH RECURSIVE line" in statement]
    upstream.release()
    await settled(ada, sent)

    assert len(counted) == 1


async def test_the_branch_shows_siblings_only_where_there_are_some(ada: Person, upstream: Upstream) -> None:
    chat_id, sent = await busy(ada, upstream, "two", "three")
    await ada.gql(WITHDRAW, id=sent[1]["message"]["id"])
    upstream.release()
    await settled(ada, sent)

    messages = await branch(ada, chat_id)

    assert [len(message["siblings"]) for message in messages] == [1, 1, 2, 1]
