"""Doors to memories and summaries: everything that models are told beside the conversation."""

import strawberry

from domain.accounts import Scope
from domain.ids import Kind, key_of
from domain.memories import MemorySource
from persistence import changes, memories, summaries
from persistence.changes import Change, ChangeKind
from resolvers.context import Info
from schema.memories import (
    AddMemoryInput,
    AddMemoryPayload,
    ForgetMemoryPayload,
    Memory,
    UpdateMemoryInput,
    UpdateMemoryPayload,
)
from schema.pages import Connection, Page, cursor, forward, key_place
from schema.summaries import RemoveSummaryPayload


@strawberry.type
class MemoryQueries:
    @strawberry.field(description="What is known of the viewer in all their chats, newest first. At most 200 a page.")
    async def memories(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Memory]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        async with info.context.db.read() as session:
            rows = await memories.page(session, viewer_id, limit=page.limit + 1, after=key_place("after", after))

        async def count() -> int:
            async with info.context.db.read() as session:
                return await memories.count(session, viewer_id)

        return forward(page, rows, cursor_of=lambda row: cursor(row.id.hex), node_of=Memory.from_row, count=count)


@strawberry.type
class MemoryMutations:
    @strawberry.mutation(
        description="Let something be known in all chats; at most 500 memories a person. A text that is known already "
        "is not kept twice. CONFLICT when it is too much."
    )
    async def add_memory(self, info: Info, input: AddMemoryInput) -> AddMemoryPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        row = await info.context.engine.memories.add(
            viewer_id, input.text, source=MemorySource.PERSON, pinned=input.pinned
        )
        return AddMemoryPayload(memory=Memory.from_row(row))

    @strawberry.mutation(description="Change, pin or unpin a memory. CONFLICT when that would be too much.")
    async def update_memory(self, info: Info, input: UpdateMemoryInput) -> UpdateMemoryPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        row = await info.context.engine.memories.change(
            viewer_id, key_of(Kind.MEMORY, input.id), text=input.text, pinned=input.pinned
        )
        return UpdateMemoryPayload(memory=Memory.from_row(row))

    @strawberry.mutation(description="Forget something for good. What was answered with it stays as it is.")
    async def forget_memory(self, info: Info, id: strawberry.ID) -> ForgetMemoryPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        await info.context.engine.memories.forget(viewer_id, key_of(Kind.MEMORY, id))
        return ForgetMemoryPayload(id=id)

    @strawberry.mutation(
        description="Remove a summary, and with it those that went on from it. Models see the messages themselves "
        "again, as far as they fit. A new one is made from the messages when the branch is answered again."
    )
    async def remove_summary(self, info: Info, id: strawberry.ID) -> RemoveSummaryPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        async with info.context.db.write() as session:
            hung = await summaries.remove(session, key_of(Kind.SUMMARY, id), viewer_id)
            changed = [Change(ChangeKind.MESSAGE, row.id, row.chat_id) for row in hung]
            await changes.record(session, viewer_id, changed)
        return RemoveSummaryPayload(id=id)
