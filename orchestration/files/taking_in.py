"""How a file comes in: received within its limits, inspected, and stored whole or not at all."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from uuid import UUID

from domain.errors import TooLarge
from domain.files import cleaned_name
from domain.ids import new_id
from orchestration.files.inspecting import Inspected, inspected
from orchestration.files.settings import FileSettings
from persistence import chats, file_contents, files
from persistence.database import Database
from persistence.files import FileRow

IN_MEMORY = 1_000_000
"""Bytes of a file that is being received; what is more waits on the disk."""
AT_ONCE = 2
"""Files that a process inspects at the same time, which takes memory."""


class TakingIn:
    def __init__(self, db: Database, settings: FileSettings) -> None:
        self._db, self._settings = db, settings
        self._places = asyncio.Semaphore(AT_ONCE)

    async def check(self, user_id: UUID, size: int | None) -> None:
        """Refuse, before anything is received, what cannot be kept: TooLarge, or Conflict when there is no room."""
        if size is not None and size > self._settings.largest:
            raise self._too_large()
        async with self._db.read() as session:
            await files.check_room(session, user_id, more=size or 0, quota=self._settings.quota)

    async def take(self, user_id: UUID, name: str, body: AsyncIterator[bytes]) -> FileRow:
        """Keep a file. It belongs to no message yet.

        TooLarge, BadUserInput for what is not accepted, Conflict when the person has no room left.
        """
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as received:
            size = 0
            async for piece in body:
                size += len(piece)
                if size > self._settings.largest:
                    raise self._too_large()
                received.write(piece)
            async with self._places:
                received.seek(0)
                return await self._keep(user_id, await inspected(cleaned_name(name), received.read()))

    async def _keep(self, user_id: UUID, found: Inspected) -> FileRow:
        row = FileRow(
            id=new_id(), owner_id=user_id, name=found.name, media_type=found.media_type,
            size_bytes=len(found.data), sha256=hashlib.sha256(found.data).digest(),
            characters=None if found.text is None else len(found.text), created_at=chats.now(),
        )  # fmt: skip
        async with self._db.write() as session:
            await files.add(session, row, found.text)
            await file_contents.store(session, row.id, found.data)
            await files.keep_within(session, user_id, quota=self._settings.quota)
        return row

    def _too_large(self) -> TooLarge:
        return TooLarge({"file": f"is larger than {self._settings.largest / 1e6:,.0f} MB"})
