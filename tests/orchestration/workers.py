"""What tests of runs with tools have in common: workers that can be killed, beside a server that carries no runs on."""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from domain.ids import Kind, global_id
from orchestration.tools.toolbox import shipped_key
from persistence.accounts import UserRow
from persistence.agents import AgentRow
from persistence.database import Database
from persistence.models import ModelRow
from server.settings import Settings
from tests.conftest import Running, reconnect, running
from tests.forks import Forked, fork
from tests.graphql import teams
from tests.graphql.teams import DECIDE
from tests.people import Person, sign_up
from tests.upstream import Upstream

TOOL_EVENTS = """subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) {
  __typename sequence
  ... on RunStatusChanged { status }
  ... on TextDelta { text }
  ... on ToolCallStarted { toolCall { id name arguments status } }
  ... on ToolCallFinished { toolCall { id name status output error } }
  ... on ApprovalRequested { approval { id toolName arguments reason decision } }
  ... on RunFinished { run { status error { code message } usage { requests inputTokens outputTokens } }
    message { content parts { __typename ... on ToolCallPart { toolCall { name status output } } } } }
  } }"""


@pytest.fixture
async def api(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that carries no runs on itself."""
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, reconnect(database_url, "server")) as started:
        yield started


@pytest.fixture
async def ada(api: Running) -> AsyncIterator[Person]:
    async with sign_up(api, "ada@example.org", "Ada") as person:
        yield person


@contextlib.asynccontextmanager
async def worker(database_url: str, tmp_path: Path, upstream: Upstream, *more: str) -> AsyncIterator[Forked]:
    process = await fork("tests.orchestration.tool_worker", database_url, str(tmp_path), upstream.base_url, *more)
    try:
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        print((await process.stderr.read()).decode())  # for whom the test fails


async def agent_with(db: Database, *tools: str) -> str:
    """An agent of everybody's with tools, and models that can use them."""
    async with db.write() as session:
        await session.execute(update(ModelRow).values(capabilities=["tools"]))
        owner = await session.scalar(select(UserRow.id))
        agent = AgentRow(owner_id=owner, name="Toolsmith", description="", instructions="Use tools.")
        agent.tools = [shipped_key(name) for name in tools]
        session.add(agent)
        await session.flush()
        return global_id(Kind.AGENT, agent.id)


def calls(upstream: Upstream, *named: tuple[str, str], text: str = "") -> None:
    """The next answer calls tools, each with a text."""
    teams.calls(upstream, *((name, {"text": words}) for name, words in named), text=text)


async def watch(person: Person, run_id: str, until: str = "RunFinished", after: int = 0) -> list[dict[str, Any]]:
    return await person.until(until, run_id, TOOL_EVENTS, after)


def kinds(events: list[dict[str, Any]], *wanted: str) -> list[str]:
    return [event["__typename"] for event in events if event["__typename"] in wanted]


async def decide(person: Person, approval_id: str, decision: str, **more: Any) -> dict[str, Any]:
    data = await person.gql(DECIDE, input={"approvalId": approval_id, "decision": decision, **more})
    decided: dict[str, Any] = data["decideApproval"]
    return decided


async def two_days_pass(db: Database) -> None:
    """All that the database knows happened two days earlier: as if the clock had gone on with nobody there."""
    moments = """SELECT c.table_name, c.column_name FROM information_schema.columns c
        JOIN information_schema.tables t USING (table_schema, table_name)
        WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'
            AND c.data_type = 'timestamp with time zone'"""
    async with db.write() as session:
        for table, column in (await session.execute(text(moments))).all():
            await session.execute(text(f'UPDATE "{table}" SET "{column}" = "{column}" - interval \'2 days\''))
