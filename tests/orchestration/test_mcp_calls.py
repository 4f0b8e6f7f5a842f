"""Calls of tools on MCP servers that die, hang, grow, say too much, and come back."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from domain.accounts import UserRole
from domain.errors import NotFound
from domain.ids import new_id
from domain.mcp import McpErrorCode, McpStatus, McpTransport
from domain.runs import RunErrorCode, RunFailure
from orchestration.inference.secrets import Keyring
from orchestration.mcp.checking import Given
from orchestration.mcp.servers import McpServers
from orchestration.tools.tool import Call, Tool
from persistence import accounts
from persistence.database import Database
from persistence.mcp_servers import McpServerRow
from server.settings import ROOT
from tests.mcp_http import http_server

KEYS = Keyring(bytes(32))


@asynccontextmanager
async def process(db: Database, **how: Any) -> AsyncIterator[McpServers]:
    """What one process of Parley knows of MCP servers."""
    servers = McpServers(db, KEYS, **how)
    servers.start()
    yield servers
    await servers.close()


@pytest.fixture
async def servers(db: Database) -> AsyncIterator[McpServers]:
    async with process(db) as started:
        yield started


@pytest.fixture
async def admin(db: Database) -> UUID:
    return await person(db, UserRole.ADMIN)


async def person(db: Database, role: UserRole) -> UUID:
    async with db.write() as session:
        row = accounts.UserRow(email=f"{new_id()}@example.org", name="X", password_hash=None, role=role)
        session.add(row)
    return row.id


async def added(servers: McpServers, admin: UUID, folder: Path, *more: str, **given: Any) -> McpServerRow:
    """The misbehaving server as a process of its own."""
    how: dict[str, Any] = {
        "name": "odd", "transport": McpTransport.STDIO, "command": sys.executable,
        "args": ["-m", "tests.mcp_server", str(folder), *more], "env": {"PYTHONPATH": str(ROOT)}, "timeout_seconds": 5,
    }  # fmt: skip
    return await servers.kept.add(admin, UserRole.ADMIN, Given(**(how | given)))


async def toolbox(servers: McpServers, user_id: UUID, *rows: McpServerRow) -> dict[str, Tool]:
    return {tool.name: tool for tool in await servers.tools([row.id for row in rows], user_id)}


async def say(tool: Tool, user_id: UUID, **arguments: Any) -> str:
    return (await tool.call(json.dumps(arguments), Call(user_id, new_id(), new_id(), "key"))).words


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_server_that_dies_in_mid_call_is_an_error_and_lives_again(
    servers: McpServers, admin: UUID, tmp_path: Path
) -> None:
    tools = await toolbox(servers, admin, await added(servers, admin, tmp_path))

    assert "went away during the call" in await say(tools["die"], admin)
    assert (tmp_path / "died").exists()
    assert await say(tools["echo"], admin, text="back") == "back"


async def test_a_hanging_tool_is_given_up_and_its_server_hears_of_it(
    servers: McpServers, admin: UUID, tmp_path: Path
) -> None:
    tools = await toolbox(servers, admin, await added(servers, admin, tmp_path, timeout_seconds=1))

    said, progressed = await asyncio.gather(say(tools["hang"], admin), say(tools["progress"], admin))

    assert "no sign of life for 1 second" in said
    await until((tmp_path / "cancelled").exists)
    assert progressed == "done in time"


async def test_a_call_of_a_run_that_is_cancelled_is_cancelled_at_the_server(
    servers: McpServers, admin: UUID, tmp_path: Path
) -> None:
    tools = await toolbox(servers, admin, await added(servers, admin, tmp_path))
    calling = asyncio.create_task(say(tools["hang"], admin))
    await until((tmp_path / "hanging").exists)

    calling.cancel()

    await until((tmp_path / "cancelled").exists)
    assert await say(tools["echo"], admin, text="still here") == "still here"


async def test_what_tools_say_becomes_words(servers: McpServers, admin: UUID, tmp_path: Path) -> None:
    tools = await toolbox(servers, admin, await added(servers, admin, tmp_path))

    assert await say(tools["fail"], admin) == "Error: that went wrong"
    assert await say(tools["ask"], admin) == "the person said decline"
    assert "may ask 20 questions" in await say(tools["pester"], admin)
    assert "[image/png, 6 bytes" in await say(tools["picture"], admin)
    large = await say(tools["large"], admin)
    assert len(large) < 40_000
    assert "4,967,232 more characters" in large


async def test_a_process_gets_what_it_was_given_and_nothing_of_ours(
    servers: McpServers, admin: UUID, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-server")
    env = {"PYTHONPATH": str(ROOT), "TOKEN": "given-to-it"}
    tools = await toolbox(servers, admin, await added(servers, admin, tmp_path, env=env))

    environment = json.loads(await say(tools["environment"], admin))

    assert environment["TOKEN"] == "given-to-it"
    assert set(environment) - set(env) <= {"HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LC_CTYPE"}


async def test_a_list_that_changes_is_known_to_all_processes(
    servers: McpServers, db: Database, admin: UUID, tmp_path: Path
) -> None:
    row = await added(servers, admin, tmp_path, "100")
    tools = await toolbox(servers, admin, row)
    assert len([name for name in tools if name.startswith("tool_")]) == 100

    assert await say(tools["grow"], admin) == "tool_100"

    async with process(db) as other, asyncio.timeout(5):
        while "tool_100" not in await toolbox(other, admin, row):
            await asyncio.sleep(0.02)


async def test_a_missing_server_fails_the_run_with_guidance(
    servers: McpServers, db: Database, admin: UUID, tmp_path: Path
) -> None:
    row = await added(servers, admin, tmp_path, args=["-c", "raise SystemExit('no such luck')"])
    assert (row.status, row.error_code) == (McpStatus.FAILED, McpErrorCode.UNREACHABLE)
    assert "no such luck" in (row.error_message or "")

    async with process(db) as other:
        for asking in (servers, other):
            with pytest.raises(RunFailure, match=r"MCP server odd is not available.*tried again in") as failure:
                await asking.tools([row.id], admin)
            assert failure.value.code is RunErrorCode.TOOL_FAILED

    with pytest.raises(RunFailure, match="is gone, or is not shared"):
        await servers.tools([new_id()], admin)


async def test_many_who_want_a_broken_server_try_once(
    servers: McpServers, db: Database, admin: UUID, tmp_path: Path
) -> None:
    tried = tmp_path / "tried"
    row = await added(servers, admin, tmp_path, args=["-c", f"open({str(tried)!r}, 'a').write('x')"])

    rows = await asyncio.gather(*(servers.refresh(row.id, admin) for _ in range(5)))

    assert tried.read_text() == "xx"
    assert {row.failures for row in rows} == {2}


async def test_a_server_is_for_its_owner_and_for_all_once_it_is_shared(
    servers: McpServers, db: Database, admin: UUID, tmp_path: Path
) -> None:
    row = await added(servers, admin, tmp_path)
    stranger = await person(db, UserRole.MEMBER)
    echo = (await toolbox(servers, admin, row))["echo"]
    with pytest.raises(RunFailure, match="not shared"):
        await servers.tools([row.id], stranger)
    with pytest.raises(NotFound):
        await servers.tool(echo.key, stranger)
    assert "is gone" in await say(echo, stranger, text="hi")

    await servers.kept.change(admin, UserRole.ADMIN, row.id, Given(shared=True))

    assert await say(await servers.tool(echo.key, stranger), stranger, text="hi") == "hi"


async def test_a_program_of_somebody_who_is_no_administrator_any_more_is_not_started(
    servers: McpServers, db: Database, admin: UUID, tmp_path: Path
) -> None:
    row = await added(servers, admin, tmp_path)
    echo = (await toolbox(servers, admin, row))["echo"]
    async with db.write() as session:
        (await session.get_one(accounts.UserRow, admin)).role = UserRole.MEMBER

    async with process(db) as other:
        assert "Only administrators" in await say(await other.tool(echo.key, admin), admin, text="hi")


async def test_what_asks_first_and_what_may_run_twice(servers: McpServers, admin: UUID, tmp_path: Path) -> None:
    row = await added(servers, admin, tmp_path)
    plain = await toolbox(servers, admin, row)
    await servers.kept.change(admin, UserRole.ADMIN, row.id, Given(trusted=True))
    trusted = await toolbox(servers, admin, row)

    assert [plain["echo"].asks, plain["die"].asks] == [True, True]
    assert [trusted["echo"].asks, trusted["die"].asks] == [False, True]
    assert [plain["echo"].idempotent, plain["die"].idempotent] == [True, False]


async def test_idle_servers_end_and_too_many_are_refused(db: Database, admin: UUID, tmp_path: Path) -> None:
    async with process(db, idle=0.2, processes=1) as servers:
        one, two = [await added(servers, admin, tmp_path, name=name) for name in ("one", "two")]
        first, second = await toolbox(servers, admin, one), await toolbox(servers, admin, two)
        calling = asyncio.create_task(say(first["hang"], admin))
        await until((tmp_path / "hanging").exists)

        assert "which is the most" in await say(second["echo"], admin, text="hi")

        calling.cancel()
        await until(lambda: not any(servers._connections.live(row.id) for row in (one, two)))


async def test_a_server_behind_a_url_that_starts_again_is_reached_again(
    servers: McpServers, admin: UUID, tmp_path: Path
) -> None:
    async with http_server(tmp_path, token="let-me-in") as served:
        port = int(served.url.split(":")[2].split("/")[0])
        given = Given(
            name="web", transport=McpTransport.STREAMABLE_HTTP, url=served.url,
            headers={"Authorization": "Bearer let-me-in"},
        )  # fmt: skip
        row = await servers.kept.add(admin, UserRole.ADMIN, given)
        tools = await toolbox(servers, admin, row)
        assert await say(tools["echo"], admin, text="one") == "one"
        assert "4,967,232 more characters" in await say(tools["large"], admin)

    for problem in ("went away", "cannot be reached", "tried again in"):
        assert problem in await say(tools["echo"], admin, text="two")

    async with http_server(tmp_path, token="let-me-in", port=port):
        await servers.refresh(row.id, admin)
        assert await say(tools["echo"], admin, text="three") == "three"
