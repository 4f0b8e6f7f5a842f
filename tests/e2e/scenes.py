"""What the provider of the journeys answers beside canned texts: plans, approaches, calls of tools."""

import json
from dataclasses import replace
from typing import Any

from tests.orchestration.thoughts import PASSED, a_plan, kind_of, verdicts
from tests.upstream_answers import ANSWER, Reply, chunk, said, usage_chunk

FORECAST = json.dumps(
    {
        "near": "It is quick to begin with.",
        "far": "Most of the work comes after a year.",
        "risks": ["prices rise", "nobody comes"],
        "reversibility": "Easy within three months.",
        "conditions": ["somebody has time on weekends"],
    }
)
APPROACHES = json.dumps(
    {
        "criteria": ["cost", "joy"],
        "approaches": [
            {"title": "Rent a garden", "idea": "Rent a plot at the edge of town."},
            {"title": "Share a garden", "idea": "Join the people who already have one."},
            {"title": "Wait a year", "idea": "Save first, then look again."},
        ],
    }
)
THOUGHTS = {
    "plan": a_plan("Look at the map", "Count the bridges"),
    "work": "There are seven bridges.",
    "check": PASSED,
    "explore": APPROACHES,
    "project": FORECAST,
    "judge": verdicts(6, 8, 4),
}
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "What time is it": ("current_time", {"time_zone": "Mars"}),
    "Print a lot": ("run_python", {"code": "print('x' * 40_000 + 'the ' + 'end')"}),
    "Book a seat": ("web_book", {}),
    "Ask the expert": ("transfer_to_Expert", {}),
}
"""What a question leads to a call of, where that is offered."""
AT_LEISURE = "Take your time"
"""What makes an answer take so long that somebody can stop it without haste."""


def scene(body: dict[str, Any]) -> Reply | None:
    """The answer to one of these; None leaves it to the canned ones."""
    if body["model"] != "scripted":
        return None
    last = body["messages"][-1]
    if last["role"] == "tool":
        return said(f"The tool said: {str(last['content'])[:200]}")
    if str(last["content"]).startswith(AT_LEISURE):
        return replace(said(ANSWER), delay=0.5)
    kind = kind_of(body)
    if (thought := THOUGHTS.get(kind)) is not None:
        return replace(said(thought), delay=0.15 if kind == "work" else 0.0)  # long enough to be seen at work
    offered = {tool["function"]["name"] for tool in body.get("tools") or ()}
    for question, (name, arguments) in CALLS.items():
        if question in str(last["content"]) and name in offered:
            return _calls(name, arguments)
    return None


def _calls(name: str, arguments: dict[str, Any]) -> Reply:
    call = {
        "index": 0, "id": f"call_{name}", "type": "function",
        "function": {"name": name, "arguments": json.dumps(arguments)},
    }  # fmt: skip
    ending = [chunk(finish="tool_calls"), usage_chunk(5, 3)]
    return Reply([chunk(role="assistant"), chunk(tool_calls=[call]), *ending])
