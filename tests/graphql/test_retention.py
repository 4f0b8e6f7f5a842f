"""What is older than it is to be kept goes in bounded steps, and what people see of it stays."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from orchestration.metrics import roll_up_once
from orchestration.runs.compaction import Compaction
from orchestration.upkeep import Lifetimes, forget_old
from persistence import retention
from persistence.database import Database, connect
from persistence.retention import ROWS, Step
from server.settings import Settings
from tests.conftest import both_stores
from tests.graphql.test_compaction import ended_run
from tests.graphql.test_metrics import TOTALS, between
from tests.people import Person
from tests.upstream import Upstream

DAY = timedelta(days=1)
TOMORROW = datetime.now(UTC) + DAY
EVENTS = "SELECT string_agg(kind, ' ' ORDER BY run_id, sequence) FROM run_events"
STEPS = "SELECT count(*) FROM run_steps"
USED = "query ($id: ID!) { run(id: $id) { usage { outputTokens } message { content } steps { name } } }"


async def said(db: Database, query: str) -> object:
    async with db.read() as session:
        return await session.scalar(text(query))


async def forget(db: Database, **older_than: timedelta) -> None:
    """As a worker does, once the logs of ended runs are joined."""
    await Compaction(db, timedelta(0)).compact()
    await forget_old(db, Lifetimes(**older_than))


@both_stores
async def test_of_an_old_run_its_end_stays_and_who_watches_it_gets_the_answer(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    upstream.reply("It is late.")
    sent, before = await ada.ask("What time is it?")
    await forget(db, runs=DAY)
    assert len(await ada.events(sent["run"]["id"])) == len(before)

    steps = await said(db, STEPS)
    await forget(db, runs=-DAY)
    again = await ada.events(sent["run"]["id"])
    run = (await ada.gql(USED, id=sent["run"]["id"]))["run"]

    assert again == before[-1:]
    assert again[0]["message"]["content"] == "It is late."
    assert (run["message"]["content"], run["usage"]["outputTokens"]) == ("It is late.", 3)
    assert run["steps"] == [{"name": "mock"}]  # the call is a line of the ledger
    assert (steps, await said(db, STEPS)) == (1, 0)
    assert await said(db, EVENTS) == "finished"


async def test_a_run_that_goes_on_keeps_what_it_has_said_and_those_after_it_wait(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await ada.ask("first")
    upstream.hold()
    second = await ada.send("second")
    await upstream.holding.wait()
    upstream.release()
    upstream.hold()
    third = await ada.send("third")

    await forget(db, runs=-DAY)
    kinds = str(await said(db, EVENTS)).split()
    upstream.release()
    for sent in (second, third):
        assert (await ada.events(sent["run"]["id"]))[-1]["run"]["status"] == "COMPLETED"
    await forget(db, runs=-DAY)

    assert kinds[0] == "finished"
    assert "status" in kinds[1:]
    assert await said(db, EVENTS) == "finished finished finished"


async def test_a_step_removes_so_many_rows_and_leaves_the_rest_to_the_next(ada: Person, db: Database) -> None:
    await ended_run(ada, db, 2 * ROWS + 10)
    async with db.write() as session:
        await session.execute(text("UPDATE runs SET compacted = true"))
    steps: list[Step] = []
    while not steps or steps[-1].more:
        async with db.write() as session:
            steps.append(await retention.forget_runs(session, before=TOMORROW))

    assert [step.more for step in steps] == [True, True, False]
    assert all(step.removed <= ROWS + 10 for step in steps)  # and the steps of the run itself
    assert await said(db, EVENTS) == "finished"


async def test_one_process_is_at_it_and_others_do_not_wait(ada: Person, db: Database, database_url: str) -> None:
    await ended_run(ada, db, 10)
    async with db.write() as session:
        await session.execute(text("UPDATE runs SET compacted = true"))
        await session.execute(text("DELETE FROM retention"))
    await forget_old(db, Lifetimes(calls=DAY, runs=DAY))
    other = connect(database_url)
    async with db.write() as session:
        await session.execute(text("SELECT 1 FROM retention FOR UPDATE"))
        async with other.engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            taken = await connection.execute(text(retention.WHERE.replace("%(kind)s", "'runs'")))
            assert taken.all() == []
    await other.close()


async def test_calls_that_the_sums_have_go_and_figures_of_whole_days_stay(ada: Person, db: Database) -> None:
    await ada.ask("first")
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = between(today - DAY, today + 2 * DAY)
    totals = (await ada.gql(TOTALS, range=days, everyone=False))["metrics"]["totals"]
    await forget(db, calls=-DAY)
    assert await said(db, "SELECT count(*) FROM model_calls") == 1  # nobody has added it up yet

    await roll_up_once(db)
    await forget(db, calls=DAY)
    assert await said(db, "SELECT count(*) FROM model_calls") == 1
    await forget(db, calls=-DAY)

    assert await said(db, "SELECT count(*) FROM model_calls") == 0
    assert totals["calls"] == 1
    for everyone in (True, False):
        assert (await ada.gql(TOTALS, range=days, everyone=everyone))["metrics"]["totals"] == totals


def test_calls_are_kept_at_least_as_long_as_budgets_need_them() -> None:
    assert Settings(_env_file=None, parley_call_days=35).lifetimes.calls == timedelta(days=35)
    assert Settings(_env_file=None).lifetimes == Lifetimes()
    with pytest.raises(ValidationError, match="at least 35"):
        Settings(_env_file=None, parley_call_days=34)
