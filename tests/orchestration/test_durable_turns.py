"""Turns of a run survive the worker: nothing is paid or done twice, and what is not known is asked."""

from pathlib import Path

from sqlalchemy import select, update

from persistence.database import Database
from persistence.journal import JournalRow
from persistence.models import ModelCallRow, ModelRow
from persistence.tool_calls import ToolCallRow
from tests.orchestration.workers import ada, agent_with, api, calls, decide, kinds, watch, worker
from tests.people import Person, text_of
from tests.upstream import Upstream

__all__ = ["ada", "api"]


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
    async with db.read() as session:
        counted = sorted(row.name for row in await session.scalars(select(ToolCallRow)))
    assert counted == ["die_once", "note"], "a call counts when its result is stored, and once"


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
