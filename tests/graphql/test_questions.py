"""Questions of an MCP server in the middle of a call, and the answers of the person whose run it is."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.graphql.test_mcp_runs import CALL, POLICY, agent, calls, server, with_tools
from tests.mcp_http import http_server
from tests.people import Person
from tests.upstream import Upstream

QUESTION = "id toolName serverName arguments reason decision expiresAt question { form url }"
PENDING = f"query ($id: ID!) {{ run(id: $id) {{ status pendingApprovals {{ {QUESTION} }} }} }}"
INBOX = f"query ($pending: Boolean) {{ approvals(pending: $pending) {{ edges {{ node {{ {QUESTION} }} }} }} }}"
WATCH = f"""subscription ($id: ID!) {{ runEvents(runId: $id) {{ __typename
  ... on ApprovalRequested {{ approval {{ {QUESTION} }} }} }} }}"""
DECIDE = f"""mutation ($input: DecideApprovalInput!) {{ decideApproval(input: $input) {{
  approval {{ {QUESTION} }} run {{ status }} }} }}"""
CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { status } } }"


class Asked:
    """A run whose tool has asked something."""

    def __init__(self, run_id: str, question: dict[str, Any]) -> None:
        self.run_id, self.id, self.question = run_id, question["id"], question


async def asked(person: Person, upstream: Upstream, url: str, tool: str, text: str = "", **more: Any) -> Asked:
    await with_tools(person)
    await person.gql(POLICY, input={"pattern": "web/*", "approval": "ALWAYS_ALLOW"})
    worker = await agent(person, await server(person, url, timeoutSeconds=1))
    calls(upstream, f"web_{tool}", text=text)
    sent = await person.send("Do it", agentId=worker["id"], **more)
    async with person.socket() as socket:
        async for data in socket.watch(WATCH, id=sent["run"]["id"]):
            if data["runEvents"]["__typename"] == "ApprovalRequested":
                return Asked(sent["run"]["id"], data["runEvents"]["approval"])
    raise AssertionError("it has not asked")


async def heard(person: Person, upstream: Upstream, question: Asked) -> str:
    """What the model is told of the call when the run has ended."""
    events = await person.events(question.run_id)
    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    return str(upstream.requests[-1]["messages"][-1]["content"])


async def test_a_form_is_filled_in_by_the_person_and_goes_to_the_server(
    ada: Person, bob: Person, upstream: Upstream, tmp_path: Path
) -> None:
    async with http_server(tmp_path) as served:
        one = await asked(ada, upstream, served.url, "book")
        run = (await ada.gql(PENDING, id=one.run_id))["run"]
        [edge] = (await ada.gql(INBOX, pending=True))["approvals"]["edges"]
        await asyncio.sleep(1.2)  # longer than the server may be silent: now it is the server that waits
        wrong = {"row": 41, "class": "third", "meal": ["soup", "cake"], "name": "Ada"}
        errors = [
            (await ada.gql_error(DECIDE, input={"approvalId": one.id, "decision": "APPROVE", **given}))["extensions"]
            for given in ({"arguments": wrong}, {}, {"arguments": {"row": 1}, "remember": "ALWAYS"})
        ]
        strangers = await bob.gql_error(DECIDE, input={"approvalId": one.id, "decision": "APPROVE"})
        given = {"row": 7, "quiet": True, "meal": ["cake"]}
        decided = await ada.gql(DECIDE, input={"approvalId": one.id, "decision": "APPROVE", "arguments": given})
        words = await heard(ada, upstream, one)

    assert run == {"status": "IN_PROGRESS", "pendingApprovals": [one.question]}
    assert edge["node"] == one.question
    assert [one.question[key] for key in ("toolName", "serverName", "reason")] == ["book", "web", "Which seat?"]
    assert one.question["arguments"] == {"class": "second", "quiet": False}
    assert one.question["question"]["form"]["properties"]["row"]["maximum"] == 40
    assert errors[0]["fields"] == {
        "input.arguments.row": "must be at most 40", "input.arguments.name": "is not in the form",
        "input.arguments.class": "must be one of the choices of this field",
        "input.arguments.meal": "must have at most 1 choices",
    }  # fmt: skip
    assert errors[1]["fields"] == {"input.arguments.row": "is needed"}
    assert list(errors[2]["fields"]) == ["input.remember"]
    assert strangers["extensions"]["code"] == "NOT_FOUND"
    assert decided["decideApproval"]["run"]["status"] == "IN_PROGRESS"
    assert json.loads(words) == ["accept", given]
    [past] = (await ada.gql(INBOX, pending=False))["approvals"]["edges"]
    assert past["node"]["decision"] == "APPROVE"


async def test_a_question_is_declined(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        one = await asked(ada, upstream, served.url, "book")
        await ada.gql(DECIDE, input={"approvalId": one.id, "decision": "REJECT", "message": "Not today."})
        assert json.loads(await heard(ada, upstream, one)) == ["decline", None]


async def test_a_page_is_visited_when_the_person_agrees(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        one = await asked(ada, upstream, served.url, "sign_up", text="https://example.org/sign-up?for=7")
        await ada.gql(DECIDE, input={"approvalId": one.id, "decision": "APPROVE"})
        words = await heard(ada, upstream, one)

    assert one.question["question"] == {"form": None, "url": "https://example.org/sign-up?for=7"}
    assert words == "the person said accept"


@pytest.mark.parametrize(("tool", "text", "problem"), [
    ("pry", "", "properties.password.format"), ("sign_up", "javascript:alert(1)", "`url` must be"),
    ("sign_up", "https://ada:secret@example.org/", "`url` must be"),
])  # fmt: skip
async def test_what_no_person_should_be_asked_is_refused(
    ada: Person, upstream: Upstream, tmp_path: Path, tool: str, text: str, problem: str
) -> None:
    await with_tools(ada)
    await ada.gql(POLICY, input={"pattern": "web/*", "approval": "ALWAYS_ALLOW"})
    async with http_server(tmp_path) as served:
        worker = await agent(ada, await server(ada, served.url))
        calls(upstream, f"web_{tool}", text=text)
        await ada.ask("Do it", agentId=worker["id"])

    words = upstream.requests[-1]["messages"][-1]["content"]
    assert "cannot be shown to a person" in words
    assert problem in words
    assert (await ada.gql(INBOX))["approvals"]["edges"] == []


async def test_a_question_ends_with_its_run(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        one = await asked(ada, upstream, served.url, "book")
        await ada.gql(CANCEL, id=one.run_id)
        events = await ada.events(one.run_id)
        given = {"approvalId": one.id, "decision": "APPROVE", "arguments": {"row": 1}}
        late = await ada.gql_error(DECIDE, input=given)
        [edge] = (await ada.gql(INBOX))["approvals"]["edges"]

    assert events[-1]["run"]["status"] == "CANCELLED"
    assert edge["node"]["decision"] == "REJECT"
    assert late["extensions"]["code"] == "CONFLICT"


async def test_the_time_of_a_run_goes_on_while_its_tool_asks(ada: Person, upstream: Upstream, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        one = await asked(ada, upstream, served.url, "book", maxSeconds=2)
        events = await ada.events(one.run_id)

    assert events[-1]["run"]["error"]["code"] == "TIMED_OUT"
    assert (await ada.gql(INBOX, pending=True))["approvals"]["edges"] == []


async def test_a_tool_that_is_tried_by_hand_can_ask_nobody(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        added = await server(ada, served.url)
        [book] = [tool["id"] for tool in added["tools"] if tool["name"] == "book"]
        tried = (await ada.gql(CALL, input={"toolId": book}))["callTool"]

    assert tried["output"].startswith('["decline", null]')
    assert "It asked: “Which seat?” That was declined" in tried["output"]
