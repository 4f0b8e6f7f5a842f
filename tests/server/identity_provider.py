"""An OpenID Connect provider that lies on request: what a good one checks it checks, and each claim can be changed."""

import base64
import contextlib
import hashlib
import time
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT = "parley"


class IdentityProvider:
    """`claims` go into the ID token besides the usual ones and replace those; `signs_with` may be another key."""

    def __init__(self) -> None:
        self.key = self.signs_with = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
        self.url = ""
        self.issuer: str | None = None
        self.claims: dict[str, Any] = {}
        self.asked: dict[str, str] = {}

    async def configuration(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer or self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            }
        )

    async def keys(self, request: web.Request) -> web.Response:
        return web.json_response({"keys": [self.key.as_dict(private=False)]})

    async def userinfo(self, request: web.Request) -> web.Response:
        return web.json_response({"sub": "somebody else", "email": "root@example.org", "email_verified": True})

    async def authorize(self, request: web.Request) -> web.Response:
        """The person agrees at once."""
        self.asked = dict(request.query)
        back = f"{self.asked['redirect_uri']}?code=the-code&state={self.asked['state']}"
        raise web.HTTPFound(back)

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        verifier = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if form["code"] != "the-code" or challenge != self.asked["code_challenge"]:
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        usual = {
            "iss": self.url, "aud": CLIENT, "sub": "subject-1", "iat": now, "exp": now + 60,
            "nonce": self.asked["nonce"], "email": "mia@example.org", "email_verified": True, "name": "Mia",
        }  # fmt: skip
        claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with)
        return web.json_response({"access_token": "access", "token_type": "Bearer", "id_token": token})


@contextlib.asynccontextmanager
async def identity_provider() -> AsyncIterator[IdentityProvider]:
    provider, app = IdentityProvider(), web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.configuration)
    app.router.add_get("/keys", provider.keys)
    app.router.add_get("/authorize", provider.authorize)
    app.router.add_post("/token", provider.token)
    app.router.add_get("/userinfo", provider.userinfo)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield provider
    finally:
        await runner.cleanup()
