"""What a provider is asked by runs that think, told apart by how each prompt begins, and scripted answers to it."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from persistence.database import Database
from persistence.models import ModelRow
from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import Reply, chunk, said, usage_chunk

BEGINNINGS = {
    "plan": "Make a plan for answering",
    "work": "Carry out one step of a plan",
    "check": "A step of a plan",
    "explore": "Do not answer the message above yet. Find",
    "project": "One approach to the message above",
    "judge": "These approaches to the message above",
    "answer": "Answer the message above now",
    "again": "This was not what I asked for",
}
PASSED = json.dumps({"passed": True, "why": "It holds."})
FORECAST = json.dumps(
    {"near": "soon", "far": "later", "risks": ["rain"], "reversibility": "easy", "conditions": ["money"]}
)
THINKING_EVENTS = """subscription ($runId: ID!, $after: Int) { runEvents(runId: $runId, after: $after) {
  __typename sequence
  ... on RunStatusChanged { status }
  ... on TextDelta { text }
  ... on MessageDiscarded { reason }
  ... on PlanUpdated { note steps { title status outcome } }
  ... on ToolCallStarted { toolCall { id name } }
  ... on ToolCallFinished { toolCall { id name output } }
  ... on ApprovalRequested { approval { id toolName } }
  ... on RunFinished { run { status limitReached error { code message } usage { requests } }
    message { content status parts { __typename } } }
  } }"""
STEPS = """query ($id: ID!) { run(id: $id) { limitReached usage { requests }
  steps { id kind name status parentId error { code message } input output
    usage { requests outputTokens } model { name } }
  alternatives { number title approach chosen modelName totalScore why problem
    projection { near far risks reversibility conditions } scores { criterion score } } } }"""


class Script:
    """Answers by kind, in order; the last one of a kind stays. `asked` has the kind of each request, in order.

    `tell` says of which kind a request is.
    """

    def __init__(
        self, upstream: Upstream, tell: "Callable[[dict[str, Any]], str] | None" = None,
        **answers: "str | Reply | list[str | Reply]",
    ) -> None:  # fmt: skip
        self._tell = tell or kind_of
        self.asked: list[str] = []
        self.bodies: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._news = asyncio.Event()
        self._answers = {kind: deque(given if isinstance(given, list) else [given]) for kind, given in answers.items()}
        upstream.by_question = self._answer

    def _answer(self, body: dict[str, Any]) -> Reply | None:
        kind = self._tell(body)
        self.asked.append(kind)
        self.bodies[kind].append(body)
        self._news.set()
        if (given := self._answers.get(kind)) is None:
            return None
        answer = given.popleft() if len(given) > 1 else given[0]
        return said(answer) if isinstance(answer, str) else answer

    async def until(self, kind: str, times: int = 1) -> None:
        """Wait until this has been asked so often."""
        async with asyncio.timeout(20):
            while self.asked.count(kind) < times:
                self._news.clear()
                await self._news.wait()


def kind_of(body: dict[str, Any]) -> str:
    asked = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    prompt = asked.split("\n---\n", 1)[-1]
    return next((kind for kind, beginning in BEGINNINGS.items() if prompt.startswith(beginning)), "plain")


def prompt_of(body: dict[str, Any]) -> str:
    prompt: str = body["messages"][-1]["content"]
    return prompt


def a_plan(*titles: str) -> str:
    steps = [{"title": title, "needs": "nothing", "check": f"{title} is done"} for title in titles]
    return json.dumps({"steps": steps})


def approaches(*titles: str) -> str:
    found = [{"title": title, "idea": f"{title} it."} for title in titles]
    return json.dumps({"criteria": ["cost", "joy"], "approaches": found})


def verdicts(*scores: int) -> str:
    judged = [
        {
            "approach": number,
            "scores": [{"criterion": "cost", "score": score}, {"criterion": "joy", "score": score}],
            "why": f"It is a {score}.",
        }
        for number, score in enumerate(scores, start=1)
    ]
    return json.dumps({"verdicts": judged})


def held(text: str) -> Reply:
    """A streamed answer that comes when the upstream is released; nothing else comes before that."""
    reply = said(text)
    reply.held_after = 0
    return reply


def calls_tool(name: str, call_id: str, text: str = "") -> Reply:
    """An answer that calls a tool of the tests."""
    call = {
        "index": 0, "id": call_id, "type": "function",
        "function": {"name": name, "arguments": f'{{"text": "{text}"}}'},
    }  # fmt: skip
    return Reply([chunk(role="assistant"), chunk(tool_calls=[call]), chunk(finish="tool_calls"), usage_chunk(5, 3)])


def failed(text: str = "no") -> str:
    return json.dumps({"passed": False, "why": text})


async def steps_of(person: Person, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = (await person.gql(STEPS, id=run_id))["run"]
    return run


async def watch(person: Person, run_id: str, until: str = "RunFinished", after: int = 0) -> list[dict[str, Any]]:
    """Events of a run up to the first of a kind."""
    return await person.until(until, run_id, THINKING_EVENTS, after)


def plans(events: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    """Each plan that was shown: titles and states."""
    shown = [event for event in events if event["__typename"] == "PlanUpdated"]
    return [[(step["title"], step["status"]) for step in event["steps"]] for event in shown]


async def models_can(db: Database, *capabilities: str) -> None:
    async with db.write() as session:
        await session.execute(update(ModelRow).values(capabilities=list(capabilities)))
