"""STRATEGIC: a plan, carried out and checked step by step, and an answer made of what was verified."""

import pytest

from persistence.database import Database
from tests.orchestration.thoughts import (
    PASSED,
    Script,
    a_plan,
    failed,
    held,
    models_can,
    plans,
    prompt_of,
    steps_of,
    watch,
)
from tests.people import Person, text_of
from tests.upstream import Upstream

CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { status } } }"


async def test_a_plan_is_carried_out_checked_and_made_an_answer(ada: Person, upstream: Upstream) -> None:
    script = Script(
        upstream, plan=a_plan("Count", "Weigh"), work=["There are 4.", "It weighs 9."], check=PASSED,
        answer="Four things, nine kilos.",
    )  # fmt: skip

    sent = await ada.send("How many and how heavy?", thinking="STRATEGIC")
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "work", "check", "work", "check", "answer"]
    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert text_of(events) == events[-1]["message"]["content"] == "Four things, nine kilos."
    assert plans(events)[0] == [("Count", "PENDING"), ("Weigh", "PENDING")]
    assert plans(events)[-1] == [("Count", "COMPLETED"), ("Weigh", "COMPLETED")]
    assert [("Count", "COMPLETED"), ("Weigh", "IN_PROGRESS")] in plans(events)
    assert "There are 4." in prompt_of(script.bodies["work"][1]), "a step sees what came of those before it"
    assert "It weighs 9." in prompt_of(script.bodies["check"][1])
    answering = prompt_of(script.bodies["answer"][0])
    assert "verified: It holds." in answering
    assert "How many and how heavy?" in answering
    assert script.bodies["answer"][0].get("stream"), "the answer is streamed"


async def test_steps_show_what_each_of_them_took(ada: Person, upstream: Upstream) -> None:
    Script(upstream, plan=a_plan("Count", "Weigh"), work="Done.", check=PASSED, answer="All of it.")

    sent = await ada.send("How many?", thinking="STRATEGIC")
    await watch(ada, sent["run"]["id"])
    run = await steps_of(ada, sent["run"]["id"])

    by_id = {step["id"]: step for step in run["steps"]}
    shown = [(step["kind"], by_id.get(step["parentId"], {}).get("kind")) for step in run["steps"]]
    assert shown == [
        ("AGENT", None), ("PLAN", "AGENT"), ("MODEL_CALL", "PLAN"),
        ("AGENT", "AGENT"), ("MODEL_CALL", "AGENT"), ("CHECK", "AGENT"), ("MODEL_CALL", "CHECK"),
        ("AGENT", "AGENT"), ("MODEL_CALL", "AGENT"), ("CHECK", "AGENT"), ("MODEL_CALL", "CHECK"),
        ("MODEL_CALL", "AGENT"),
    ]  # fmt: skip
    assert {step["status"] for step in run["steps"]} == {"COMPLETED"}
    assert run["usage"]["requests"] == 6 == run["steps"][0]["usage"]["requests"], "a step has what its parts took"
    assert run["steps"][3]["output"] == {"text": "Done."}
    assert run["steps"][4]["model"] == {"name": "mock"}


async def test_a_trivial_question_gets_a_plan_of_one_step_and_no_more_calls(ada: Person, upstream: Upstream) -> None:
    script = Script(upstream, plan=a_plan("Say it"), plain="Paris.")

    sent = await ada.send("The capital of France?", thinking="STRATEGIC")
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "plain"]
    assert plans(events) == [[("Say it", "IN_PROGRESS")], [("Say it", "COMPLETED")]]
    assert text_of(events) == "Paris."


async def test_a_step_that_fails_is_planned_around_a_bounded_number_of_times(ada: Person, upstream: Upstream) -> None:
    script = Script(
        upstream, plan=[a_plan("Look", "Tell"), a_plan("Ask"), a_plan("Guess")], work="Nothing.",
        check=failed("nothing was found"), answer="I could not find out.",
    )  # fmt: skip

    sent = await ada.send("Where is it?", thinking="STRATEGIC")
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "work", "check"] * 3 + ["answer"]
    assert "nothing was found" in prompt_of(script.bodies["plan"][1]), "the next plan knows what went wrong"
    assert plans(events)[-1] == [("Look", "FAILED"), ("Ask", "FAILED"), ("Guess", "FAILED")]
    assert "not verified: nothing was found" in prompt_of(script.bodies["answer"][0])
    assert events[-1]["run"]["status"] == "COMPLETED"


