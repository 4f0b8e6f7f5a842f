"""Doors to shares of chats."""

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.ids import Kind, key_of
from persistence import chats, shares
from persistence.shares import ShareRow
from resolvers.context import Info
from resolvers.credentials import digest, new_token
from resolvers.registration import expiry_problem
from schema.pages import Connection, Page, cursor, forward, key_place
from schema.shares import RevokeSharePayload, Share, ShareChatInput, ShareChatPayload, SharedChat


@strawberry.type
class ShareQueries:
    @strawberry.field(description="What a link shows, to anybody who has it. Nobody needs to be signed in.")
    async def shared_chat(self, info: Info, token: str) -> SharedChat | None:
        async with info.context.db.read() as session:
            return SharedChat.from_row(await shares.behind(session, digest(token)))

    @strawberry.field(description="The viewer's shares, newest first, expired ones included. At most 200 a page.")
    async def shares(self, info: Info, first: int | None = None, after: str | None = None) -> Connection[Share]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        start = key_place("after", after)
        async with info.context.db.read() as session:
            rows = await shares.page(session, viewer_id, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await shares.count(session, viewer_id)

        return forward(page, rows, cursor_of=_cursor, node_of=Share.from_row, count=count)


@strawberry.type
class ShareMutations:
    @strawberry.mutation(
        description="Let anybody who has a link read what a chat shows now, up to the first message that is still "
        "being written: texts, roles, times and models, and nothing that comes later. At most 500 a person."
    )
    async def share_chat(self, info: Info, input: ShareChatInput) -> ShareChatPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        if problem := expiry_problem(input.expires_at):
            raise BadUserInput({"input.expiresAt": problem})
        token = new_token()
        async with info.context.db.write() as session:
            chat = await chats.visible_to(session, key_of(Kind.CHAT, input.chat_id), viewer_id)
            row = await shares.add(session, chat, token_hash=token.digest, expires_at=input.expires_at)
        return ShareChatPayload(share=Share.from_row(row), token=token.text)

    @strawberry.mutation(description="Let a link lead nowhere.")
    async def revoke_share(self, info: Info, id: strawberry.ID) -> RevokeSharePayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        async with info.context.db.write() as session:
            await shares.revoke(session, key_of(Kind.SHARE, id), owner_id=viewer_id)
        return RevokeSharePayload(id=id)


def _cursor(row: ShareRow) -> str:
    return cursor(row.id.hex)
