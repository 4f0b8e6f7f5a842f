"""Exports and imports, through the front door: what goes out comes in again, and what cannot come in is named."""

import json
from typing import Any

import pytest

from schema.pages import cursor
from tests.archives import IMPORT, about_chats, chat, imported, text_of
from tests.graphql.threads import said
from tests.people import Person
from tests.upstream import Upstream

EXPORT = """query ($id: ID!, $format: ExportFormat!) {
  exportChat(id: $id, format: $format) { fileName mediaType content } }"""
CHATS = """query ($filter: ChatFilter) { chats(filter: $filter) { totalCount edges { node {
  id title createdAt updatedAt pinned archived messageCount headId } } } }"""
MESSAGES = """query ($id: ID!) { chat(id: $id) { messages { edges { node {
  role content status modelUsed rating createdAt siblings { content }
  parts { __typename ... on TextPart { text } ... on ReasoningPart { text }
    ... on ToolCallPart { toolCall { name arguments output status } } } } } } } }"""
CHANGES = "subscription ($after: String) { changes(after: $after) { ... on ChatChanged { chat { id } } } }"
KNOW = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }"
RATE = "mutation ($input: RateMessageInput!) { rateMessage(input: $input) { message { id } } }"


async def chats(person: Person, **filter: Any) -> list[dict[str, Any]]:
    page = (await person.gql(CHATS, filter=filter))["chats"]
    return [edge["node"] for edge in page["edges"]]


async def messages(person: Person, chat_id: str) -> list[dict[str, Any]]:
    page = (await person.gql(MESSAGES, id=chat_id))["chat"]["messages"]
    return [edge["node"] for edge in page["edges"]]


async def exported(person: Person, chat_id: str, format: str = "JSON") -> dict[str, Any]:
    file: dict[str, Any] = (await person.gql(EXPORT, id=chat_id, format=format))["exportChat"]
    return file


