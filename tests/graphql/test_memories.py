"""What a person wants to be known in every chat: kept, told, shown, found and forgotten."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from domain.calls import CallPurpose
from domain.memories import LONGEST_PINNED
from persistence.accounts import UserRow
from persistence.database import Database, connect
from persistence.memories import MemoryRow
from persistence.models import ModelCallRow
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.long_chats import system
from tests.people import Person, sign_up
from tests.tiny_bert import make as make_embedding_model
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

FIELDS = "id text pinned source"
LIST = f"""query ($first: Int, $after: String) {{ memories(first: $first, after: $after) {{
  edges {{ cursor node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} totalCount }} }}"""
ADD = f"mutation ($input: AddMemoryInput!) {{ addMemory(input: $input) {{ memory {{ {FIELDS} }} }} }}"
UPDATE = f"mutation ($input: UpdateMemoryInput!) {{ updateMemory(input: $input) {{ memory {{ {FIELDS} }} }} }}"
FORGET = "mutation ($id: ID!) { forgetMemory(id: $id) { id } }"
SWITCH = "mutation ($on: Boolean!) { updateViewer(input: {memoryEnabled: $on}) { viewer { name memoryEnabled } } }"
USED = """query ($id: ID!) { chat(id: $id) { messages(first: 50) { edges { node {
  role content memoriesUsed { text } parts { ... on ToolCallPart { toolCall { name output error } } } } } } } }"""
TOOLS = 'mutation ($id: ID!) { updateModel(input: {id: $id, capabilities: ["tools"]}) { model { id } } }'


async def add(person: Person, text: str, **more: Any) -> dict[str, Any]:
    memory: dict[str, Any] = (await person.gql(ADD, input={"text": text, **more}))["addMemory"]["memory"]
    return memory


async def kept(person: Person) -> list[str]:
    edges = (await person.gql(LIST))["memories"]["edges"]
    return [edge["node"]["text"] for edge in edges]


async def answers(person: Person, chat_id: str) -> list[dict[str, Any]]:
    edges = (await person.gql(USED, id=chat_id))["chat"]["messages"]["edges"]
    return [edge["node"] for edge in edges if edge["node"]["role"] == "ASSISTANT"]


async def put_down(db: Database, texts: list[str]) -> None:
    """Memories of the only person."""
    async with db.write() as session:
        owner = await session.scalar(select(UserRow.id))
        session.add_all(MemoryRow(user_id=owner, text=text, source="PERSON") for text in texts)


def told(request: dict[str, Any]) -> list[str]:
    return [line[2:] for line in system(request).splitlines() if line.startswith("- ")]


def tool_call(upstream: Upstream, name: str, **arguments: str) -> None:
    made = {"index": 0, "id": "c1", "type": "function"}
    wanted = {**made, "function": {"name": name, "arguments": json.dumps(arguments)}}
    upstream.reply_with([chunk(tool_calls=[wanted]), chunk(finish="tool_calls"), usage_chunk(5, 3)])


async def test_memories_are_told_in_every_chat_and_shown_beside_the_answer(ada: Person, upstream: Upstream) -> None:
    await add(ada, "I live in Vienna.")
    forgotten = await add(ada, "  My boat is\n called Nautilus. ", pinned=True)

    sent, _ = await ada.ask("Where do I live?")
    await ada.gql(FORGET, id=forgotten["id"])
    await ada.ask("And my boat?", chatId=sent["chat"]["id"])

    first, second = upstream.requests
    assert told(first) == ["My boat is called Nautilus.", "I live in Vienna."]
    assert told(second) == ["I live in Vienna."]
    assert system(first).startswith("You are a helpful assistant.")
    shown = await answers(ada, sent["chat"]["id"])
    assert [answer["memoriesUsed"] for answer in shown] == [[{"text": "I live in Vienna."}]] * 2


async def test_memories_are_changed_pinned_and_not_kept_twice(ada: Person) -> None:
    made = await add(ada, "I like tea.")
    again = await add(ada, "I like tea.", pinned=True)
    other = await add(ada, "I like chess.")

    changed = await ada.gql(UPDATE, input={"id": made["id"], "text": "I like coffee.", "pinned": False})
    taken = await ada.gql_error(UPDATE, input={"id": other["id"], "text": "I like coffee."})

    assert again == {"id": made["id"], "text": "I like tea.", "pinned": True, "source": "PERSON"}
    assert changed["updateMemory"]["memory"] == {**made, "text": "I like coffee."}
    assert taken["extensions"]["code"] == "CONFLICT"
    assert await kept(ada) == ["I like chess.", "I like coffee."]
    node = await ada.gql("query ($id: ID!) { node(id: $id) { ... on Memory { text } } }", id=made["id"])
    assert node["node"] == {"text": "I like coffee."}


async def test_memories_of_somebody_else_are_not_found(ada: Person, bob: Person, upstream: Upstream) -> None:
    mine = await add(ada, "I live in Vienna.", pinned=True)

    for document, more in ((UPDATE, {"input": {"id": mine["id"], "text": "x"}}), (FORGET, {"id": mine["id"]})):
        assert (await bob.gql_error(document, **more))["extensions"]["code"] == "NOT_FOUND"
    assert (await bob.gql("query ($id: ID!) { node(id: $id) { id } }", id=mine["id"]))["node"] is None
    await bob.ask("Where do I live?")

    assert await kept(bob) == []
    assert told(upstream.requests[-1]) == []
    assert await kept(ada) == ["I live in Vienna."]


async def test_what_is_too_much_is_refused_with_its_limit(ada: Person, db: Database) -> None:
    empty, long = [await ada.gql_error(ADD, input={"text": text}) for text in ("  ", "x" * 501)]
    await put_down(db, [f"Fact {number}" for number in range(500)])
    many = await ada.gql_error(ADD, input={"text": "one more"})
    again = await add(ada, "Fact 7")
    for memory in (await ada.gql(LIST, first=5))["memories"]["edges"]:
        await ada.gql(UPDATE, input={"id": memory["node"]["id"], "text": "é" * 240 + memory["cursor"], "pinned": True})
    last = (await ada.gql(LIST, first=6))["memories"]["edges"][-1]["node"]
    pinned = await ada.gql_error(UPDATE, input={"id": last["id"], "text": "é" * 250, "pinned": True})

    assert empty["extensions"]["fields"] == {"input.text": "is empty; write what should be remembered"}
    assert long["extensions"]["fields"] == {"input.text": "has 501 characters; at most 500 are allowed"}
    assert "at most 500 memories" in many["message"]
    assert again["text"] == "Fact 7"
    assert f"{LONGEST_PINNED:,} bytes" in pinned["message"]
    assert (await ada.gql(LIST))["memories"]["totalCount"] == 500


async def test_pages_of_memories_are_stable_and_cost_as_much_for_many(
    ada: Person, db: Database, statements: list[str]
) -> None:
    await add(ada, "first")
    statements.clear()
    await ada.gql(LIST)
    for_one = len(statements)
    await put_down(db, [f"Fact {number}" for number in range(60)])

    statements.clear()
    page = (await ada.gql(LIST, first=40))["memories"]
    assert len(statements) == for_one
    await add(ada, "newest")
    rest = (await ada.gql(LIST, first=40, after=page["pageInfo"]["endCursor"]))["memories"]

    texts = [edge["node"]["text"] for edge in page["edges"] + rest["edges"]]
    assert len(texts) == len(set(texts)) == page["totalCount"] == 61
    assert "newest" not in texts
    assert (page["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    wrong = await ada.gql_error(LIST, after="nonsense!")
    assert wrong["extensions"]["fields"] == {"after": "is not a cursor of this list"}


async def test_the_memories_used_by_many_answers_cost_one_statement(
    ada: Person, upstream: Upstream, statements: list[str]
) -> None:
    await add(ada, "I live in Vienna.")
    sent, _ = await ada.ask("one")
    statements.clear()
    await answers(ada, sent["chat"]["id"])
    for_one = len(statements)
    await add(ada, "I like tea.")
    for question in ("two", "three"):
        await ada.ask(question, chatId=sent["chat"]["id"])

    statements.clear()
    shown = await answers(ada, sent["chat"]["id"])

    assert len(statements) == for_one
    assert [len(answer["memoriesUsed"]) for answer in shown] == [1, 2, 2]


async def test_who_has_switched_memory_off_is_neither_remembered_nor_told_of(ada: Person, upstream: Upstream) -> None:
    await add(ada, "I live in Vienna.", pinned=True)
    [model] = (await ada.gql("query { models { id } }"))["models"]
    await ada.gql(TOOLS, id=model["id"])
    switched = await ada.gql(SWITCH, on=False)
    tool_call(upstream, "remember", text="I like tea.")

    sent, _ = await ada.ask("Remember that I like tea.")

    assert switched["updateViewer"]["viewer"] == {"name": "Ada", "memoryEnabled": False}
    assert told(upstream.requests[0]) == []
    [answer] = await answers(ada, sent["chat"]["id"])
    assert answer["memoriesUsed"] == []
    assert answer["parts"][0]["toolCall"]["error"] == "The person has switched memory off."
    assert await kept(ada) == ["I live in Vienna."]


async def test_an_agent_remembers_and_recalls_for_its_person_alone(
    ada: Person, bob: Person, upstream: Upstream
) -> None:
    [model] = (await ada.gql("query { models { id } }"))["models"]
    await ada.gql(TOOLS, id=model["id"])
    await add(bob, "Bob is allergic to peanuts.")
    tool_call(upstream, "remember", text="Ada is allergic to walnuts.")
    upstream.reply("I will.")
    tool_call(upstream, "recall", query="Which allergies are there?")
    upstream.reply("Walnuts.")

    await ada.ask("I am allergic to walnuts, remember that.")
    sent, _ = await ada.ask("What must I not eat?")

    listed = (await ada.gql(LIST))["memories"]["edges"]
    assert [edge["node"]["source"] for edge in listed] == ["AGENT"]
    [answer] = await answers(ada, sent["chat"]["id"])
    assert answer["parts"][0]["toolCall"] == {
        "name": "recall", "output": '["Ada is allergic to walnuts."]', "error": None,
    }  # fmt: skip
    assert upstream.requests[-1]["messages"][-1]["content"] == '["Ada is allergic to walnuts."]'


async def test_of_many_memories_those_are_told_that_bear_on_the_question(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await put_down(db, [f"The project {number} is about the topic number {number * 7}." for number in range(200)])
    await put_down(db, ["I am allergic to walnuts.", "My sister is called Grace."])
    await add(ada, "I live in Vienna.", pinned=True)

    sent, _ = await ada.ask("Do I have allergies?")

    heard = told(upstream.requests[-1])
    assert heard[:2] == ["I live in Vienna.", "I am allergic to walnuts."]
    assert len(heard) <= 11
    [answer] = await answers(ada, sent["chat"]["id"])
    assert [memory["text"] for memory in answer["memoriesUsed"]] == heard


@pytest.fixture
async def meaning(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that asks an embedding model what memories mean."""
    apart = settings.model_copy(update={"parley_embedding_model": "embedder"})
    async with running(apart, connect(database_url)) as started:
        yield started


def embed(text: str) -> list[float]:
    """What has to do with food points one way, everything else another."""
    food = sum(word in text.lower() for word in ("walnut", "snack", "eat"))
    return [1.0, 0.0, float(len(text) % 7)] if not food else [0.0, 9.0, float(len(text) % 3)]


async def test_an_embedding_model_finds_what_shares_no_word_and_is_in_the_ledger(
    meaning: Running, db: Database, upstream: Upstream
) -> None:
    upstream.embed = embed
    async with sign_up(meaning, "ada@example.org", "Ada") as ada:
        await put_down(
            db, ["Walnuts make me ill.", *(f"The project {number} began in a cold winter." for number in range(110))]
        )
        await ada.ask("Which snacks do you suggest?")
        first = told(upstream.requests[-1])
        await ada.ask("Which snacks do you suggest?")
        upstream.embed = None  # the provider has none any more: words decide
        _, events = await ada.ask("Do walnuts grow here?")

    assert first[0] == "Walnuts make me ill."
    assert [len(texts) for texts in upstream.embedded] == [1 + 111, 1, 1]
    assert events[-1]["run"]["status"] == "COMPLETED"
    assert told(upstream.requests[-1])[0] == "Walnuts make me ill."
    assert await embeddings(db) == {"succeeded": 2, "failed": 1}


async def test_a_model_of_the_models_folder_finds_memories_by_what_they_mean(
    settings: Settings, database_url: str, db: Database, upstream: Upstream, tmp_path: Path
) -> None:
    words = ["walnuts", "make", "me", "ill", "the", "project", "began", "in", "a", "cold", "winter"]
    make_embedding_model(tmp_path / "tiny.gguf", words)
    local = settings.model_copy(update={"parley_local_models": True, "parley_models": tmp_path})
    async with (
        running(local, connect(database_url)) as started, sign_up(started, "ada@example.org", "Ada") as ada,
    ):  # fmt: skip
        await put_down(
            db, ["Walnuts make me ill.", *(f"The project {number} began in a cold winter." for number in range(110))]
        )
        async with asyncio.timeout(50):  # while it is loaded, words decide
            while not (outcomes := await embeddings(db)).get("succeeded"):
                await ada.ask("Do walnuts make me ill?")
        first = told(upstream.requests[-1])[0]
        await ada.ask(f"Do walnuts make me ill{' in a winter' * 100}?")  # which is more than the model takes

    assert first == "Walnuts make me ill."
    assert outcomes["succeeded"] == 1
    assert await embeddings(db) == outcomes | {"succeeded": 2}
    async with db.read() as session:
        known = select(MemoryRow.vector_by, func.count()).where(MemoryRow.vector.is_not(None))
        assert (await session.execute(known.group_by("vector_by"))).all() == [("tiny", 111)]


async def embeddings(db: Database) -> dict[str, int]:
    """How calls of embedding models ended, from the ledger."""
    async with db.read() as session:
        ledger = select(ModelCallRow.outcome, func.count()).where(ModelCallRow.purpose == CallPurpose.EMBEDDING)
        return {outcome.value: count for outcome, count in await session.execute(ledger.group_by("outcome"))}
