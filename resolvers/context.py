"""What a door can reach: everything a field can, and the means to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import strawberry
from starlette.requests import HTTPConnection
from starlette.responses import Response

from domain.accounts import Scope, UserRole
from domain.errors import Forbidden, Unauthenticated
from schema.context import FieldContext, Identity

if TYPE_CHECKING:
    from orchestration.engine import Engine


@dataclass(frozen=True, slots=True)
class Doors:
    """Plain values from the settings that doors need."""

    version: str
    sign_up_open: bool
    session_lifetime: timedelta
    secure_cookies: bool
    models_folder: str | None


@dataclass(eq=False, kw_only=True)
class Context(FieldContext):
    """`response` takes cookies; it exists for HTTP requests only."""

    engine: Engine
    doors: Doors
    connection: HTTPConnection
    response: Response | None = None

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
