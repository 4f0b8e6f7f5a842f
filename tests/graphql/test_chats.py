"""Chats, through the real HTTP door and a real PostgreSQL."""

import re
from uuid import uuid4

import pytest

from schema.pages import cursor
from tests.people import Person

CREATE = "mutation ($input: CreateChatInput!) { createChat(input: $input) { chat { id title } } }"
UPDATE = """mutation ($input: UpdateChatInput!) {
  updateChat(input: $input) { chat { id title pinned archived headId } } }"""
TAG = "mutation ($input: UpdateChatInput!) { updateChat(input: $input) { chat { id tags } } }"
DELETE = "mutation ($id: ID!) { deleteChat(id: $id) { id } }"
LIST = """query ($first: Int, $after: String, $filter: ChatFilter) {
  chats(first: $first, after: $after, filter: $filter) {
    edges { cursor node { id title pinned archived messageCount
      lastMessage { id content } activeRun { id } agent { id } } }
    pageInfo { hasNextPage endCursor } totalCount } }"""
MESSAGES = """query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
  chat(id: $id) { headId messages(first: $first, after: $after, last: $last, before: $before) {
    edges { cursor node { id role content status parentId siblings { id }
      parts { ... on TextPart { text } } run { id } } }
    pageInfo { hasNextPage hasPreviousPage endCursor startCursor } totalCount } } }"""


async def chat(person: Person, title: str) -> str:
    data = await person.gql(CREATE, input={"title": title})
    return str(data["createChat"]["chat"]["id"])


async def titles(person: Person, **variables: object) -> list[str]:
    page = (await person.gql(LIST, **variables))["chats"]
    return [edge["node"]["title"] for edge in page["edges"]]


async def test_chats_come_newest_change_first_and_pages_are_stable_under_inserts(ada: Person) -> None:
    for number in range(5):
        await chat(ada, f"chat {number}")
    first = (await ada.gql(LIST, first=2))["chats"]
    await chat(ada, "later")
    second = await ada.gql(LIST, first=10, after=first["pageInfo"]["endCursor"])

    assert [edge["node"]["title"] for edge in first["edges"]] == ["chat 4", "chat 3"]
    assert first["pageInfo"]["hasNextPage"]
    assert first["totalCount"] == 5
    assert [edge["node"]["title"] for edge in second["chats"]["edges"]] == ["chat 2", "chat 1", "chat 0"]
    assert not second["chats"]["pageInfo"]["hasNextPage"]
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"):
        wrong = await ada.gql_error(LIST, after=cursor(f"{moment} {uuid4().hex}"))
        assert wrong["extensions"]["fields"] == {"after": "is not a cursor of this list"}


async def test_a_list_costs_as_many_statements_for_fifty_chats_as_for_one(ada: Person, statements: list[str]) -> None:
    await ada.ask("hello")
    await ada.gql(LIST)
    statements.clear()
    await ada.gql(LIST)
    for_one = len(statements)
    for number in range(49):
        await ada.ask(f"hello {number}")
    statements.clear()

    page = (await ada.gql(LIST, first=50))["chats"]

    assert len(page["edges"]) == 50
    assert all(edge["node"]["lastMessage"] for edge in page["edges"])
    assert len(statements) == for_one


async def test_a_branch_costs_as_many_statements_for_many_messages_as_for_two(
    ada: Person, statements: list[str]
) -> None:
    sent, _ = await ada.ask("hello")
    statements.clear()
    await ada.gql(MESSAGES, id=sent["chat"]["id"])
    for_two = len(statements)
    for number in range(10):
        await ada.ask(f"hello {number}", chatId=sent["chat"]["id"])
    statements.clear()

    found = (await ada.gql(MESSAGES, id=sent["chat"]["id"], first=200))["chat"]["messages"]

    assert found["totalCount"] == 22 == len(found["edges"])
    assert len(statements) == for_two


@pytest.mark.parametrize(
    ("asked", "loaded"),
    [
        ("id role", {"id", "depth", "role"}),
        ("content createdAt modelUsed", {"id", "depth", "content", "created_at", "model_used"}),
        ("parts { __typename } parentId", {"id", "depth", "content", "parts", "parent_id"}),
        ("id run { status } siblings { id }", {"id", "depth", "run_id", "chat_id", "parent_id"}),
    ],
)
async def test_of_messages_only_what_is_asked_for_is_loaded(
    ada: Person, statements: list[str], asked: str, loaded: set[str]
) -> None:
    sent, _ = await ada.ask("hello")
    statements.clear()

    document = f"query ($id: ID!) {{ chat(id: $id) {{ messages {{ edges {{ node {{ {asked} }} }} }} }} }}"
    found = await ada.gql(document, id=sent["chat"]["id"])

    assert len(found["chat"]["messages"]["edges"]) == 2
    (statement,) = [statement for statement in statements if "page_windows" in statement]
    assert set(re.findall(r"messages\.(\w+)", statement.split(" SELECT ")[-1].split("FROM")[0])) == loaded


async def test_archived_chats_are_listed_on_request_only(ada: Person) -> None:
    old, _ = await chat(ada, "old"), await chat(ada, "new")
    await ada.gql(UPDATE, input={"id": old, "archived": True})

    assert await titles(ada) == ["new"]
    assert await titles(ada, filter={"archived": True}) == ["old"]


async def test_filters_find_pinned_chats_and_words_in_titles_literally(ada: Person) -> None:
    pinned = await chat(ada, "100% sure")
    await chat(ada, "1000 things")
    await ada.gql(UPDATE, input={"id": pinned, "pinned": True})

    assert await titles(ada, filter={"pinned": True}) == ["100% sure"]
    assert await titles(ada, filter={"text": "100%"}) == ["100% sure"]
    assert await titles(ada, filter={"text": "THINGS"}) == ["1000 things"]


