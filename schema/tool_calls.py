"""Calls to tools, as the ledger has them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self
from uuid import UUID

import strawberry

from persistence.tool_calls import ToolCallRow
from schema.context import FieldInfo
from schema.enums import ToolCallStatus
from schema.model_calls import own_run

if TYPE_CHECKING:
    from schema.runs import Run


@strawberry.type(description="A line of the ledger of calls to tools: which tool, how it ended, how long it took.")
class ToolCallEntry:
    name: str = strawberry.field(description="What models call the tool.")
    server: str | None = strawberry.field(description="The MCP server that it comes from; null for a tool of Parley.")
    status: ToolCallStatus = strawberry.field(description="How it ended.")
    duration_ms: float = strawberry.field(description="How long it took, in milliseconds.")
    started_at: datetime = strawberry.field(description="When it began.")
    run_key: strawberry.Private[UUID | None]
    user_key: strawberry.Private[UUID]

    @strawberry.field(
        description="The run that made it, if that is the viewer's; null for calls by hand, and once it is gone."
    )
    async def run(self, info: FieldInfo) -> Annotated[Run, strawberry.lazy("schema.runs")] | None:
        return await own_run(info, self.user_key, self.run_key)

    @classmethod
    def from_row(cls, row: ToolCallRow) -> Self:
        return cls(
            name=row.name,
            server=row.server,
            status=row.status,
            duration_ms=row.duration_ms,
            started_at=row.started_at,
            run_key=row.run_id,
            user_key=row.user_id,
        )


@strawberry.input(description="Which calls to tools are wanted; an empty field wants all.")
class ToolCallFilter:
    tool_id: strawberry.ID | None = strawberry.field(description="Calls to this tool.", default=None)
    failed: bool | None = strawberry.field(description="Only calls that failed, or only the others.", default=None)