async def test_a_model_that_takes_schemas_is_held_to_one(ada: Person, db: Database, upstream: Upstream) -> None:
    await models_can(db, "json")
    script = Script(upstream, plan=a_plan("Say it"), plain="Yes.")

    sent = await ada.send("Is it so?", thinking="STRATEGIC")
    await watch(ada, sent["run"]["id"])

    schema = script.bodies["plan"][0]["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["steps"]["type"] == "array"
    assert "response_format" not in script.bodies["plain"][0]


@pytest.mark.parametrize(
    "wrong",
    [
        f"Sure!\n```json\n{a_plan('Say it')}\n```\nShall I?",
        a_plan("Say it").replace('"', "'"),
        a_plan("Say it")[:-2],
    ],
    ids=["fenced", "single quotes", "cut off"],
)
async def test_json_with_small_mistakes_is_read_at_once(ada: Person, upstream: Upstream, wrong: str) -> None:
    script = Script(upstream, plan=wrong, plain="Yes.")

    sent = await ada.send("Is it so?", thinking="STRATEGIC")
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "plain"]
    assert plans(events)[-1] == [("Say it", "COMPLETED")]


async def test_a_model_that_gives_no_json_is_asked_again_and_told_what_is_wrong(
    ada: Person, upstream: Upstream
) -> None:
    script = Script(upstream, plan='{"steps": []}', again=a_plan("Say it"), plain="Yes.")

    sent = await ada.send("Is it so?", thinking="STRATEGIC")
    await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "again", "plain"]
    assert "steps" in prompt_of(script.bodies["again"][0])


async def test_a_model_that_cannot_plan_answers_directly_and_the_run_says_so(ada: Person, upstream: Upstream) -> None:
    script = Script(upstream, plan="I like plans.", again="Plans are nice.", plain="Yes.")

    sent = await ada.send("Is it so?", thinking="STRATEGIC")
    events = await watch(ada, sent["run"]["id"])
    run = await steps_of(ada, sent["run"]["id"])

    assert script.asked == ["plan", "again", "again", "plain"]
    assert (events[-1]["run"]["status"], text_of(events)) == ("COMPLETED", "Yes.")
    notes = [event["note"] for event in events if event["__typename"] == "PlanUpdated"]
    assert all("There is no plan" in note for note in notes)
    [planning] = [step for step in run["steps"] if step["kind"] == "PLAN"]
    assert (planning["status"], planning["error"]["code"]) == ("FAILED", "MODEL_UNAVAILABLE")


async def test_a_cancel_in_the_middle_of_a_plan_stops_it_all(ada: Person, upstream: Upstream) -> None:
    script = Script(upstream, plan=a_plan("Count", "Weigh"), work=["Four.", held("Nine.")], check=PASSED)
    sent = await ada.send("How many?", thinking="STRATEGIC")
    await script.until("work", 2)

    await ada.gql(CANCEL, id=sent["run"]["id"])
    events = await watch(ada, sent["run"]["id"])
    run = await steps_of(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "CANCELLED"
    stored = [step["status"] for step in run["steps"] if step["kind"] in {"PLAN", "CHECK", "AGENT"}]
    assert stored == ["CANCELLED", "COMPLETED", "COMPLETED", "COMPLETED", "CANCELLED"]
    assert script.asked[-1] == "work"
    assert run["usage"]["requests"] == 4, "also the call that was given up is in the ledger"


async def test_a_plan_hears_what_the_person_adds_before_its_next_step(ada: Person, upstream: Upstream) -> None:
    script = Script(
        upstream, plan=[a_plan("Count", "Weigh"), a_plan("Measure")], work=[held("There are 4."), "It is long."],
        check=PASSED, answer="Four, and long.",
    )  # fmt: skip

    sent = await ada.send("How many?", thinking="STRATEGIC")
    await script.until("work")
    added = await ada.send("And how long, instead?", chatId=sent["chat"]["id"], whenBusy="STEER")
    upstream.release()
    events = await watch(ada, sent["run"]["id"])
    absorbed = await watch(ada, added["run"]["id"])

    assert script.asked == ["plan", "work", "check", "plan", "work", "check", "answer"]
    again = prompt_of(script.bodies["plan"][1])
    assert again.startswith("How many?\n\nAnd how long, instead?\n\n---")
    assert "There are 4." in again
    assert "And how long, instead?" in prompt_of(script.bodies["answer"][0])
    assert plans(events)[-1] == [("Count", "COMPLETED"), ("Measure", "COMPLETED")]
    assert events[-1]["message"]["content"] == "Four, and long."
    assert absorbed[-1]["run"]["status"] == "COMPLETED"
    branch = "query ($id: ID!) { chat(id: $id) { messages { edges { node { content status } } } } }"
    shown = (await ada.gql(branch, id=sent["chat"]["id"]))["chat"]["messages"]["edges"]
    assert [edge["node"]["content"] for edge in shown] == ["How many?", "", "And how long, instead?", "Four, and long."]
