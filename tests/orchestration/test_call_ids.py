"""Tool calls of servers that name them alike in every answer, or not at all, through the front door."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.orchestration.workers import agent_with, decide, watch, worker
from tests.people import Person, sign_up
from tests.upstream import Upstream
from tests.upstream_answers import chunk, usage_chunk


@pytest.fixture
async def ada(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Person]:
    """In front of a server that carries no runs on itself."""
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as api, sign_up(api, "ada@example.org", "Ada") as person:
        yield person


def calls(upstream: Upstream, name: str, *named: tuple[str | None, str], index: int | None = None) -> None:
    """The next answer calls a tool, under these ids, with these texts; arguments come in a second piece. All calls have
    the `index`, if there is one."""
    chunks = [chunk(role="assistant")]
    for number, (call_id, words) in enumerate(named):
        n = number if index is None else index
        begun = {"index": n, "type": "function", "function": {"name": name, "arguments": ""}}
        rest = {"index": n, "function": {"arguments": json.dumps({"text": words})}}
        known = {} if call_id is None else {"id": call_id}
        chunks += [chunk(tool_calls=[begun | known]), chunk(tool_calls=[rest | known])]
    upstream.reply_with([*chunks, chunk(finish="tool_calls"), usage_chunk(5, 3)])


def pairs(request: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Ids of the calls and of the results that a provider was sent."""
    asked = [call["id"] for m in request["messages"] for call in m.get("tool_calls") or ()]
    told = [m["tool_call_id"] for m in request["messages"] if m["role"] == "tool"]
    return asked, told


@pytest.mark.parametrize("call_id", ["call_0", "", None])
async def test_ids_that_come_again_or_are_missing_are_told_apart(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path, call_id: str | None
) -> None:
    agent = await agent_with(db, "note")
    calls(upstream, "note", (call_id, "milk"), (call_id, "eggs"))
    calls(upstream, "note", (call_id, "salt"))
    upstream.reply("All noted.")

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("note things", agentId=agent)
        events = await watch(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    finished = [event["toolCall"] for event in events if event["__typename"] == "ToolCallFinished"]
    assert len(finished) == len({call["id"] for call in finished}) == 3
    asked, told = pairs(upstream.requests[-1])
    assert len(set(asked)) == 3
    assert sorted(asked) == sorted(told)
    assert ("call_0" in asked) is (call_id == "call_0")  # an id that is free stays as it is
    assert len((tmp_path / "note").read_text().splitlines()) == 3


async def test_calls_that_share_an_index_are_told_apart(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "note")
    calls(upstream, "note", ("a", "milk"), ("b", "eggs"), ("c", "salt"), index=0)
    upstream.reply("All noted.")

    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, (await ada.send("note things", agentId=agent))["run"]["id"])

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert sorted(line.split(" ")[1] for line in (tmp_path / "note").read_text().splitlines()) == [
        "eggs",
        "milk",
        "salt",
    ]
    assert pairs(upstream.requests[-1])[0] == ["a", "b", "c"]


async def test_a_decision_holds_for_one_call_and_not_for_the_next_of_that_id(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    for words in ("one", "two"):
        calls(upstream, "ask_first", ("call_0", words))
    upstream.reply("Done.")

    async with worker(database_url, tmp_path, upstream):
        run = (await ada.send("do it", agentId=agent))["run"]["id"]
        first = (await watch(ada, run, until="ApprovalRequested"))[-1]
        await decide(ada, first["approval"]["id"], "APPROVE", arguments={"text": "ONE"})
        second = (await watch(ada, run, until="ApprovalRequested", after=first["sequence"]))[-1]
        await decide(ada, second["approval"]["id"], "APPROVE")
        last = (await watch(ada, run, after=second["sequence"]))[-1]

    assert last["run"]["status"] == "COMPLETED"
    assert second["approval"]["arguments"] == {"text": "two"}
    done = [line.split(" ")[1] for line in (tmp_path / "ask_first").read_text().splitlines()]
    assert done == ["ONE", "two"]
