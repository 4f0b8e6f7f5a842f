"""What a door can reach: everything a field can, and the means to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

import strawberry
from starlette.requests import HTTPConnection
from starlette.responses import Response

from domain.accounts import Scope, UserRole
from domain.errors import Forbidden, Unauthenticated
from resolvers.visits import Visit, visit_of
from schema.context import FieldContext, Identity

if TYPE_CHECKING:
    from orchestration.engine import Engine
    from orchestration.inference.secrets import Keyring
    from resolvers.mails import Mailer

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doors:
    """Plain values from the settings that doors need. `behind_proxy` is whether to believe what proxies say."""

    version: str
    sign_up_open: bool
    session_lifetime: timedelta
    secure_cookies: bool
    behind_proxy: bool
    models_folder: str | None
    sign_in_tries: int
    public_url: str | None
    sign_in_provider: str | None


@dataclass(eq=False, kw_only=True)
class Context(FieldContext):
    """`response` takes cookies; it exists for HTTP requests only. `keys` seal secrets; `mailer` is None where no mail
    can be sent."""

    engine: Engine
    doors: Doors
    keys: Keyring
    connection: HTTPConnection
    response: Response | None = None
    mailer: Mailer | None = None

    @property
    def visit(self) -> Visit:
        """From where this request comes."""
        return visit_of(self.connection, trust_forwarded=self.doors.behind_proxy)

    def require(self, scope: Scope, role: UserRole | None = None) -> Identity:
        """Who asks, if they may: Unauthenticated without anybody, Forbidden without the scope or the role."""
        if self.identity is None:
            raise Unauthenticated("Sign in, or send an API key as `Authorization: Bearer …`.")
        if scope not in self.identity.scopes:
            raise Forbidden(f"This API key lacks the scope `{scope}`.")
        if role is UserRole.ADMIN and self.identity.role is not UserRole.ADMIN:
            raise Forbidden("Only an administrator may do this.")
        return self.identity


Info = strawberry.Info[Context, None]


def given(value: T | None) -> T | None:
    """The value of an input's field, or None when it was left out."""
    return None if value is strawberry.UNSET else value
