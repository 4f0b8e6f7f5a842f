"""Tools that ship, called by a model: their results are part of the answer, and long ones are kept whole."""

import json
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, update

from domain.ids import Kind, global_id, key_of
from orchestration.tools.toolbox import shipped_key
from persistence.accounts import UserRow
from persistence.agents import AgentRow
from persistence.database import Database, connect
from persistence.messages import MessageRow
from persistence.models import ModelRow
from persistence.tool_outputs import ToolOutputRow
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.test_gone_chats import all_gone
from tests.people import Person
from tests.sites import Site
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

NUMBERS = count()
PARTS = """query ($id: ID!) { chat(id: $id) { messages { edges { node { parts { __typename
  ... on ToolCallPart { toolCall { id name status output error outputTruncated fullOutput } } } } } } } }"""
LONG = "".join(f"line {number}\n" for number in range(10_000))


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as started:
        started.page("/long", LONG, media_type="text/plain")
        yield started


@pytest.fixture
async def server(settings: Settings, database_url: str, db: Database, site: Site) -> AsyncIterator[Running]:
    """A server whose tools may read the site."""
    own = settings.model_copy(update={"parley_private_hosts": [f"127.0.0.1:{site.port}"]})
    async with running(own, connect(database_url)) as started:
        yield started


async def agent_with(db: Database, *tools: str) -> str:
    async with db.write() as session:
        await session.execute(update(ModelRow).values(capabilities=["tools"], context_window=128_000))
        owner = await session.scalar(select(UserRow.id).order_by(UserRow.id))
        agent = AgentRow(owner_id=owner, name="Toolsmith", description="", instructions="Use tools.")
        agent.tools = [shipped_key(name) for name in tools]
        session.add(agent)
        await session.flush()
        return global_id(Kind.AGENT, agent.id)


def calls(upstream: Upstream, name: str, **arguments: Any) -> str:
    """The next answer calls a tool; the id of that call."""
    call_id = f"call_{next(NUMBERS)}"
    wanted = {"index": 0, "id": call_id, "type": "function",
              "function": {"name": name, "arguments": json.dumps(arguments)}}  # fmt: skip
    upstream.reply_with(
        [chunk(role="assistant"), chunk(tool_calls=[wanted]), chunk(finish="tool_calls"), usage_chunk(5, 3)]
    )
    return call_id


def told(upstream: Upstream) -> list[str]:
    """What the model was told of its calls, in its last request."""
    return [message["content"] for message in upstream.requests[-1]["messages"] if message["role"] == "tool"]


async def tool_calls(person: Person, chat_id: str) -> list[dict[str, Any]]:
    data = await person.gql(PARTS, id=chat_id)
    parts = [part for edge in data["chat"]["messages"]["edges"] for part in edge["node"]["parts"]]
    return [part["toolCall"] for part in parts if part["__typename"] == "ToolCallPart"]


async def test_a_model_calculates(ada: Person, db: Database, upstream: Upstream) -> None:
    agent = await agent_with(db, "calculator")
    calls(upstream, "calculator", expression="19.99 * 3")
    upstream.reply("It is 59.97.")

    sent, events = await ada.ask("What are three of them?", agentId=agent)

    assert events[-1]["message"]["content"] == "It is 59.97."
    (call,) = await tool_calls(ada, sent["chat"]["id"])
    assert (call["name"], call["status"], call["error"]) == ("calculator", "COMPLETED", None)
    assert json.loads(call["output"]) == {"result": "59.97", "exact": True}
    assert (call["outputTruncated"], call["fullOutput"]) == (False, None)
    assert told(upstream) == [call["output"]]


async def test_a_model_sees_how_to_use_the_tools(ada: Person, db: Database, upstream: Upstream) -> None:
    names = ["calculator", "web_fetch", "run_python", "read_output", "search_chats", "current_time"]
    agent = await agent_with(db, *names, "web_search")
    upstream.reply("Hello.")
    await ada.ask("Hello", agentId=agent)
    offered = {tool["function"]["name"]: tool["function"] for tool in upstream.requests[-1]["tools"]}
    assert offered.keys() == set(names)  # no engine is set
    for tool in offered.values():
        assert tool["description"]
        assert all(one["description"] for one in tool["parameters"]["properties"].values())


