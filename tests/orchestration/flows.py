"""What tests of workflows have in common: making one, scripting what its steps are answered, and watching a run."""

import json
import re
from typing import Any

from tests.orchestration.thoughts import Script, watch
from tests.people import Person
from tests.upstream import Upstream
from tests.upstream_answers import Reply

CREATE = "mutation ($input: CreateWorkflowInput!) { createWorkflow(input: $input) { workflow { id version } } }"
STEPS = """query ($id: ID!) { run(id: $id) { status error { code message } message { content modelUsed }
  workflow { name version definition } limitReached usage { requests }
  steps { id kind name status parentId workflowStep error { message } output } } }"""


def said_first(body: dict[str, Any]) -> str:
    """The kind of a request is the first word of its prompt: that of `Draft: …` is `draft`."""
    asked = next(m["content"] for m in reversed(body["messages"]) if m["role"] == "user")
    found = re.match(r"\w*", asked.split("\n---\n", 1)[-1])
    return found[0].lower() if found else ""


def script(upstream: Upstream, **answers: str | Reply | list[str | Reply]) -> Script:
    return Script(upstream, said_first, **answers)


async def make(person: Person, *steps: dict[str, Any], **more: Any) -> str:
    """A workflow of these steps."""
    given = {"name": "Mine", "definition": {"steps": list(steps)}, **more}
    return str((await person.gql(CREATE, input=given))["createWorkflow"]["workflow"]["id"])


def agent(name: str, prompt: str | None = None, next: str | None = None, **more: Any) -> dict[str, Any]:
    return _step("agent", name, prompt=prompt, next=next, **more)


def _step(kind: str, name: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name} | {key: value for key, value in more.items() if value is not None}


async def shipped(person: Person, slug: str) -> str:
    edges = (await person.gql("{ workflows { edges { node { id slug } } } }"))["workflows"]["edges"]
    return next(str(edge["node"]["id"]) for edge in edges if edge["node"]["slug"] == slug)


async def went(person: Person, workflow_id: str, content: str = "hello", **more: Any) -> list[dict[str, Any]]:
    """All events of a run by a workflow."""
    sent = await person.send(content, workflowId=workflow_id, **more)
    return await watch(person, sent["run"]["id"])


async def run_of(person: Person, run_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.gql(STEPS, id=run_id))["run"]
    return found


def shape(run: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Kind and state of each step of the workflow, with the one that it is a part of."""
    names = {step["id"]: step["name"] for step in run["steps"] if step["workflowStep"]}
    kept = [step for step in run["steps"] if step["workflowStep"]]
    return [(step["kind"], step["status"], names.get(step["parentId"])) for step in kept]


def items(*texts: str) -> str:
    return json.dumps({"items": texts})


def verdicts(*scores: int) -> str:
    judged = [{"answer": n, "score": score, "why": f"It is a {score}."} for n, score in enumerate(scores, start=1)]
    return json.dumps({"verdicts": judged})
