"""Tools: what they say of themselves, rules on which ask or are denied, and trying one by hand."""

from typing import Any

import pytest
from sqlalchemy import select

from domain.ids import Kind, global_id, new_id
from domain.tools import Standing, ToolApproval, ToolRule
from persistence.database import Database
from persistence.tool_calls import ToolCallRow
from tests.graphql.teams import DECIDE, SET, calls, clock_of, make, of_kind, offered, told, watch, with_tools
from tests.people import Person
from tests.upstream import Upstream

TOOLS = "{ tools { id name description inputSchema source approval } }"
POLICIES = "{ toolPolicies { pattern approval everybody } }"
CALL = """mutation ($input: CallToolInput!) {
  callTool(input: $input) { output error { code message } durationMs } }"""


async def approval(person: Person) -> str:
    [tool] = [tool for tool in (await person.gql(TOOLS))["tools"] if tool["name"] == "current_time"]
    return str(tool["approval"])


async def put(person: Person, **input: Any) -> dict[str, Any]:
    data = await person.gql(SET, input=input)
    answer: dict[str, Any] = data["setToolApproval"]
    return answer


async def test_a_tool_tells_what_it_takes_and_where_it_comes_from(ada: Person) -> None:
    [tool] = [tool for tool in (await ada.gql(TOOLS))["tools"] if tool["name"] == "current_time"]
    node = await ada.gql("query ($id: ID!) { node(id: $id) { ... on Tool { name } } }", id=tool["id"])

    assert (tool["source"], tool["approval"]) == ("builtin", "NEVER")
    assert "time_zone" in tool["inputSchema"]["properties"]
    assert node == {"node": {"name": "current_time"}}


@pytest.mark.parametrize(
    ("rules", "granted", "asks", "expected"),
    [
        ([], False, False, "NEVER"),
        ([], False, True, "ASK"),
        ([], True, True, "ALWAYS_ALLOW"),
        ([("*", "ALWAYS_ALLOW")], False, True, "ALWAYS_ALLOW"),
        ([("*", "NEVER"), ("files/*", "ASK")], False, False, "ASK"),
        ([("files/*", "ASK")], True, False, "ALWAYS_ALLOW"),
        ([("files/delete_*", "DENY"), ("files/*", "ALWAYS_ALLOW")], True, False, "DENY"),
        ([("*/delete_???", "DENY"), ("other/*", "DENY")], False, True, "DENY"),
        ([("files/read_*", "DENY"), ("FILES/*", "DENY")], False, True, "ASK"),
    ],
)
def test_deny_wins_then_grants_then_the_strictest_rule(
    rules: list[tuple[str, str]],
    granted: bool,
    asks: bool,
    expected: str,
) -> None:
    key = new_id()
    standing = Standing(
        tuple(ToolRule(pattern, ToolApproval(said)) for pattern, said in rules), frozenset({key} if granted else ())
    )

    assert standing.approval(key, "files/delete_all", asks=asks) == expected


async def test_rules_are_ones_own_unless_an_administrator_makes_them_for_everybody(ada: Person, bob: Person) -> None:
    mine = await put(ada, pattern="builtin/*", approval="ASK")
    forbidden = await bob.gql_error(SET, input={"pattern": "*", "approval": "NEVER", "everybody": True})
    before = await approval(bob)
    await put(ada, toolId=await clock_of(ada), approval="DENY", everybody=True)
    await put(bob, pattern="*", approval="ALWAYS_ALLOW")
    listed = (await bob.gql(POLICIES))["toolPolicies"]
    denied = await approval(bob)
    await put(ada, toolId=await clock_of(ada), approval=None, everybody=True)

    assert mine["policy"] == {"pattern": "builtin/*", "approval": "ASK", "everybody": False}
    assert {"name": "current_time", "approval": "ASK"} in mine["tools"]
    assert forbidden["extensions"]["code"] == "FORBIDDEN"
    assert (before, denied, await approval(bob), await approval(ada)) == ("NEVER", "DENY", "ALWAYS_ALLOW", "ASK")
    assert [(rule["pattern"], rule["everybody"]) for rule in listed] == [("builtin/current_time", True), ("*", False)]


async def test_a_rule_needs_one_pattern_or_one_tool_that_is_there(ada: Person) -> None:
    for given in ({"pattern": ""}, {"pattern": "x" * 201}, {"pattern": "a\nb"}, {}, {"pattern": "*", "toolId": "x"}):
        error = await ada.gql_error(SET, input={"approval": "ASK", **given})
        assert error["extensions"]["code"] == "BAD_USER_INPUT", given
    missing = await ada.gql_error(SET, input={"approval": "ASK", "toolId": global_id(Kind.TOOL, new_id())})
    assert missing["extensions"]["code"] == "NOT_FOUND"


