"""Turns of a run survive the worker: nothing is paid or done twice, and what is not known is asked."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.ids import Kind, global_id
from persistence.accounts import UserRow
from persistence.agents import AgentRow
from persistence.database import Database, connect
from persistence.journal import JournalRow
from persistence.models import ModelCallRow, ModelRow
from server.settings import ROOT, Settings
from tests.conftest import Running, running
from tests.people import Person, sign_up, text_of
from tests.upstream import Upstream
from tests.upstream_answers import chunk, tokens_of, usage_chunk

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
NUMBERS = count()
DECIDE = """mutation ($input: DecideApprovalInput!) {
  decideApproval(input: $input) { approval { id decision } run { id status } } }"""


@pytest.fixture
async def api(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server that carries no runs on itself."""
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as started:
        yield started


@pytest.fixture
async def ada(api: Running) -> AsyncIterator[Person]:
    async with sign_up(api, "ada@example.org", "Ada") as person:
        yield person


@contextlib.asynccontextmanager
async def worker(database_url: str, tmp_path: Path, upstream: Upstream) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.orchestration.tool_worker", database_url, str(tmp_path), upstream.base_url,
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, env=dict(os.environ),
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def agent_with(db: Database, *tools: str) -> str:
    """An agent of everybody's with tools, and models that can use them."""
    async with db.write() as session:
        await session.execute(update(ModelRow).values(capabilities=["tools"]))
        owner = await session.scalar(select(UserRow.id))
        agent = AgentRow(owner_id=owner, name="Toolsmith", description="", instructions="Use tools.", tools=list(tools))
        session.add(agent)
        await session.flush()
        return global_id(Kind.AGENT, agent.id)


def calls(upstream: Upstream, *named: tuple[str, str], text: str = "") -> None:
    """The next answer calls tools, each with a text."""
    wanted = [
        {"index": n, "id": f"call_{next(NUMBERS)}", "type": "function",
         "function": {"name": name, "arguments": json.dumps({"text": words})}}
        for n, (name, words) in enumerate(named)
    ]  # fmt: skip
    said = [chunk(content=word) for word in tokens_of(text)]
    upstream.reply_with(
        [chunk(role="assistant"), *said, chunk(tool_calls=wanted), chunk(finish="tool_calls"), usage_chunk(5, 3)]
    )


