"""Tools, and the rules on which of them ask before they run, as the API shows them."""

from datetime import datetime
from typing import Any, Self
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from domain.errors import BadUserInput
from domain.ids import Kind, global_id
from domain.tools import Standing, ToolFacts
from persistence import tool_policies
from persistence.tool_policies import ToolPolicyRow
from schema.context import FieldInfo
from schema.enums import ToolApproval, ToolErrorCode
from schema.loading import Loader
from schema.nodes import Node

standing_of = Loader[UUID, Standing](fetch=tool_policies.standings, missing=Standing)

PATTERN = (
    "A glob over `source/name`, such as `builtin/web_*` or `*/delete_*`: `*` stands for any characters, `?` for one, "
    "`[ab]` for one of some."
)


@strawberry.type(description="Something that an agent may call.")
class Tool(Node):
    name: str = strawberry.field(description="Its name where it comes from.")
    description: str = strawberry.field(description="What it does, as models are told.")
    input_schema: JSON = strawberry.field(description="JSON Schema of its arguments.")
    source: str = strawberry.field(description="Where it comes from: `builtin`, or the name of an MCP server.")
    facts: strawberry.Private[ToolFacts]

    @strawberry.field(
        description="Whether it asks before it runs for the viewer, by the rules and by what they have allowed "
        "everywhere: NEVER, ASK, ALWAYS_ALLOW, or DENY when it is not offered to models."
    )
    async def approval(self, info: FieldInfo) -> ToolApproval:
        standing = await info.context.load(standing_of, info.context.viewer_id)
        return standing.approval(self.facts.key, self.facts.path, asks=self.facts.asks)

    @classmethod
    def of(cls, facts: ToolFacts) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.TOOL, facts.key)),
            name=facts.name,
            description=facts.description,
            input_schema=JSON(facts.input_schema),
            source=facts.source,
            facts=facts,
        )


@strawberry.type(
    description="A rule on tools. Of all that fit a tool DENY wins, then ASK; without one the tool itself decides."
)
class ToolPolicy:
    pattern: str = strawberry.field(description=PATTERN)
    approval: ToolApproval = strawberry.field(description="What counts for the tools that it covers.")
    everybody: bool = strawberry.field(description="Whether it counts for everybody, and not only for the viewer.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @classmethod
    def from_row(cls, row: ToolPolicyRow) -> Self:
        return cls(pattern=row.pattern, approval=row.approval, everybody=row.user_id is None, updated_at=row.updated_at)


@strawberry.input(description="Input of setToolApproval: either `toolId` or `pattern`.")
class SetToolApprovalInput:
    tool_id: strawberry.ID | None = strawberry.field(description="One tool.", default=None)
    pattern: str | None = strawberry.field(description=PATTERN, default=None)
    approval: ToolApproval | None = strawberry.field(
        description="What is to count from the next run on; null takes the rule away."
    )
    everybody: bool = strawberry.field(
        description="Whether it is to count for everybody; for administrators.", default=False
    )


@strawberry.type(description="Result of setToolApproval.")
class SetToolApprovalPayload:
    policy: ToolPolicy | None = strawberry.field(description="The rule as it is now; null when it was taken away.")
    tools: list[Tool] = strawberry.field(description="The tools that the pattern covers.")


@strawberry.input(description="Input of callTool.")
class CallToolInput:
    tool_id: strawberry.ID = strawberry.field(description="The tool.")
    arguments: JSON | None = strawberry.field(
        description="An object in the shape of its input schema; none is the empty one.", default=None
    )

    @property
    def arguments_by_name(self) -> dict[str, Any]:
        if self.arguments is not None and not isinstance(self.arguments, dict):
            raise BadUserInput({"input.arguments": "must be an object with the arguments by name"})
        return self.arguments or {}


@strawberry.type(description="Why a call of a tool failed.")
class ToolError:
    code: ToolErrorCode = strawberry.field(description="Stable code.")
    message: str = strawberry.field(description="What was wrong, as a model would be told.")


@strawberry.type(description="Result of callTool.")
class CallToolPayload:
    output: JSON | None = strawberry.field(description="What the tool returned; null when it failed.")
    error: ToolError | None = strawberry.field(description="Why it failed.")
    duration_ms: float = strawberry.field(description="How long it took, in milliseconds.")
