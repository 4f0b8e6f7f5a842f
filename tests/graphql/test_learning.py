"""What the selection learns from, and the rules that it goes by, through the front door."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from domain.ids import Kind, key_of
from domain.selection import SignalKind
from persistence import selection
from persistence.database import Database
from persistence.model_registration import told
from persistence.selection import BeliefRow, SignalRow
from tests.graphql.pool import select_for
from tests.people import Person
from tests.upstream import Upstream

RATE = "mutation ($input: RateMessageInput!) { rateMessage(input: $input) { message { id rating } } }"
AGAIN = "mutation ($input: RegenerateInput!) { regenerate(input: $input) { run { id } } }"
POLICIES = "{ policies { version active exploration stickyMargin createdAt } }"
ADD = "mutation ($input: AddPolicyInput!) { addPolicy(input: $input) { policy { version active exploration } } }"
USE = "mutation ($version: String!) { usePolicy(version: $version) { policy { version active } } }"
REPLAY = """query ($input: ReplayPolicyInput!) { replayPolicy(input: $input) {
  decisions changed judged reward estimatedReward before { quality costUsd } after { quality costUsd } } }"""
CHOSEN = "query ($id: ID!) { run(id: $id) { selection { source propensity policyVersion model { name } } } }"
BEST = {"quality": 1, "cost": 0, "latency": 0}


async def rate(person: Person, message_id: str, rating: str | None) -> Any:
    return (await person.gql(RATE, input={"messageId": message_id, "rating": rating}))["rateMessage"]["message"]


async def quality(person: Person, model: str) -> float:
    candidates = (await select_for(person, "hi"))["candidates"]
    return float(next(c["expectedQuality"] for c in candidates if c["model"]["name"] == model))


async def beliefs(db: Database) -> dict[str, float]:
    async with db.read() as session:
        rows = await session.scalars(select(BeliefRow))
        return {row.kind: round(row.surprise, 3) for row in rows}


async def signals(db: Database) -> list[str]:
    async with db.read() as session:
        return sorted(str(row.signal) for row in await session.scalars(select(SignalRow)))


async def use(person: Person, version: str, **rules: float) -> None:
    await person.gql(ADD, input={"version": version, "rules": rules})
    await person.gql(USE, version=version)


@pytest.mark.usefixtures("three")
async def test_a_thumb_moves_what_is_expected_and_taking_it_away_moves_it_back(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("hi", model="strong")
    answer, before = sent["reply"]["id"], await quality(ada, "strong")

    assert (await rate(ada, answer, "DOWN"))["rating"] == "DOWN"
    down = await quality(ada, "strong")
    assert (await rate(ada, answer, "UP"))["rating"] == "UP"
    up = await quality(ada, "strong")
    assert (await rate(ada, answer, None))["rating"] is None

    assert down < before < up
    assert await quality(ada, "strong") == pytest.approx(before, abs=0.001)
    assert set((await beliefs(db)).values()) == {0.0}


@pytest.mark.usefixtures("three")
async def test_enough_thumbs_change_the_choice(ada: Person) -> None:
    await use(ada, "quick", beliefStrength=1, longestShift=1)
    for _ in range(3):
        sent, _ = await ada.ask("hi", model="strong")
        await rate(ada, sent["reply"]["id"], "DOWN")

    assert (await select_for(ada, "hi", preference=BEST))["model"]["name"] == "middling"


@pytest.mark.usefixtures("three")
async def test_only_finished_answers_of_ones_own_can_be_rated(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("hi")

    foreign = await bob.gql_error(RATE, input={"messageId": sent["reply"]["id"], "rating": "UP"})
    question = await ada.gql_error(RATE, input={"messageId": sent["message"]["id"], "rating": "UP"})

    assert foreign["extensions"]["code"] == "NOT_FOUND"
    assert list(question["extensions"]["fields"]) == ["input.messageId"]


@pytest.mark.usefixtures("three")
async def test_asking_another_model_again_speaks_against_the_first(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("hi", model="strong")

    same = await ada.gql(AGAIN, input={"messageId": sent["reply"]["id"], "model": "strong"})
    await ada.events(same["regenerate"]["run"]["id"])
    assert await signals(db) == []

    other = await ada.gql(AGAIN, input={"messageId": sent["reply"]["id"], "model": "middling"})
    await ada.events(other["regenerate"]["run"]["id"])
    assert await signals(db) == ["regenerated"]
    assert await beliefs(db) == {"*": -0.27, "conversation": -0.27}


@pytest.mark.usefixtures("three")
async def test_putting_a_question_differently_is_a_weak_sign(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("hi", model="strong")

    await ada.ask("hello", chatId=sent["chat"]["id"], siblingOf=sent["message"]["id"], model="strong")

    assert await signals(db) == ["edited"]
    assert await beliefs(db) == {"*": -0.09, "conversation": -0.09}


@pytest.mark.usefixtures("three")
async def test_a_chat_keeps_its_model_while_it_is_among_the_best(ada: Person) -> None:
    sent, _ = await ada.ask("hi", model="middling")
    chat = sent["chat"]["id"]

    assert (await select_for(ada, "hi", chatId=chat, preference=BEST))["source"] == "policy"
    await use(ada, "loyal", stickyMargin=0.5)
    kept = await select_for(ada, "hi", chatId=chat, preference=BEST)

    assert (kept["source"], kept["model"]["name"]) == ("sticky", "middling")
    assert "answers this chat already" in kept["reasoning"]
    assert kept["fallbacks"][0]["name"] == "strong"


@pytest.mark.usefixtures("three")
async def test_a_run_may_explore_within_the_budget_and_a_preview_never_does(ada: Person) -> None:
    await use(ada, "curious", exploration=0.1, exploreWithin=0.2)

    sent, _ = await ada.ask("hi")
    chosen = (await ada.gql(CHOSEN, id=sent["run"]["id"]))["run"]["selection"]

    assert chosen["policyVersion"] == "curious"
    assert 0 < chosen["propensity"] < 1
    assert (await select_for(ada, "hi"))["propensity"] == 1


@pytest.mark.usefixtures("three")
async def test_policies_are_versions_that_do_not_change(ada: Person) -> None:
    shipped = (await ada.gql(POLICIES))["policies"]
    await ada.gql(ADD, input={"version": "mine", "rules": {"exploration": 0.02}})
    taken = await ada.gql_error(ADD, input={"version": "mine", "rules": {}})
    absent = await ada.gql_error(USE, version="nobody's")
    wrong = await ada.gql_error(ADD, input={"version": "wild", "rules": {"exploration": 0.5}})
    await ada.gql(USE, version="mine")
    now = (await ada.gql(POLICIES))["policies"]
    await ada.gql(USE, version=shipped[0]["version"])

    assert [(p["version"], p["active"]) for p in shipped] == [("learned-1", True)]
    assert taken["extensions"]["code"] == "CONFLICT"
    assert absent["extensions"]["code"] == "NOT_FOUND"
    assert list(wrong["extensions"]["fields"]) == ["input.rules.exploration"]
    assert [(p["version"], p["active"]) for p in now] == [("learned-1", False), ("mine", True)]
    assert (await select_for(ada, "hi"))["policyVersion"] == "learned-1"


async def test_policies_are_the_administrators(bob: Person) -> None:
    for document, variables in (
        (POLICIES, {}),
        (ADD, {"input": {"version": "x", "rules": {}}}),
        (USE, {"version": "x"}),
        (REPLAY, {"input": {"rules": {}}}),
    ):
        assert (await bob.gql_error(document, **variables))["extensions"]["code"] == "FORBIDDEN"


@pytest.mark.usefixtures("three")
async def test_a_replay_says_what_other_rules_would_have_done(ada: Person) -> None:
    for preference in (BEST, {"quality": 0.5, "cost": 0.5, "latency": 0}):
        sent, _ = await ada.ask("hi", preference=preference, thinking="STRATEGIC")
        await rate(ada, sent["reply"]["id"], "UP")

    same = (await ada.gql(REPLAY, input={"rules": {}}))["replayPolicy"]
    other = (await ada.gql(REPLAY, input={"rules": {"thinkingBoost": 10}}))["replayPolicy"]

    assert (same["decisions"], same["changed"], same["judged"]) == (2, 0, 2)
    assert same["estimatedReward"] == same["reward"] == 1
    assert same["before"] == same["after"]
    assert other["decisions"] == 2
    assert other["after"]["quality"] >= same["after"]["quality"]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(("status", "taught"), [(503, ["failed"]), (401, [])])
async def test_a_model_that_does_not_answer_is_expected_to_do_worse_unless_the_key_is_to_blame(
    status: int, taught: list[str], ada: Person, upstream: Upstream, db: Database
) -> None:
    upstream.fail(status, times=5)

    await ada.ask("hi", model="strong")

    assert await signals(db) == taught


async def test_of_versions_that_are_made_active_at_once_one_is(ada: Person) -> None:
    versions = [f"v{n}" for n in range(6)]
    for version in versions:
        await ada.gql(ADD, input={"version": version, "rules": {}})

    await asyncio.gather(*(ada.gql(USE, version=version) for version in versions))

    assert [policy["active"] for policy in (await ada.gql(POLICIES))["policies"]].count(True) == 1


@pytest.mark.usefixtures("three")
async def test_what_one_process_learns_another_goes_by(ada: Person, db: Database) -> None:
    sent, _ = await ada.ask("hi", model="strong")
    async with db.write() as session:  # as another process would
        await selection.learn(session, key_of(Kind.RUN, sent["run"]["id"]), SignalKind.RATING, 0.0)
        await told(session)

    for _ in range(500):
        if await quality(ada, "strong") < 0.9:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the evidence did not arrive")
