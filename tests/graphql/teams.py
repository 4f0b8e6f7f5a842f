"""What tests of agents at work have in common: making agents, scripting calls of functions, and watching a run."""

import json
from itertools import count
from typing import Any

from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import chunk, tokens_of, usage_chunk

CREATE = "mutation ($input: CreateAgentInput!) { createAgent(input: $input) { agent { id name } } }"
TOOL_CALL = "toolCall { id parentId name arguments status output error }"
EVENTS = f"""subscription ($runId: ID!, $after: Int) {{ runEvents(runId: $runId, after: $after) {{
  __typename sequence
  ... on AgentChanged {{ agent {{ name }} }}
  ... on TextDelta {{ text }}
  ... on MessageDiscarded {{ reason }}
  ... on ToolCallStarted {{ {TOOL_CALL} }}
  ... on ToolCallFinished {{ {TOOL_CALL} }}
  ... on ApprovalRequested {{ approval {{ id toolName serverName arguments }} }}
  ... on RunFinished {{ run {{ status error {{ code message }} usage {{ requests }} }}
    message {{ content agentId modelUsed parts {{ __typename ... on ToolCallPart {{ {TOOL_CALL} }} }} }} }}
  }} }}"""
SET = """mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) {
  policy { pattern approval everybody } tools { name approval } } }"""
DECIDE = """mutation ($input: DecideApprovalInput!) {
  decideApproval(input: $input) { approval { id decision } run { id status } } }"""
NUMBERS = count()


async def with_tools(admin: Person) -> None:
    """Let all models call functions."""
    change = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }"
    for model in (await admin.gql("{ models { id } }"))["models"]:
        await admin.gql(change, input={"id": model["id"], "capabilities": ["tools", "json"]})


async def clock_of(person: Person) -> str:
    tools = (await person.gql("{ tools { id name } }"))["tools"]
    return next(str(tool["id"]) for tool in tools if tool["name"] == "current_time")


async def make(person: Person, name: str, **more: Any) -> str:
    """An agent whose instructions are its name."""
    data = await person.gql(CREATE, input={"name": name, "instructions": f"You are {name}.", **more})
    return str(data["createAgent"]["agent"]["id"])


def calls(
    upstream: Upstream, *named: tuple[str, dict[str, Any] | str], text: str = "", first_id: int | None = None
) -> None:
    """The next answer calls functions; arguments that are text are sent as they are. Ids are new unless `first_id` says
    with which to begin: some servers count from 0 in every answer."""
    wanted = [
        {"index": n, "id": f"call_{next(NUMBERS) if first_id is None else first_id + n}", "type": "function",
         "function": {"name": name, "arguments": given if isinstance(given, str) else json.dumps(given)}}
        for n, (name, given) in enumerate(named)
    ]  # fmt: skip
    said = [chunk(content=word) for word in tokens_of(text)]
    upstream.reply_with(
        [chunk(role="assistant"), *said, chunk(tool_calls=wanted), chunk(finish="tool_calls"), usage_chunk(5, 3)]
    )


async def watch(person: Person, run_id: str, until: str = "RunFinished", after: int = 0) -> list[dict[str, Any]]:
    return await person.until(until, run_id, EVENTS, after)


def agents_in(events: list[dict[str, Any]]) -> list[str]:
    return [event["agent"]["name"] for event in events if event["__typename"] == "AgentChanged"]


def of_kind(events: list[dict[str, Any]], kind: str, key: str = "toolCall") -> list[dict[str, Any]]:
    return [event[key] for event in events if event["__typename"] == kind]


def told(request: dict[str, Any], role: str = "tool") -> list[str]:
    """What the messages of a role say in a request."""
    return [message["content"] for message in request["messages"] if message["role"] == role]


def offered(request: dict[str, Any]) -> list[str]:
    """Functions that a request offers to the model."""
    return [tool["function"]["name"] for tool in request.get("tools") or ()]
