"""Recalling what is known about the person."""

from pydantic import BaseModel, Field

from orchestration.memory.memories import Memories
from orchestration.tools.remember import SWITCHED_OFF
from orchestration.tools.tool import Call, Tool, ToolFailure


class Arguments(BaseModel):
    query: str = Field(description="What to look for, in the words that the fact may have.", max_length=500)


def recall(memories: Memories) -> Tool:
    async def run(arguments: Arguments, call: Call) -> list[str] | str:
        if not await memories.enabled(call.user_id):
            raise ToolFailure(SWITCHED_OFF)
        found = await memories.recall(call.user_id, arguments.query)
        return [row.text for row in found] or "Nothing is remembered about that."

    return Tool(
        name="recall",
        description="Look up what is remembered about the person from earlier conversations.",
        arguments=Arguments,
        run=run,
        timeout=15.0,
    )
