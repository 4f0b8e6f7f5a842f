"""The way in for requests: who asks, and what it costs them. Nobody gets past without being charged."""

from starlette.requests import HTTPConnection

from domain.accounts import Scope
from domain.errors import Forbidden, Unauthenticated
from schema.context import Identity
from server.authentication import Authentication
from server.graphql.admission import Charge

WRONG_CREDENTIAL = 1
"""Points that a bearer costs the address it came from when it is nobody's."""


class Entrance:
    def __init__(self, authentication: Authentication, charge: Charge) -> None:
        self._authentication, self._charge = authentication, charge

    async def identify(self, connection: HTTPConnection, authorization: str | None = None) -> Identity | None:
        """Who asks, as Authentication says; RateLimited for an address with too many wrong credentials."""
        try:
            return await self._authentication.identify(connection, authorization)
        except Unauthenticated:
            await self._charge(connection, None, WRONG_CREDENTIAL)
            raise

    async def admit(self, connection: HTTPConnection, *scopes: Scope, points: int) -> Identity:
        """Who asks, once they have been charged: Unauthenticated for nobody, Forbidden without one of the scopes,
        RateLimited without points."""
        identity = await self.identify(connection)
        await self._charge(connection, identity, points)
        if identity is None:
            raise Unauthenticated("Sign in, or send an API key as `Authorization: Bearer …`.")
        for scope in scopes:
            if scope not in identity.scopes:
                raise Forbidden(f"This API key lacks the scope `{scope}`.")
        return identity
