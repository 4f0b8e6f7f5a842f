"""Searching what the person and their agents have said in other chats."""

from pydantic import BaseModel, Field

from domain.messages import storable
from domain.searching import LONGEST_QUERY, snippet, wanted
from orchestration.tools.tool import Call, Tool
from persistence import search
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.search import Asked

LOOKED_AT = 100
"""Messages that match, newest first, among which those of other chats are taken."""


class Arguments(BaseModel):
    query: str = Field(
        description='Words that all must occur in a message. "quoted words" stand together, `or` allows either, '
        "`-word` excludes. Few and rare words find best.",
        min_length=1,
        max_length=LONGEST_QUERY,
    )
    count: int = Field(default=5, ge=1, le=20, description="How many messages.")


def search_chats(db: Database) -> Tool:
    async def run(arguments: Arguments, call: Call) -> object:
        asked = Asked(call.user_id, wanted(storable(arguments.query)))
        async with db.read() as session:
            rows = await search.page(session, asked, limit=LOOKED_AT, after=None)
        others = [row for row in rows if row.chat_id != call.chat_id][: arguments.count]
        if not others:
            return f"No other chat has messages with {arguments.query!r}. Try fewer or other words."
        return [_shown(row, asked.wanted.marks) for row in others]

    return Tool(
        name="search_chats",
        description="Search the person's earlier chats for messages with certain words, newest first.",
        arguments=Arguments,
        run=run,
        timeout=10.0,
    )


def _shown(row: MessageRow, marks: tuple[str, ...]) -> dict[str, str]:
    when = row.created_at.isoformat(timespec="minutes")
    return {"role": row.role.value, "when": when, "text": snippet(row.content, marks)}
