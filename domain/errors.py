"""Failures that a client can understand: each has a stable code and a message meant for people."""

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """Base of all expected failures; `code` is what clients branch on, `extensions` what else they get."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, **extensions: object) -> None:
        super().__init__(message)
        self.message = message
        self.extensions: dict[str, object] = extensions


class Unauthenticated(DomainError):
    """Nobody is signed in, or the credential is unknown, expired or revoked."""

    code = "UNAUTHENTICATED"


class CodeRequired(DomainError):
    """The password is right, and the account's second factor is wanted as well."""

    code = "CODE_REQUIRED"


class Forbidden(DomainError):
    """Somebody is signed in, but may not do this."""

    code = "FORBIDDEN"


class NotFound(DomainError):
    """There is no such thing, or it is somebody else's."""

    code = "NOT_FOUND"


class Conflict(DomainError):
    """The state of the world contradicts the request, such as an e-mail address that is taken."""

    code = "CONFLICT"


class RunBusy(DomainError):
    """The branch already has an active run and the caller asked not to wait."""

    code = "RUN_BUSY"


class RateLimited(DomainError):
    """Too many requests; `retryAfterMs` says when another is welcome."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after_ms: int) -> None:
        super().__init__(message, retryAfterMs=retry_after_ms)
        self.retry_after_seconds = -(-retry_after_ms // 1000)


class Unavailable(DomainError):
    """The server cannot do it just now, whatever it is; `retryAfterMs` says when to ask again."""

    code = "UNAVAILABLE"

    def __init__(self, message: str, *, retry_after_ms: int) -> None:
        super().__init__(message, retryAfterMs=retry_after_ms)


class BudgetExceeded(DomainError):
    """The request could cost more than the caller allows."""

    code = "BUDGET_EXCEEDED"


class UnknownDocument(DomainError):
    """A document was asked for by an id that the server does not know; the code is the one that clients expect."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class BadUserInput(DomainError):
    """The input is not acceptable; `fields` maps each input path to what is wrong with it."""

    code = "BAD_USER_INPUT"

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{path}: {reason}" for path, reason in fields.items()), fields=dict(fields))


class TooLarge(BadUserInput):
    """Something that was sent has more bytes than are allowed."""
