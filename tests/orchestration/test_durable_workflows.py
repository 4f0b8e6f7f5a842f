"""Workflows survive the worker: no step is paid or done twice, and an approval waits without one."""

from pathlib import Path
from typing import Any

from domain.ids import Kind, key_of
from persistence import workflows
from persistence.database import Database
from persistence.workflows import WorkflowRow
from tests.conftest import Running
from tests.orchestration.flows import agent, make, run_of, script, shape
from tests.orchestration.thoughts import calls_tool, prompt_of, watch
from tests.orchestration.workers import ada, agent_with, api, worker
from tests.people import Person, text_of
from tests.upstream import Upstream

__all__ = ["ada", "api"]

DECIDE = """mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { run { status } } }"""
WAITING = """{ approvals(pending: true) { edges { node { id toolName serverName arguments } } } }"""


def note(name: str, next: str | None, words: str = "milk") -> dict[str, Any]:
    step = {"kind": "tool", "name": name, "tool": "note", "arguments": {"text": words}}
    return step if next is None else step | {"next": next}


async def flow_of(ada: Person, api: Running, *steps: dict[str, Any]) -> str:
    """A workflow whose tools are those of the worker, which the server itself does not have."""
    flow = await make(ada, agent("first", "First: x"))
    async with api.db.write() as session:
        row = await session.get_one(WorkflowRow, key_of(Kind.WORKFLOW, flow))
        await workflows.change(session, row, {"definition": {"steps": list(steps)}})
    return flow


async def test_after_a_crash_in_the_middle_nothing_finished_is_done_again(
    ada: Person, api: Running, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    smith = await agent_with(db, "note", "die_once")
    told = script(
        upstream, first="One.", second="Two.", answer="All of it.",
        third=[calls_tool("note", "call_1", "eggs"), calls_tool("die_once", "call_2"), "Three."],
    )  # fmt: skip
    loop = {"kind": "loop", "name": "again", "body": "second", "limit": 2, "next": "end"}
    panel = {
        "kind": "panel", "name": "both", "next": "again",
        "members": [{"tool": "note", "arguments": {"text": "{{steps.first.output}}"}}, {"prompt": "First: y"}],
    }  # fmt: skip
    flow = await flow_of(
        ada, api, agent("first", "First: x", "both"), panel, loop, agent("second", "Second: z", "third"),
        agent("third", "Third: {{steps.second.output}}", agent=smith),
        agent("end", "Answer: {{steps.both.output}} {{steps.third.output}}"),
    )  # fmt: skip

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("Go.", workflowId=flow)
        await first.wait()
    before = list(told.asked)
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert text_of(events) == "All of it.", events[-1]
    assert before == ["first", "first", "second", "third", "third"]
    assert told.asked[len(before) :] == ["third", "second", "third", "answer"]
    assert sorted(line.split()[-1] for line in (tmp_path / "note").read_text().splitlines()) == ["One.", "eggs"]
    assert prompt_of(told.bodies["answer"][0]).endswith("Three."), "what a finished step gave is still known"
    assert run["usage"]["requests"] == len(told.asked)
    assert {status for _, status, _ in shape(run)} == {"COMPLETED"}


async def test_an_approval_waits_without_a_worker_and_its_edited_text_goes_on(
    ada: Person, api: Running, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    told = script(upstream, draft="A draft.", answer="Sent.")
    ask = {"kind": "approval", "name": "send_it", "text": "{{steps.draft.output}}", "next": "keep"}
    once = {"kind": "loop", "name": "once", "body": "draft", "limit": 1, "next": "send_it"}
    flow = await flow_of(
        ada, api, once, agent("draft", "Draft: x"), ask, note("keep", "end", "{{steps.send_it.output}}"),
        agent("end", "Answer: {{steps.keep.output}} {{steps.draft.output}}"),
    )  # fmt: skip

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("Go.", workflowId=flow)
        early = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    [edge] = (await ada.gql(WAITING))["approvals"]["edges"]
    waiting = edge["node"]
    decision = {"approvalId": waiting["id"], "decision": "APPROVE", "arguments": {"text": "Better."}}
    await ada.gql(DECIDE, input=decision)
    async with worker(database_url, tmp_path, upstream):
        rest = await watch(ada, sent["run"]["id"], after=early[-1]["sequence"])

    assert (waiting["toolName"], waiting["serverName"]) == ("send_it", "Mine")
    assert waiting["arguments"] == {"text": "A draft."}
    assert text_of(rest) == "Sent."
    assert told.asked == ["draft", "answer"]
    assert [line.split()[-1] for line in (tmp_path / "note").read_text().splitlines()] == ["Better."]
    assert prompt_of(told.bodies["answer"][0]).endswith("A draft."), "what a loop did is known after it has ended"
