"""Making rules on which tools may run and which ask first."""

from dataclasses import dataclass
from uuid import UUID

from domain.errors import BadUserInput
from domain.tools import ToolApproval, covers
from orchestration.tools.toolbox import Toolbox
from persistence import accounts, approvals, tool_policies
from persistence.database import Database
from persistence.mcp_servers import facts_visible_to
from persistence.tool_policies import ToolPolicyRow

LONGEST_PATTERN = 200
MOST_RULES = 200
"""Rules of one person, and for everybody."""


@dataclass(frozen=True, slots=True)
class Policies:
    db: Database
    tools: Toolbox

    async def put(
        self, user_id: UUID, pattern: str, approval: ToolApproval | None, *, everybody: bool
    ) -> ToolPolicyRow | None:
        """Make, change or (with no `approval`) take away a person's own rule, or the one for everybody.

        A person's own ASK also takes back what they have let run unasked: else it would change nothing.
        """
        if not 1 <= len(pattern) <= LONGEST_PATTERN or not pattern.isprintable():
            raise BadUserInput({"input.pattern": f"must have 1 to {LONGEST_PATTERN} printable characters"})
        whose = None if everybody else user_id
        async with self.db.write() as session:
            await accounts.lock(session, user_id)
            if approval is None:
                await tool_policies.remove(session, whose, pattern)
                return None
            row = await tool_policies.put(session, whose, pattern, approval)
            if await tool_policies.count(session, whose) > MOST_RULES:
                raise BadUserInput({"input.pattern": f"{MOST_RULES} rules are the most; take some away"})
            if approval is ToolApproval.ASK and not everybody:
                known = [*(tool.facts for tool in self.tools.values()), *await facts_visible_to(session, user_id)]
                covered = [facts.key for facts in known if covers(pattern, facts.path)]
                await approvals.ungrant(session, user_id, covered)
            return row
