"""MCP servers that others have written: the reference servers from PyPI and npm, over each transport."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.accounts import UserRole
from domain.ids import new_id
from domain.mcp import McpStatus, McpTransport
from domain.questions import Answer, AnswerAction, Question
from orchestration.mcp.checking import Given
from orchestration.mcp.servers import McpServers
from orchestration.tools.tool import Call
from persistence.database import Database
from tests.foreign import node_packages, python_servers, started, told
from tests.orchestration.test_mcp_calls import KEYS, person, say, toolbox
from tests.upstream import Upstream

pytestmark = pytest.mark.timeout(300)

HTTP, SSE, STDIO = McpTransport.STREAMABLE_HTTP, McpTransport.SSE, McpTransport.STDIO


@pytest.fixture(scope="session")
async def current() -> Path:
    """Servers that speak the protocol's newest revision."""
    return await python_servers("current")


@pytest.fixture(scope="session")
async def first() -> Path:
    """A server on the library's first major version."""
    return await python_servers("first")


@pytest.fixture(scope="session")
async def node() -> Path:
    return await node_packages() / "node_modules" / ".bin"


class Used:
    """One server as a run uses it."""

    def __init__(self, servers: McpServers, user_id: UUID) -> None:
        self._servers, self._user_id = servers, user_id

    async def add(self, **given: Any) -> None:
        row = await self._servers.kept.add(self._user_id, UserRole.ADMIN, Given(name="x", timeout_seconds=20, **given))
        assert (row.status, row.error_message) == (McpStatus.CONNECTED, None)
        self.row = row
        self.tools = await toolbox(self._servers, self._user_id, row)

    async def program(self, command: Path, *args: str) -> None:
        await self.add(transport=STDIO, command=str(command), args=args)

    async def prompt(self, name: str, **arguments: str) -> str:
        [message] = await self._servers.prompt(self._user_id, self.row.id, name, arguments)
        return message.text

    async def call(self, tool: str, **arguments: Any) -> str:
        return await say(self.tools[tool], self._user_id, **arguments)

    async def answering(self, tool: str, **content: Any) -> str:
        """A call in which the person fills in what the tool asks."""

        async def ask(question: Question) -> Answer:
            return Answer(AnswerAction.ACCEPT, question.usual | content)

        return (await self.tools[tool].call("{}", Call(self._user_id, new_id(), new_id(), "key", ask=ask))).words


@pytest.fixture
async def used(db: Database) -> AsyncIterator[Used]:
    servers = McpServers(db, KEYS)
    servers.start()
    yield Used(servers, await person(db, UserRole.ADMIN))
    await servers.close()


async def test_time(used: Used, current: Path) -> None:
    await used.program(current / "mcp-server-time")

    assert set(used.tools) == {"convert_time", "get_current_time"}
    assert "Asia/Kolkata" in await used.call("get_current_time", timezone="Asia/Kolkata")
    assert (await used.call("get_current_time", timezone="Mars/Olympus")).startswith("Error: ")


async def test_git(used: Used, current: Path, tmp_path: Path) -> None:
    await told("git", "init", "-q", tmp_path)
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    await told("git", "-C", tmp_path, *who, "commit", "-q", "--allow-empty", "-m", "The first one")
    await used.program(current / "mcp-server-git", "--repository", str(tmp_path))

    assert "The first one" in await used.call("git_log", repo_path=str(tmp_path))
    assert (await used.call("git_log", repo_path="/")).startswith("Error: ")


async def test_fetch(used: Used, current: Path, upstream: Upstream) -> None:
    await used.program(current / "mcp-server-fetch", "--ignore-robots-txt", "--allow-private-ips")

    assert '"mock"' in await used.call("fetch", url=f"{upstream.base_url}/models", raw=True)
    assert (await used.call("fetch", url="http://127.0.0.1:1/")).startswith("Error: ")


async def test_sqlite(used: Used, first: Path, tmp_path: Path) -> None:
    await used.program(first / "mcp-server-sqlite", "--db-path", str(tmp_path / "test.db"))

    await used.call("create_table", query="CREATE TABLE words (word TEXT)")
    await used.call("write_query", query="INSERT INTO words VALUES ('parley')")
    assert "parley" in await used.call("read_query", query="SELECT word FROM words")
    assert "no such table" in await used.call("read_query", query="SELECT * FROM missing")


async def test_filesystem(used: Used, node: Path, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("written here")
    await used.program(node / "mcp-server-filesystem", str(tmp_path))

    assert "written here" in await used.call("read_text_file", path=str(tmp_path / "note.txt"))
    assert "Access denied" in await used.call("read_text_file", path="/etc/hostname")
    assert used.tools["read_text_file"].idempotent
    assert not used.tools["edit_file"].idempotent


@asynccontextmanager
async def everything(node: Path, transport: McpTransport) -> AsyncIterator[dict[str, Any]]:
    """How the server with one of everything is reached."""
    command = node / "mcp-server-everything"
    if transport is STDIO:
        yield {"transport": STDIO, "command": str(command)}
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kind, path = ("streamableHttp", "mcp") if transport is HTTP else ("sse", "sse")
    process = await started("env", f"PORT={port}", str(command), kind)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(20):
            while str(port) not in (line := await process.stderr.readline()).decode():
                assert line, "the server ended"
        yield {"transport": transport, "url": f"http://127.0.0.1:{port}/{path}"}
    finally:
        process.kill()
        await process.communicate()


@pytest.mark.parametrize("transport", [STDIO, HTTP, SSE])
async def test_everything(used: Used, node: Path, transport: McpTransport) -> None:
    async with everything(node, transport) as how:
        await used.add(**how)

        assert await used.call("echo", message="hi") == "Echo: hi"
        assert (await used.call("get-sum", a="x", b=2)).startswith("Error: ")
        assert "temperature" in await used.call("get-structured-content", location="Chicago")
        assert "image/png" in await used.call("get-tiny-image")
        done = await used.call("trigger-long-running-operation", duration=0.2, steps=2)
        assert "completed" in done
        assert "decline" in await used.call("trigger-elicitation-request")
        assert "- Name: Ada" in await used.answering("trigger-elicitation-request", name="Ada")
        assert "demo://resource/static/document/" in await used.call("list_resources")
        assert "Resource 1" in await used.call("read_resource", uri="demo://resource/dynamic/text/1")
        assert (await used.call("read_resource", uri="demo://nowhere")).startswith("Error: ")
        assert "Paris" in await used.prompt("args-prompt", city="Paris")
