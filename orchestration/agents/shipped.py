"""The agents that come with the product."""

from typing import TypedDict

from persistence import agents
from persistence.database import Database


class Agent(TypedDict):
    """What an agent is made of; `tools` are names."""

    slug: str
    name: str
    description: str
    instructions: str
    tools: list[str]


ASSISTANT: Agent = {
    "slug": "assistant",
    "name": "Assistant",
    "description": "Answers questions and helps with everyday work.",
    "instructions": (
        "You are a helpful assistant. Answer in the language of the question, directly and correctly. "
        "Use Markdown where it helps the reader. Say so when you do not know."
    ),
    "tools": ["current_time"],
}


async def ship_agents(db: Database) -> None:
    """Put the shipped agents in place; running it again changes nothing."""
    async with db.write() as session:
        await agents.ship(session, **ASSISTANT)