async def test_a_long_result_is_cut_for_the_model_which_reads_on_and_kept_for_its_owner(
    ada: Person, bob: Person, db: Database, upstream: Upstream, site: Site
) -> None:
    agent = await agent_with(db, "web_fetch", "read_output")
    url = f"http://127.0.0.1:{site.port}/long"
    long_id = calls(upstream, "web_fetch", url=url)
    calls(upstream, "read_output", call_id=long_id, start=32_768, length=1_000)
    calls(upstream, "read_output", call_id=long_id, start=10_000_000)
    calls(upstream, "read_output", call_id="call_of_somebody_else")
    upstream.reply("Read.")

    sent, events = await ada.ask("Read it", agentId=agent)

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    whole = f"Address: {url}\n\n{LONG}"
    first, second, third, fourth = told(upstream)
    assert first.startswith(whole[:32_768])
    assert first.endswith(f"Call read_output with call_id '{long_id}' and start 32768 to read on.")
    assert second == f"{whole[32_768:33_768]}\n(characters 32,768 to 33,768 of {len(whole):,})"
    assert third == f"Error: The result ends before that: it has {len(whole):,} characters."
    assert fourth.startswith("Error: No result of this answer was kept")

    shown, *others = await tool_calls(ada, sent["chat"]["id"])
    assert (shown["id"], shown["outputTruncated"], shown["fullOutput"]) == (long_id, True, whole)
    assert [(call["outputTruncated"], call["fullOutput"]) for call in others] == [(False, None)] * 3

    refused = await bob.gql_error(PARTS, id=sent["chat"]["id"])
    assert refused["extensions"]["code"] == "NOT_FOUND"
    # Not even a message of one's own that names another person's call leads to its result.
    mine = await bob.send("mine")
    await bob.events(mine["run"]["id"])
    async with db.write() as session:
        kept = await session.scalar(select(ToolOutputRow))
        assert kept is not None
        data = {"id": long_id, "name": "web_fetch", "status": "COMPLETED", "kept": str(kept.run_id)}
        parts = [{"type": "tool_call", "data": data}]
        forged = update(MessageRow).where(MessageRow.id == key_of(Kind.MESSAGE, mine["reply"]["id"]))
        await session.execute(forged.values(parts=parts))
    (stolen,) = await tool_calls(bob, mine["chat"]["id"])
    assert (stolen["outputTruncated"], stolen["fullOutput"]) == (True, None)


async def test_whole_results_load_together_and_only_a_few(
    ada: Person, db: Database, upstream: Upstream, site: Site, statements: list[str]
) -> None:
    agent = await agent_with(db, "web_fetch")
    url = f"http://127.0.0.1:{site.port}/long"
    counts: list[int] = []
    chat: dict[str, Any] = {}
    for _ in range(3):
        for _ in range(3):
            calls(upstream, "web_fetch", url=url)
        upstream.reply("Read.")
        sent, _ = await ada.ask("Read it", agentId=agent, **chat)
        chat = {"chatId": sent["chat"]["id"]}
        statements.clear()
        answer = await ada.answer(PARTS, id=chat["chatId"])
        counts.append(len([statement for statement in statements if "tool_outputs" in statement]))
    assert counts == [1, 1, 0]  # with the third answer there are too many
    assert answer["errors"][0]["extensions"]["fields"] == {"fullOutput": "can be had for at most 8 calls at once"}
    # Without the tool that reads on, nobody is told of it.
    assert "read_output" not in told(upstream)[0]


async def test_a_long_error_is_kept_as_well(ada: Person, db: Database, upstream: Upstream) -> None:
    agent = await agent_with(db, "run_python")
    calls(upstream, "run_python", code="print('x' * 50_000)\n1/0")
    upstream.reply("It failed.")
    sent, _ = await ada.ask("Run it", agentId=agent)
    (call,) = await tool_calls(ada, sent["chat"]["id"])
    assert len(call["error"]) < 33_000
    assert call["outputTruncated"] is True
    assert len(call["fullOutput"]) > 50_000


async def test_a_model_searches_the_chats_of_its_person_alone(
    ada: Person, bob: Person, db: Database, upstream: Upstream
) -> None:
    agent = await agent_with(db, "search_chats")
    await ada.ask("The door code is tulip 4711.")
    await bob.ask("My door code is orchid 9999.")
    calls(upstream, "search_chats", query="door code")
    calls(upstream, "search_chats", query="orchid")
    upstream.reply("It is tulip.")

    await ada.ask("What is the door code again?", agentId=agent)

    first, second = told(upstream)
    (found,) = json.loads(first)
    assert (found["role"], found["text"]) == ("USER", "The **door** **code** is tulip 4711.")
    assert second == "No other chat has messages with 'orchid'. Try fewer or other words."


async def test_kept_results_go_with_their_run(ada: Person, db: Database, upstream: Upstream, site: Site) -> None:
    agent = await agent_with(db, "web_fetch")
    calls(upstream, "web_fetch", url=f"http://127.0.0.1:{site.port}/long")
    upstream.reply("Read.")
    sent, _ = await ada.ask("Read it", agentId=agent)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(ToolOutputRow)) == 1
    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=sent["chat"]["id"])
    await all_gone(db)
    async with db.read() as session:
        assert await session.scalar(select(func.count()).select_from(ToolOutputRow)) == 0