async def test_a_chat_goes_out_and_comes_in_again_whole(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    await ada.ask("two", chatId=chat_id)
    await ada.ask("two, edited", chatId=chat_id, parentId=sent["reply"]["id"])
    await ada.gql(RATE, input={"messageId": sent["reply"]["id"], "rating": "DOWN"})

    file = await exported(ada, chat_id)
    result = await imported(bob, file["content"])
    [copy] = await chats(bob)

    assert (file["fileName"], file["mediaType"]) == ("one.json", "application/json")
    assert result == {"imported": 1, "skipped": []}
    assert await messages(bob, copy["id"]) == await messages(ada, chat_id)
    [source] = await chats(ada)
    ours = {"id", "headId"}
    assert {k: v for k, v in copy.items() if k not in ours} == {k: v for k, v in source.items() if k not in ours}
    again = json.loads((await exported(bob, copy["id"]))["content"])
    assert [m["content"] for m in again["messages"]] == [m["content"] for m in json.loads(file["content"])["messages"]]


async def test_an_imported_chat_goes_on(ada: Person) -> None:
    await imported(ada, chat("old", "question", "answer"))
    [found] = await chats(ada)

    await ada.ask("and now?", chatId=found["id"])

    assert (await said(ada, found["id"]))[:3] == ["question", "answer", "and now?"]
    assert (await chats(ada))[0]["title"] == "old"


async def test_models_get_what_an_imported_answer_says_beside_its_parts(ada: Person, upstream: Upstream) -> None:
    [mock] = (await ada.gql("{ models { id } }"))["models"]
    await ada.gql(KNOW, input={"id": mock["id"], "capabilities": ["tools"]})
    old = chat("old", "What is two and two?", "It is four.")
    old["messages"][1]["parts"] = [{"type": "tool_call", "data": {"id": "c1", "name": "calculator", "output": "4"}}]
    await imported(ada, old)
    [found] = await chats(ada)

    await ada.ask("and now?", chatId=found["id"])

    told = [message for request in upstream.requests for message in request["messages"]]
    assert "It is four." in [message.get("content") for message in told]


async def test_imported_calls_without_ids_are_told_apart(ada: Person, upstream: Upstream) -> None:
    [mock] = (await ada.gql("{ models { id } }"))["models"]
    await ada.gql(KNOW, input={"id": mock["id"], "capabilities": ["tools"]})
    old = chat("old", "What are two and two, and three and three?", "Four and six.")
    old["messages"][1]["parts"] = [
        {"type": "tool_call", "data": {"name": "calculator", "output": output}} for output in ("4", "6")
    ]
    await imported(ada, old)
    [found] = await chats(ada)

    await ada.ask("and now?", chatId=found["id"])

    told = [message for request in upstream.requests for message in request["messages"]]
    calls = {call["id"] for message in told for call in message.get("tool_calls") or ()}
    answers = {message["tool_call_id"]: message["content"] for message in told if message["role"] == "tool"}
    assert set(answers) == calls
    assert sorted(answers.values()) == ["4", "6"]


async def test_a_conversation_of_chatgpt_keeps_branches_times_models_and_steps(ada: Person) -> None:
    result = await imported(ada, text_of("chatgpt"))
    pasta, deploy = await chats(ada)
    question, answer = await messages(ada, deploy["id"])

    assert result["imported"] == 2
    assert [one["index"] for one in result["skipped"]] == [1, 2]
    assert "format" in result["skipped"][0]["reason"]
    assert "circle" in result["skipped"][1]["reason"]
    assert (deploy["title"], deploy["pinned"], deploy["messageCount"]) == ("Rolling back a deploy", True, 3)
    assert deploy["createdAt"].startswith("2025-08-24T01:46:40")
    assert deploy["updatedAt"].startswith("2025-08-24T01:53:20")
    assert question["content"] == "[image that is not in the export]\n\nHow do I roll back?"
    assert [one["content"] for one in answer["siblings"]] == ["Carefully.", "Run `helm rollback`."]
    assert (answer["modelUsed"], answer["createdAt"]) == ("gpt-5", "2025-08-24T01:46:46+00:00")
    kinds = [part["__typename"] for part in answer["parts"]]
    assert kinds == ["ReasoningPart", "ToolCallPart", "ToolCallPart", "TextPart"]
    assert answer["parts"][0]["text"] == "Which tool is it?"
    assert answer["parts"][2]["toolCall"]["output"] == "helm rollback"
    assert await said(ada, pasta["id"]) == ["With \ufffd or\ufffd without?", "Without."]


async def test_a_chat_of_open_webui_keeps_branches_reasoning_and_calls(ada: Person) -> None:
    assert (await imported(ada, text_of("open_webui")))["imported"] == 1
    [found] = await chats(ada, archived=True)
    _, answer = await messages(ada, found["id"])

    assert found["title"] == "Sums"
    assert [one["content"] for one in answer["siblings"]] == ["254", "255"]
    assert (answer["content"], answer["modelUsed"]) == ("255", "deepseek-r1")
    reasoning, call, _ = answer["parts"]
    assert reasoning["text"] == "150 + 105"
    assert (call["toolCall"]["name"], call["toolCall"]["output"]) == ("multiply", "255")


async def test_a_chat_of_librechat_keeps_branches_and_thoughts(ada: Person) -> None:
    assert (await imported(ada, text_of("librechat")))["imported"] == 1
    [found] = await chats(ada)
    _, answer = await messages(ada, found["id"])

    assert found["title"] == "Stories"
    assert [one["content"] for one in answer["siblings"]] == ["Once upon", "A dragon lived."]
    assert [part["__typename"] for part in answer["parts"]] == ["ReasoningPart", "ToolCallPart", "TextPart"]
    assert answer["createdAt"] == "2024-05-28T18:09:27.444000+00:00"


@pytest.mark.parametrize("name", ["chatgpt", "open_webui", "librechat"])
async def test_the_same_archive_again_brings_nothing_until_the_chat_is_deleted(ada: Person, name: str) -> None:
    first = await imported(ada, text_of(name))
    again = await imported(ada, text_of(name))
    kept = [*await chats(ada), *await chats(ada, archived=True)]
    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=kept[0]["id"])

    after = await imported(ada, text_of(name))

    assert again["imported"] == 0
    assert len(kept) == first["imported"]
    assert [one["reason"] for one in again["skipped"]].count("was imported before") == len(kept)
    assert after["imported"] == 1


async def test_what_others_imported_is_no_obstacle(ada: Person, bob: Person) -> None:
    await imported(ada, chat("same", "text"))

    assert (await imported(bob, chat("same", "text")))["imported"] == 1


async def test_an_import_costs_the_same_for_fifty_chats_as_for_one(ada: Person, statements: list[str]) -> None:
    counts = []
    for number in (1, 50):
        archive = [chat(f"{number}.{n}", "question", "answer") for n in range(number)]
        statements.clear()
        assert (await imported(ada, archive))["imported"] == number
        counts.append(about_chats(statements))

    assert counts[0] == counts[1]


async def test_an_imported_chat_is_told_to_watchers(ada: Person) -> None:
    await imported(ada, chat("told", "text"))
    [found] = await chats(ada)

    async with ada.socket() as socket:
        async for data in socket.watch(CHANGES, after=cursor("0")):
            assert data["changes"]["chat"]["id"] == found["id"]
            break


