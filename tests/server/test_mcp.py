"""Parley as an MCP server: its tools over HTTP and standard streams, with the rights of the API key."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from graphql import parse, validate
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from domain.accounts import Scope
from persistence.database import Database
from resolvers.registration import create_api_key
from server.app import schema
from server.mcp.operations import FOLDER
from server.settings import ROOT
from tests.conftest import Running
from tests.foreign import node_packages, told
from tests.graphql.test_mcp_runs import agent, calls, with_tools
from tests.graphql.test_mcp_runs import server as mcp_server
from tests.mcp_http import http_server
from tests.people import Person
from tests.upstream import Upstream

TOOLS = {"ask", "list_agents", "list_chats", "read_chat", "search", "select_model"}


@asynccontextmanager
async def connected(url: str, key: str, mode: str = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as http,
        Client(streamable_http_client(f"{url}/mcp", http_client=http), mode=mode) as client,
    ):
        yield client


@pytest.fixture
async def key(ada: Person, db: Database) -> str:
    return await create_api_key(db, ada.email, "a program", list(Scope))


def text_of(result: CallToolResult) -> str:
    [block] = result.content
    assert isinstance(block, TextContent)
    return block.text


async def call(client: Client, tool: str, **arguments: Any) -> Any:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    assert json.loads(text_of(result)) == result.structured_content
    return result.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_program_asks_and_reads_over_http(
    server: Running, key: str, ada: Person, upstream: Upstream, mode: str
) -> None:
    upstream.reply("Forty-two.")
    steps: list[str | None] = []

    async def progressed(progress: float, total: float | None, message: str | None) -> None:
        steps.append(message)

    async with connected(server.url, key, mode) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        asked = await client.call_tool("ask", {"content": "What is it?"}, progress_callback=progressed)
        answer = asked.structured_content
        chat_id = answer["message"]["chatId"]
        listed = await call(client, "list_chats", filter={"pinned": False})
        read = await call(client, "read_chat", id=chat_id, last=1)
        found = await call(client, "search", query="forty")
        agents = await call(client, "list_agents")
        selected = await call(client, "select_model", prompt="What is it?")

    assert (answer["run"]["status"], answer["message"]["content"]) == ("COMPLETED", "Forty-two.")
    assert "RunFinished" in steps
    assert [edge["node"]["id"] for edge in listed["chats"]["edges"]] == [chat_id]
    assert [edge["node"]["content"] for edge in read["chat"]["messages"]["edges"]] == ["Forty-two."]
    assert found["search"]["edges"][0]["node"]["chat"]["id"] == chat_id
    assert "Assistant" in {one["name"] for one in agents["agents"]}
    assert selected["selectModel"]["model"]["name"] == "mock"


async def test_what_goes_wrong_is_said(server: Running, key: str, ada: Person) -> None:
    async with connected(server.url, key) as client:
        missing = await client.call_tool("read_chat", {"id": "chat_0"})
        wrong = await client.call_tool("list_chats", {"first": "many"})
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("drop_tables", {})

    assert missing.is_error
    assert "NOT_FOUND" in text_of(missing)
    assert wrong.is_error
    assert "Int" in text_of(wrong)


async def test_a_key_may_only_do_what_its_scopes_say(server: Running, ada: Person, bob: Person, db: Database) -> None:
    reader = await create_api_key(db, ada.email, "a reader", [Scope.READ])
    stranger = await create_api_key(db, bob.email, "a stranger", list(Scope))
    sent, _ = await ada.ask("A secret")
    async with connected(server.url, reader) as client:
        refused = await client.call_tool("ask", {"content": "hi"})
        await call(client, "read_chat", id=sent["chat"]["id"])
    async with connected(server.url, stranger) as client:
        hidden = await client.call_tool("read_chat", {"id": sent["chat"]["id"]})

    assert "lacks the scope `write`" in text_of(refused)
    assert "NOT_FOUND" in text_of(hidden)


async def test_without_a_key_there_is_nothing(server: Running, ada: Person) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    for headers in ({}, {"Authorization": "Bearer unknown"}):
        async with ada.http.post(f"{server.url}/mcp", json=body, headers=headers) as response:
            assert response.status == 401
            assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_revoked_key_ends_its_answers(server: Running, key: str, ada: Person, upstream: Upstream) -> None:
    upstream.reply("One two three four", held_after=3)
    ask = {"name": "ask", "arguments": {"content": "Count"}}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": ask}
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json, text/event-stream"}
    [owned] = (await ada.gql("{ viewer { apiKeys { id } } }"))["viewer"]["apiKeys"]
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        asking = asyncio.create_task(http.post(f"{server.url}/mcp", json=body))
        await asyncio.wait_for(upstream.holding.wait(), 20)
        await ada.gql("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", id=owned["id"])
        answer = await asyncio.wait_for(asking, 20)  # the model still holds its own back

    assert "result" not in answer.text
    assert "RunFinished" not in answer.text


async def test_an_answer_that_waits_for_approval_says_so(
    server: Running, key: str, ada: Person, upstream: Upstream, tmp_path: Any
) -> None:
    await with_tools(ada)
    async with http_server(tmp_path) as served:
        worker = await agent(ada, await mcp_server(ada, served.url))
        calls(upstream, "web_echo", text="hi")
        async with connected(server.url, key) as client:
            waits = await call(client, "ask", content="Say it", agentId=worker["id"])

    assert (waits["__typename"], waits["approval"]["toolName"]) == ("ApprovalRequested", "echo")


async def test_the_same_over_standard_streams(server: Running, key: str, upstream: Upstream) -> None:
    upstream.reply("Over a pipe.")
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "server.commands", "mcp", "--url", f"{server.url}/mcp"], cwd=ROOT,
        env={"PARLEY_API_KEY": key, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    async with Client(command) as client:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        answer = await call(client, "ask", content="Through what?")

    assert answer["message"]["content"] == "Over a pipe."


@pytest.mark.timeout(300)
async def test_the_inspector_lists_and_calls(server: Running, key: str, upstream: Upstream) -> None:
    upstream.reply("Seen by the Inspector.")
    inspector = await node_packages() / "node_modules" / ".bin" / "mcp-inspector"
    to = ("--transport", "http", "--header", f"Authorization: Bearer {key}")

    listed = json.loads(await told(inspector, "--cli", f"{server.url}/mcp", *to, "--method", "tools/list"))
    asked = json.loads(
        await told(
            inspector, "--cli", f"{server.url}/mcp", *to, "--method", "tools/call", "--tool-name", "ask",
            "--tool-arg", "content=Who looks?",
        )
    )  # fmt: skip

    assert {tool["name"] for tool in listed["tools"]} == TOOLS
    assert asked["structuredContent"]["message"]["content"] == "Seen by the Inspector."


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.graphql")), ids=lambda path: path.stem)
def test_each_document_is_one_that_the_api_serves(path: Any) -> None:
    assert validate(schema._schema, parse(path.read_text())) == []
