"""Sending mails over SMTP, after the request that wanted them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import aiosmtplib

from persistence.database import Unavailable
from resolvers.mails import Mail

log = logging.getLogger(__name__)

TIMEOUT = 20.0
PAUSES = (1.0, 10.0, 60.0)
"""Seconds before each further try; a mail server that is being restarted is back by then."""

MOST_WAITING = 200
"""Mails that are being written or sent; what comes beyond is dropped and logged, so that a flood cannot pile up."""


@dataclass(frozen=True, slots=True)
class Smtp:
    """`security` is `tls` from the first byte, `starttls`, or `none`."""

    host: str
    port: int
    security: str
    sender: str
    username: str | None = None
    password: str | None = None


class SmtpMailer:
    def __init__(self, smtp: Smtp) -> None:
        self._smtp = smtp
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, written: Callable[[], Awaitable[Mail | None]]) -> None:
        """Write a mail and send it, in a task of its own. Nothing is sent for None."""
        if len(self._tasks) >= MOST_WAITING:
            log.error("a mail was dropped: %d are waiting already", len(self._tasks))
            return
        task = asyncio.create_task(self._deliver(written), name="mail")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Give up what was not sent."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _deliver(self, written: Callable[[], Awaitable[Mail | None]]) -> None:
        try:
            mail = await written()
        except Unavailable as error:
            log.warning("a mail could not be written: the database is away (%s)", error)
            return
        if mail is None:
            return
        for pause in (*PAUSES, None):
            try:
                await self._send(mail)
                return
            except (aiosmtplib.SMTPException, OSError) as error:
                if pause is None or isinstance(error, aiosmtplib.SMTPRecipientsRefused):
                    log.warning("the mail %r was not sent, and is given up: %r", mail.subject, error)
                    return
                log.warning("the mail %r could not be sent, trying again: %r", mail.subject, error)
                await asyncio.sleep(pause)

    async def _send(self, mail: Mail) -> None:
        smtp, message = self._smtp, EmailMessage()
        message["From"], message["To"], message["Subject"] = smtp.sender, mail.to, mail.subject
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=smtp.sender.rpartition("@")[2])
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answering machine answers
        message.set_content(mail.text)
        await aiosmtplib.send(
            message,
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.username,
            password=smtp.password,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            timeout=TIMEOUT,
        )
