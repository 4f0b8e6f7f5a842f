"""Runs by workflows: what each kind of step asks of models and tools, in which order, and what becomes the answer."""

from typing import Any

import pytest

from tests.graphql.pool import three
from tests.graphql.test_agents import create as create_agent
from tests.orchestration.flows import agent, items, make, run_of, script, shape, verdicts, went
from tests.orchestration.test_run_budgets import dear
from tests.orchestration.thoughts import Script, held, plans, prompt_of, watch
from tests.people import Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import Reply, said

__all__ = ["three"]

RULE = "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { policy { pattern } } }"


async def test_each_step_sees_what_it_refers_to_and_the_last_one_is_streamed(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, plan="Look twice.", write=held("A fine answer."))
    flow = await make(
        ada, agent("plan", "Plan: {{input}}", "write"), agent("write", "Write: by {{ steps.plan.output }}")
    )

    sent = await ada.send("Where is it?", workflowId=flow)
    await told.until("write")
    early = await run_of(ada, sent["run"]["id"])
    upstream.release()
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert told.asked == ["plan", "write"]
    assert prompt_of(told.bodies["plan"][0]).endswith("Plan: Where is it?")
    assert prompt_of(told.bodies["write"][0]).endswith("Write: by Look twice.")
    assert shape(early) == [("AGENT", "COMPLETED", None), ("AGENT", "IN_PROGRESS", None)]
    assert shape(run) == [("AGENT", "COMPLETED", None), ("AGENT", "COMPLETED", None)]
    assert text_of(events) == events[-1]["message"]["content"] == "A fine answer."
    assert len([event for event in events if event["__typename"] == "TextDelta"]) >= 1
    assert plans(events)[0] == [("plan", "PENDING"), ("write", "PENDING")]
    assert plans(events)[-1] == [("plan", "COMPLETED"), ("write", "COMPLETED")]
    assert (run["workflow"]["version"], run["usage"]["requests"]) == (1, 2)


async def test_what_is_put_into_a_prompt_is_never_a_template_itself(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, first="{{steps.second.output}} {{input}}", second="Done.")
    flow = await make(ada, agent("first", "First: go", "second"), agent("second", "Second: {{steps.first.output}}"))

    await went(ada, flow, "{{steps.first.output}}")

    assert prompt_of(told.bodies["second"][0]).endswith("Second: {{steps.second.output}} {{input}}")


@pytest.mark.usefixtures("three")
async def test_a_panel_asks_at_once_and_the_judge_gives_the_best(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, say=[held("One."), said("Two."), said("Three.")], these=verdicts(3, 9, 5))
    panel = {
        "kind": "panel", "name": "ask", "prompt": "Say: {{input}}", "next": "judge",
        "members": [{"model": "strong"}, {"model": "middling"}, {"model": "mock"}],
    }  # fmt: skip
    flow = await make(ada, panel, {"kind": "judge", "name": "judge", "of": "ask", "criteria": ["brevity"]})
    upstream.by_question = _by_model({"strong": "One.", "middling": "Two.", "mock": "Three."}, told, hold="strong")

    sent = await ada.send("Which?", workflowId=flow)
    await told.until("say", 3)
    assert "these" not in told.asked, "nobody judges before all have answered"
    upstream.release()
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert {body["model"] for body in told.bodies["say"]} == {"strong", "middling", "mock"}
    judged = prompt_of(told.bodies["these"][0])
    assert "brevity" in judged
    assert [answer in judged for answer in ("One.", "Two.", "Three.")] == [True] * 3
    assert text_of(events) == "Two."
    assert (run["message"]["content"], run["message"]["modelUsed"]) == ("Two.", "middling")
    assert shape(run) == [
        ("PANEL", "COMPLETED", None), *[("AGENT", "COMPLETED", "ask")] * 3, ("JUDGE", "COMPLETED", None)
    ]  # fmt: skip


def _by_model(answers: dict[str, str], told: Script, hold: str) -> Any:
    """Models say each their own; the other requests are the script's."""
    scripted = told._answer

    def answer(body: dict[str, Any]) -> Reply | None:
        reply = scripted(body)
        if "Say: " not in prompt_of(body):
            return reply
        own = answers[body["model"]]
        return held(own) if body["model"] == hold else said(own)

    return answer


async def test_one_of_a_panel_may_fail_and_all_of_them_may_not(ada: Person, upstream: Upstream) -> None:
    broken = Reply(status=400, body='{"error": {"message": "no", "type": "mock"}}')
    told = script(upstream, bad=broken, good="Fine.", end="It is fine.")
    end = agent("end", "End: {{steps.ask.output}}{{steps.ask.error}}")
    both = {"kind": "panel", "name": "ask", "members": [{"prompt": "Bad: x"}, {"prompt": "Good: x"}], "next": "end"}
    none = both | {"members": [{"prompt": "Bad: x"}, {"prompt": "Bad: y"}]}

    one = await went(ada, await make(ada, both, end))
    fails = await went(ada, await make(ada, none, end))
    goes_on = await went(ada, await make(ada, none | {"failure": "continue"}, end))

    assert text_of(one) == "It is fine."
    assert "no answer:" in prompt_of(told.bodies["end"][0])
    assert (fails[-1]["run"]["status"], "“ask”" in fails[-1]["run"]["error"]["message"]) == ("FAILED", True)
    assert goes_on[-1]["run"]["status"] == "COMPLETED"
    assert told.asked.count("end") == 2


