"""Trying a tool by hand: a person calls it as their agents would, with the same limits, and sees what a model would."""

import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from domain.errors import BadUserInput, Forbidden, RateLimited
from domain.ids import new_id
from domain.questions import Answer, AnswerAction, Question
from domain.tools import ToolApproval
from orchestration.mcp.servers import McpServers
from orchestration.tools.tool import Call, Result, Tool, line_of
from orchestration.tools.toolbox import Toolbox
from persistence import tool_calls, tool_policies
from persistence.database import Database

LONGEST_ARGUMENTS = 100_000
"""Characters of the arguments as JSON."""
LONGEST_QUESTION = 500
AT_ONCE = 4
"""Calls of one person that one process makes at a time."""


@dataclass(frozen=True, slots=True)
class Tried:
    result: Result
    duration_ms: float


class Trying:
    def __init__(self, db: Database, tools: Toolbox, servers: McpServers) -> None:
        self._db, self._tools, self._servers = db, tools, servers
        self._running: Counter[UUID] = Counter()

    async def call(self, user_id: UUID, tool_key: UUID, arguments: dict[str, Any]) -> Tried:
        """Call a tool on a person's behalf. They need not be asked: they are who asks. Forbidden when a rule denies it;
        what goes wrong in the tool is a result."""
        raw = json.dumps(arguments, ensure_ascii=False)
        if len(raw) > LONGEST_ARGUMENTS:
            reason = f"has {len(raw):,} characters as JSON; at most {LONGEST_ARGUMENTS:,} are allowed"
            raise BadUserInput({"input.arguments": reason})
        tool = self._tools.get(tool_key) or await self._servers.tool(tool_key, user_id)
        async with self._db.read() as session:
            standing = await tool_policies.standing(session, user_id)
        if standing.approval(tool.key, tool.path, asks=tool.asks) is ToolApproval.DENY:
            raise Forbidden(f"A rule denies {tool.path}.")
        if self._running[user_id] >= AT_ONCE:
            message = f"{AT_ONCE} of your calls are at work already. Wait for one to end."
            raise RateLimited(message, retry_after_ms=1_000)
        self._running[user_id] += 1
        began_at, began = datetime.now(UTC), time.perf_counter()
        try:
            result = await _tried(tool, raw, user_id)
        finally:
            self._running[user_id] -= 1
            if not self._running[user_id]:
                del self._running[user_id]
        took = (time.perf_counter() - began) * 1000
        async with self._db.write() as session:
            await tool_calls.enter(session, line_of(tool, result, began_at, took), user_id=user_id)
        return Tried(result, took)


async def _tried(tool: Tool, raw: str, user_id: UUID) -> Result:
    """What comes of the call. Nobody waits beside it to answer questions, which people should know."""
    asked: list[str] = []

    async def decline(question: Question) -> Answer:
        asked.append(question.message)
        return Answer(AnswerAction.DECLINE)

    result = await tool.call(raw, Call(user_id, None, None, new_id().hex, ask=decline))
    if not asked:
        return result
    note = f"\n\n(It asked: “{asked[0][:LONGEST_QUESTION]}” That was declined: only calls of agents can ask people.)"
    error = None if result.error is None else result.error + note
    return replace(result, output=result.output + note, error=error)
