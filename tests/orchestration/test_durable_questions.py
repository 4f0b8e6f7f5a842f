"""A tool asks a person in the middle of its call: what becomes of that when nobody answers, or its worker is lost."""

from pathlib import Path
from typing import Any

from persistence.database import Database
from tests.graphql.teams import DECIDE
from tests.orchestration.workers import ada, agent_with, api, calls, decide, kinds, watch, worker
from tests.people import Person
from tests.upstream import Upstream

__all__ = ["ada", "api"]

INBOX = """query ($pending: Boolean) { approvals(pending: $pending) { edges { node {
  id decision reason run { status } question { form url } } } } }"""


async def inbox(person: Person, *, pending: bool) -> list[dict[str, Any]]:
    return [edge["node"] for edge in (await person.gql(INBOX, pending=pending))["approvals"]["edges"]]


async def test_a_question_whose_worker_is_lost_is_over_and_the_call_asks_anew(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "enquire")
    calls(upstream, ("enquire", "shoes"))
    upstream.reply("Ordered.")
    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("shoes, please", agentId=agent)
        asked = (await watch(ada, sent["run"]["id"], until="ApprovalRequested"))[-1]
    async with worker(database_url, tmp_path, upstream):
        again = (await watch(ada, sent["run"]["id"], until="ApprovalRequested", after=asked["sequence"]))[-1]
        [waiting] = await inbox(ada, pending=True)
        late = await ada.gql_error(DECIDE, input={"approvalId": asked["approval"]["id"], "decision": "APPROVE"})
        await decide(ada, again["approval"]["id"], "APPROVE", arguments={"size": 44})
        rest = await watch(ada, sent["run"]["id"], after=again["sequence"])

    assert (waiting["id"], waiting["run"]["status"]) == (again["approval"]["id"], "IN_PROGRESS")
    assert late["extensions"]["code"] == "CONFLICT"
    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    assert upstream.requests[-1]["messages"][-1]["content"] == "accept {'size': 44}"
    assert len(upstream.requests) == 2


async def test_a_call_that_may_not_run_twice_needs_an_approval_before_it_asks_anew(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "buy")
    calls(upstream, ("buy", "shoes"))
    upstream.reply("I left it.")
    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("shoes, please", agentId=agent)
        asked = (await watch(ada, sent["run"]["id"], until="ApprovalRequested"))[-1]
    async with worker(database_url, tmp_path, upstream):
        again = (await watch(ada, sent["run"]["id"], until="ApprovalRequested", after=asked["sequence"]))[-1]
        [waiting] = await inbox(ada, pending=True)
        await decide(ada, again["approval"]["id"], "REJECT")
        rest = await watch(ada, sent["run"]["id"], after=again["sequence"])

    assert waiting["question"] is None
    assert "may have run already" in waiting["reason"]
    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    assert len((tmp_path / "enquire").read_text().splitlines()) == 1


async def test_a_question_that_nobody_answers_in_time_is_cancelled(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "enquire")
    calls(upstream, ("enquire", "shoes"))
    upstream.reply("Nobody said.")
    async with worker(database_url, tmp_path, upstream, "0.2"):
        sent = await ada.send("shoes, please", agentId=agent)
        events = await watch(ada, sent["run"]["id"])

    [question] = await inbox(ada, pending=False)
    assert kinds(events, "ApprovalRequested") == ["ApprovalRequested"]
    assert upstream.requests[-1]["messages"][-1]["content"] == "cancel None"
    assert (question["decision"], events[-1]["run"]["status"]) == ("REJECT", "COMPLETED")
