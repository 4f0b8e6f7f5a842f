"""Remembering something about the person, for all their chats."""

from pydantic import BaseModel, Field

from domain.errors import DomainError
from domain.memories import LONGEST_MEMORY, MemorySource
from orchestration.memory.memories import Memories
from orchestration.tools.tool import Call, Tool, ToolFailure

SWITCHED_OFF = "The person has switched memory off."


class Arguments(BaseModel):
    text: str = Field(
        description="One fact about the person or their work that will matter in later conversations, as a short "
        "sentence that can be understood alone.",
        max_length=LONGEST_MEMORY,
    )


def remember(memories: Memories) -> Tool:
    async def run(arguments: Arguments, call: Call) -> str:
        if not await memories.enabled(call.user_id):
            raise ToolFailure(SWITCHED_OFF)
        try:
            row = await memories.add(call.user_id, arguments.text, source=MemorySource.AGENT)
        except DomainError as error:
            raise ToolFailure(error.message) from None
        return f"Remembered: {row.text}"

    return Tool(
        name="remember",
        description="Remember a lasting fact about the person for later conversations, such as a preference, a name or "
        "a decision. Use it when they ask for it or tell you something of lasting use; never for secrets.",
        arguments=Arguments,
        run=run,
        timeout=10.0,
    )
