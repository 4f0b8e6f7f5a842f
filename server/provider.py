"""The OpenID Connect provider of the settings: where it sends people, and who it says that they are."""

import logging
from dataclasses import dataclass
from typing import Any, NamedTuple

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import StarletteOAuth2App
from joserfc.errors import JoseError

log = logging.getLogger(__name__)

SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures of which the provider alone has the key: neither `none`, nor HMAC with a secret that we share."""

TIMEOUT = 10.0


class Untrusted(Exception):
    """The provider could not be asked, or what it said does not hold; the message is for our log."""


class Asked(NamedTuple):
    """Where to send the browser, and what must be remembered until it comes back."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Claims:
    """Who somebody is at the provider. `email` is there only when the provider has verified it."""

    issuer: str
    subject: str
    email: str | None
    name: str | None


class Provider:
    """`back` is our address that the provider sends people to, as it is registered there."""

    def __init__(self, *, issuer: str, client_id: str, client_secret: str | None, back: str) -> None:
        self._issuer, self._client_id, self._back = issuer, client_id, back
        self._app = StarletteOAuth2App(
            None,
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "timeout": TIMEOUT},
        )

    async def ask(self) -> Asked:
        """Begin a sign-in; Untrusted when the provider cannot be reached."""
        try:
            await self._metadata()
            made = await self._app.create_authorization_url(self._back)
        except (AuthlibBaseError, httpx2.HTTPError, ValueError, RuntimeError) as error:
            raise Untrusted(repr(error)) from error
        return Asked(made["url"], made["state"], made["nonce"], made["code_verifier"])

    async def claims(self, *, code: str, nonce: str, verifier: str) -> Claims:
        """Who came back with this code. Untrusted unless the provider says it to us, for this very sign-in."""
        try:
            await self._metadata()
            token = await self._app.fetch_access_token(self._back, code=code, code_verifier=verifier)
            said = await self._app.parse_id_token(token, nonce, claims_options=self._wanted())
            if said is None:
                raise Untrusted("it gave no ID token")
            if said.get("email") is None:  # some say it only there
                more = await self._app.userinfo(token=token)
                said = {**more, **said} if more.get("sub") == said["sub"] else said
        except (AuthlibBaseError, JoseError, httpx2.HTTPError, ValueError, RuntimeError) as error:
            raise Untrusted(repr(error)) from error
        return self._read(said)

    def _wanted(self) -> dict[str, Any]:
        return {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
        }

    def _read(self, said: dict[str, Any]) -> Claims:
        email, name = said.get("email"), said.get("name")
        verified = said.get("email_verified") in (True, "true")
        return Claims(
            issuer=self._issuer,
            subject=str(said["sub"]),
            email=email if isinstance(email, str) and verified else None,
            name=name if isinstance(name, str) else None,
        )

    async def _metadata(self) -> None:
        metadata = await self._app.load_server_metadata()
        if metadata.get("issuer") != self._issuer:  # OpenID Connect Discovery, section 4.3
            self._app.server_metadata.clear()
            raise Untrusted(f"it calls itself {metadata.get('issuer')!r}, not {self._issuer!r}")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [alg for alg in offered if alg in SIGNATURES] or ["RS256"]
