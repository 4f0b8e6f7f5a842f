"""Which model is chosen and why, through the front door."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from domain.models import ProviderKind
from orchestration.inference.register import local_model
from persistence import model_registration
from persistence.database import Database
from persistence.model_registration import KnownModel
from persistence.models import ModelRow
from tests.conftest import Running
from tests.people import Person
from tests.upstream import Upstream

SELECTION = """modelId confidence reasoning source taskType policyVersion durationMs model { name }
  reasons { code weight text }
  candidates { model { id name } score expectedQuality expectedCostUsd expectedTtftMs excludedBecause }"""
CHEAP = {"quality": 0, "cost": 1, "latency": 0}
SELECT = f"query ($input: SelectModelInput!) {{ selectModel(input: $input) {{ {SELECTION} }} }}"
RUN = f"query ($id: ID!) {{ run(id: $id) {{ selection {{ {SELECTION} }} }} }}"


def known(name: str, quality: float, dollars: str, window: int = 100_000, *capabilities: str) -> KnownModel:
    price = Decimal(dollars)
    return KnownModel(
        name,
        name,
        capabilities,
        window,
        1_000,
        input_usd_per_million=price,
        output_usd_per_million=price,
        quality=quality,
    )


@pytest.fixture
async def three(server: Running, ada: Person, db: Database) -> None:
    """A strong and dear, a middling and cheap, and a small local model."""
    async with db.write() as session:
        provider_id = (await session.execute(select(ModelRow.provider_id))).scalar_one()
        offered = [known("strong", 0.9, "50", 100_000, "tools"), known("middling", 0.6, "0.5")]
        await model_registration.put_models(session, provider_id, offered, complete=True)
        local = await model_registration.put_provider(
            session, name="Local models", kind=ProviderKind.LOCAL, base_url=None, source="local"
        )
        small = local_model(
            name="small", file="small.gguf", display_name="small", context_window=1_000, parameters=0.135
        )
        await model_registration.put_models(session, local.id, [small], complete=True)
    await pool_has(ada, 4)


async def pool_has(person: Person, count: int) -> None:
    """Other processes hear of a change by a notification: wait until the server has."""
    for _ in range(500):
        if len((await select_for(person, "hi"))["candidates"]) == count:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the server has not heard of the change")


async def select_for(person: Person, prompt: str, **more: Any) -> dict[str, Any]:
    selection: dict[str, Any] = (await person.gql(SELECT, input={"prompt": prompt, **more}))["selectModel"]
    return selection


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
