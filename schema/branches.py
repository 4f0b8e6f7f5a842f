"""Branches of a chat, for whoever wants to see the shape of its tree."""

from datetime import datetime
from typing import Self
from uuid import UUID

import strawberry

from domain.ids import Kind, global_id
from domain.messages import MessageRole as Role
from persistence import branches
from schema.enums import MessageRole
from schema.loading import Loader

branches_by_chat = Loader[UUID, list[branches.Branch]](fetch=branches.of_chats, missing=list)


def _message(key: UUID | None) -> strawberry.ID | None:
    return None if key is None else strawberry.ID(global_id(Kind.MESSAGE, key))


@strawberry.type(
    description="Messages of a chat that follow each other without a turn. An edit and another answer begin a branch."
)
class Branch:
    id: strawberry.ID = strawberry.field(description="Its first message.")
    parent_id: strawberry.ID | None = strawberry.field(description="The message before it; null at the root.")
    parent_branch_id: strawberry.ID | None = strawberry.field(description="The branch that message is part of.")
    depth: int = strawberry.field(description="Messages before it on the way from the root.")
    length: int = strawberry.field(description="How many messages it has.")
    role: MessageRole = strawberry.field(description="Who its first message is from.")
    preview: str = strawberry.field(description="How its first message begins, up to 160 characters.")
    tip_id: strawberry.ID = strawberry.field(description="Its last message; show it with `updateChat(headId)`.")
    tip_preview: str = strawberry.field(description="How its last message begins, up to 160 characters.")
    updated_at: datetime = strawberry.field(description="When its last message was made.")

    @classmethod
    def of(cls, branch: branches.Branch) -> Self:
        return cls(
            id=strawberry.ID(global_id(Kind.MESSAGE, branch.id)),
            parent_id=_message(branch.parent_id),
            parent_branch_id=_message(branch.parent_branch_id),
            depth=branch.depth,
            length=branch.tip_depth - branch.depth + 1,
            role=Role(branch.role),
            preview=branch.preview,
            tip_id=strawberry.ID(global_id(Kind.MESSAGE, branch.tip_id)),
            tip_preview=branch.tip_preview,
            updated_at=branch.tip_at,
        )