async def test_what_one_of_those_who_take_part_refuses_reaches_no_model(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, say="Fine.", end="Done.")
    strict = (await create_agent(ada, "Strict", guardrails={"deniedInput": ["secret"]}))["id"]
    member = {"agent": strict, "prompt": "Say: x"}
    panel = {"kind": "panel", "name": "ask", "members": [member, member], "next": "end"}
    flow = await make(ada, panel, agent("end", "End: x", agent=strict))

    right = await went(ada, flow, "Tell me all.")
    refused = await went(ada, flow, "Tell me a secret.")

    assert text_of(right) == "Done.", right[-1]
    assert refused[-1]["run"]["error"]["code"] == "CONTENT_FILTERED"
    assert told.asked == ["say", "say", "end"]


async def test_a_step_is_tried_again_as_often_as_it_says(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, choose=["nonsense", items("a", "b")], this="still nonsense", end="Done.")
    flow = await make(
        ada, agent("pick", "Choose: some", "end", items=3, retries=1), agent("end", "End: {{steps.pick.output}}")
    )

    sent = await ada.send("Go.", workflowId=flow)
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert text_of(events) == "Done."
    assert prompt_of(told.bodies["end"][0]).endswith("End: - a\n- b")
    assert [status for _, status, _ in shape(run)] == ["FAILED", "COMPLETED", "COMPLETED"]


async def test_a_loop_that_is_tried_again_does_its_rounds_anew_and_keeps_the_earlier_ones(
    ada: Person, upstream: Upstream
) -> None:
    broken = Reply(status=400, body='{"error": {"message": "no", "type": "mock"}}')
    told = script(upstream, draft=["One.", broken, "Two.", "Three."])
    loop = {"kind": "loop", "name": "twice", "body": "draft", "limit": 2, "retries": 1}
    flow = await make(ada, loop, agent("draft", "Draft: {{input}}"))

    sent = await ada.send("Go.", workflowId=flow)
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert text_of(events) == "Three."
    assert told.asked == ["draft"] * 4
    assert shape(run) == [
        ("LOOP", "FAILED", None), ("AGENT", "COMPLETED", "twice"), ("AGENT", "FAILED", "twice"),
        ("LOOP", "COMPLETED", None), ("AGENT", "COMPLETED", "twice"), ("AGENT", "COMPLETED", "twice"),
    ]  # fmt: skip


async def test_conditions_compare_or_ask_and_loops_end(ada: Person, upstream: Upstream) -> None:
    told = script(
        upstream, draft=["bad", "better", "good"], good=['{"yes": false, "why": "no"}', '{"yes": true, "why": "so"}'],
        short="Brief.", long="Lengthy.",
    )  # fmt: skip
    loop = {
        "kind": "loop", "name": "improve", "body": "draft", "limit": 5, "next": "which",
        "until": {"ask": "Good: {{steps.draft.output}}?"},
    }  # fmt: skip
    which = {
        "kind": "condition", "name": "which", "then": "long", "otherwise": "short",
        "when": {"value": "{{input}}", "comparison": "contains", "to": "LONG"},
    }  # fmt: skip
    flow = await make(
        ada, loop, agent("draft", "Draft: {{steps.draft.output}}"), which,
        agent("short", "Short: {{steps.improve.output}}"), agent("long", "Long: {{steps.draft.output}}"),
    )  # fmt: skip

    events = await went(ada, flow, "a long one")

    assert told.asked == ["draft", "good", "draft", "good", "long"]
    assert prompt_of(told.bodies["draft"][1]).endswith("Draft: bad"), "a round sees what the one before has given"
    assert prompt_of(told.bodies["long"][0]).endswith("Long: better")
    assert text_of(events) == "Lengthy."
    assert plans(events)[-1] == [
        ("improve", "COMPLETED"), ("draft", "COMPLETED"), ("which", "COMPLETED"), ("short", "PENDING"),
        ("long", "COMPLETED"),
    ]  # fmt: skip


async def test_a_tool_is_called_with_filled_arguments_and_its_failure_is_the_steps(
    ada: Person, upstream: Upstream
) -> None:
    told = script(upstream, end="Done.")
    call = {"kind": "tool", "name": "sum", "tool": "calculator", "arguments": {"expression": "{{input}}"}}
    flow = await make(ada, call | {"next": "end"}, agent("end", "End: {{steps.sum.output}}"))

    right = await went(ada, flow, "6 * 7")
    wrong = await went(ada, flow, "6 * x")

    assert "42" in prompt_of(told.bodies["end"][0])
    assert [event["toolCall"]["name"] for event in right if event["__typename"] == "ToolCallStarted"] == ["calculator"]
    assert (wrong[-1]["run"]["status"], wrong[-1]["run"]["error"]["code"]) == ("FAILED", "TOOL_FAILED")
    assert told.asked == ["end"]


