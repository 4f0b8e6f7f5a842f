"""Steps of runs that think survive the worker: what is finished is neither paid nor done again."""

from pathlib import Path

from persistence.database import Database
from tests.orchestration.thoughts import PASSED, Script, a_plan, calls_tool, held, plans, prompt_of, watch
from tests.orchestration.workers import ada, agent_with, api, worker
from tests.people import Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import said

__all__ = ["ada", "api"]


async def test_after_a_crash_nothing_finished_is_paid_or_done_again(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "note", "die_once")
    script = Script(
        upstream, plan=a_plan("Weigh", "Note"), check=PASSED, answer="Weighed and noted.",
        work=["Nine.", calls_tool("note", "call_1", "milk"), calls_tool("die_once", "call_2"), "I noted it."],
    )  # fmt: skip

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("Weigh and note.", agentId=agent, thinking="STRATEGIC")
        await first.wait()
    before = list(script.asked)
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert before == ["plan", "work", "check", "work", "work"]
    assert script.asked[len(before) :] == ["work", "check", "answer"], "the step went on where its worker was lost"
    assert len((tmp_path / "note").read_text().splitlines()) == 1
    assert events[-1]["run"]["usage"]["requests"] == len(script.asked)
    assert text_of(events) == events[-1]["message"]["content"] == "Weighed and noted."
    parts = [part["__typename"] for part in events[-1]["message"]["parts"]]
    assert parts == ["ToolCallPart", "ToolCallPart", "TextPart"]
    assert plans(events)[-1] == [("Weigh", "COMPLETED"), ("Note", "COMPLETED")]


async def test_a_step_whose_tool_asks_waits_without_a_worker_and_goes_on(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    script = Script(
        upstream, plan=a_plan("Delete", "Tell"), check=PASSED, answer="Deleted.",
        work=[calls_tool("ask_first", "call_1", "x"), said("It is gone."), said("Told.")],
    )  # fmt: skip
    decide = """mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { run { status } } }"""

    async with worker(database_url, tmp_path, upstream):
        sent = await ada.send("Delete it.", agentId=agent, thinking="STRATEGIC")
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    approval = events[-1]["approval"]["id"]
    await ada.gql(decide, input={"approvalId": approval, "decision": "APPROVE"})
    async with worker(database_url, tmp_path, upstream):
        rest = await watch(ada, sent["run"]["id"], after=events[-1]["sequence"])

    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    assert script.asked == ["plan", "work", "work", "check", "work", "check", "answer"]
    assert len((tmp_path / "ask_first").read_text().splitlines()) == 1


async def test_what_a_plan_has_heard_is_heard_once_also_after_a_crash(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "die_once")
    (tmp_path / "note").touch()  # what the tool waits for
    script = Script(
        upstream, plan=[a_plan("Weigh", "Tell"), a_plan("Measure")], check=PASSED, answer="Nine, and long.",
        work=[held("Nine."), calls_tool("die_once", "call_1"), said("Long.")],
    )  # fmt: skip

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("Weigh it.", agentId=agent, thinking="STRATEGIC")
        await script.until("work")
        await ada.send("And how long?", chatId=sent["chat"]["id"], whenBusy="STEER")
        upstream.release()
        await first.wait()
    before = list(script.asked)
    async with worker(database_url, tmp_path, upstream):
        events = await watch(ada, sent["run"]["id"])

    assert before == ["plan", "work", "check", "plan", "work"]
    assert script.asked[len(before) :] == ["work", "check", "answer"]
    assert "And how long?" in prompt_of(script.bodies["answer"][0])
    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert events[-1]["message"]["content"] == "Nine, and long."
