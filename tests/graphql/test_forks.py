"""Forking: a branch becomes a chat of its own."""

import time
from typing import Any

from tests.archives import about_chats, chat, imported
from tests.graphql.threads import branch, busy, said
from tests.people import Person
from tests.upstream import Upstream

FORK = """mutation ($input: ForkChatInput!) {
  forkChat(input: $input) { chat { id title messageCount headId tags activeRun { id } } } }"""
TAG = "mutation ($input: UpdateChatInput!) { updateChat(input: $input) { chat { tags } } }"
TAGS = "{ chatTags { tag chats } }"
CHATS = "{ chats { edges { node { id title headId } } } }"
RATE = "mutation ($input: RateMessageInput!) { rateMessage(input: $input) { message { id } } }"
DETAILS = """query ($id: ID!) { chat(id: $id) { messages(first: 200) { edges { node {
  id content createdAt modelUsed rating parentId status run { id } parts { __typename } } } } } }"""


async def fork(person: Person, chat_id: str, message_id: str | None = None) -> dict[str, Any]:
    data = await person.gql(FORK, input={"chatId": chat_id, "messageId": message_id})
    forked: dict[str, Any] = data["forkChat"]["chat"]
    return forked


async def details(person: Person, chat_id: str) -> list[dict[str, Any]]:
    page = (await person.gql(DETAILS, id=chat_id))["chat"]["messages"]
    return [edge["node"] for edge in page["edges"]]


async def test_a_fork_holds_the_branch_and_leaves_the_source_alone(ada: Person) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    await ada.ask("two", chatId=chat_id)
    await ada.ask("another one", chatId=chat_id, parentId=None)
    before = await details(ada, chat_id)
    await ada.gql(RATE, input={"messageId": before[1]["id"], "rating": "UP"})

    forked = await fork(ada, chat_id, before[1]["id"])
    copied, source = await details(ada, forked["id"]), await details(ada, chat_id)

    assert [m["content"] for m in copied] == [m["content"] for m in before[:2]]
    assert {m["id"] for m in copied}.isdisjoint(m["id"] for m in source)
    assert [m["parentId"] for m in copied] == [None, copied[0]["id"]]
    for key in ("createdAt", "modelUsed", "status", "parts"):
        assert [m[key] for m in copied] == [m[key] for m in before[:2]]
    assert [m["rating"] for m in copied] == [None, "UP"]
    assert all(m["run"] is None for m in copied)
    assert forked["title"] == f"{sent['chat']['title']} (fork)"
    assert (forked["messageCount"], forked["headId"]) == (2, copied[1]["id"])
    assert [m["content"] for m in source] == [m["content"] for m in before]


async def test_a_fork_has_the_tags_of_its_source(ada: Person) -> None:
    sent, _ = await ada.ask("one")
    await ada.gql(TAG, input={"id": sent["chat"]["id"], "tags": ["work", "2026"]})

    forked = await fork(ada, sent["chat"]["id"])
    await ada.ask("two", chatId=forked["id"])

    assert forked["tags"] == ["work", "2026"]
    assert (await ada.gql(TAGS))["chatTags"] == [{"tag": "2026", "chats": 2}, {"tag": "work", "chats": 2}]


async def test_a_fork_goes_on_by_itself(ada: Person) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    forked = await fork(ada, chat_id)

    await ada.ask("two", chatId=forked["id"])
    first = (await branch(ada, forked["id"]))[0]["id"]
    await ada.ask("two again", chatId=forked["id"], parentId=(await branch(ada, forked["id"]))[1]["id"])

    assert (await said(ada, forked["id"]))[2] == "two again"
    assert (await said(ada, chat_id))[0] == "one"
    assert len(await said(ada, chat_id)) == 2
    assert (await branch(ada, forked["id"]))[0]["id"] == first


async def test_a_side_branch_is_forked_across_its_turns(ada: Person) -> None:
    tree = chat("tree", "q", "a1")
    tree["messages"] += [
        {"id": "a2", "parentId": "m0", "role": "ASSISTANT", "content": "a2"},
        {"id": "q2", "parentId": "a2", "role": "USER", "content": "q2"},
        {"id": "q3", "parentId": "a2", "role": "USER", "content": "q3"},
    ]
    await imported(ada, tree | {"headId": "q3"})
    [edge] = (await ada.gql(CHATS))["chats"]["edges"]

    forked = await fork(ada, edge["node"]["id"], edge["node"]["headId"])

    assert await said(ada, forked["id"]) == ["q", "a2", "q3"]


async def test_a_branch_that_is_being_answered_is_not_forked(ada: Person, upstream: Upstream) -> None:
    chat_id, [first] = await busy(ada, upstream)

    error = await ada.gql_error(FORK, input={"chatId": chat_id})
    forked = await fork(ada, chat_id, first["message"]["id"])

    assert error["extensions"]["code"] == "CONFLICT"
    assert await said(ada, forked["id"]) == ["first"]
    assert len((await ada.gql(CHATS))["chats"]["edges"]) == 2  # nothing is left of the one that was refused


async def test_chats_and_messages_of_others_are_not_forked(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("a secret")
    own, _ = await bob.ask("hello")

    errors = [
        await bob.gql_error(FORK, input={"chatId": sent["chat"]["id"]}),
        await bob.gql_error(FORK, input={"chatId": own["chat"]["id"], "messageId": sent["message"]["id"]}),
        await bob.gql_error(FORK, input={"chatId": own["chat"]["id"], "messageId": "nonsense"}),
    ]

    assert [error["extensions"]["code"] for error in errors] == ["NOT_FOUND"] * 3


async def test_a_chat_of_five_thousand_messages_is_forked_at_once(ada: Person, statements: list[str]) -> None:
    await imported(ada, chat("long", *(f"message {n}" for n in range(5_000))))
    [edge] = (await ada.gql(CHATS))["chats"]["edges"]
    statements.clear()
    began = time.monotonic()

    forked = await fork(ada, edge["node"]["id"])

    assert time.monotonic() - began < 5  # 0.4 s on a quiet machine
    assert forked["messageCount"] == 5_000
    assert about_chats(statements) < 10
    assert (await said(ada, forked["id"]))[:2] == ["message 0", "message 1"]


async def test_an_empty_chat_has_an_empty_fork(ada: Person) -> None:
    made = await ada.gql('mutation { createChat(input: {title: "empty"}) { chat { id } } }')

    forked = await fork(ada, made["createChat"]["chat"]["id"])

    assert (forked["title"], forked["messageCount"]) == ("empty (fork)", 0)
