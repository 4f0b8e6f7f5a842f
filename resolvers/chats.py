"""Doors to chats."""

import strawberry

from domain.accounts import Scope
from domain.errors import BadUserInput
from domain.ids import Kind, key_if_any, key_of
from domain.messages import LONGEST_TITLE, storable
from domain.tags import LONGEST_TAG, MOST_TAGS, tag_of, tags_of
from orchestration.inference.selection import learning
from persistence import agents, changes, chats, forks, messages
from persistence.changes import ChangeKind
from persistence.chats import ChatPlace, ChatRow
from resolvers.context import Info
from schema.chats import (
    Chat,
    ChatFilter,
    ChatTag,
    CreateChatInput,
    CreateChatPayload,
    DeleteChatPayload,
    ForkChatInput,
    ForkChatPayload,
    UpdateChatInput,
    UpdateChatPayload,
)
from schema.pages import Connection, Page, forward, timed_cursor, timed_place

LONGEST_FILTER = 200


@strawberry.type
class ChatQueries:
    @strawberry.field(description="The viewer's chats, newest change first. At most 200 a page.")
    async def chats(
        self, info: Info, first: int | None = None, after: str | None = None, filter: ChatFilter | None = None
    ) -> Connection[Chat]:
        viewer_id = info.context.require(Scope.READ).user_id
        page = Page.of(first, after)
        wanted = _wanted(filter)
        found = timed_place("after", after)
        start = ChatPlace(*found) if found else None
        async with info.context.db.read() as session:
            rows = await chats.page(session, viewer_id, wanted, limit=page.limit + 1, after=start)

        async def count() -> int:
            async with info.context.db.read() as session:
                return await chats.count(session, viewer_id, wanted)

        return forward(page, rows, cursor_of=_cursor, node_of=Chat.from_row, count=count)

    @strawberry.field(description="The tags of the viewer's chats, the most used first; at most 200.")
    async def chat_tags(self, info: Info) -> list[ChatTag]:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return [ChatTag(tag=tag, chats=many) for tag, many in await chats.tags(session, viewer_id)]

    @strawberry.field(description="One of the viewer's chats.")
    async def chat(self, info: Info, id: strawberry.ID) -> Chat | None:
        viewer_id = info.context.require(Scope.READ).user_id
        async with info.context.db.read() as session:
            return Chat.from_row(await chats.shown(session, key_of(Kind.CHAT, id), viewer_id))


@strawberry.type
class ChatMutations:
    @strawberry.mutation(description="Make an empty chat.")
    async def create_chat(self, info: Info, input: CreateChatInput) -> CreateChatPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        title = None if input.title is None else _title(input.title)
        async with info.context.db.write() as session:
            agent_id = None
            if input.agent_id is not None:
                agent_id = (await agents.visible_to(session, key_of(Kind.AGENT, input.agent_id), viewer_id)).id
            chat = await chats.add(
                session,
                owner_id=viewer_id,
                title=title or "New chat",
                title_by="user" if title else "default",
                agent_id=agent_id,
            )
            await changes.record(session, viewer_id, [changes.Change(ChangeKind.CHAT, chat.id, chat.id)])
        return CreateChatPayload(chat=Chat.from_row(chat))

    @strawberry.mutation(description="Rename, pin, tag or archive a chat, or show another of its branches.")
    async def update_chat(self, info: Info, input: UpdateChatInput) -> UpdateChatPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        async with info.context.db.write() as session:
            chat = await chats.visible_to(session, key_of(Kind.CHAT, input.id), viewer_id, lock=True)
            if input.title is not None:
                chat.title, chat.title_by = _title(input.title), "user"
            if input.pinned is not None:
                chat.pinned = input.pinned
            if input.archived is not None:
                chat.archived = input.archived
                if not input.archived:  # whoever brings a chat back wants to keep it
                    chat.goes_at = None
            if input.tags is not None:
                chat.tags = _tags(input.tags)
            if input.head_id is not None:
                head = await messages.in_chat(session, key_of(Kind.MESSAGE, input.head_id), chat.id)
                chat.head_id = await messages.newest_below(session, head.id)
                await learning.preferred(session, head)
            await session.flush()
            await changes.record(session, viewer_id, [changes.Change(ChangeKind.CHAT, chat.id, chat.id)])
        return UpdateChatPayload(chat=Chat.from_row(chat))

    @strawberry.mutation(
        description="Copy the branch that ends in a message into a new chat with the same agent and tags, with ratings "
        "but without runs. CONFLICT while the branch is still being answered."
    )
    async def fork_chat(self, info: Info, input: ForkChatInput) -> ForkChatPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        message_key = key_if_any(Kind.MESSAGE, input.message_id)
        async with info.context.db.write() as session:
            source = await chats.visible_to(session, key_of(Kind.CHAT, input.chat_id), viewer_id, lock=True)
            tip_id = message_key or source.head_id
            tip = None if tip_id is None else await messages.in_chat(session, tip_id, source.id)
            chat = await forks.add(session, source, tip)
            await changes.record(session, viewer_id, [changes.Change(ChangeKind.CHAT, chat.id, chat.id)])
        return ForkChatPayload(chat=Chat.from_row(chat))

    @strawberry.mutation(description="Delete a chat with everything in it. Runs at work in it are stopped.")
    async def delete_chat(self, info: Info, id: strawberry.ID) -> DeleteChatPayload:
        viewer_id = info.context.require(Scope.WRITE).user_id
        await info.context.engine.delete_chat(viewer_id, key_of(Kind.CHAT, id))
        return DeleteChatPayload(id=id)


def _title(title: str) -> str:
    cleaned = " ".join(storable(title).split())
    if not 1 <= len(cleaned) <= LONGEST_TITLE:
        raise BadUserInput({"input.title": f"must have 1 to {LONGEST_TITLE} characters, not {len(cleaned)}"})
    return cleaned


def _tags(given: list[str]) -> list[str]:
    tags = tags_of(given)
    if len(tags) > MOST_TAGS:
        raise BadUserInput({"input.tags": f"has {len(tags)} tags; a chat may have {MOST_TAGS}"})
    if long := [tag for tag in tags if len(tag) > LONGEST_TAG]:
        raise BadUserInput({"input.tags": f"{long[0][:60]!r} is too long; a tag may have {LONGEST_TAG} characters"})
    return tags


def _wanted(filter: ChatFilter | None) -> chats.ChatFilter:
    if filter is None:
        return chats.ChatFilter()
    if filter.text is not None and len(filter.text) > LONGEST_FILTER:
        raise BadUserInput({"filter.text": f"must have at most {LONGEST_FILTER} characters"})
    text = None if filter.text is None else storable(filter.text)
    tag = None if filter.tag is None else tag_of(filter.tag)
    return chats.ChatFilter(archived=bool(filter.archived), pinned=filter.pinned, text=text, tag=tag)


def _cursor(row: ChatRow) -> str:
    return timed_cursor(row.updated_at, row.id)
