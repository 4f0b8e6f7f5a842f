"""Models through the front door: corrected, tried out, watched."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database
from tests.graphql.test_providers import EDIT, MODELS, REFRESH, TEST, WATCH, add
from tests.people import Person
from tests.upstream import Upstream


async def test_what_a_person_says_goes_before_what_the_provider_says(ada: Person, upstream: Upstream) -> None:
    upstream.entries = [{"id": "m", "context_length": 1_000, "pricing": {"input": 1, "output": 2}}]
    added = await add(ada, upstream)
    model_id = added["models"][0]["id"]
    said = {"contextWindow": 64_000, "inputUsdPerMillion": "0.5", "displayName": "Em", "capabilities": ["tools"]}

    edited = (await ada.gql(EDIT, input={"id": model_id, **said}))["updateModel"]["model"]

    assert (edited["contextWindow"], edited["displayName"], edited["capabilities"]) == (64_000, "Em", ["tools"])
    assert edited["edited"] == ["capabilities", "contextWindow", "inputUsdPerMillion"]
    assert [Decimal(price["inputUsdPerMillion"]) for price in edited["prices"]] == [Decimal("0.5"), 1]
    upstream.entries = [{"id": "m", "context_length": 2_000, "pricing": {"input": 3, "output": 4}}]
    await ada.gql(REFRESH, id=added["provider"]["id"])
    [model] = [m for m in (await ada.gql(MODELS))["models"] if m["name"] == "m"]
    assert (model["contextWindow"], Decimal(model["inputUsdPerMillion"])) == (64_000, Decimal("0.5"))
    assert Decimal(model["outputUsdPerMillion"]) == 4  # nobody has said anything about that
    assert len(model["prices"]) == 3

    await ada.gql(EDIT, input={"id": model_id, "contextWindow": None})
    await ada.gql(REFRESH, id=added["provider"]["id"])
    [model] = [m for m in (await ada.gql(MODELS))["models"] if m["name"] == "m"]
    assert model["contextWindow"] == 2_000


@pytest.mark.parametrize(
    "said",
    [
        {"contextWindow": 0},
        {"capabilities": ["flying"]},
        {"inputUsdPerMillion": "-1"},
        {"displayName": " "},
        {"enabled": None},
    ],
)
async def test_what_cannot_be_true_of_a_model_is_refused(ada: Person, said: dict[str, Any]) -> None:
    [model] = (await ada.gql(MODELS))["models"]

    error = await ada.gql_error(EDIT, input={"id": model["id"], **said})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert list(error["extensions"]["fields"]) == [f"input.{next(iter(said))}"]


async def test_a_model_is_tried_out_and_the_call_is_in_the_ledger(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    [model] = (await ada.gql(MODELS))["models"]
    upstream.reply("one two three four five", delay=0.002)

    tested = (await ada.gql(TEST, id=model["id"]))["testModel"]

    assert tested["ok"] is True
    assert tested["ttftMs"] > 0
    assert tested["outputTokensPerSecond"] > 0
    assert upstream.requests[-1]["max_tokens"] == 64
    upstream.fail(500, "broken")
    broken = (await ada.gql(TEST, id=model["id"]))["testModel"]
    assert (broken["ok"], broken["error"]["code"]) == (False, "MODEL_UNAVAILABLE")
    assert len(upstream.requests) == 2  # a test is not tried again
    async with db.read() as session:
        rows = await session.execute(text("SELECT outcome, run_id IS NULL, model_name FROM model_calls ORDER BY id"))
        assert [tuple(row) for row in rows] == [("succeeded", True, "mock"), ("failed", True, "mock")]


async def test_health_is_watched_as_it_changes(ada: Person, upstream: Upstream) -> None:
    seen: list[tuple[str, str]] = []
    down, well = asyncio.Event(), asyncio.Event()

    async def watch() -> None:
        async with ada.socket() as socket:
            async for data in socket.watch(WATCH):
                model = data["modelHealth"]
                seen.append((model["health"]["state"], model["health"]["breaker"]))
                if model["health"]["state"] == "DOWN":
                    down.set()
                if down.is_set() and model["health"]["breaker"] == "CLOSED":
                    well.set()

    watching = asyncio.create_task(watch())
    upstream.fail(401, "no such key")
    await ada.ask("hi", model="mock")
    async with asyncio.timeout(10):
        await down.wait()
        await ada.ask("hi", model="mock")
        await well.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert seen[0] == ("UNKNOWN", "CLOSED") or seen[0] == ("DOWN", "OPEN")
    assert seen[-1][1] == "CLOSED"
