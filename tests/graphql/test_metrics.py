"""Figures over a range of time: at any moment they are exactly what the ledgers say."""

import asyncio
import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, update

from orchestration.metrics import roll_up_once
from persistence import rollups
from persistence.agents import AgentRow
from persistence.database import Database, connect
from persistence.ledgers import CALLS
from persistence.models import ModelRow
from tests.ledgers import Line, added_up, days_ago, enter, id_of, pool_of, random_line, spread
from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import chunk

STATS = """calls errors errorRate inputTokens outputTokens costUsd ttftMs { p50 p95 p99 } durationMs { p50 p95 p99 }
  outputTokensPerSecond { p50 p95 p99 }"""
METRICS = f"""query ($range: TimeRangeInput!, $bucket: TimeBucket!, $everyone: Boolean) {{
  metrics(range: $range, everyone: $everyone) {{
    totals {{ {STATS} }}
    byModel {{ modelName model {{ name }} stats {{ {STATS} }} feedback {{ up down }} }}
    series(bucket: $bucket) {{ start modelName stats {{ {STATS} }} }}
  }} }}"""
TOTALS = """query ($range: TimeRangeInput!, $everyone: Boolean) { metrics(range: $range, everyone: $everyone) {
  totals { calls outputTokens } } }"""
SERIES = """query ($range: TimeRangeInput!, $bucket: TimeBucket!) { metrics(range: $range) {
  series(bucket: $bucket) { start } } }"""
TOOLS = """query ($range: TimeRangeInput!) { metrics(range: $range) {
  tools { name calls errors successRate durationMs { p50 p95 } } } }"""
RATE = "mutation ($input: RateMessageInput!) { rateMessage(input: $input) { message { id } } }"
EVERYTHING = f"""query ($range: TimeRangeInput!) {{ metrics(range: $range) {{
  totals {{ {STATS} }} byModel {{ model {{ id name }} stats {{ calls }} feedback {{ up down }} }}
  byAgent {{ agent {{ name }} stats {{ calls }} }} series(bucket: DAY) {{ start model {{ name }} stats {{ calls }} }}
  selections {{ total agreement calibration {{ confidence observed count }} }} tools {{ name calls }}
  }} }}"""


def between(start: datetime, end: datetime) -> dict[str, str]:
    return {"from": start.isoformat(), "to": end.isoformat()}


def last(**length: float) -> dict[str, str]:
    now = datetime.now(UTC)
    return between(now - timedelta(**length), now + timedelta(minutes=1))


def within(lines: Sequence[Line], start: datetime, end: datetime) -> list[Line]:
    return [line for line in lines if start <= line.started_at < end]


def check(found: dict[str, Any], lines: Sequence[Line]) -> None:
    """Sums are exact, and percentiles are within 2 % of the value of their rank."""
    sums = {name: found[name] for name in ("calls", "errors", "errorRate", "inputTokens", "outputTokens")}
    assert sums | {"costUsd": Decimal(found["costUsd"])} == added_up(lines)
    answered = [line for line in lines if line.succeeded]
    about(found["ttftMs"], spread(line.ttft_ms for line in answered))
    about(found["durationMs"], spread(line.duration_ms for line in answered))
    about(found["outputTokensPerSecond"], spread(line.speed for line in answered))


def about(found: dict[str, float | None], exact: dict[str, float | None]) -> None:
    for share, value in exact.items():
        assert found[share] == (None if value is None else pytest.approx(value, rel=0.0200001)), share


def bucket_of(at: datetime, bucket: str) -> str:
    hour, minute = (0 if bucket == "DAY" else at.hour), (at.minute if bucket == "MINUTE" else 0)
    return at.replace(hour=hour, minute=minute, second=0, microsecond=0).isoformat()


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("seed", [1, 2])
async def test_at_any_moment_the_figures_are_those_of_the_ledger(
    seed: int, ada: Person, bob: Person, db: Database
) -> None:
    dice, since = random.Random(seed), days_ago(12)
    people = {person.email: await id_of(db, person) for person in (ada, bob)}
    pool, lines = await pool_of(db), list[Line]()
    for _ in range(12):
        new = [random_line(dice, list(people.values()), pool, since) for _ in range(50)]
        await enter(db, new)
        lines += new
        async with db.write() as session:
            await rollups.roll(session, CALLS, limit=dice.choice([1, 60, 500]))
        start = since + timedelta(seconds=dice.uniform(0, 800_000))
        end = start + timedelta(seconds=dice.choice([20, 3_000, 90_000, 864_000]) * dice.random())
        bucket = "HOUR" if end - start > timedelta(hours=30) else dice.choice(["MINUTE", "HOUR", "DAY"])
        person, everyone = dice.choice([(ada, True), (ada, False), (bob, False)])
        mine = [line for line in lines if everyone or line.user_id == people[person.email]]
        meant = within(mine, start, end)

        seen = (await person.gql(METRICS, range=between(start, end), bucket=bucket, everyone=everyone))["metrics"]

        check(seen["totals"], meant)
        for name in {line.model_name for line in meant}:
            model = next(one for one in seen["byModel"] if one["modelName"] == name)
            check(model["stats"], [line for line in meant if line.model_name == name])
        points = {(point["start"], point["modelName"]): point["stats"] for point in seen["series"]}
        assert len(points) == len(seen["series"])
        assert points.keys() == {(bucket_of(line.started_at, bucket), line.model_name) for line in meant}
        for (at, name), stats in points.items():
            check(stats, [one for one in meant if one.model_name == name and bucket_of(one.started_at, bucket) == at])


