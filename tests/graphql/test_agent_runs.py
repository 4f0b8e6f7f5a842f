"""Agents at work: they hand over, ask each other, refuse, and answer in a shape."""

import json
from collections.abc import AsyncIterator

import pytest

from tests.graphql.teams import (
    DECIDE,
    SET,
    agents_in,
    calls,
    clock_of,
    make,
    of_kind,
    offered,
    told,
    watch,
    with_tools,
)
from tests.people import Person, text_of
from tests.upstream import Upstream

STEPS = "query ($id: ID!) { run(id: $id) { steps { id kind name status parentId } } }"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with Upstream(("mock", "other")) as started:
        yield started


async def test_a_handoff_is_seen_and_the_other_agent_gives_the_answer(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    expert = await make(ada, "Räume & Zeit", description="Knows it.", toolIds=[await clock_of(ada)])
    desk = await make(ada, "Desk", handoffIds=[expert])
    calls(upstream, ("transfer_to_Raume_Zeit", {}), text="One moment. ")
    calls(upstream, ("current_time", {"time_zone": "UTC"}))
    upstream.reply("It is late.")

    sent = await ada.send("What time is it?", agentId=desk)
    events = await watch(ada, sent["run"]["id"])
    again = await ada.gql(
        "mutation ($input: RegenerateInput!) { regenerate(input: $input) { run { agent { name } } } }",
        input={"messageId": sent["reply"]["id"]},
    )

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert agents_in(events) == ["Desk", "Räume & Zeit"]
    assert last["message"]["agentId"] == expert
    assert text_of(events) == last["message"]["content"] == "One moment. It is late."
    assert [told(request, "system") for request in upstream.requests[:3]] == [
        ["You are Desk."], ["You are Räume & Zeit."], ["You are Räume & Zeit."],
    ]  # fmt: skip
    assert [offered(request) for request in upstream.requests[:2]] == [["transfer_to_Raume_Zeit"], ["current_time"]]
    assert told(upstream.requests[1], "user") == ["What time is it?"], "the other agent sees the conversation"
    assert again["regenerate"]["run"]["agent"]["name"] == "Desk", "the agent that was asked is asked again"
    steps = (await ada.gql(STEPS, id=sent["run"]["id"]))["run"]["steps"]
    names = {step["id"]: step["name"] for step in steps}
    assert [(step["name"], step["status"]) for step in steps if step["kind"] == "AGENT"] == [
        ("Desk", "COMPLETED"), ("Räume & Zeit", "COMPLETED"),
    ]  # fmt: skip
    assert [names[step["parentId"]] for step in steps if step["kind"] == "MODEL_CALL"] == [
        "Desk", "Räume & Zeit", "Räume & Zeit",
    ]  # fmt: skip


async def test_an_agent_that_is_asked_like_a_tool_works_unseen_but_for_its_calls(
    ada: Person, upstream: Upstream
) -> None:
    await with_tools(ada)
    expert = await make(ada, "Expert", toolIds=[await clock_of(ada)])
    chief = await make(ada, "Chief", agentToolIds=[expert])
    both = ("ask_Expert", {"input": "the hour?"}), ("ask_Expert", {"input": "the day?"})
    calls(upstream, *both, text="Let me ask. ", first_id=0)
    calls(upstream, ("current_time", {}), first_id=0)
    calls(upstream, ("current_time", {}), first_id=0)
    upstream.reply("Noon, says the expert.")
    upstream.reply("Monday, says the expert.")
    upstream.reply("So it is noon.")

    sent = await ada.send("When?", agentId=chief)
    events = await watch(ada, sent["run"]["id"])

    last = events[-1]
    assert last["run"]["status"] == "COMPLETED", last
    assert text_of(events) == last["message"]["content"] == "Let me ask. So it is noon."
    assert (agents_in(events), last["message"]["agentId"]) == (["Chief"], chief)
    done = {call["id"]: call for call in of_kind(events, "ToolCallFinished")}
    outer = [call for call in done.values() if call["parentId"] is None]
    inner = [call for call in done.values() if call["parentId"] is not None]
    assert [call["name"] for call in outer] == ["ask_Expert"] * 2
    assert [call["name"] for call in inner] == ["current_time"] * 2
    assert {call["parentId"] for call in inner} == {call["id"] for call in outer}
    assert {call["output"] for call in outer} == {"Noon, says the expert.", "Monday, says the expert."}
    for request in upstream.requests[1:3]:
        assert [message["role"] for message in request["messages"]] == ["system", "user"], "it hears the question alone"
    assert sorted(told(upstream.requests[-1])) == ["Monday, says the expert.", "Noon, says the expert."]
    assert last["run"]["usage"]["requests"] == 6
    assert sum(part["__typename"] == "ToolCallPart" for part in last["message"]["parts"]) == 4


async def test_what_a_person_decides_reaches_an_agent_that_is_asked_like_a_tool(
    ada: Person, upstream: Upstream
) -> None:
    await with_tools(ada)
    await ada.gql(SET, input={"pattern": "builtin/current_*", "approval": "ASK"})
    expert = await make(ada, "Expert", toolIds=[await clock_of(ada)])
    chief = await make(ada, "Chief", agentToolIds=[expert])
    calls(upstream, ("ask_Expert", {"input": "the hour?"}))
    calls(upstream, ("current_time", {"time_zone": "Mars"}))
    upstream.reply("Noon.")
    upstream.reply("It is noon.")

    sent = await ada.send("When?", agentId=chief)
    events = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    approval = events[-1]["approval"]
    verdict = {"approvalId": approval["id"], "decision": "APPROVE", "arguments": {"time_zone": "UTC"}}
    await ada.gql(DECIDE, input=verdict)
    rest = await watch(ada, sent["run"]["id"], after=events[-1]["sequence"])

    assert (approval["toolName"], approval["arguments"]) == ("current_time", {"time_zone": "Mars"})
    assert rest[-1]["run"]["status"] == "COMPLETED", rest[-1]
    assert rest[-1]["message"]["content"] == "It is noon."
    assert json.loads(told(upstream.requests[2])[0])["time_zone"] == "UTC"
    assert len(upstream.requests) == 4
    assert told(upstream.requests[3]) == ["Noon."]


async def test_a_call_that_a_person_declines_is_a_part_of_the_answer(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    await ada.gql(SET, input={"pattern": "builtin/current_*", "approval": "ASK"})
    expert = await make(ada, "Expert", toolIds=[await clock_of(ada)])
    chief = await make(ada, "Chief", toolIds=[await clock_of(ada)], agentToolIds=[expert])
    calls(upstream, ("current_time", {"time_zone": "UTC"}))
    calls(upstream, ("ask_Expert", {"input": "the hour?"}))
    calls(upstream, ("current_time", {"time_zone": "Mars"}))
    upstream.reply("I may not look.")
    upstream.reply("Nobody knows.")

    sent = await ada.send("When?", agentId=chief)
    seen = await watch(ada, sent["run"]["id"], until="ApprovalRequested")
    await ada.gql(DECIDE, input={"approvalId": seen[-1]["approval"]["id"], "decision": "REJECT", "message": "Guess."})
    seen += await watch(ada, sent["run"]["id"], until="ApprovalRequested", after=seen[-1]["sequence"])
    await ada.gql(DECIDE, input={"approvalId": seen[-1]["approval"]["id"], "decision": "REJECT"})
    seen += await watch(ada, sent["run"]["id"], after=seen[-1]["sequence"])

    assert seen[-1]["message"]["content"] == "Nobody knows."
    parts = [part["toolCall"] for part in seen[-1]["message"]["parts"] if part["__typename"] == "ToolCallPart"]
    declined, asked, within = parts
    assert (declined["name"], declined["status"], declined["error"]) == ("current_time", "REJECTED", "Guess.")
    assert declined["arguments"] == {"time_zone": "UTC"}
    assert (within["status"], within["error"]) == ("REJECTED", "The person declined this call.")
    assert within["parentId"] == asked["id"]
    finished = of_kind(seen, "ToolCallFinished")
    assert [call["status"] for call in finished] == ["REJECTED", "REJECTED", "COMPLETED"], "each is told once"
    assert [told(upstream.requests[n])[-1] for n in (1, 3)] == ["Guess.", "The person declined this call."]
    assert told(upstream.requests[-1])[-1] == "I may not look."


async def test_an_agent_that_fails_to_answer_another_is_worked_around(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    expert = await make(ada, "Expert", guardrails={"deniedInput": ["moon"]})
    chief = await make(ada, "Chief", agentToolIds=[expert])
    calls(upstream, ("ask_Expert", {"input": "To the Moon?"}), ("no_such_tool", {}))
    upstream.reply("I do not know.")

    sent = await ada.send("When?", agentId=chief)
    events = await watch(ada, sent["run"]["id"])

    assert events[-1]["message"]["content"] == "I do not know."
    refused, missing = sorted(told(upstream.requests[-1]), key=lambda said: "no_such_tool" in said)
    assert "Expert could not answer: Expert does not take messages" in refused
    assert "no_such_tool" in missing


async def test_an_agent_with_a_model_of_its_own_uses_it(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    models = {model["name"]: model["id"] for model in (await ada.gql("{ models { id name } }"))["models"]}
    expert = await make(ada, "Expert", modelId=models["other"])
    desk = await make(ada, "Desk", handoffIds=[expert])
    calls(upstream, ("transfer_to_Expert", {}))
    upstream.reply("Here I am.")

    sent = await ada.send("Help", agentId=desk, model="mock")
    events = await watch(ada, sent["run"]["id"])

    assert [request["model"] for request in upstream.requests] == ["mock", "other"]
    assert events[-1]["message"]["modelUsed"] == "other"
    assert text_of(events) == "Here I am."


async def test_a_message_that_trips_a_guardrail_reaches_no_model(ada: Person, upstream: Upstream) -> None:
    agent = await make(ada, "Careful", guardrails={"deniedInput": ["Top  Secret"], "maxInputChars": 40})

    _, fine = await ada.ask("The secretary is at the top.", agentId=agent)
    asked = len(upstream.requests)
    _, denied = await ada.ask("This is TOP\nsecret!", agentId=agent)
    _, long = await ada.ask("x" * 41, agentId=agent)

    assert fine[-1]["run"]["status"] == "COMPLETED"
    assert asked == 1 == len(upstream.requests)
    for events, words in ((denied, "denied to it"), (long, "at most 40 characters")):
        run = events[-1]["run"]
        assert (run["status"], run["error"]["code"]) == ("FAILED", "CONTENT_FILTERED")
        assert words in run["error"]["message"]


@pytest.mark.parametrize("thinking", ["STRATEGIC", "FUTURE"])
async def test_guardrails_come_before_any_thought(ada: Person, upstream: Upstream, thinking: str) -> None:
    agent = await make(ada, "Careful", guardrails={"deniedInput": ["top secret"], "maxInputChars": 100})

    _, denied = await ada.ask("This is top secret!", agentId=agent, thinking=thinking)

    assert denied[-1]["run"]["error"]["code"] == "CONTENT_FILTERED"
    assert upstream.requests == []


async def test_only_the_words_of_the_person_trip_a_guardrail(ada: Person, upstream: Upstream) -> None:
    agent = await make(ada, "Careful", guardrails={"deniedInput": ["plan"], "maxInputChars": 100})
    upstream.reply(json.dumps({"steps": [{"title": "Answer", "needs": "nothing", "check": "it is there"}]}))
    upstream.reply("Fine.")

    _, events = await ada.ask("How are you?", agentId=agent, thinking="STRATEGIC")

    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]


async def test_an_answer_that_trips_a_guardrail_is_taken_back(ada: Person, upstream: Upstream) -> None:
    agent = await make(ada, "Careful", guardrails={"deniedOutput": ["recipe"]})
    upstream.reply("The secret recipe is salt.")

    _, events = await ada.ask("Tell me", agentId=agent)

    last = events[-1]
    assert (last["run"]["status"], last["run"]["error"]["code"]) == ("FAILED", "CONTENT_FILTERED")
    assert text_of(events) == last["message"]["content"] == ""


async def test_an_answer_has_the_shape_that_its_agent_promises(ada: Person, upstream: Upstream) -> None:
    await with_tools(ada)
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    agent = await make(ada, "Shaper", outputSchema=schema)
    upstream.reply('{"city": "Rome"}')
    upstream.reply('{"town": "Rome"}')

    _, right = await ada.ask("Where?", agentId=agent)
    _, wrong = await ada.ask("Where?", agentId=agent)

    assert upstream.requests[0]["response_format"]["json_schema"]["schema"] == schema
    assert (right[-1]["run"]["status"], right[-1]["message"]["content"]) == ("COMPLETED", '{"city": "Rome"}')
    assert wrong[-1]["run"]["status"] == "FAILED"
