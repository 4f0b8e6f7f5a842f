"""Which model is chosen and why, through the front door."""

from typing import Any

import pytest
from sqlalchemy import update

from persistence import model_registration
from persistence.database import Database
from persistence.models import ModelRow
from tests.graphql.pool import CHEAP, SELECT, SELECTION, select_for
from tests.people import Person
from tests.upstream import Upstream

RUN = f"query ($id: ID!) {{ run(id: $id) {{ selection {{ {SELECTION} }} }} }}"
AGAIN = "mutation ($input: RegenerateInput!) { regenerate(input: $input) { run { id } } }"


def excluded(selection: dict[str, Any]) -> dict[str, str]:
    return {c["model"]["name"]: c["excludedBecause"] for c in selection["candidates"] if c["excludedBecause"]}


@pytest.mark.usefixtures("three")
async def test_what_matters_decides(ada: Person) -> None:
    best = await select_for(ada, "hi", preference={"quality": 1, "cost": 0, "latency": 0})
    cheapest = await select_for(ada, "hi", preference=CHEAP)
    thoughtful = await select_for(ada, "hi", thinking="STRATEGIC")

    assert best["model"]["name"] == "strong"
    assert cheapest["model"]["name"] == "small"
    assert thoughtful["model"]["name"] in {"strong", "middling"}
    assert best["source"] == "policy"
    assert 0.5 <= best["confidence"] <= 1
    assert [reason["code"] for reason in best["reasons"]] == ["quality", "cost", "latency"]
    assert best["reasoning"].startswith("strong: expected quality 0.90, cost about $")
    assert excluded(best) == {"mock": "its provider does not offer it now"}


@pytest.mark.usefixtures("three")
async def test_the_score_is_the_sum_of_its_reasons_and_orders_the_candidates(ada: Person) -> None:
    selection = await select_for(ada, "hi")

    scores = [c["score"] for c in selection["candidates"] if c["score"] is not None]
    assert scores == sorted(scores, reverse=True)
    assert selection["candidates"][0]["model"]["id"] == selection["modelId"]
    assert sum(reason["weight"] for reason in selection["reasons"]) == pytest.approx(scores[0], abs=0.001)
    assert selection["durationMs"] < 50


@pytest.mark.usefixtures("three")
async def test_the_same_question_gives_the_same_choice(ada: Person) -> None:
    answers = [await select_for(ada, "hi") for _ in range(5)]

    assert len({(a["modelId"], a["confidence"], a["reasoning"]) for a in answers}) == 1


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("limits", "chosen", "why"),
    [
        ({"localOnly": True}, "small", "it is not local"),
        ({"requires": ["tools"]}, "strong", "it lacks tools"),
        ({"maxCostUsd": "0"}, "small", "it would cost about $"),
        (
            {"prompt": "word " * 2_000, "preference": CHEAP},
            "middling",
            "its context window is too small: about",
        ),
    ],
)
async def test_a_hard_limit_leaves_out_who_cannot(limits: dict[str, Any], chosen: str, why: str, ada: Person) -> None:
    selection = await select_for(ada, **{"prompt": "hi", **limits})

    assert selection["model"]["name"] == chosen
    assert any(reason.startswith(why) for reason in excluded(selection).values())


@pytest.mark.usefixtures("three")
async def test_what_must_stay_here_is_said_to_no_remote_model(ada: Person, upstream: Upstream) -> None:
    sent, _ = await ada.ask("a secret", localOnly=True)
    again = (await ada.gql(AGAIN, input={"messageId": sent["message"]["id"], "localOnly": True}))["regenerate"]
    await ada.events(again["run"]["id"])
    await ada.ask("a secret", localOnly=True, model="strong")

    for run in (sent["run"], again["run"]):
        selection = (await ada.gql(RUN, id=run["id"]))["run"]["selection"]
        assert (selection["model"]["name"], selection["fallbacks"]) == ("small", [])
    assert upstream.requests == []


