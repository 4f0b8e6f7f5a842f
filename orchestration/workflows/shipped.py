"""The workflows that come with the product."""

from dataclasses import dataclass
from typing import Any

from orchestration.workflows.definition import Definition
from persistence import workflows
from persistence.database import Database


@dataclass(frozen=True, slots=True)
class Shipped:
    slug: str
    name: str
    description: str
    steps: list[dict[str, Any]]


TRIAGE = Shipped(
    slug="triage",
    name="Triage",
    description="Finds the agent that fits a request best, and hands the conversation over to it.",
    steps=[{"name": "triage", "kind": "agent", "title": "Hand over", "agent": "triage"}],
)
PANEL = Shipped(
    slug="panel",
    name="Panel",
    description="Several models answer side by side; a judge compares them, and one answer is made of the best. "
    "Their own answers stay beside it: go on from the one that you prefer, and the choice of models learns from it.",
    steps=[
        {"name": "answers", "kind": "panel", "title": "Ask several models", "models": 3, "keep": True, "next": "judge"},
        {
            "name": "judge", "kind": "judge", "title": "Compare the answers", "of": "answers",
            "criteria": ["correct", "complete", "clear"], "failure": "continue", "next": "merge",
        },
        {
            "name": "merge", "kind": "agent", "title": "Make one answer",
            "prompt": "Answer the message above. Several models have answered it already:\n{{steps.answers.output}}\n\n"
            "They were judged like this:\n{{steps.judge.why}}\n\nMake the best one answer of them. Take over what is "
            "right and drop what is wrong. Say plainly where they disagree and it matters. Do not speak of models or "
            "of judging.",
        },
    ],
)  # fmt: skip
RESEARCH = Shipped(
    slug="research",
    name="Research",
    description="Plans what has to be found out, looks it up in parallel, writes it down, and improves it by critique.",
    steps=[
        {
            "name": "plan", "kind": "agent", "title": "Plan the questions", "items": 4, "next": "search",
            "prompt": "Do not answer the message above yet. List the questions that have to be looked up for a "
            "well-founded answer, each short, complete in itself, and different from the others. One is enough when "
            "there is not more to know.",
        },
        {
            "name": "search", "kind": "panel", "title": "Look them up", "each": "plan", "next": "write",
            "members": [
                {
                    "agent": "researcher",
                    "prompt": "Find out this alone, for an answer to the message above: {{item}}\nGive what you found "
                    "and where, each claim with its source. Say what you could not find.",
                }
            ],
        },
        {
            "name": "write", "kind": "agent", "title": "Write a draft", "agent": "writer", "next": "critique",
            "prompt": "Draft the answer to the message above from what was found:\n{{steps.search.output}}\n\nKeep the "
            "sources as links. Write nothing that was not found.",
        },
        {
            "name": "critique", "kind": "agent", "title": "Criticise it", "agent": "analyst", "failure": "continue",
            "next": "answer",
            "prompt": "This is a draft of an answer to the message above:\n{{steps.write.output}}\n\nIt was written "
            "from this:\n{{steps.search.output}}\n\nDo not rewrite it. Name what is wrong, unproven, missing, or "
            "unclear in it, the most important first.",
        },
        {
            "name": "answer", "kind": "agent", "title": "Give the answer", "agent": "writer",
            "prompt": "Give the final answer to the message above. This is the draft:\n{{steps.write.output}}\n\n"
            "This was criticised:\n{{steps.critique.output}}\n\nThis was found:\n{{steps.search.output}}\n\nMend what "
            "is rightly criticised. Keep the sources as links. Do not speak of drafts or of criticism.",
        },
    ],
)  # fmt: skip
SHIPPED = (TRIAGE, PANEL, RESEARCH)


async def ship_workflows(db: Database) -> None:
    """Put the shipped workflows in place; running it again changes nothing."""
    async with db.write() as session:
        for one in SHIPPED:
            definition = Definition.model_validate({"steps": one.steps}).stored()
            values = {"name": one.name, "description": one.description, "definition": definition}
            await workflows.ship(session, one.slug, values)
