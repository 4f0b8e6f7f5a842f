"""A mail server of the tests' own: a real SMTP server on a real port, which keeps what it gets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class MailServer:
    """`greylisting` mails are turned away for now before the first one is taken."""

    def __init__(self) -> None:
        self.mails: asyncio.Queue[Message] = asyncio.Queue()
        self.greylisting, self.port = 0, 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.greylisting > 0:
            self.greylisting -= 1
            return "451 4.7.1 Come back in a moment"
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.put_nowait(message_from_bytes(content, policy=default))
        return "250 OK"

    async def next(self) -> Any:
        """The next mail that arrives."""
        async with asyncio.timeout(10):
            return await self.mails.get()


@contextlib.asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    kept, loop = MailServer(), asyncio.get_running_loop()
    listening = await loop.create_server(lambda: SMTP(kept, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    kept.port = listening.sockets[0].getsockname()[1]
    try:
        yield kept
    finally:
        listening.close()
        await listening.wait_closed()