async def test_a_denied_tool_is_not_offered_and_a_model_that_calls_it_is_told(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    agent = await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    await put(ada, pattern="builtin/current_time", approval="DENY")
    calls(upstream, ("current_time", "no JSON"))
    upstream.reply("I cannot know.")

    sent = await ada.send("What time is it?", agentId=agent)
    events = await watch(ada, sent["run"]["id"])
    by_hand = await ada.gql_error(CALL, input={"toolId": await clock_of(ada)})

    assert offered(upstream.requests[0]) == []
    assert told(upstream.requests[1]) == ["Error: current_time is denied here. Go on without it."]
    assert events[-1]["message"]["content"] == "I cannot know."
    assert [call["status"] for call in of_kind(events, "ToolCallFinished")] == ["FAILED"]
    assert by_hand["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("{broken", "Invalid JSON: key must be a string at line 1 column 2."),
        ('{"time_zone": "UTC"}{}', "Invalid JSON: trailing characters at line 1 column 21."),
        ("[1]", "Input should be an object."),
        ('"UTC"', "Input should be an object."),
    ],
)
async def test_a_model_is_told_of_arguments_that_are_no_object(
    ada: Person, upstream: Upstream, arguments: str, words: str
) -> None:
    await with_tools(ada)
    agent = await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    calls(upstream, ("current_time", arguments))
    calls(upstream, ("current_time", {"time_zone": "UTC"}))
    upstream.reply("Noon.")

    sent = await ada.send("What time is it?", agentId=agent)
    events = await watch(ada, sent["run"]["id"])

    assert of_kind(events, "ApprovalRequested", "approval") == []
    assert told(upstream.requests[1]) == [f"Error: The arguments do not fit: arguments: {words}"]
    assert [call["status"] for call in of_kind(events, "ToolCallFinished")] == ["FAILED", "COMPLETED"]
    assert events[-1]["message"]["content"] == "Noon."


async def test_arguments_that_are_no_object_can_be_put_right_where_a_tool_asks(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    agent = await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    await put(ada, pattern="builtin/current_time", approval="ASK")
    calls(upstream, ("current_time", "{broken"))
    upstream.reply("Noon.")

    sent = await ada.send("What time is it?", agentId=agent)
    events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    verdict = {"approvalId": events[-1]["approval"]["id"], "decision": "APPROVE", "arguments": {"time_zone": "UTC"}}
    await ada.gql(DECIDE, input=verdict)
    rest = await watch(ada, sent["run"]["id"])

    assert events[-1]["approval"]["arguments"] == {"": "{broken"}
    assert [call["status"] for call in of_kind(rest, "ToolCallFinished")] == ["COMPLETED"]


async def test_what_is_allowed_for_ever_asks_again_after_an_own_rule_and_never_beats_deny(
    ada: Person, upstream: Upstream
) -> None:
    await with_tools(ada)
    agent = await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    await put(ada, pattern="*", approval="ASK")
    calls(upstream, ("current_time", {}))
    upstream.reply("Noon.")
    sent = await ada.send("What time is it?", agentId=agent)
    events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    verdict = {"approvalId": events[-1]["approval"]["id"], "decision": "APPROVE", "remember": "ALWAYS"}
    await ada.gql(DECIDE, input=verdict)
    await watch(ada, sent["run"]["id"])
    seen = [await approval(ada)]

    calls(upstream, ("current_time", {}))
    upstream.reply("One.")
    sent = await ada.send("And now?", agentId=agent)
    unasked = await watch(ada, sent["run"]["id"])
    for rule in ("DENY", "ASK"):
        await put(ada, pattern="builtin/*", approval=rule)
        seen.append(await approval(ada))

    assert of_kind(unasked, "ApprovalRequested", "approval") == []
    assert seen == ["ALWAYS_ALLOW", "DENY", "ASK"]


async def test_a_tool_is_tried_by_hand_and_its_failures_are_data(ada: Person, db: Database) -> None:
    clock = await clock_of(ada)

    right = (await ada.gql(CALL, input={"toolId": clock, "arguments": {"time_zone": "UTC"}}))["callTool"]
    wrong = (await ada.gql(CALL, input={"toolId": clock, "arguments": {"time_zone": 7}}))["callTool"]
    failed = (await ada.gql(CALL, input={"toolId": clock, "arguments": {"time_zone": "Mars"}}))["callTool"]

    assert '"time_zone": "UTC"' in right["output"]
    assert right["error"] is None
    assert right["durationMs"] >= 0
    assert (wrong["output"], wrong["error"]["code"]) == (None, "INVALID_ARGUMENTS")
    assert (failed["output"], failed["error"]["code"]) == (None, "TOOL_FAILED")
    assert "Mars" in failed["error"]["message"]
    async with db.read() as session:
        entered = list(await session.scalars(select(ToolCallRow).order_by(ToolCallRow.id)))
    assert [(row.run_id, row.status) for row in entered] == [(None, "COMPLETED"), (None, "FAILED"), (None, "FAILED")]


async def test_what_cannot_be_called_says_so(ada: Person) -> None:
    clock = await clock_of(ada)
    missing = await ada.gql_error(CALL, input={"toolId": global_id(Kind.TOOL, new_id())})
    shape = await ada.gql_error(CALL, input={"toolId": clock, "arguments": ["UTC"]})
    large = await ada.gql_error(CALL, input={"toolId": clock, "arguments": {"time_zone": "x" * 100_001}})

    assert missing["extensions"]["code"] == "NOT_FOUND"
    assert "object" in shape["extensions"]["fields"]["input.arguments"]
    assert "100,000" in large["extensions"]["fields"]["input.arguments"]


async def test_the_approvals_of_many_tools_cost_as_many_statements_as_that_of_one(
    ada: Person, statements: list[str]
) -> None:
    await ada.gql(TOOLS)
    statements.clear()
    await ada.gql("{ tools { id approval } }")
    for_one = len(statements)
    statements.clear()

    await ada.gql("{ tools { approval } again: tools { approval } agents { tools { approval } } }")

    assert len(statements) == for_one + 1, "one more for the agents"
