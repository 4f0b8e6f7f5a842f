"""The door to searching."""

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.messages import storable
from domain.searching import LONGEST_QUERY, wanted
from persistence import search
from persistence.messages import MessageRow
from persistence.search import Asked
from resolvers.context import Info
from schema.messages import Message
from schema.pages import Connection, Page, cursor, forward, key_place
from schema.search import SearchHit


@strawberry.type
class SearchQueries:
    @strawberry.field(
        description="Messages of the viewer's that contain all words of a query, newest first, at most 200 a page. The "
        'last word may be unfinished; "quoted words" stand together, `or` allows either, `-` excludes. Parts of words '
        "are found too, in the next thousand messages of a page. Every query is valid; one without a word finds "
        "nothing. `totalCount` counts up to 1000."
    )
    async def search(
        self, info: Info, query: str, first: int | None = None, after: str | None = None
    ) -> Connection[SearchHit]:
        viewer_id = info.context.require(Scope.READ).user_id
        if len(query) > LONGEST_QUERY:
            raise BadUserInput({"query": f"must have at most {LONGEST_QUERY} characters, not {len(query)}"})
        asked, page = Asked(viewer_id, wanted(storable(query))), Page.of(first, after)
        start = key_place("after", after)
        async with info.context.db.read() as session:
            rows = await search.page(session, asked, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await search.count(session, asked)

        def shown(row: MessageRow) -> SearchHit:
            return SearchHit(message=Message.from_row(row), marks=asked.wanted.marks, chat_key=row.chat_id)

        return forward(page, rows, cursor_of=_cursor, node_of=shown, count=count)


def _cursor(row: MessageRow) -> str:
    return cursor(row.id.hex)
