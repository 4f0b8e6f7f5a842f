"""The door for watching everything of the viewer's."""

from collections.abc import AsyncGenerator

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from resolvers.context import Info
from schema.changes import Change, shown
from schema.pages import place


@strawberry.type
class ChangeSubscriptions:
    @strawberry.subscription(
        description="Everything of the viewer's that changed after a cursor, in order; without one, only what happens "
        "from now on. An object that changed several times comes once, as it is now."
    )
    async def changes(self, info: Info, after: str | None = None) -> AsyncGenerator[Change, None]:
        viewer_id = info.context.require(Scope.READ).user_id
        async for page in info.context.engine.watch_changes(viewer_id, None if after is None else _position(after)):
            context = info.context.fresh()
            for row in page:
                if (change := await shown(context, row)) is not None:
                    yield change


def _position(after: str) -> int:
    found = place("after", after)
    if not found.isdecimal() or len(found) > 18:
        raise BadUserInput({"after": "is not a cursor of this feed"})
    return int(found)