async def test_a_rule_that_denies_a_tool_holds_in_workflows_too(ada: Person, upstream: Upstream) -> None:
    await ada.gql(RULE, input={"pattern": "builtin/calc*", "approval": "DENY"})
    flow = await make(ada, {"kind": "tool", "name": "sum", "tool": "calculator", "arguments": {"expression": "1"}})

    events = await went(ada, flow)

    assert "denies builtin/calculator" in events[-1]["run"]["error"]["message"]
    assert upstream.requests == []


async def test_a_tool_that_asks_waits_and_then_runs_once_or_not_at_all(ada: Person, upstream: Upstream) -> None:
    await ada.gql(RULE, input={"pattern": "builtin/calc*", "approval": "ASK"})
    told = script(upstream, end="Done.")
    call = {"kind": "tool", "name": "sum", "tool": "calculator", "arguments": {"expression": "6 * 7"}, "next": "end"}
    flow = await make(ada, call, agent("end", "End: {{steps.sum.output}}"))

    allowed = await _decided(ada, flow, decision="APPROVE", arguments={"expression": "6 * 8"})
    declined = await _decided(ada, flow, decision="REJECT", message="Not now.")

    assert text_of(allowed) == "Done."
    assert "48" in prompt_of(told.bodies["end"][0]), "with the arguments that the person has put there"
    assert [event["__typename"] for event in allowed].count("ToolCallFinished") == 1
    assert (declined[-1]["run"]["status"], "Not now." in declined[-1]["run"]["error"]["message"]) == ("FAILED", True)
    assert told.asked == ["end"]


async def test_one_of_a_panel_that_asks_lets_the_others_come_to_their_end(ada: Person, upstream: Upstream) -> None:
    await ada.gql(RULE, input={"pattern": "builtin/calc*", "approval": "ASK"})
    told = script(upstream, say="Fine.", end="Done.")
    members = [{"tool": "calculator", "arguments": {"expression": "6 * 7"}}, {"prompt": "Say: x"}]
    panel = {"kind": "panel", "name": "ask", "members": members, "next": "end"}
    flow = await make(ada, panel, agent("end", "End: {{steps.ask.output}}"))

    events = await _decided(ada, flow, decision="APPROVE")

    assert told.asked == ["say", "end"], "nothing is asked again that was asked beside it"
    assert [words in prompt_of(told.bodies["end"][0]) for words in ("42", "Fine.")] == [True, True]
    assert text_of(events) == "Done."


async def test_what_nobody_agrees_to_takes_the_other_way_or_ends_there(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, other="Another way.")
    sure = {"kind": "approval", "name": "sure", "text": "Really?", "next": "yes"}
    yes, other = agent("yes", "Yes: x"), agent("other", "Other: {{steps.sure.output}}")

    ends = await _decided(ada, await make(ada, sure, yes), decision="REJECT", message="Too soon.")
    flow = await make(ada, sure | {"otherwise": "other"}, yes, other)
    turns = await _decided(ada, flow, decision="REJECT", message="Too soon.")

    assert text_of(ends) == "The workflow stopped at “sure”: Too soon."
    assert text_of(turns) == "Another way."
    assert prompt_of(told.bodies["other"][0]).endswith("Other: Too soon.")


async def _decided(person: Person, flow: str, **decision: Any) -> list[dict[str, Any]]:
    """What happens after a decision about the first thing that a workflow asks for."""
    decide = "mutation ($input: DecideApprovalInput!) { decideApproval(input: $input) { run { status } } }"
    sent = await person.send("Go.", workflowId=flow)
    early = await watch(person, sent["run"]["id"], until="ApprovalRequested")
    await person.gql(decide, input={"approvalId": early[-1]["approval"]["id"], **decision})
    return await watch(person, sent["run"]["id"], after=early[-1]["sequence"])


async def test_a_workflow_that_runs_out_of_tokens_answers_with_what_there_is(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, first=dear("Much.", 990), answer="As far as I got.")
    flow = await make(ada, agent("first", "First: x", "second"), agent("second", "Second: {{steps.first.output}}"))

    sent = await ada.send("Go.", workflowId=flow, maxTokens=1_000)
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert told.asked == ["first", "answer"]
    assert "stopped early" in prompt_of(told.bodies["answer"][0])
    assert "Much." in prompt_of(told.bodies["answer"][0])
    assert (events[-1]["run"]["status"], run["limitReached"]) == ("COMPLETED", "TOKENS")


async def test_a_cancel_stops_all_of_a_panel(ada: Person, upstream: Upstream) -> None:
    told = script(upstream, say=held("never"))
    flow = await make(ada, {"kind": "panel", "name": "ask", "prompt": "Say: x", "members": [{}, {}, {}]})

    sent = await ada.send("Go.", workflowId=flow)
    await told.until("say", 3)
    await ada.gql("mutation ($id: ID!) { cancelRun(id: $id) { run { status } } }", id=sent["run"]["id"])
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert events[-1]["run"]["status"] == "CANCELLED"
    assert {status for _, status, _ in shape(run)} == {"CANCELLED"}
