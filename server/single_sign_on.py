"""Signing in with a provider: the two addresses that a browser passes on its way there and back."""

import base64
import binascii
import hmac
import logging
import time
from typing import Any
from uuid import UUID

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from domain.errors import DomainError, Forbidden, RateLimited
from orchestration.inference.secrets import Keyring, Undecipherable
from persistence.database import Database, Unavailable
from resolvers import tries
from resolvers.context import Doors
from resolvers.entering import begin_session, give_cookie
from resolvers.linking import Newcomer, account_of
from resolvers.proving import OIDC_PATH
from resolvers.visits import visit_of
from server.provider import Asked, Claims, Provider, Untrusted

log = logging.getLogger(__name__)

COOKIE = "parley_sign_in"
LIFETIME_S = 600
PURPOSE = UUID("5f0d7f4e-6c1b-5a53-9d0e-3d4a1f6b7c21")
"""What the cookie is sealed for, so that nothing else that we have sealed can be put into it."""


class SingleSignOn:
    """State, nonce and PKCE's verifier wait in a sealed cookie of the browser that began: only it can come back."""

    def __init__(self, provider: Provider, db: Database, doors: Doors, keys: Keyring, *, is_open: bool) -> None:
        self._provider, self._db, self._doors, self._keys = provider, db, doors, keys
        self._is_open = is_open

    @property
    def routes(self) -> list[Route]:
        return [Route(OIDC_PATH, self.begin), Route(f"{OIDC_PATH}/back", self.back)]

    async def begin(self, request: Request) -> Response:
        """Send the browser to the provider."""
        try:
            asked = await self._provider.ask()
        except Untrusted as error:
            log.warning("the sign-in provider cannot be used: %s", error)
            return _trouble("unreachable")
        response = RedirectResponse(asked.url, status_code=302)
        response.set_cookie(
            COOKIE, self._sealed(asked), max_age=LIFETIME_S, path=OIDC_PATH, httponly=True, samesite="lax",
            secure=self._doors.secure_cookies,
        )  # fmt: skip
        return response

    async def back(self, request: Request) -> Response:
        """Let in whom the provider has sent back, or say on the sign-in page why not."""
        try:
            response = await self._let_in(request)
        except DomainError as error:
            usual = "busy" if isinstance(error, RateLimited) else "closed"
            response = _trouble(str(error.extensions.get("reason", usual)))
        except Untrusted as error:
            log.warning("the sign-in provider was not believed: %s", error)
            response = _trouble("unconfirmed")
        except Unavailable as error:
            log.warning("nobody can sign in: the database is away (%s)", error)
            response = _trouble("busy")
        response.delete_cookie(COOKIE, path=OIDC_PATH)
        return response

    async def _let_in(self, request: Request) -> Response:
        kept, said = self._kept(request.cookies.get(COOKIE)), request.query_params
        if kept is None or not hmac.compare_digest(kept["state"].encode(), said.get("state", "").encode()):
            raise Forbidden("This sign-in was not begun here, or took too long.", reason="stale")
        if "error" in said or not (code := said.get("code")):
            raise Forbidden("The sign-in provider did not let you in.", reason="refused")
        visit = visit_of(request, trust_forwarded=self._doors.behind_proxy)
        of_address = tries.of_address(visit, self._doors.sign_in_tries)
        await tries.take(self._db, [of_address])
        claims = await self._provider.claims(code=code, nonce=kept["nonce"], verifier=kept["verifier"])
        response = RedirectResponse("/", status_code=302)
        async with self._db.write() as session:
            row = await account_of(session, Newcomer(visit), is_open=self._is_open, **_of(claims))
            opened = await begin_session(session, self._doors, visit, row.id, before=None)
            await tries.give_back(session, of_address)
        give_cookie(response, self._doors, opened)
        return response

    def _sealed(self, asked: Asked) -> str:
        kept = {"state": asked.state, "nonce": asked.nonce, "verifier": asked.verifier, "until": _now() + LIFETIME_S}
        return base64.urlsafe_b64encode(self._keys.seal(orjson.dumps(kept).decode(), PURPOSE)).decode()

    def _kept(self, cookie: str | None) -> dict[str, Any] | None:
        """What the browser began with; None when it did not begin here, or too long ago."""
        try:
            sealed = base64.urlsafe_b64decode((cookie or "").encode())
            kept: dict[str, Any] = orjson.loads(self._keys.unseal(sealed, PURPOSE))
        except (binascii.Error, ValueError, Undecipherable):
            return None
        return kept if kept["until"] > _now() else None


def _of(claims: Claims) -> dict[str, Any]:
    return {"issuer": claims.issuer, "subject": claims.subject, "email": claims.email, "name": claims.name}


def _now() -> int:
    return int(time.time())


def _trouble(word: str) -> Response:
    """Back to the sign-in page, which has a sentence for each word: a link must not put sentences of its own there."""
    return RedirectResponse(f"/sign-in?trouble={word}", status_code=302)
