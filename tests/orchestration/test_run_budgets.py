"""Limits of tokens, money and time: a run that reaches one answers with what it has. And how hard models think."""

import json

import pytest
from sqlalchemy import update

from persistence.database import Database
from persistence.models import ModelRow
from tests.conftest import Running
from tests.graphql.teams import make
from tests.orchestration.thoughts import (
    FORECAST,
    PASSED,
    Script,
    a_plan,
    approaches,
    calls_tool,
    models_can,
    plans,
    prompt_of,
    steps_of,
    watch,
)
from tests.people import SEND, Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, said, usage_chunk


def dear(text: str, tokens: int) -> Reply:
    """An answer that took so many tokens."""
    return Reply(
        [chunk(role="assistant", content=""), chunk(content=text), chunk(finish="stop"), usage_chunk(0, tokens)]
    )


async def test_a_plan_that_uses_up_its_tokens_ends_with_what_there_is(ada: Person, upstream: Upstream) -> None:
    script = Script(
        upstream, plan=a_plan("Count", "Weigh", "Paint"), work=["Four.", dear("Nine.", 900)], check=PASSED,
        answer="Four, for all I know.",
    )  # fmt: skip

    sent = await ada.send("How many?", thinking="STRATEGIC", maxTokens=1_000)
    events = await watch(ada, sent["run"]["id"])

    assert script.asked == ["plan", "work", "check", "work", "answer"], "nothing is begun that there is no room for"
    answering = prompt_of(script.bodies["answer"][0])
    assert "stopped early: The run reached its limit of 1000 tokens" in answering
    assert "Four." in answering
    last = events[-1]
    assert (last["run"]["status"], last["run"]["limitReached"]) == ("COMPLETED", "TOKENS")
    assert text_of(events) == "Four, for all I know."
    assert plans(events)[-1] == [("Count", "COMPLETED"), ("Weigh", "CANCELLED"), ("Paint", "PENDING")]


async def test_time_that_is_over_stops_the_step_at_work(ada: Person, upstream: Upstream) -> None:
    slow = said("Nine.")
    slow.delay = 60.0
    script = Script(upstream, plan=a_plan("Count", "Weigh"), work=["Four.", slow], check=PASSED, answer="Four.")

    sent = await ada.send("How many?", thinking="STRATEGIC", maxSeconds=3)
    events = await watch(ada, sent["run"]["id"])
    run = await steps_of(ada, sent["run"]["id"])

    assert (events[-1]["run"]["status"], events[-1]["run"]["limitReached"]) == ("COMPLETED", "TIME")
    assert script.asked == ["plan", "work", "check", "work", "answer"]
    stopped = next(step for step in run["steps"] if step["name"] == "Weigh")
    assert (stopped["status"], stopped["error"]["message"]) == ("CANCELLED", "The run reached its limit of 3 seconds.")


async def test_looking_ahead_stops_at_its_limit_of_cost_and_chooses_among_what_it_has(
    ada: Person, db: Database, server: Running, upstream: Upstream
) -> None:
    async with db.write() as session:
        prices = {"input_usd_per_million": 0, "output_usd_per_million": 1_000}
        await session.execute(update(ModelRow).values(**prices))
    script = Script(
        upstream, explore=approaches("Walk", "Drive"), project=[FORECAST, dear(FORECAST, 9_000)], answer="Walk.",
    )  # fmt: skip

    sent = await ada.send("How?", thinking="FUTURE", maxCostUsd="5")
    events = await watch(ada, sent["run"]["id"])
    run = await steps_of(ada, sent["run"]["id"])

    assert "judge" not in script.asked
    assert (events[-1]["run"]["status"], events[-1]["run"]["limitReached"]) == ("COMPLETED", "COST")
    assert [one["chosen"] for one in run["alternatives"]] == [True, False]
    assert "stopped early" in prompt_of(script.bodies["answer"][0])


