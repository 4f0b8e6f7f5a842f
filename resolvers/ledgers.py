"""Doors to the ledgers: the calls that figures are made of."""

from typing import Annotated

import strawberry

from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any
from persistence import model_calls, tool_calls
from persistence.model_calls import CallFilter
from resolvers.context import Info
from resolvers.metrics import Everyone, whose
from schema.metrics import TimeRangeInput
from schema.model_calls import ModelCall, ModelCallFilter
from schema.pages import Connection, Page, cursor, forward, key_place
from schema.tool_calls import ToolCallEntry, ToolCallFilter

LONGEST_NAME = 200
Range = Annotated[TimeRangeInput, strawberry.argument(description="When the calls began.")]


@strawberry.type
class LedgerQueries:
    @strawberry.field(
        description="Calls to models, the one that ended last first: the viewer's own; of an ADMIN everybody's. They "
        "are what `metrics` adds up. At most 200 a page."
    )
    async def model_calls(
        self,
        info: Info,
        range: Range,
        filter: ModelCallFilter | None = None,
        everyone: Everyone = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ModelCall]:
        db, page = info.context.db, Page.of(first, after)
        wanted = _calls(CallFilter(range.window(whose(info.context, everyone=everyone))), filter)
        async with db.read() as session:
            rows = await model_calls.page(session, wanted, limit=page.limit + 1, after=key_place("after", after))

        async def count() -> int:
            async with db.read() as session:
                return await model_calls.count(session, wanted)

        return forward(page, rows, cursor_of=lambda row: cursor(row.id.hex), node_of=ModelCall.from_row, count=count)

    @strawberry.field(
        description="Calls to tools, the one that ended last first: the viewer's own; of an ADMIN everybody's. At most "
        "200 a page."
    )
    async def tool_calls(
        self,
        info: Info,
        range: Range,
        filter: ToolCallFilter | None = None,
        everyone: Everyone = None,
        first: int | None = None,
        after: str | None = None,
    ) -> Connection[ToolCallEntry]:
        db, page = info.context.db, Page.of(first, after)
        window = range.window(whose(info.context, everyone=everyone))
        asked = filter or ToolCallFilter()
        wanted = tool_calls.ToolCallFilter(window, key_if_any(Kind.TOOL, asked.tool_id), asked.failed)
        async with db.read() as session:
            rows = await tool_calls.page(session, wanted, limit=page.limit + 1, after=key_place("after", after))

        async def count() -> int:
            async with db.read() as session:
                return await tool_calls.count(session, wanted)

        return forward(
            page, rows, cursor_of=lambda row: cursor(row.id.hex), node_of=ToolCallEntry.from_row, count=count
        )


def _calls(wanted: CallFilter, filter: ModelCallFilter | None) -> CallFilter:
    if filter is None:
        return wanted
    if filter.model_name is not None and len(filter.model_name) > LONGEST_NAME:
        raise BadUserInput({"filter.modelName": f"must have at most {LONGEST_NAME} characters"})
    return wanted._replace(
        model_id=key_if_any(Kind.MODEL, filter.model_id),
        model_name=filter.model_name,
        agent_id=key_if_any(Kind.AGENT, filter.agent_id),
        has_agent=filter.has_agent,
        failed=filter.failed,
    )
