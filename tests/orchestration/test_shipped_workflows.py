"""The workflows that come with the product, carried out: triage, panel and research."""

from typing import Any

import pytest

from orchestration.agents.shipped import ship_agents
from orchestration.workflows.shipped import ship_workflows
from persistence.database import Database
from tests.graphql.pool import three
from tests.graphql.test_learning import beliefs, signals
from tests.orchestration.flows import items, run_of, shipped, verdicts, went
from tests.orchestration.thoughts import calls_tool, models_can, prompt_of, watch
from tests.people import Person, text_of
from tests.upstream import Upstream
from tests.upstream_answers import Reply, said

__all__ = ["three"]

SHIPPED = """{ agents { id version updatedAt }
  workflows { edges { node { id version updatedAt definition } } } }"""
SIBLINGS = """query ($id: ID!) { node(id: $id) { ... on Message { id content modelUsed
  siblings { id content modelUsed run { id } rating } } } }"""
HEAD = "mutation ($input: UpdateChatInput!) { updateChat(input: $input) { chat { headId messageCount } } }"


async def test_a_start_that_finds_everything_in_place_changes_nothing(ada: Person, db: Database) -> None:
    before = await ada.gql(SHIPPED)
    await ship_agents(db)
    await ship_workflows(db)

    assert await ada.gql(SHIPPED) == before


async def test_triage_hands_the_conversation_over(ada: Person, db: Database, upstream: Upstream) -> None:
    await models_can(db, "tools")
    upstream.reply_with(calls_tool("transfer_to_Coder", "call_1").chunks)
    upstream.reply("print(42)")

    events = await went(ada, await shipped(ada, "triage"), "Write a program.")

    assert text_of(events) == "print(42)"
    assert "programmer" in upstream.requests[1]["messages"][0]["content"]


@pytest.mark.usefixtures("three")
async def test_the_panels_answers_stay_and_the_preferred_one_becomes_the_head_and_teaches(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    upstream.by_question = _panel
    sent = await ada.send("Which way?", workflowId=await shipped(ada, "panel"))
    events = await watch(ada, sent["run"]["id"])
    reply = (await ada.gql(SIBLINGS, id=sent["reply"]["id"]))["node"]

    merged, *others = reply["siblings"]
    assert (merged["id"], merged["content"]) == (sent["reply"]["id"], "Merged.")
    assert text_of(events) == "Merged."
    assert {one["content"]: one["modelUsed"] for one in others} == {
        f"By {one['modelUsed']}": one["modelUsed"] for one in others
    }
    assert {one["modelUsed"] for one in others} == {"strong", "middling"}, "the third, a local one, cannot answer here"
    assert {one["run"]["id"] for one in others} == {sent["run"]["id"]}

    preferred = next(one for one in others if one["modelUsed"] == "strong")
    chosen = (await ada.gql(HEAD, input={"id": sent["chat"]["id"], "headId": preferred["id"]}))["updateChat"]["chat"]
    learned, taught = await beliefs(db), await signals(db)
    back = (await ada.gql(HEAD, input={"id": sent["chat"]["id"], "headId": merged["id"]}))["updateChat"]["chat"]

    assert chosen == {"headId": preferred["id"], "messageCount": 4}
    assert taught == ["preferred"]
    assert learned["*"] > 0, "the model is believed to be better than was expected"
    assert back["headId"] == merged["id"]
    assert await signals(db) == [], "going back takes it away"


def _panel(body: dict[str, Any]) -> Reply | None:
    prompt = prompt_of(body)
    if "These answers to the message" in prompt:
        return said(verdicts(5, 6))
    if "Several models have answered it already" in prompt:
        assert "2. 6 of 10. It is a 6." in prompt
        return said("Merged.")
    return said(f"By {body['model']}")


async def test_research_plans_looks_up_in_parallel_writes_and_criticises(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await models_can(db, "tools", "json")
    asked: list[str] = []

    def answer(body: dict[str, Any]) -> Reply | None:
        prompt = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
        looked = any(m["role"] == "tool" for m in body["messages"])
        for words, kind, reply in (
            ("List the questions", "plan", said(items("How old?", "How tall?"))),
            ("Find out this alone", "search", said("Found: 9") if looked else calls_tool("calculator", "call_1")),
            ("Draft the answer", "write", said("Nine.")),
            ("Do not rewrite it", "critique", said("Says too little.")),
            ("Give the final answer", "answer", said("Nine, and why.")),
        ):
            if words in prompt:
                asked.append(kind)
                if kind == "answer":
                    assert "Says too little." in prompt
                    assert "Found: 9" in prompt
                return reply
        return None

    upstream.by_question = answer
    sent = await ada.send("Tell me all.", workflowId=await shipped(ada, "research"))
    events = await watch(ada, sent["run"]["id"])
    run = await run_of(ada, sent["run"]["id"])

    assert asked == ["plan", "search", "search", "search", "search", "write", "critique", "answer"]
    assert text_of(events) == "Nine, and why."
    searches = [step for step in run["steps"] if step["workflowStep"] == "search" and step["parentId"]]
    assert [step["name"] for step in searches if step["kind"] == "AGENT"] == ["How old?", "How tall?"]
