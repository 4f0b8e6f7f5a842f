"""Who asks: the person behind an API key or a session cookie."""

from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import HTTPConnection

from domain.accounts import Scope
from domain.errors import Unauthenticated
from persistence import api_keys, sessions
from persistence.database import Database
from resolvers.credentials import SESSION_COOKIE, digest
from schema.context import Identity
from server.key_uses import KeyUses
from server.origins import OriginRules

LONGEST_CREDENTIAL = 512


@dataclass(frozen=True, slots=True)
class Authentication:
    """Finds out who asks, with one statement a request; that a credential is used is noted once a minute.

    The first use of a key is noted at once, as people look for it then; later ones go to `key_uses`.
    """

    db: Database
    session_lifetime: timedelta
    key_uses: KeyUses
    origins: OriginRules = field(default_factory=OriginRules)

    async def identify(self, connection: HTTPConnection, authorization: str | None = None) -> Identity | None:
        """The identity behind a request or a socket; None for anybody without a credential.

        `authorization` is what a socket's `connection_init` says; without it the header counts, and without
        that the cookie. Unauthenticated for a bearer that is malformed, unknown, expired or revoked: a
        program must learn of it. An expired cookie is no credential. Forbidden for another site's page.
        """
        if authorization is None:
            authorization = connection.headers.get("authorization")
        # Basic is between the browser and a proxy in front of us.
        if authorization is not None and not authorization.lower().startswith("basic "):
            return await self._program(authorization)
        token = connection.cookies.get(SESSION_COOKIE)
        # Without a cookie too: a foreign page must not sign its own account in either.
        self.origins.check(connection, has_cookie=token is not None)
        return await self._visitor(token) if token and len(token) <= LONGEST_CREDENTIAL else None

    async def _program(self, authorization: str) -> Identity:
        scheme, _, secret = authorization.strip().partition(" ")
        secret = secret.strip()
        if scheme.lower() != "bearer" or not 0 < len(secret) <= LONGEST_CREDENTIAL:
            raise Unauthenticated("The Authorization must be `Bearer` and an API key.")
        async with self.db.read() as session:
            found = await api_keys.find(session, digest(secret))
        if found is None:
            raise Unauthenticated("This API key is unknown, expired or revoked.")
        if found.stale:
            self.key_uses.note(found.key_id)
        if found.unused:
            await self.key_uses.write()
        # A word that is no scope any more grants nothing.
        scopes = frozenset(scope for scope in Scope if scope.value in found.scopes)
        return Identity(found.user_id, found.email, found.name, found.role, scopes, api_key_id=found.key_id)

    async def _visitor(self, token: str) -> Identity | None:
        async with self.db.read() as session:
            found = await sessions.find(session, digest(token))
        if found is None:
            return None
        if found.stale:
            async with self.db.write() as session:
                await sessions.note_seen(session, [found.session_id], lifetime=self.session_lifetime)
        everything = frozenset(Scope)
        return Identity(found.user_id, found.email, found.name, found.role, everything, session_id=found.session_id)