async def watch(person: Person, run_id: str, until: str = "RunFinished", after: int = 0) -> list[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    async with person.socket() as socket:
        async for data in socket.watch(TOOL_EVENTS, runId=run_id, after=after):
            seen.append(data["runEvents"])
            if seen[-1]["__typename"] == until:
                break
    return seen


def kinds(events: list[dict[str, Any]], *wanted: str) -> list[str]:
    return [event["__typename"] for event in events if event["__typename"] in wanted]


async def decide(person: Person, approval_id: str, decision: str, **more: Any) -> dict[str, Any]:
    data = await person.gql(DECIDE, input={"approvalId": approval_id, "decision": decision, **more})
    decided: dict[str, Any] = data["decideApproval"]
    return decided


async def test_tools_run_turn_by_turn_and_are_part_of_the_answer(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "note")
    calls(upstream, ("note", "milk"), text="Let me note that. ")
    calls(upstream, ("note", "eggs"))
    upstream.reply("All noted.")

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("note things", agentId=agent)
        events = await watch(ada, sent["run"]["id"])

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert last["run"]["usage"]["requests"] == 3
    assert last["message"]["content"] == text_of(events) == "Let me note that. All noted."
    assert [part["__typename"] for part in last["message"]["parts"]] == [
        "TextPart", "ToolCallPart", "ToolCallPart", "TextPart",
    ]  # fmt: skip
    assert kinds(events, "ToolCallStarted", "ToolCallFinished") == ["ToolCallStarted", "ToolCallFinished"] * 2
    told = [m for m in upstream.requests[-1]["messages"] if m["role"] == "tool"]
    assert [m["content"] for m in told] == ["noted 1", "noted 2"]
    async with db.read() as session:
        assert len(list(await session.scalars(select(ModelCallRow)))) == 3
        assert not list(await session.scalars(select(JournalRow)))


async def test_after_a_crash_nothing_is_paid_twice_and_no_finished_tool_runs_again(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "note", "die_once")
    calls(upstream, ("note", "milk"), ("die_once", ""), text="Working on it.")
    upstream.reply("Done.")

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("note and die", agentId=agent)
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert text_of(events) == events[-1]["message"]["content"] == "Working on it.Done."
    assert len(upstream.requests) == 2 == events[-1]["run"]["usage"]["requests"]
    assert len((tmp_path / "note").read_text().splitlines()) == 1
    told = [m["content"] for m in upstream.requests[-1]["messages"] if m["role"] == "tool"]
    assert told == ["noted 1", "survived"], "the second request goes on from the first answer and its tools"
    made = [line.split(" ")[0] for line in (tmp_path / "die_once").read_text().splitlines()]
    assert len(made) == 2
    assert len(set(made)) == 1, "a call that is made again has the same idempotency key"


async def test_a_tool_whose_outcome_a_crash_left_unknown_asks_before_it_runs_again(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "pay")
    calls(upstream, ("pay", "10 dollars"))
    upstream.reply("Paid.")

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("pay", agentId=agent)
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
        approval = events[-1]["approval"]
        assert "may have run already" in approval["reason"]
        assert len((tmp_path / "pay").read_text().splitlines()) == 1
        await decide(ada, approval["id"], "APPROVE")
        rest = await watch(ada, sent["run"]["id"], after=events[-1]["sequence"])

    assert rest[-1]["run"]["status"] == "COMPLETED"
    assert len((tmp_path / "pay").read_text().splitlines()) == 2
    assert len(upstream.requests) == 2


async def test_a_run_waits_for_an_approval_without_a_worker_and_goes_on_with_edited_arguments(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    calls(upstream, ("ask_first", "delete"), text="May I?")
    upstream.reply(" Thanks.")
    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("do it", agentId=agent)
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    approval = events[-1]["approval"]
    assert approval["arguments"] == {"text": "delete"}
    run = await ada.gql(
        "query ($id: ID!) { run(id: $id) { status pendingApprovals { id } } }", id=sent["run"]["id"]
    )  # fmt: skip
    assert run["run"] == {"status": "REQUIRES_ACTION", "pendingApprovals": [{"id": approval["id"]}]}

    decided = await decide(ada, approval["id"], "APPROVE", arguments={"text": "archive"})
    again = await decide(ada, approval["id"], "APPROVE")
    refused = await ada.gql_error(DECIDE, input={"approvalId": approval["id"], "decision": "REJECT"})
    async with worker(database_url, tmp_path, upstream):
        rest = await watch(ada, sent["run"]["id"])

    assert decided["run"]["status"] == again["run"]["status"] == "QUEUED"
    assert refused["extensions"]["code"] == "CONFLICT"
    assert rest[-1]["message"]["content"] == text_of(rest) == "May I? Thanks."
    assert upstream.requests[-1]["messages"][-1]["content"] == "did archive, 1 times"


async def test_a_declined_call_does_not_run_and_the_model_hears_why(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    calls(upstream, ("ask_first", "delete"))
    upstream.reply("I left it.")

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("do it", agentId=agent)
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
        await decide(ada, events[-1]["approval"]["id"], "REJECT", message="Not today.")
        rest = await watch(ada, sent["run"]["id"], after=events[-1]["sequence"])

    assert rest[-1]["run"]["status"] == "COMPLETED"
    assert not (tmp_path / "ask_first").exists()
    assert upstream.requests[-1]["messages"][-1]["content"] == "Not today."


async def test_an_approval_for_the_chat_is_not_asked_for_again_in_it(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    calls(upstream, ("ask_first", "one"))
    upstream.reply("First.")
    calls(upstream, ("ask_first", "two"))
    upstream.reply("Second.")

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("do it", agentId=agent)
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
        await decide(ada, events[-1]["approval"]["id"], "APPROVE", remember="CHAT")
        await watch(ada, sent["run"]["id"])
        next_one = await ada.send("again", agentId=agent, chatId=sent["chat"]["id"])
        second = await watch(ada, next_one["run"]["id"])

    assert kinds(second, "ApprovalRequested") == []
    assert second[-1]["message"]["content"] == "Second."


async def test_a_run_that_waits_for_an_approval_can_be_cancelled_and_keeps_its_text(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    calls(upstream, ("ask_first", "x"), text="Before I do.")
    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("do it", agentId=agent)
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")

    await ada.gql("mutation ($id: ID!) { cancelRun(id: $id) { run { status } } }", id=sent["run"]["id"])
    rest = await watch(ada, sent["run"]["id"])
    late = await ada.gql_error(DECIDE, input={"approvalId": events[-1]["approval"]["id"], "decision": "APPROVE"})

    assert rest[-1]["run"]["status"] == "CANCELLED"
    assert rest[-1]["message"]["content"] == "Before I do."
    assert late["extensions"]["code"] == "CONFLICT"


async def test_an_approval_of_somebody_else_is_not_found(ada: Person, api: Running) -> None:
    async with sign_up(api, "bob@example.org", "Bob") as bob:
        error = await bob.gql_error(
            DECIDE, input={"approvalId": "approval_" + "0" * 32, "decision": "APPROVE"}
        )  # fmt: skip
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_a_message_that_steers_is_heard_before_the_next_model_call(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "wait")
    calls(upstream, ("wait", ""), text="Let me look.")
    upstream.reply("Then I say it in French.")

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("look it up", agentId=agent)
        await watch(ada, sent["run"]["id"], until="ToolCallStarted")
        steered = await ada.send("in French", chatId=sent["chat"]["id"], whenBusy="STEER")
        (tmp_path / "go").touch()
        events = await watch(ada, sent["run"]["id"])
        other = await watch(ada, steered["run"]["id"])

    asked = [(m["role"], m.get("content")) for m in upstream.requests[-1]["messages"] if m["role"] != "system"]
    assert [role for role, _ in asked] == ["user", "assistant", "tool", "user"]
    assert asked[-1] == ("user", "in French")
    assert len(upstream.requests) == 2
    assert events[-1]["run"]["status"] == other[-1]["run"]["status"] == "COMPLETED"
    shown = await ada.gql(
        "query ($id: ID!) { chat(id: $id) { messages(first: 9) { edges { node { role content } } } } }",
        id=sent["chat"]["id"],
    )
    said = [edge["node"]["content"] for edge in shown["chat"]["messages"]["edges"]]
    assert said == ["look it up", "Let me look.", "in French", "Then I say it in French."]


async def test_a_run_keeps_no_place_at_its_model_while_its_tools_are_at_work(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "wait")
    async with db.write() as session:
        await session.execute(update(ModelRow).values(max_concurrency=1))
    calls(upstream, ("wait", ""))
    upstream.reply("Hello.")
    upstream.reply("Done.")

    async with worker(database_url, tmp_path, upstream):
        run = (await ada.send("wait", agentId=agent))["run"]["id"]
        await watch(ada, run, until="ToolCallStarted")
        _, meanwhile = await ada.ask("hello")
        (tmp_path / "go").touch()
        events = await watch(ada, run)

    assert text_of(meanwhile) == "Hello."
    assert (events[-1]["run"]["status"], text_of(events)) == ("COMPLETED", "Done.")
