"""Agents that work together survive their workers, and a person who takes two days to decide."""

from pathlib import Path

import aiohttp
from sqlalchemy import update

from domain.ids import Kind, key_of
from orchestration.tools.toolbox import shipped_key
from persistence.agents import AgentRow
from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import running
from tests.graphql.teams import agents_in, calls, make, of_kind, told, watch, with_tools
from tests.orchestration.workers import ada, api, decide, two_days_pass, worker
from tests.people import PASSWORD, SIGN_IN, Person, sign_up, text_of
from tests.upstream import Upstream

__all__ = ["ada", "api"]


async def give(db: Database, agent_id: str, *names: str) -> None:
    """Let an agent have tools that only the worker has."""
    keys = [shipped_key(name) for name in names]
    async with db.write() as session:
        await session.execute(update(AgentRow).where(AgentRow.id == key_of(Kind.AGENT, agent_id)).values(tools=keys))


def noted(folder: Path, tool: str) -> int:
    return len((folder / tool).read_text().splitlines())


async def test_a_handoff_and_what_came_after_it_survive_a_crash(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    await with_tools(ada)
    expert = await make(ada, "Expert")
    await give(db, expert, "note", "die_once")
    desk = await make(ada, "Desk", handoffIds=[expert])
    calls(upstream, ("transfer_to_Expert", {}), text="One moment. ")
    calls(upstream, ("note", {"text": "milk"}), ("die_once", {}))
    upstream.reply("Done.")

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("note and die", agentId=desk)
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert agents_in(events) == ["Desk", "Expert", "Expert"], "the next worker goes on with the expert"
    assert (last["message"]["agentId"], last["message"]["content"]) == (expert, "One moment. Done.")
    assert text_of(events) == "One moment. Done."
    assert len(upstream.requests) == 3 == last["run"]["usage"]["requests"]
    assert (noted(tmp_path, "note"), noted(tmp_path, "die_once")) == (1, 2)
    assert told(upstream.requests[-1], "system") == ["You are Expert."]


async def test_an_agent_that_is_asked_like_a_tool_goes_on_where_a_crash_has_stopped_it(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    await with_tools(ada)
    expert = await make(ada, "Expert")
    await give(db, expert, "note", "die_once")
    chief = await make(ada, "Chief", agentToolIds=[expert])
    calls(upstream, ("ask_Expert", {"input": "Note it."}), text="Let me ask. ")
    calls(upstream, ("note", {"text": "milk"}), ("die_once", {}))
    upstream.reply("Noted, says the expert.")
    upstream.reply("It is noted.")

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("note and die", agentId=chief)
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert (last["message"]["agentId"], last["message"]["content"]) == (chief, "Let me ask. It is noted.")
    assert len(upstream.requests) == 4 == last["run"]["usage"]["requests"]
    assert (noted(tmp_path, "note"), noted(tmp_path, "die_once")) == (1, 2)
    assert told(upstream.requests[-1]) == ["Noted, says the expert."]
    done = {call["name"]: call["output"] for call in of_kind(events, "ToolCallFinished")}
    assert done == {"note": "noted 1", "die_once": "survived", "ask_Expert": "Noted, says the expert."}


async def test_an_approval_two_days_after_everything_was_killed_runs_the_tool_once_and_completes_the_answer(
    settings: Settings, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as api, sign_up(api, "ada@example.org", "Ada") as ada:
        await with_tools(ada)
        expert = await make(ada, "Expert")
        await give(db, expert, "ask_first")
        desk = await make(ada, "Desk", handoffIds=[expert])
        calls(upstream, ("transfer_to_Expert", {}))
        calls(upstream, ("ask_first", {"text": "delete"}), text="May I? ")
        upstream.reply("Done.")
        async with worker(database_url, tmp_path, upstream) as process:
            run = (await ada.send("do it", agentId=desk))["run"]["id"]
            approval = (await watch(ada, run, until="ApprovalRequested"))[-1]["approval"]
            process.kill()
    await two_days_pass(db)

    browser = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
    async with running(apart, connect(database_url)) as api, worker(database_url, tmp_path, upstream), browser as http:
        ada = Person(http, api.url, "ada@example.org")
        await ada.gql(SIGN_IN, input={"email": ada.email, "password": PASSWORD})
        await decide(ada, approval["id"], "APPROVE")
        events = await watch(ada, run)

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert (last["message"]["content"], last["message"]["agentId"]) == ("May I? Done.", expert)
    assert noted(tmp_path, "ask_first") == 1
    assert told(upstream.requests[-1])[-1] == "did delete, 1 times"


async def test_an_approval_below_another_agent_is_for_one_time_also_when_its_worker_is_lost(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    await with_tools(ada)
    expert = await make(ada, "Expert")
    await give(db, expert, "sign")
    chief = await make(ada, "Chief", agentToolIds=[expert])
    calls(upstream, ("ask_Expert", {"input": "Sign it."}))
    calls(upstream, ("sign", {"text": "contract"}))
    upstream.reply("Signed, says the expert.")
    upstream.reply("It is signed.")

    async with worker(database_url, tmp_path, upstream) as first:
        run = (await ada.send("sign it", agentId=chief))["run"]["id"]
        asked = (await watch(ada, run, until="ApprovalRequested"))[-1]
        await decide(ada, asked["approval"]["id"], "APPROVE")
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        again = (await watch(ada, run, until="ApprovalRequested", after=asked["sequence"]))[-1]
        before = noted(tmp_path, "sign")
        await decide(ada, again["approval"]["id"], "APPROVE")
        events = await watch(ada, run)

    assert events[-1]["message"]["content"] == "It is signed.", events[-1]
    assert (before, noted(tmp_path, "sign")) == (1, 2)
    assert len(upstream.requests) == 4