@pytest.mark.usefixtures("three")
async def test_full_buckets_have_the_percentiles_of_their_lines_also_of_those_not_summed_yet(
    ada: Person, db: Database
) -> None:
    dice, pool, me = random.Random(8), await pool_of(db), await id_of(db, ada)
    start = days_ago(3).replace(minute=0, second=0, microsecond=0)
    lines = [
        replace(random_line(dice, [me], pool, start), started_at=start + timedelta(seconds=dice.uniform(0, 7_200)))
        for _ in range(300)
    ]
    await enter(db, lines)
    await roll_up_once(db)
    late = [replace(line, started_at=start + timedelta(seconds=1), duration_ms=9_000.0) for line in lines[:40]]
    await enter(db, late)

    for everyone in (True, False):
        span = between(start, start + timedelta(hours=2))
        seen = (await ada.gql(METRICS, range=span, bucket="HOUR", everyone=everyone))["metrics"]["series"]

        assert len(seen) == 2 * len(pool)
        for point in seen:
            of_it = [one for one in lines + late if one.model_name == point["modelName"]]
            check(point["stats"], [one for one in of_it if bucket_of(one.started_at, "HOUR") == point["start"]])


@pytest.mark.usefixtures("three")
async def test_a_line_that_comes_late_counts_where_it_began_and_none_counts_twice(ada: Person, db: Database) -> None:
    since, pool, me = days_ago(11), await pool_of(db), await id_of(db, ada)
    early = [random_line(random.Random(4), [me], pool, since) for _ in range(50)]
    late = [random_line(random.Random(5), [me], pool, since) for _ in range(50)]
    await enter(db, early)
    await roll_up_once(db)
    await roll_up_once(db)
    await enter(db, late)
    before = (await ada.gql(TOTALS, range=last(days=20)))["metrics"]["totals"]
    await roll_up_once(db)
    after = (await ada.gql(TOTALS, range=last(days=20)))["metrics"]["totals"]

    assert before == after == {name: added_up(early + late)[name] for name in ("calls", "outputTokens")}


