"""Memories as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from persistence import memories
from persistence.memories import MemoryRow
from schema.enums import MemorySource
from schema.loading import Loader
from schema.nodes import Node

memory_of = Loader[tuple[UUID, UUID], MemoryRow | None](fetch=memories.by_ids, missing=lambda: None)


@strawberry.type(description="Something that is known of a person in all their chats.")
class Memory(Node):
    text: str = strawberry.field(description="What is known, in at most 500 characters.")
    pinned: bool = strawberry.field(description="Whether models are told of it with every question.")
    source: MemorySource = strawberry.field(description="Who has put it down.")
    created_at: datetime = strawberry.field(description="When it was put down.")
    updated_at: datetime = strawberry.field(description="When it was last changed, or heard again.")

    @classmethod
    def from_row(cls, row: MemoryRow) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.MEMORY, row.id)),
            text=row.text,
            pinned=row.pinned,
            source=row.source,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


@strawberry.input(description="Input of addMemory.")
class AddMemoryInput:
    text: str = strawberry.field(description="What should be known, in at most 500 characters.")
    pinned: bool = strawberry.field(
        description="Tell models of it with every question. All that is pinned may have 3,000 bytes together.",
        default=False,
    )


@strawberry.input(description="Input of updateMemory. What is left out stays as it is.")
class UpdateMemoryInput:
    id: strawberry.ID = strawberry.field(description="The memory.")
    text: str | None = strawberry.field(description="What should be known instead.", default=None)
    pinned: bool | None = strawberry.field(description="Pin or unpin it.", default=None)


@strawberry.type(description="Result of addMemory.")
class AddMemoryPayload:
    memory: Memory = strawberry.field(description="The memory: the earlier one when its text was known already.")


@strawberry.type(description="Result of updateMemory.")
class UpdateMemoryPayload:
    memory: Memory = strawberry.field(description="The memory as it is now.")


@strawberry.type(description="Result of forgetMemory.")
class ForgetMemoryPayload:
    id: strawberry.ID = strawberry.field(description="The memory that is gone.")
