"""Removing what deleted accounts and deleted chats had, and chats whose time is over: in short transactions, however
much it is."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import UUID

from domain.errors import NotFound
from orchestration.upkeep import in_steps
from persistence import departures, retention
from persistence.database import Database, Unavailable

log = logging.getLogger(__name__)

PAUSE = 10.0
"""Seconds between two looks: something may have been deleted in a process that carries no runs on."""

AT_ONCE = 20


class Departures:
    """`delete_chat` stops the runs in a chat and takes it from everybody. Several workers may do this at once."""

    def __init__(self, db: Database, delete_chat: Callable[[UUID, UUID], Awaitable[None]]) -> None:
        self._db, self._delete_chat = db, delete_chat
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """An account or a chat was deleted just now."""
        self._woken.set()

    async def serve(self) -> None:
        """Remove what is to go, for ever. What a process leaves undone another one goes on with."""
        while True:
            self._woken.clear()
            try:
                async with self._db.read() as session:
                    leaving = await departures.leaving(session, limit=AT_ONCE)
            except Unavailable as error:
                log.warning("deleted accounts cannot be looked for just now (%s)", error)
                leaving = []
            for user_id in leaving:
                try:
                    await self._remove(user_id)
                except Unavailable as error:  # the others need not wait for this one
                    log.warning("the deleted account %s cannot be removed just now (%s)", user_id, error)
            try:
                await self._due_chats()
                await self._gone_chats()
            except Unavailable as error:
                log.warning("deleted chats cannot be removed just now (%s)", error)
            with suppress(TimeoutError):
                async with asyncio.timeout(PAUSE):
                    await self._woken.wait()

    async def _due_chats(self) -> None:
        while True:
            async with self._db.read() as session:
                due = await departures.due_chats(session, limit=AT_ONCE)
            for chat in due:
                with suppress(NotFound):  # another worker was faster
                    await self._delete_chat(chat.owner_id, chat.id)
            if len(due) < AT_ONCE:
                return

    async def _gone_chats(self) -> None:
        await in_steps(self._db, "deleted chats", retention.forget_chats)

    async def _remove(self, user_id: UUID) -> None:
        while await self._some_chats(user_id):
            pass
        await self._gone_chats()
        while await self._some_lines(user_id):
            pass
        async with self._db.write() as session:
            gone = await departures.finish(session, user_id)
        if gone:
            log.info("the account %s is gone with all that it had", user_id)

    async def _some_chats(self, user_id: UUID) -> bool:
        async with self._db.read() as session:
            chats = await departures.chats_of(session, user_id, limit=AT_ONCE)
        for chat_id in chats:
            with suppress(NotFound):  # another worker was faster
                await self._delete_chat(user_id, chat_id)
        return bool(chats)

    async def _some_lines(self, user_id: UUID) -> bool:
        async with self._db.write() as session:
            return await departures.remove_lines(session, user_id) > 0
