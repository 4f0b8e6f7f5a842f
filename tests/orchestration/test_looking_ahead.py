"""FUTURE: several approaches, thought through side by side, judged, one chosen, the others kept to be picked."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.conftest import Running
from tests.orchestration.thoughts import (
    FORECAST,
    Script,
    approaches,
    plans,
    prompt_of,
    steps_of,
    verdicts,
    watch,
)
from tests.people import Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import said

CHOOSE = """mutation ($input: ChooseAlternativeInput!) { chooseAlternative(input: $input) {
  run { id status thinking } reply { id parentId siblings { id } } chat { headId } } }"""
KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }"
BUDGET = "mutation ($input: SetBudgetInput!) { setBudget(input: $input) { budget { id } } }"
MODELS = ["alpha", "beta", "gamma"]


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """A provider with three models that nothing is known of."""
    async with Upstream(MODELS) as started:
        yield started


def looking(upstream: Upstream, **more: Any) -> Script:
    answers: dict[str, Any] = {
        "explore": approaches("Walk", "Drive", "Stay"), "project": FORECAST, "judge": verdicts(3, 9, 5),
        "answer": "Drive.",
    } | more  # fmt: skip
    return Script(upstream, **answers)


async def looked(person: Person) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    sent = await person.send("How do I get there?", thinking="FUTURE")
    return sent, await watch(person, sent["run"]["id"])


async def test_approaches_are_thought_through_side_by_side_on_different_models(ada: Person, upstream: Upstream) -> None:
    waiting = [said(FORECAST) for _ in range(3)]
    for reply in waiting:
        reply.headers_held = True
    script = looking(upstream, project=waiting)
    upstream.hold()
    sent = await ada.send("How do I get there?", thinking="FUTURE")
    await script.until("project", 3)  # none of which has been answered
    upstream.release()
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["explore", "project", "project", "project", "judge", "answer"]
    assert {body["model"] for body in script.bodies["project"]} == set(MODELS)
    assert text_of(events) == "Drive."
    assert plans(events)[-1][-1] == ("Judge them", "COMPLETED")
    answering = prompt_of(script.bodies["answer"][0])
    assert "along this approach: Approach 2: Drive" in answering
    assert "Approach 1: Walk" in answering, "the answer can explain why not"


async def test_all_alternatives_are_kept_with_their_scores(ada: Person, upstream: Upstream) -> None:
    looking(upstream)

    sent, _ = await looked(ada)
    run = await steps_of(ada, sent["run"]["id"])

    assert [(one["title"], one["totalScore"], one["chosen"]) for one in run["alternatives"]] == [
        ("Walk", 3.0, False), ("Drive", 9.0, True), ("Stay", 5.0, False),
    ]  # fmt: skip
    first = run["alternatives"][0]
    assert first["projection"] == {
        "near": "soon", "far": "later", "risks": ["rain"], "reversibility": "easy", "conditions": ["money"],
    }  # fmt: skip
    assert first["scores"] == [{"criterion": "cost", "score": 3}, {"criterion": "joy", "score": 3}]
    assert [step["kind"] for step in run["steps"] if step["kind"] not in {"AGENT", "MODEL_CALL"}] == [
        "EXPLORE", "PROJECT", "PROJECT", "PROJECT", "JUDGE", "JUDGE",
    ]  # fmt: skip


async def test_what_the_person_adds_is_heard_before_the_next_stage(ada: Person, upstream: Upstream) -> None:
    exploring = said(approaches("Walk", "Drive", "Stay"))
    exploring.headers_held = True
    script = looking(upstream, explore=exploring)
    upstream.hold()

    sent = await ada.send("How do I get there?", thinking="FUTURE")
    await script.until("explore")
    added = await ada.send("By night.", chatId=sent["chat"]["id"], whenBusy="STEER")
    upstream.release()
    events = await watch(ada, sent["run"]["id"])
    absorbed = await watch(ada, added["run"]["id"])

    assert script.asked == ["explore", "project", "project", "project", "judge", "answer"]
    for body in (*script.bodies["project"], *script.bodies["judge"], *script.bodies["answer"]):
        assert prompt_of(body).startswith("How do I get there?\n\nBy night.\n\n---")
    assert events[-1]["message"]["content"] == "Drive."
    assert absorbed[-1]["run"]["status"] == "COMPLETED"
    run = await steps_of(ada, sent["run"]["id"])
    assert [one["chosen"] for one in run["alternatives"]] == [False, True, False]


async def test_a_person_picks_another_approach_without_new_exploration(ada: Person, upstream: Upstream) -> None:
    script = looking(upstream, answer=["Drive.", "Then walk."])
    sent, _ = await looked(ada)

    given = {"runId": sent["run"]["id"], "alternative": 1, "idempotencyKey": "pick"}
    picked = (await ada.gql(CHOOSE, input=given))["chooseAlternative"]
    again = (await ada.gql(CHOOSE, input=given))["chooseAlternative"]
    events = await watch(ada, picked["run"]["id"])
    run = await steps_of(ada, picked["run"]["id"])

    assert again["run"]["id"] == picked["run"]["id"]
    assert script.asked == ["explore", "project", "project", "project", "judge", "answer", "answer"]
    chosen = prompt_of(script.bodies["answer"][1])
    assert "along this approach: Approach 1: Walk" in chosen
    assert "by the person who asks" in chosen
    assert "Soon: soon" in chosen, "what was seen of it is used"
    assert text_of(events) == "Then walk."
    assert picked["reply"]["parentId"] == sent["message"]["id"]
    assert len(picked["reply"]["siblings"]) == 2
    assert picked["chat"]["headId"] == picked["reply"]["id"]
    assert [one["chosen"] for one in run["alternatives"]] == [True, False, False]
    first = await steps_of(ada, sent["run"]["id"])
    assert [one["chosen"] for one in first["alternatives"]] == [False, True, False], "the first run stays as it was"


async def test_a_key_picks_within_its_budget(ada: Person, server: Running, upstream: Upstream) -> None:
    looking(upstream)
    sent, _ = await looked(ada)
    made = (await ada.gql(KEY, input={"name": "a program"}))["createApiKey"]
    user = (await ada.gql("{ viewer { id } }"))["viewer"]["id"]
    await ada.gql(BUDGET, input={"userId": user, "apiKeyId": made["apiKey"]["id"], "period": "DAY", "maxTokens": 0})

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {made['secret']}"}) as http:
        script = Person(http, server.url, ada.email)
        refused = await script.gql_error(CHOOSE, input={"runId": sent["run"]["id"], "alternative": 1})

    assert refused["extensions"]["code"] == "BUDGET_EXCEEDED"


async def test_what_cannot_be_picked_is_refused_in_words(ada: Person, bob: Person, upstream: Upstream) -> None:
    looking(upstream)
    sent, _ = await looked(ada)
    plain, _ = await ada.ask("hello")

    def pick(run_id: str, number: int) -> dict[str, Any]:
        return {"runId": run_id, "alternative": number}

    none = await ada.gql_error(CHOOSE, input=pick(sent["run"]["id"], 4))
    same = await ada.gql_error(CHOOSE, input=pick(sent["run"]["id"], 2))
    without = await ada.gql_error(CHOOSE, input=pick(plain["run"]["id"], 1))
    theirs = await bob.gql_error(CHOOSE, input=pick(sent["run"]["id"], 1))

    assert none["extensions"]["fields"] == {"input.alternative": "must be one of 1, 2, 3"}
    assert "has chosen already" in same["extensions"]["fields"]["input.alternative"]
    assert "no alternatives" in without["extensions"]["fields"]["input.runId"]
    assert theirs["extensions"]["code"] == "NOT_FOUND"


async def test_an_approach_that_nobody_can_think_through_is_kept_and_says_why(ada: Person, upstream: Upstream) -> None:
    script = looking(upstream, project=[FORECAST, "no idea", FORECAST], again="still none")

    sent, events = await looked(ada)
    run = await steps_of(ada, sent["run"]["id"])

    assert script.asked.count("again") == 2
    assert events[-1]["run"]["status"] == "COMPLETED"
    [problem] = [one for one in run["alternatives"] if one["problem"]]
    assert "did not give its answer in the form" in problem["problem"]
    assert problem["projection"] is None


async def test_where_nothing_can_be_judged_the_first_approach_is_taken_and_it_is_said(
    ada: Person, upstream: Upstream
) -> None:
    script = looking(upstream, judge="All fine.", again="All fine.", answer="Walk.")

    sent, events = await looked(ada)
    run = await steps_of(ada, sent["run"]["id"])

    assert [one["chosen"] for one in run["alternatives"]] == [True, False, False]
    assert "without a comparison" in prompt_of(script.bodies["answer"][0])
    assert plans(events)[-1][-1] == ("Judge them", "FAILED")


async def test_where_no_approaches_are_found_the_answer_is_direct(ada: Person, upstream: Upstream) -> None:
    script = looking(upstream, explore=approaches("Same", "Same"), again=approaches("Same", "same"), plain="Go.")

    _, events = await looked(ada)

    assert script.asked == ["explore", "again", "again", "plain"]
    assert text_of(events) == "Go."
    assert "title of its own" in next(e["note"] for e in events if e["__typename"] == "PlanUpdated")


async def test_steps_and_alternatives_take_three_statements(
    ada: Person, upstream: Upstream, statements: list[str]
) -> None:
    looking(upstream)
    sent, _ = await looked(ada)
    statements.clear()

    query = """query ($id: ID!) { run(id: $id) { alternatives { title }
      steps { id parentId output usage { costUsd } } } }"""
    run = (await ada.gql(query, id=sent["run"]["id"]))["run"]

    assert len(run["steps"]) == 13
    of_the_run = [statement for statement in statements if "run" in statement]
    assert len(of_the_run) == 3, of_the_run