async def test_tags_are_stored_in_one_form_and_chats_are_found_by_them(
    ada: Person, bob: Person, statements: list[str]
) -> None:
    garden, tax = await chat(ada, "garden"), await chat(ada, "tax")
    tagged = await ada.gql(TAG, input={"id": garden, "tags": ["#Home ", "home", "  next   year "]})
    await ada.gql(TAG, input={"id": tax, "tags": ["home"]})
    await ada.gql(TAG, input={"id": await chat(ada, "old"), "tags": ["old"], "archived": True})
    await bob.gql(TAG, input={"id": await chat(bob, "his"), "tags": ["home"]})
    statements.clear()

    tags = (await ada.gql("{ chatTags { tag chats } }"))["chatTags"]

    assert tagged["updateChat"]["chat"]["tags"] == ["home", "next year"]
    assert tags == [{"tag": "home", "chats": 2}, {"tag": "next year", "chats": 1}]
    assert sum("FROM chats" in said for said in statements) == 1
    assert await titles(ada, filter={"tag": "Next Year"}) == ["garden"]
    assert await titles(ada, filter={"tag": "home"}) == ["tax", "garden"]
    assert await titles(ada, filter={"tag": "nothing"}) == []


@pytest.mark.parametrize(
    ("tags", "problem"), [(["x" * 41], "40 characters"), ([f"tag {n}" for n in range(11)], "may have 10")]
)
async def test_tags_have_limits(ada: Person, tags: list[str], problem: str) -> None:
    error = await ada.gql_error(TAG, input={"id": await chat(ada, "a chat"), "tags": tags})
    assert problem in error["extensions"]["fields"]["input.tags"]


async def test_a_deleted_chat_is_gone_with_its_messages(ada: Person) -> None:
    sent, _ = await ada.ask("hello")
    await ada.gql(DELETE, id=sent["chat"]["id"])

    error = await ada.gql_error(MESSAGES, id=sent["chat"]["id"])
    node = await ada.gql("query ($id: ID!) { node(id: $id) { id } }", id=sent["message"]["id"])

    assert error["extensions"]["code"] == "NOT_FOUND"
    assert node == {"node": None}


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
async def test_a_title_must_have_1_to_200_characters(ada: Person, title: str) -> None:
    error = await ada.gql_error(CREATE, input={"title": title})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "200 characters" in error["extensions"]["fields"]["input.title"]


async def test_chats_of_others_do_not_exist(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("a secret")
    chat_id, message_id, run_id = sent["chat"]["id"], sent["message"]["id"], sent["run"]["id"]

    refused = [
        await bob.gql_error(MESSAGES, id=chat_id),
        await bob.gql_error(UPDATE, input={"id": chat_id, "title": "mine"}),
        await bob.gql_error(DELETE, id=chat_id),
        await bob.gql_error("query ($id: ID!) { run(id: $id) { id } }", id=run_id),
        await bob.gql_error("mutation ($id: ID!) { cancelRun(id: $id) { run { id } } }", id=run_id),
        await bob.gql_error(
            "mutation ($id: ID!) { regenerate(input: {messageId: $id}) { run { id } } }", id=message_id
        ),
        await bob.gql_error(
            'mutation ($id: ID!) { sendMessage(input: {content: "hi", chatId: $id}) { run { id } } }',
            id=chat_id,
        ),
    ]
    nodes = await bob.gql("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[chat_id, message_id, run_id])

    assert [error["extensions"]["code"] for error in refused] == ["NOT_FOUND"] * len(refused)
    assert nodes == {"nodes": [None, None, None]}
    assert await titles(bob) == []


@pytest.mark.parametrize("id", ["", "chat_", "nonsense", "chat_" + "g" * 32, "run_" + "0" * 32, "chat_" + "0" * 32])
async def test_unknown_ids_are_not_found(ada: Person, id: str) -> None:
    error = await ada.gql_error(MESSAGES, id=id)

    assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("variables", "field"),
    [
        ({"first": 201}, "first"),
        ({"first": -1}, "first"),
        ({"after": "???"}, "after"),
        ({"after": "YWJj"}, "after"),
    ],
)
async def test_unusable_pages_are_refused(ada: Person, variables: dict[str, object], field: str) -> None:
    error = await ada.gql_error(LIST, **variables)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert field in error["extensions"]["fields"]


async def test_messages_page_in_both_directions(ada: Person) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    for words in ("two", "three"):
        await ada.ask(words, chatId=chat_id)

    first = (await ada.gql(MESSAGES, id=chat_id, first=2))["chat"]["messages"]
    rest = (await ada.gql(MESSAGES, id=chat_id, first=9, after=first["pageInfo"]["endCursor"]))["chat"]["messages"]
    last = (await ada.gql(MESSAGES, id=chat_id, last=2))["chat"]["messages"]
    before = await ada.gql(MESSAGES, id=chat_id, last=2, before=last["pageInfo"]["startCursor"])

    def questions(page: dict[str, object]) -> list[str]:
        edges = page["edges"]
        assert isinstance(edges, list)
        return [edge["node"]["content"] for edge in edges if edge["node"]["role"] == "USER"]

    assert questions(first) == ["one"]
    assert questions(rest) == ["two", "three"]
    assert questions(last) == ["three"]
    assert questions(before["chat"]["messages"]) == ["two"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (last["pageInfo"]["hasNextPage"], last["pageInfo"]["hasPreviousPage"]) == (False, True)