BAD: list[tuple[Any, str]] = [
    (5, "not a JSON object"),
    (None, "not a JSON object"),
    ({}, "format"),
    ({"mapping": []}, "format"),
    ({"mapping": {"a": {"message": {"author": {"role": "user"}, "content": {"parts": []}}}}}, "no messages"),
    ({"mapping": {"a": {"message": {"content": {"parts": ["x"]}}}}}, "without an author"),
    ({"mapping": {"a": {"message": {"author": {"role": "ghost"}, "content": {}}}}}, "unknown role 'ghost'"),
    ({"chat": {"history": {"messages": 5}}}, "no messages in its history"),
    ({"conversationId": "c", "messages": [{"text": "x"}]}, "without a messageId"),
    ({"conversationId": "c", "messagesTree": "x"}, "no list of messages"),
    (chat("v", "x", version=2), "version 2"),
    (chat("none"), "no messages"),
    (chat("long", "x" * 200_001), "200,001 characters"),
    (chat("twice", "a") | {"messages": [{"id": "a", "role": "USER"}] * 2}, "same id"),
    (chat("round") | {"messages": [{"id": "a", "parentId": "a", "role": "USER", "content": "x"}]}, "circle"),
    (chat("odd") | {"messages": [{"id": "a", "role": "USER", "content": {}}]}, "not a text but an object"),
]


async def test_a_chat_that_cannot_be_read_is_named_and_stops_no_other(ada: Person) -> None:
    result = await imported(ada, [*(bad for bad, _ in BAD), chat("good", "text")])

    assert result["imported"] == 1
    assert [one["index"] for one in result["skipped"]] == list(range(len(BAD)))
    for one, (_, words) in zip(result["skipped"], BAD, strict=True):
        assert words in one["reason"], one
    assert [one["title"] for one in await chats(ada)] == ["good"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("", "not JSON"), ("{", "not JSON"), ("[" * 5000, "nests too deep"), ("\\ud83d", "not JSON"),
     ('["\\ud83d",', "not JSON"), (json.dumps([0] * 2001), "2,001 chats")],
)  # fmt: skip
async def test_what_is_no_archive_is_refused(ada: Person, content: str, words: str) -> None:
    error = await ada.gql_error(IMPORT, input={"content": content})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert words in error["extensions"]["fields"]["input.content"]


async def test_a_format_that_is_named_is_the_only_one_tried(ada: Person) -> None:
    data = await ada.gql(IMPORT, input={"content": json.dumps(chat("ours", "text")), "format": "CHATGPT"})

    assert data["importChats"]["imported"] == 0
    assert "is not a chat of CHATGPT" in data["importChats"]["skipped"][0]["reason"]


async def test_odd_times_and_names_do_no_harm(ada: Person) -> None:
    odd = chat("  \x00 two\nlines ", "text", createdAt="9999-01-01T00:00:00Z", updatedAt=float("1e300"))
    odd["messages"][0] |= {"createdAt": "yesterday", "model": "\ud83d", "id": "\x00"}
    parts = [{"type": "?"}, {"type": "tool_call", "data": {"id": 5, "arguments": [1]}}]
    orphan = {"id": "b", "parentId": "lost", "role": "ASSISTANT", "content": "b", "rating": [], "parts": parts}
    odd["messages"].append(orphan)

    assert (await imported(ada, json.dumps(odd)))["skipped"] == []
    [found] = await chats(ada)
    assert found["title"] == "\ufffd two lines"
    assert found["createdAt"] <= found["updatedAt"] < "2100"


async def test_markdown_holds_the_shown_branch_with_blocks_that_end(ada: Person) -> None:
    texts = ("# What?", "Like so:\n```python\nprint('``')", "thanks", "~~~~\n```\n~~~\n")
    tree = chat("A *title*", *texts)
    tree["messages"] += [{"id": "aside", "parentId": "m0", "role": "ASSISTANT", "content": "not shown"}]
    tree["messages"][1] |= {"model": "gpt_5", "parts": [
        {"type": "tool_call", "data": {"id": "1", "name": "run", "arguments": {"code": "````"}, "output": "x"}},
        {"type": "text", "text": texts[1]},
    ]}  # fmt: skip
    await imported(ada, tree | {"headId": "m3"})
    [found] = await chats(ada)

    file = await exported(ada, found["id"], "MARKDOWN")

    assert (file["fileName"], file["mediaType"]) == ("A-title.md", "text/markdown")
    assert file["content"].startswith("# A \\*title\\*\n\n## User · 2024-01-01 00:00 UTC\n\n# What?\n\n")
    assert "## Assistant (gpt\\_5) · 2024-01-01 00:00 UTC\n\nTool call: run\n\n`````json\n" in file["content"]
    assert "print('``')\n```\n\n## User" in file["content"]
    assert file["content"].endswith("~~~~\n```\n~~~\n~~~~\n")
    assert "not shown" not in file["content"]


async def test_chats_of_others_are_not_exported(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("a secret")

    errors = [await bob.gql_error(EXPORT, id=key, format="JSON") for key in (sent["chat"]["id"], "chat_x")]

    assert [error["extensions"]["code"] for error in errors] == ["NOT_FOUND"] * 2


async def test_an_export_costs_the_same_for_many_messages_as_for_two(ada: Person, statements: list[str]) -> None:
    await imported(ada, [chat("short", "a", "b"), chat("long", *"abcdefghijklmnop")])
    counts = []
    for one in await chats(ada):
        statements.clear()
        await exported(ada, one["id"])
        counts.append(about_chats(statements))

    assert counts[0] == counts[1]
