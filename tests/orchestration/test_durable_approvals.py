"""A run waits for a person without a worker: decisions are kept, heard once, and hold for what they were about."""

from pathlib import Path

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.teams import DECIDE
from tests.orchestration.workers import ada, agent_with, api, calls, decide, kinds, two_days_pass, watch, worker
from tests.people import Person, sign_up, text_of
from tests.upstream import Upstream

__all__ = ["ada", "api"]


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


async def test_an_approval_after_two_days_without_any_process_runs_the_tool_once(
    ada: Person, db: Database, upstream: Upstream, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "ask_first")
    calls(upstream, ("ask_first", "delete"), text="May I?")
    upstream.reply(" Thanks.")
    async with worker(database_url, tmp_path, upstream):  # which is killed when it waits
        sent = await ada.send("do it", agentId=agent)
        events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    await two_days_pass(db)

    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as again, worker(database_url, tmp_path, upstream):
        later = Person(ada.http, again.url, ada.email)
        await decide(later, events[-1]["approval"]["id"], "APPROVE")
        rest = await watch(later, sent["run"]["id"], after=events[-1]["sequence"])

    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    assert rest[-1]["message"]["content"] == "May I? Thanks."
    assert len((tmp_path / "ask_first").read_text().splitlines()) == 1
    assert len(upstream.requests) == 2, "what was paid two days ago is not paid again"


async def test_an_approval_is_for_one_time_also_when_its_worker_is_lost_in_the_call(
    ada: Person, db: Database, upstream: Upstream, database_url: str, tmp_path: Path
) -> None:
    agent = await agent_with(db, "sign")
    calls(upstream, ("sign", "contract"))
    upstream.reply("Signed.")

    async with worker(database_url, tmp_path, upstream) as first:
        sent = await ada.send("sign it", agentId=agent)
        asked = (await watch(ada, sent["run"]["id"], until="ApprovalRequested"))[-1]
        await decide(ada, asked["approval"]["id"], "APPROVE", arguments={"text": "draft"})
        await first.wait()
    async with worker(database_url, tmp_path, upstream):
        again = (await watch(ada, sent["run"]["id"], until="ApprovalRequested", after=asked["sequence"]))[-1]
        before = (tmp_path / "sign").read_text().splitlines()
        await decide(ada, again["approval"]["id"], "APPROVE")
        rest = await watch(ada, sent["run"]["id"], after=again["sequence"])

    assert "may have run already" in again["approval"]["reason"]
    assert again["approval"]["arguments"] == {"text": "contract"}
    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    signed = [line.split(" ")[1] for line in (tmp_path / "sign").read_text().splitlines()]
    assert (len(before), signed) == (1, ["draft", "contract"]), "it runs again with what was shown"
    assert len(upstream.requests) == 2


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


async def test_an_approval_that_is_none_is_not_found(ada: Person, api: Running) -> None:
    async with sign_up(api, "bob@example.org", "Bob") as bob:
        error = await bob.gql_error(
            DECIDE, input={"approvalId": "approval_" + "0" * 32, "decision": "APPROVE"}
        )  # fmt: skip
    assert error["extensions"]["code"] == "NOT_FOUND"
