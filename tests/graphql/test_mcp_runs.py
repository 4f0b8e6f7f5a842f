"""Tools of MCP servers at work: given to an agent, called by its models, asked for, and tried by hand."""

import json
from pathlib import Path
from typing import Any

from tests.graphql.test_mcp_servers import ADD, HTTP, REMOVE, UPDATE
from tests.mcp_http import http_server
from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk

CREATE = """mutation ($input: CreateAgentInput!) { createAgent(input: $input) {
  agent { id mcpServers { id name } } } }"""
CALL = "mutation ($input: CallToolInput!) { callTool(input: $input) { output error { code message } } }"
DECIDE = "mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { run { status } } }"
POLICY = "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { tools { name approval } } }"
PENDING = "query ($id: ID!) { run(id: $id) { pendingApprovals { id toolName serverName arguments } } }"
AGENTS = "{ agents { id mcpServers { id } } }"
TOOLS = "{ tools { id name source approval } }"


async def server(person: Person, url: str, **more: Any) -> dict[str, Any]:
    added: dict[str, Any] = (await person.gql(ADD, input={"name": "web", "transport": HTTP, "url": url, **more}))[
        "addMcpServer"
    ]["mcpServer"]
    return added


async def with_tools(admin: Person) -> None:
    change = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }"
    [model] = (await admin.gql("{ models { id } }"))["models"]
    await admin.gql(change, input={"id": model["id"], "capabilities": ["tools"]})


def calls(upstream: Upstream, name: str, **arguments: Any) -> None:
    """The next answer of the model calls a function."""
    function = {"name": name, "arguments": json.dumps(arguments)}
    wanted = [{"index": 0, "id": "call_1", "type": "function", "function": function}]
    upstream.reply_with(
        [chunk(role="assistant"), chunk(tool_calls=wanted), chunk(finish="tool_calls"), usage_chunk(5, 3)]
    )


async def agent(person: Person, *servers: dict[str, Any], **more: Any) -> dict[str, Any]:
    given = {"name": "Worker", "mcpServerIds": [one["id"] for one in servers], **more}
    made: dict[str, Any] = (await person.gql(CREATE, input=given))["createAgent"]["agent"]
    return made


