"""The mails that Parley sends, and what sends them."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol


class Mail(NamedTuple):
    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Sends mails after the request that wanted them, so that no answer tells by its time whether one was sent."""

    def later(self, written: Callable[[], Awaitable[Mail | None]]) -> None:
        """Write a mail and send it; nothing is sent for None. Failures are logged."""
        ...


def ready(mail: Mail) -> Callable[[], Awaitable[Mail | None]]:
    """A mail that is written already, for `later`."""

    async def written() -> Mail:
        return mail

    return written


def link(public_url: str, page: str, token: str) -> str:
    """Where a mail leads to. What stands behind # stays in the browser: no server's log and no Referer has it."""
    return f"{public_url.rstrip('/')}/{page}#{token}"


def invitation(to: str, address: str, *, days: int) -> Mail:
    text = (
        f"You are invited to Parley. Follow this link to make your account:\n\n{address}\n\n"
        f"It works once, within {days} day{'' if days == 1 else 's'}. "
        "If you do not know what this is about, ignore it: nothing happens.\n"
    )
    return Mail(to, "You are invited to Parley", text)


def password_reset(to: str, address: str, *, minutes: int) -> Mail:
    text = (
        f"Somebody, most likely you, wants a new password for your account. Follow this link to set one:\n\n{address}"
        f"\n\nIt works once, within {minutes} minutes. If it was not you, ignore it: your password stays as it is.\n"
    )
    return Mail(to, "A new password for Parley", text)