async def test_members_see_their_own_figures_and_administrators_choose(ada: Person, bob: Person) -> None:
    await ada.ask("hi")
    await bob.ask("hi")
    await bob.ask("hi")

    everybodys = (await ada.gql(TOTALS, range=last(hours=1)))["metrics"]["totals"]["calls"]
    adas = (await ada.gql(TOTALS, range=last(hours=1), everyone=False))["metrics"]["totals"]["calls"]
    bobs = (await bob.gql(TOTALS, range=last(hours=1)))["metrics"]["totals"]["calls"]
    refused = await bob.gql_error(TOTALS, range=last(hours=1), everyone=True)

    assert (everybodys, adas, bobs) == (3, 1, 2)
    assert refused["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [
        ("2030-01-02T00:00:00Z", "2030-01-01T00:00:00Z", "range.to"),
        ("2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "range.to"),
        ("2030-01-01T00:00:00", "2030-01-02T00:00:00Z", "range.from"),
        ("0001-01-01T00:00:00Z", "2030-01-02T00:00:00Z", "range.from"),
        ("2030-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "range.to"),
    ],
)
async def test_a_range_that_is_none_is_refused(start: str, end: str, field: str, ada: Person) -> None:
    error = await ada.gql_error(TOTALS, range={"from": start, "to": end})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert list(error["extensions"]["fields"]) == [field]


async def test_a_series_has_at_most_2000_buckets(ada: Person) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    most = between(start, start + timedelta(minutes=2_000))
    more = between(start, start + timedelta(minutes=2_000, seconds=1))

    await ada.gql(SERIES, range=most, bucket="MINUTE")
    await ada.gql(SERIES, range=more, bucket="HOUR")
    error = await ada.gql_error(SERIES, range=more, bucket="MINUTE")

    assert "2,001 buckets" in error["extensions"]["fields"]["bucket"]


@pytest.mark.usefixtures("three")
async def test_what_is_removed_stays_in_the_figures(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("hi", model="strong")
    await roll_up_once(db)
    await ada.ask("hi", model="strong", chatId=sent["chat"]["id"])
    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=sent["chat"]["id"])
    async with db.write() as session:
        await session.execute(delete(ModelRow).where(ModelRow.name == "strong"))
        await session.execute(delete(AgentRow))

    seen = (await ada.gql(METRICS, range=last(hours=1), bucket="HOUR"))["metrics"]
    agents = (await ada.gql(EVERYTHING, range=last(hours=1)))["metrics"]["byAgent"]

    assert [(one["modelName"], one["model"], one["stats"]["calls"]) for one in seen["byModel"]] == [("strong", None, 2)]
    assert seen["totals"]["calls"] == 2
    assert [(one["agent"], one["stats"]["calls"]) for one in agents] == [(None, 2)]


@pytest.mark.usefixtures("three")
async def test_everything_takes_few_statements_however_much_there_is(
    ada: Person, db: Database, statements: list[str]
) -> None:
    pool, me = await pool_of(db), await id_of(db, ada)
    await ada.ask("hi")
    await roll_up_once(db)
    for size in (1, 60):
        await enter(db, [random_line(random.Random(6), [me], pool, days_ago(11)) for _ in range(size)])
        statements.clear()
        await ada.gql(EVERYTHING, range=last(days=20))
        figures = [one for one in statements if "AS piece" in one]
        thumbs = [one for one in statements if "FROM message_ratings" in one]
        by_ids = [one for one in statements if ".id IN (" in one or ".id = ANY(" in one]
        loaded = [one for one in by_ids if "FROM models" in one or "FROM agents" in one]

        assert (len(figures), len(thumbs)) == (5, 2), "calls, by agent, series, choices, tools; calibration, feedback"
        assert len(loaded) <= 3, "models of both lists, and agents"


async def test_tools_count_with_what_became_of_them(ada: Person, bob: Person, db: Database, upstream: Upstream) -> None:
    async with db.write() as session:
        await session.execute(update(ModelRow).values(capabilities=["tools"]))
    for zone in ("UTC", "Europe/Paris", "Nowhere/At all"):
        wanted = {"name": "current_time", "arguments": json.dumps({"time_zone": zone})}
        call = {"index": 0, "id": f"call_{zone}", "type": "function", "function": wanted}
        upstream.reply_with([chunk(role="assistant"), chunk(tool_calls=[call]), chunk(finish="tool_calls")])
        upstream.reply("So late it is.")
        _, events = await ada.ask("how late is it?", model="mock")
        assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
        if zone == "UTC":
            await roll_up_once(db)

    seen = (await ada.gql(TOOLS, range=last(hours=1)))["metrics"]["tools"]

    assert [(one["name"], one["calls"], one["errors"]) for one in seen] == [("current_time", 3, 1)]
    assert seen[0]["successRate"] == pytest.approx(2 / 3)
    assert 0 < seen[0]["durationMs"]["p50"] <= seen[0]["durationMs"]["p95"] < 5_000
    assert (await bob.gql(TOOLS, range=last(hours=1)))["metrics"]["tools"] == []


@pytest.mark.usefixtures("three")
async def test_thumbs_say_how_well_models_were_chosen(ada: Person, bob: Person, db: Database) -> None:
    for thumb in ("UP", "DOWN", "UP", None):
        sent, _ = await ada.ask("hi")
        await ada.gql(RATE, input={"messageId": sent["reply"]["id"], "rating": thumb})
        if thumb == "DOWN":
            await roll_up_once(db)
    wished, _ = await ada.ask("hi", model="middling")
    await ada.gql(RATE, input={"messageId": wished["reply"]["id"], "rating": "DOWN"})

    seen = (await ada.gql(EVERYTHING, range=last(hours=1)))["metrics"]
    bobs = (await bob.gql(EVERYTHING, range=last(hours=1)))["metrics"]
    earlier = (await ada.gql(EVERYTHING, range=between(days_ago(9), days_ago(8))))["metrics"]

    chosen = seen["selections"]
    assert (chosen["total"], chosen["agreement"]) == (4, pytest.approx(2 / 3))
    assert sum(one["count"] for one in chosen["calibration"]) == 3
    assert sum(one["count"] * one["observed"] for one in chosen["calibration"]) == pytest.approx(2)
    assert all(0.5 <= one["confidence"] <= 1 for one in chosen["calibration"])
    feedback = [one["feedback"] for one in seen["byModel"]]
    assert (sum(one["up"] for one in feedback), sum(one["down"] for one in feedback)) == (2, 2)
    assert bobs["selections"] == earlier["selections"] == {"total": 0, "agreement": None, "calibration": []}
    assert bobs["byModel"] == earlier["byModel"] == []


@pytest.mark.usefixtures("three")
async def test_workers_that_sum_at_once_count_each_line_once(ada: Person, db: Database, database_url: str) -> None:
    pool, me = await pool_of(db), await id_of(db, ada)
    lines = [random_line(random.Random(7), [me], pool, days_ago(11)) for _ in range(200)]
    other = connect(database_url)

    async def sum_a_few(where: Database) -> None:
        async with where.write() as session:
            await rollups.roll(session, CALLS, limit=20)

    for start in range(0, len(lines), 40):
        new = lines[start : start + 40]
        await asyncio.gather(enter(db, new), *(sum_a_few(where) for where in (db, other) * 3))
        found = (await ada.gql(METRICS, range=last(days=20), bucket="DAY"))["metrics"]
        check(found["totals"], lines[: start + 40])
    await other.close()