async def test_an_agent_that_runs_out_of_tokens_has_to_answer_without_more_tools(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await models_can(db, "tools")
    again = calls_tool("current_time", "call_1")
    again.chunks[-1] = usage_chunk(900, 50)
    script = Script(upstream, plain=[again, said("It is late.")])

    sent = await ada.send("What time is it?", maxTokens=1_000)
    events = await watch(ada, sent["run"]["id"])

    assert [body.get("tool_choice") for body in script.bodies["plain"]] == [None, "none"]
    assert script.bodies["plain"][1]["max_tokens"] == 64, "and shortly"
    assert (text_of(events), events[-1]["run"]["limitReached"]) == ("It is late.", "TOKENS")


async def test_limits_of_an_agent_hold_unless_a_message_says_less(ada: Person, upstream: Upstream) -> None:
    Script(upstream, plain=said("Late."))
    agent = await make(ada, "Thrifty", maxTokens=2_000)

    limits = []
    for asked in ({}, {"maxTokens": 1_000}, {"maxTokens": 3_000}):
        await watch(ada, (await ada.send("What time is it?", agentId=agent, **asked))["run"]["id"])
        limits.append(upstream.requests[-1].get("max_tokens"))

    assert limits == [2_000, 1_000, 2_000]


async def test_an_answer_that_takes_too_long_is_kept_as_far_as_it_came(ada: Person, upstream: Upstream) -> None:
    slow = said("One two three")
    slow.delay = 0.6
    Script(upstream, plain=slow)

    sent = await ada.send("Count.", maxSeconds=1)
    events = await watch(ada, sent["run"]["id"])

    last = events[-1]
    assert (last["run"]["status"], last["run"]["limitReached"]) == ("COMPLETED", "TIME")
    assert last["message"]["content"] == text_of(events)
    assert "three" not in text_of(events)


async def test_a_run_that_had_no_time_to_say_anything_fails_in_words(ada: Person, upstream: Upstream) -> None:
    slow = said("Too late.")
    slow.held_after = 0
    Script(upstream, plain=slow)

    sent = await ada.send("Count.", maxSeconds=1)
    events = await watch(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "FAILED"
    error = {"code": "TIMED_OUT", "message": "The run reached its limit of 1 seconds."}
    assert events[-1]["run"]["error"] == error


@pytest.mark.parametrize(("field", "value"), [("maxTokens", 99), ("maxTokens", -1), ("maxSeconds", 0)])
async def test_limits_that_make_no_sense_are_refused(ada: Person, field: str, value: int) -> None:
    error = await ada.gql_error(SEND, input={"content": "hi", field: value})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert f"input.{field}" in json.dumps(error["extensions"]["fields"])


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("gpt-5-mini", "minimal", "high"), ("openai/gpt-oss-20b", "low", "high"), ("mock", None, None)],
)
async def test_a_model_that_can_be_told_thinks_as_hard_as_the_mode_wants(
    ada: Person, db: Database, upstream: Upstream, name: str, least: str | None, most: str | None
) -> None:
    async with db.write() as session:
        await session.execute(update(ModelRow).values(name=name, capabilities=["reasoning"]))
    script = Script(upstream, plan=a_plan("Say it"))

    for thinking in ("IMMEDIATE", "STRATEGIC"):
        await watch(ada, (await ada.send("hi", thinking=thinking))["run"]["id"])

    assert [body.get("reasoning_effort") for body in upstream.requests] == [least, most, most]
    assert script.asked == ["plain", "plan", "plain"]


@pytest.mark.parametrize(("name", "replayed"), [("kimi-k2-thinking", "Hm."), ("mock", None)])
async def test_reasoning_goes_back_between_tool_calls_to_models_that_are_made_for_it(
    ada: Person, db: Database, upstream: Upstream, name: str, replayed: str | None
) -> None:
    async with db.write() as session:
        await session.execute(update(ModelRow).values(name=name, capabilities=["reasoning", "tools"]))
    looks = calls_tool("current_time", "call_1")
    looks.chunks.insert(1, chunk(reasoning_content="Hm."))
    Script(upstream, plain=[looks, said("Late.")])

    sent = await ada.send("What time is it?")
    await watch(ada, sent["run"]["id"])

    [asked] = [m for m in upstream.requests[1]["messages"] if m["role"] == "assistant"]
    assert asked.get("reasoning_content") == replayed