async def test_the_only_model_is_chosen_for_certain(ada: Person) -> None:
    selection = await select_for(ada, "hi")

    assert (selection["source"], selection["confidence"], selection["model"]["name"]) == (
        "only_one",
        1,
        "mock",
    )


@pytest.mark.usefixtures("three")
async def test_when_no_model_can_the_answer_says_why(ada: Person) -> None:
    error = await ada.gql_error(SELECT, input={"prompt": "hi", "localOnly": True, "requires": ["vision"]})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "it is not local" in error["message"]
    assert "GGUF" in error["message"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"prompt": " "}, "input.prompt"),
        ({"prompt": "x" * 200_001}, "input.prompt"),
        ({"requires": ["telepathy"]}, "input.requires"),
        ({"maxCostUsd": "-1"}, "input.maxCostUsd"),
        ({"maxCostUsd": "NaN"}, "input.maxCostUsd"),
        ({"preference": {"quality": 2}}, "input.preference.quality"),
        ({"preference": {"cost": -0.5}}, "input.preference.cost"),
    ],
)
async def test_bad_input_is_named(given: dict[str, Any], path: str, ada: Person) -> None:
    error = await ada.gql_error(SELECT, input={"prompt": "hi", **given})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert list(error["extensions"]["fields"]) == [path]


async def test_somebody_elses_chat_is_not_found(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("hello")

    error = await bob.gql_error(SELECT, input={"prompt": "hi", "chatId": sent["chat"]["id"]})

    assert error["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.usefixtures("three")
async def test_a_chats_messages_count_as_input(ada: Person) -> None:
    sent, _ = await ada.ask("word " * 900, model="middling")

    alone = await select_for(ada, "hi", preference=CHEAP)
    in_chat = await select_for(ada, "hi", chatId=sent["chat"]["id"], preference=CHEAP)

    assert alone["model"]["name"] == "small"
    assert in_chat["model"]["name"] == "middling"
    assert excluded(in_chat)["small"] == "its context window is too small for the whole conversation"


@pytest.mark.usefixtures("three")
async def test_a_run_keeps_the_selection_that_it_was_made_with(ada: Person, upstream: Upstream) -> None:
    sent, events = await ada.ask("hello", preference={"quality": 1, "cost": 0, "latency": 0})

    stored = (await ada.gql(RUN, id=sent["run"]["id"]))["run"]["selection"]
    [told] = [event["selection"] for event in events if event["__typename"] == "ModelSelected"]

    assert stored["model"]["name"] == "strong"
    assert upstream.requests[-1]["model"] == "strong"
    assert told == {name: stored[name] for name in ("modelId", "confidence", "reasoning", "source")}
    assert len(stored["candidates"]) == 4


@pytest.mark.usefixtures("three")
async def test_a_model_that_is_asked_for_answers(ada: Person, upstream: Upstream) -> None:
    sent, _ = await ada.ask("hello", model="middling")

    stored = (await ada.gql(RUN, id=sent["run"]["id"]))["run"]["selection"]

    assert (stored["source"], stored["confidence"], stored["model"]["name"]) == ("pinned", 1, "middling")
    assert upstream.requests[-1]["model"] == "middling"


@pytest.mark.usefixtures("three")
async def test_a_model_that_is_switched_off_does_not_answer_even_if_asked_for(ada: Person, db: Database) -> None:
    async with db.write() as session:
        await session.execute(update(ModelRow).where(ModelRow.name == "middling").values(enabled=False))
        await model_registration.told(session)

    _, events = await ada.ask("hello", model="middling")

    error = events[-1]["run"]["error"]
    assert (error["code"], error["retryable"]) == ("MODEL_UNAVAILABLE", False)
    assert error["message"].startswith("middling was asked for but cannot answer this: it is switched off.")


async def test_an_unknown_model_is_bad_input(ada: Person) -> None:
    document = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }"

    error = await ada.gql_error(document, input={"content": "hi", "model": "gpt-17"})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert "gpt-17" in error["extensions"]["fields"]["input.model"]