async def test_a_run_asks_for_a_tool_of_a_server_and_calls_it(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    await with_tools(ada)
    async with http_server(tmp_path) as served:
        added = await server(ada, served.url)
        worker = await agent(ada, added)
        assert worker["mcpServers"] == [{"id": added["id"], "name": "web"}]
        calls(upstream, "web_echo", text="from the server")

        sent = await ada.send("Say it", agentId=worker["id"])
        async with ada.socket() as socket:
            watch = "subscription ($id: ID!) { runEvents(runId: $id) { __typename } }"
            async for data in socket.watch(watch, id=sent["run"]["id"]):
                if data["runEvents"]["__typename"] == "ApprovalRequested":
                    break
        [approval] = (await ada.gql(PENDING, id=sent["run"]["id"]))["run"]["pendingApprovals"]
        assert (approval["toolName"], approval["serverName"]) == ("echo", "web")
        await ada.gql(DECIDE, input={"approvalId": approval["id"], "decision": "APPROVE"})
        events = await ada.events(sent["run"]["id"])

    assert events[-1]["run"]["status"] == "COMPLETED"
    names = [tool["function"]["name"] for tool in upstream.requests[-1]["tools"]]
    assert "web_echo" in names
    assert upstream.requests[-1]["messages"][-1]["content"] == "from the server"


async def test_rules_hold_for_an_agent_that_has_nothing_but_servers(
    ada: Person, upstream: Upstream, tmp_path: Path
) -> None:
    await with_tools(ada)
    async with http_server(tmp_path) as served:
        worker = await agent(ada, await server(ada, served.url))
        await ada.gql(POLICY, input={"pattern": "web/echo", "approval": "DENY"})
        await ada.gql(POLICY, input={"pattern": "web/fail", "approval": "NEVER"})
        calls(upstream, "web_fail")
        _, events = await ada.ask("Do it", agentId=worker["id"])

    assert events[-1]["run"]["status"] == "COMPLETED", "it was asked for a tool that need not ask"
    names = {tool["function"]["name"] for tool in upstream.requests[0]["tools"]}
    assert "web_fail" in names
    assert "web_echo" not in names


async def test_a_tool_says_how_far_it_is(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    watch = """subscription ($id: ID!) { runEvents(runId: $id) { __typename
      ... on ToolCallStarted { toolCall { id } } ... on ToolCallProgressed { callId progress total text } } }"""
    await with_tools(ada)
    await ada.gql(POLICY, input={"pattern": "web/*", "approval": "ALWAYS_ALLOW"})
    async with http_server(tmp_path) as served:
        worker = await agent(ada, await server(ada, served.url))
        calls(upstream, "web_progress")
        sent = await ada.send("Go", agentId=worker["id"])
        async with ada.socket() as socket:
            events = [data["runEvents"] async for data in socket.watch(watch, id=sent["run"]["id"])]

    [began] = [event["toolCall"]["id"] for event in events if event["__typename"] == "ToolCallStarted"]
    told = [event for event in events if event["__typename"] == "ToolCallProgressed"]
    assert {event["callId"] for event in told} == {began}
    assert [(event["progress"], event["total"]) for event in told] == [(0, 3), (1, 3), (2, 3)]


async def test_a_run_without_its_server_fails_and_says_what_to_do(
    ada: Person, upstream: Upstream, tmp_path: Path
) -> None:
    await with_tools(ada)
    async with http_server(tmp_path) as served:
        url = served.url
    added = await server(ada, url)
    worker = await agent(ada, added)

    _, events = await ada.ask("Say it", agentId=worker["id"])
    await ada.gql(REMOVE, id=added["id"])
    _, gone = await ada.ask("Say it", agentId=worker["id"])

    error = events[-1]["run"]["error"]
    assert (error["code"], error["retryable"]) == ("TOOL_FAILED", True)
    assert "The MCP server web is not available" in error["message"]
    assert gone[-1]["run"]["error"]["code"] == "TOOL_FAILED"
    assert upstream.requests == []


async def test_tools_of_servers_are_listed_tried_and_put_under_rules(ada: Person, bob: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        added = await server(ada, served.url, trusted=True)
        ids = {tool["name"]: tool["id"] for tool in (await ada.gql(TOOLS))["tools"] if tool["source"] == "web"}
        assert ids == {tool["name"]: tool["id"] for tool in added["tools"]}
        assert {tool["source"] for tool in (await bob.gql(TOOLS))["tools"]} == {"builtin"}

        tried = {"toolId": ids["echo"], "arguments": {"text": "by hand"}}
        assert (await ada.gql(CALL, input=tried))["callTool"] == {"output": "by hand", "error": None}
        failed = (await ada.gql(CALL, input={"toolId": ids["fail"]}))["callTool"]
        assert failed["error"] == {"code": "TOOL_FAILED", "message": "that went wrong"}
        assert (await bob.gql_error(CALL, input=tried))["extensions"]["code"] == "NOT_FOUND"

        rule = await ada.gql(POLICY, input={"pattern": "web/e*", "approval": "DENY"})
        assert {tool["name"] for tool in rule["setToolApproval"]["tools"]} == {"echo", "environment"}
        assert (await ada.gql_error(CALL, input=tried))["extensions"]["code"] == "FORBIDDEN"
        error = await bob.gql_error(POLICY, input={"toolId": ids["echo"], "approval": "DENY"})
        assert error["extensions"]["code"] == "NOT_FOUND"


async def test_an_agent_only_has_servers_that_whoever_uses_it_may_use(ada: Person, bob: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        added = await server(ada, served.url)
    for person, given in ((bob, {}), (ada, {"shared": True})):
        wrong = {"name": "Worker", "mcpServerIds": [added["id"]], **given}
        error = await person.gql_error(CREATE, input=wrong)
        assert "input.mcpServerIds" in error["extensions"]["fields"]

    await ada.gql(UPDATE, input={"id": added["id"], "shared": True})
    worker = await agent(ada, added, shared=True)
    seen = {one["id"]: one["mcpServers"] for one in (await bob.gql(AGENTS))["agents"]}
    assert seen[worker["id"]] == [{"id": added["id"]}]
    await ada.gql(UPDATE, input={"id": added["id"], "shared": False})
    seen = {one["id"]: one["mcpServers"] for one in (await bob.gql(AGENTS))["agents"]}
    assert seen[worker["id"]] == []


async def test_an_agent_has_a_single_tool_of_a_server_and_fails_when_it_is_gone(
    ada: Person, bob: Person, upstream: Upstream, tmp_path: Path
) -> None:
    await with_tools(ada)
    async with http_server(tmp_path) as served:
        added = await server(ada, served.url, trusted=True)
        [echo] = [tool for tool in added["tools"] if tool["name"] == "echo"]
        error = await bob.gql_error(CREATE, input={"name": "Worker", "toolIds": [echo["id"]]})
        assert "input.toolIds" in error["extensions"]["fields"]
        error = await ada.gql_error(CREATE, input={"name": "Worker", "toolIds": [echo["id"]], "shared": True})
        assert "not shared" in error["extensions"]["fields"]["input.toolIds"]
        worker = await agent(ada, toolIds=[echo["id"]])
        calls(upstream, "web_echo", text="only this")

        _, events = await ada.ask("Say it", agentId=worker["id"])

        assert events[-1]["run"]["status"] == "COMPLETED"
        assert [tool["function"]["name"] for tool in upstream.requests[0]["tools"]] == ["web_echo"]
        assert upstream.requests[-1]["messages"][-1]["content"] == "only this"
        tools = (await ada.gql("query ($id: ID!) { agent(id: $id) { tools { id } } }", id=worker["id"]))["agent"]
        assert tools == {"tools": [{"id": echo["id"]}]}

    await ada.gql(REMOVE, id=added["id"])
    _, gone = await ada.ask("Say it", agentId=worker["id"])
    assert gone[-1]["run"]["error"]["code"] == "TOOL_FAILED"
    assert "Change the agent's tools" in gone[-1]["run"]["error"]["message"]
