"""Doors to files that people have sent. How one is sent, and got, is in `server/files.py`."""

import strawberry

from domain.accounts import Scope
from domain.ids import Kind, key_of
from persistence import files
from persistence.files import FileRow
from resolvers.context import Info
from schema.files import DeleteFilePayload, File
from schema.pages import Connection, Page, cursor, forward, key_place


@strawberry.type
class FileQueries:
    @strawberry.field(description="The viewer's files, newest first. At most 200 a page.")
    async def files(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[File]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        start = key_place("after", after)
        async with info.context.db.read() as session:
            rows = await files.page(session, viewer_id, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await files.count(session, viewer_id)

        return forward(page, rows, cursor_of=_cursor, node_of=File.from_row, count=count)


@strawberry.type
class FileMutations:
    @strawberry.mutation(description="Delete a file. Messages keep its name, and models no longer get it.")
    async def delete_file(self, info: Info, id: strawberry.ID) -> DeleteFilePayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        async with info.context.db.write() as session:
            await files.remove(session, key_of(Kind.FILE, id), owner_id=viewer_id)
        return DeleteFilePayload(id=id)


def _cursor(row: FileRow) -> str:
    return cursor(row.id.hex)
