"""Reading on in a result that was too long to be shown as a whole."""

from collections.abc import Collection

from pydantic import BaseModel, Field

from orchestration.tools.tool import LONGEST_OUTPUT, Call, Result, Tool, ToolFailure
from persistence import tool_outputs
from persistence.database import Database

NAME = "read_output"
LONGEST = LONGEST_OUTPUT - 200
"""Characters at once, with room for the line that says where one is."""


class Arguments(BaseModel):
    call_id: str = Field(description="The id of the call whose result was cut off, as the result names it.")
    start: int = Field(default=LONGEST_OUTPUT, ge=0, description="The character to begin with; 0 is the first one.")
    length: int = Field(default=8_000, ge=1, le=LONGEST, description="How many characters.")


def reading_on(result: Result, call_id: str, tools: Collection[str]) -> str:
    """What is said below a cut result to a model that has this tool; nothing otherwise."""
    if result.full is None or NAME not in tools:
        return ""
    return f"\nCall {NAME} with call_id {call_id!r} and start {LONGEST_OUTPUT} to read on."


def read_output(db: Database) -> Tool:
    async def run(arguments: Arguments, call: Call) -> str:
        if call.run_id is None:
            raise ToolFailure("There are no earlier calls here to read on in.")
        async with db.read() as session:
            found = await tool_outputs.piece(
                session, call.run_id, arguments.call_id, user_id=call.user_id, start=arguments.start,
                length=arguments.length,
            )  # fmt: skip
        if found is None:
            raise ToolFailure("No result of this answer was kept under that id. Use the id that the cut result names.")
        words, total = found
        if not words:
            raise ToolFailure(f"The result ends before that: it has {total:,} characters.")
        end = arguments.start + len(words)
        return f"{words}\n(characters {arguments.start:,} to {end:,} of {total:,})"

    return Tool(
        name=NAME,
        description="Read on in a long result of an earlier call, from where it was cut off.",
        arguments=Arguments,
        run=run,
        timeout=10.0,
    )
