"""The ledgers: the calls behind the figures, and whose they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from domain.ids import Kind, global_id, new_id
from tests.conftest import Running
from tests.people import Person

CALLS = """query ($range: TimeRangeInput!, $filter: ModelCallFilter, $everyone: Boolean, $first: Int, $after: String) {
  modelCalls(range: $range, filter: $filter, everyone: $everyone, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor }
    edges { node { modelName outcome errorCode model { id } agent { id name } run { id chat { id title } } } } } }"""
TOOLS = """query ($range: TimeRangeInput!, $filter: ToolCallFilter) { toolCalls(range: $range, filter: $filter) {
  totalCount edges { node { name status run { id } } } } }"""
CALL_TOOL = "mutation ($input: CallToolInput!) { callTool(input: $input) { output error { message } } }"
CREATE_AGENT = "mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id } } }"
BY_AGENT = """query ($range: TimeRangeInput!) { metrics(range: $range) {
  byAgent { agent { name } stats { calls } } } }"""
TEST_MODEL = "mutation ($id: ID!) { testModel(id: $id) { ok } }"
TOOL_IDS = "{ tools { id name } }"


def last_hour() -> dict[str, str]:
    now = datetime.now(UTC)
    return {"from": (now - timedelta(hours=1)).isoformat(), "to": (now + timedelta(minutes=1)).isoformat()}


async def calls(person: Person, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.gql(CALLS, range=last_hour(), **more))["modelCalls"]
    return found


def nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    return [edge["node"] for edge in connection["edges"]]


async def test_calls_lead_to_ones_own_runs_and_to_nobody_elses(ada: Person, bob: Person) -> None:
    mine, _ = await ada.ask("of Ada")
    his, _ = await bob.ask("of Bob")

    everybodys = await calls(ada)
    assert everybodys["totalCount"] == 2
    assert [call["run"] and call["run"]["id"] for call in nodes(everybodys)] == [None, mine["run"]["id"]]
    assert [call["run"]["id"] for call in nodes(await calls(ada, everyone=False))] == [mine["run"]["id"]]
    assert [call["run"]["chat"]["id"] for call in nodes(await calls(bob))] == [his["chat"]["id"]]
    refused = await bob.gql_error(CALLS, range=last_hour(), everyone=True)
    assert refused["extensions"]["code"] == "FORBIDDEN"


async def test_filters_narrow_down_what_one_may_see(ada: Person, bob: Person, server: Running) -> None:
    for _ in range(2):
        await ada.ask("a question")
    await bob.ask("another")
    async with server.db.write() as session:
        await session.execute(
            text("UPDATE model_calls SET outcome = 'failed' WHERE id = (SELECT min(id::text)::uuid FROM model_calls)")
        )
    [newest, *_] = nodes(await calls(ada))

    assert (await calls(ada, filter={"failed": True}))["totalCount"] == 1
    assert (await calls(bob, filter={"failed": True}))["totalCount"] == 0
    assert (await calls(ada, filter={"modelId": newest["model"]["id"], "modelName": "mock"}))["totalCount"] == 3
    assert (await calls(ada, filter={"modelId": global_id(Kind.MODEL, new_id())}))["totalCount"] == 0
    assert (await calls(ada, filter={"agentId": global_id(Kind.AGENT, new_id())}))["totalCount"] == 0
    wrong = await ada.gql_error(CALLS, range=last_hour(), filter={"modelName": "x" * 201})
    assert "filter.modelName" in wrong["extensions"]["fields"]


async def test_what_no_agent_made_can_be_looked_at_alone(ada: Person, server: Running) -> None:
    agent = (await ada.gql(CREATE_AGENT, input={"name": "Clerk"}))["createAgent"]["agent"]
    await ada.ask("a question", agentId=agent["id"])
    [model] = (await ada.gql("{ models { id } }"))["models"]
    await ada.gql(TEST_MODEL, id=model["id"])
    [tested, clerk] = nodes(await calls(ada))
    assert (tested["agent"], clerk["agent"]["name"]) == (None, "Clerk")

    async def rows() -> list[tuple[str | None, int]]:
        found = (await ada.gql(BY_AGENT, range=last_hour()))["metrics"]["byAgent"]
        return [(row["agent"] and row["agent"]["name"], row["stats"]["calls"]) for row in found]

    assert sorted(await rows(), key=str) == [("Clerk", 1), (None, 1)]
    assert nodes(await calls(ada, filter={"hasAgent": False})) == [tested]
    assert nodes(await calls(ada, filter={"hasAgent": True})) == [clerk]
    async with server.db.write() as session:  # as it goes with the account that it belongs to
        await session.execute(text("DELETE FROM agents WHERE name = 'Clerk'"))
    assert await rows() == [(None, 2)]
    assert (await calls(ada, filter={"hasAgent": False}))["totalCount"] == 2
    assert (await calls(ada, filter={"hasAgent": True}))["totalCount"] == 0


async def test_long_pages_take_as_many_statements_as_short_ones(ada: Person, statements: list[str]) -> None:
    for _ in range(3):
        await ada.ask("a question")

    async def page(first: int, after: str | None = None) -> tuple[dict[str, Any], int]:
        statements.clear()
        found = await calls(ada, first=first, after=after)
        return found, sum("FROM model_calls" in said or "FROM runs r" in said for said in statements)

    short, few = await page(1)
    long, as_many = await page(2, short["pageInfo"]["endCursor"])
    assert (len(nodes(short)), short["pageInfo"]["hasNextPage"]) == (1, True)
    assert (len(nodes(long)), long["pageInfo"]["hasNextPage"]) == (2, False)
    assert few == as_many == 3  # the page, its count, its runs


async def test_calls_of_tools_can_be_looked_at_too(ada: Person, bob: Person) -> None:
    tools = {tool["name"]: tool["id"] for tool in (await ada.gql(TOOL_IDS))["tools"]}
    for expression in ("6 * 7", "6 *"):
        arguments = {"toolId": tools["calculator"], "arguments": {"expression": expression}}
        await ada.gql(CALL_TOOL, input=arguments)

    async def seen(person: Person, **filter: Any) -> list[str]:
        found = (await person.gql(TOOLS, range=last_hour(), filter=filter))["toolCalls"]
        return [edge["node"]["status"] for edge in found["edges"]]

    assert await seen(ada) == ["FAILED", "COMPLETED"]
    assert await seen(ada, toolId=tools["calculator"], failed=True) == ["FAILED"]
    assert await seen(ada, toolId=tools["current_time"]) == []
    assert await seen(bob) == []
