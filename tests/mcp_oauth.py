"""An MCP server that wants to be signed in at, with an authorization server of its own: both of the protocol's library,
in a process of their own (`python -m tests.mcp_oauth FOLDER`)."""

import asyncio
import contextlib
import secrets
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvicorn
from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    OAuthAuthorizationServerProvider,
    ProviderTokenVerifier,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl

from server.serving import listen
from tests.forks import fork
from tests.mcp_server import Misbehaving

HOUR = 3_600


class Authorizing(OAuthAuthorizationServerProvider[AuthorizationCode, RefreshToken, AccessToken]):
    """Lets everybody in. The first access token is revoked at once, and each refresh token is good for one use. While
    there is a file `hold` in the folder, nobody gets a first one; `held` says that somebody waits."""

    def __init__(self, resource: str, folder: Path) -> None:
        self._resource, self._folder = resource, folder
        self._clients: dict[str, OAuthClientInformationFull] = {}
        self._codes: dict[str, AuthorizationCode] = {}
        self._tokens: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self._clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        self._clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        code = AuthorizationCode(
            code=secrets.token_urlsafe(20), scopes=params.scopes or [], expires_at=time.time() + 60,
            client_id=client.client_id, code_challenge=params.code_challenge, redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly, resource=params.resource,
        )  # fmt: skip
        self._codes[code.code] = code
        return construct_redirect_uri(str(params.redirect_uri), code=code.code, state=params.state)

    async def load_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: str
    ) -> AuthorizationCode | None:
        return self._codes.get(authorization_code)

    async def exchange_authorization_code(
        self, client: OAuthClientInformationFull, authorization_code: AuthorizationCode
    ) -> OAuthToken:
        while (self._folder / "hold").exists():
            (self._folder / "held").touch()
            await asyncio.sleep(0.02)
        del self._codes[authorization_code.code]
        token = self._issue(client, authorization_code.scopes)
        del self._tokens[token.access_token]
        return token

    async def load_refresh_token(self, client: OAuthClientInformationFull, refresh_token: str) -> RefreshToken | None:
        return self._refresh.get(refresh_token)

    async def exchange_refresh_token(
        self, client: OAuthClientInformationFull, refresh_token: RefreshToken, scopes: list[str]
    ) -> OAuthToken:
        del self._refresh[refresh_token.token]
        return self._issue(client, scopes)

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self._tokens.get(token)

    async def revoke_token(self, token: AccessToken | RefreshToken) -> None:
        self._tokens.pop(token.token, None)

    def _issue(self, client: OAuthClientInformationFull, scopes: list[str]) -> OAuthToken:
        access, refresh = secrets.token_urlsafe(30), secrets.token_urlsafe(30)
        self._tokens[access] = AccessToken(
            token=access, client_id=client.client_id, scopes=scopes, expires_at=int(time.time()) + HOUR,
            resource=self._resource,
        )  # fmt: skip
        self._refresh[refresh] = RefreshToken(token=refresh, client_id=client.client_id, scopes=scopes)
        return OAuthToken(access_token=access, expires_in=HOUR, scope=" ".join(scopes), refresh_token=refresh)


async def main(folder: Path) -> None:
    bound = listen("127.0.0.1", 0)
    here = f"http://127.0.0.1:{bound.getsockname()[1]}"
    provider = Authorizing(f"{here}/mcp", folder)
    settings = AuthSettings(
        issuer_url=AnyHttpUrl(here), resource_server_url=AnyHttpUrl(f"{here}/mcp"), required_scopes=["tools"],
        client_registration_options=ClientRegistrationOptions(
            enabled=True, valid_scopes=["tools"], default_scopes=["tools"]
        ),
        validate_token_resource=True,
    )  # fmt: skip
    app = Misbehaving(folder).server.streamable_http_app(
        auth=settings, token_verifier=ProviderTokenVerifier(provider), auth_server_provider=provider
    )
    server = uvicorn.Server(uvicorn.Config(app, log_config=None))
    print(bound.getsockname()[1], flush=True)  # it listens already
    await server.serve(sockets=[bound])


@contextlib.asynccontextmanager
async def signed_in_server(folder: Path) -> AsyncIterator[str]:
    """The address of such a server, which lives in a process of its own while the block is open."""
    process = await fork("tests.mcp_oauth", str(folder))
    try:
        port = int(await asyncio.wait_for(process.stdout.readline(), 30))
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
