"""OAuth at MCP servers: where one signs in, what that gives, and the token that goes with each request."""

import json
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Self

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from mcp.client.auth import OAuthFlowError, OAuthRegistrationError
from mcp.client.auth.oauth2 import check_registration_usable
from mcp.client.auth.utils import (
    build_oauth_authorization_server_metadata_discovery_urls,
    build_protected_resource_metadata_discovery_urls,
    create_client_registration_request,
    extract_resource_metadata_from_www_auth,
    extract_scope_from_www_auth,
    get_client_metadata_scopes,
    handle_auth_metadata_response,
    handle_protected_resource_response,
    handle_registration_response,
    validate_metadata_issuer,
)
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthMetadata, ProtectedResourceMetadata
from mcp.shared.auth_utils import check_resource_allowed, resource_url_from_server_url
from pydantic import AnyUrl, BaseModel, Field, ValidationError

from orchestration.mcp.addresses import CONNECT, GuardedTransport

OAUTH_FAILURES = (
    AuthlibBaseError, OAuthFlowError, OAuthRegistrationError, httpx2.HTTPError, OSError, ValueError,
    TypeError, OverflowError, RecursionError,
)  # fmt: skip
"""What goes wrong between us and an authorization server; the last are Authlib's of an answer with odd parts."""
GRANTS = ("authorization_code", "refresh_token")
CHALLENGE = "S256"
BASIC, POST = "client_secret_basic", "client_secret_post"
EARLY = 60.0
"""Seconds before its end at which a token is renewed."""
LONGEST_TOKEN = 16_000
ANSWERS = {"Accept": "application/json, text/event-stream"}
KNOCK = {"jsonrpc": "2.0", "id": 1, "method": "ping"}


class Place(NamedTuple):
    """Where one signs in for a server, and for what."""

    metadata: OAuthMetadata
    resource: str
    scope: str | None


class Token(BaseModel):
    """What of an authorization server's answer counts."""

    access_token: str = Field(max_length=LONGEST_TOKEN, pattern=r"^[ -~]+$")  # RFC 6749: what a header can hold
    refresh_token: str | None = Field(default=None, max_length=LONGEST_TOKEN)
    expires_in: float | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """A token, until when it is good (seconds since 1970), and what renews it."""

    client_id: str
    client_secret: str | None
    auth_method: str
    token_endpoint: str
    resource: str
    access_token: str = ""
    refresh_token: str | None = None
    expires_at: float | None = None

    def __repr__(self) -> str:
        return f"Access({self.token_endpoint})"

    @property
    def secrets(self) -> list[str]:
        """What of it must not be shown."""
        return [secret for secret in (self.client_secret, self.access_token, self.refresh_token) if secret]

    @property
    def is_ending(self) -> bool:
        return self.expires_at is not None and self.expires_at - EARLY < time.time()

    def with_token(self, token: dict[str, Any]) -> Self:
        """The same with another token; one that renews others stays unless another one comes. OAuthFlowError when what
        has come is none."""
        try:
            given = Token.model_validate(token)
        except ValidationError:
            raise OAuthFlowError("What it gave is no token that can be used") from None  # whose words would hold it
        return replace(
            self,
            access_token=given.access_token,
            refresh_token=given.refresh_token or self.refresh_token,
            expires_at=None if given.expires_in is None else time.time() + given.expires_in,
        )

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(**json.loads(text))

    def client(self, *, private: bool, **more: Any) -> AsyncOAuth2Client:
        """Who speaks to the authorization server."""
        return AsyncOAuth2Client(
            self.client_id, self.client_secret, token_endpoint_auth_method=self.auth_method,
            code_challenge_method=CHALLENGE, **more, **_http(private=private),
        )  # fmt: skip


class Bearer(httpx2.Auth):
    """Sends a token with each request. `renew` gives another one for one that is over, or that the server does not take
    any more; the same when there is none to be had."""

    def __init__(self, access: Access, renew: Callable[[Access], Awaitable[Access]]) -> None:
        self._access, self._renew = access, renew

    @property
    def secrets(self) -> list[str]:
        """What must not be shown of the token of the moment."""
        return self._access.secrets

    async def async_auth_flow(self, request: httpx2.Request) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        if self._access.is_ending:
            self._access = await self._renew(self._access)
        sent = self._access
        response = yield self._signed(request)
        if response.status_code == httpx2.codes.UNAUTHORIZED:
            self._access = await self._renew(sent)
            if self._access != sent:
                yield self._signed(request)

    def _signed(self, request: httpx2.Request) -> httpx2.Request:
        request.headers["Authorization"] = f"Bearer {self._access.access_token}"
        return request


def anonymous(*, private: bool) -> httpx2.AsyncClient:
    """For what is asked before anybody has signed in."""
    return httpx2.AsyncClient(**_http(private=private))


async def discover(http: httpx2.AsyncClient, url: str) -> Place | None:
    """Where one signs in for the server at this address (RFC 9728, RFC 8414); None when it does not say."""
    async with http.stream("POST", url, json=KNOCK, headers=ANSWERS) as asked:
        told, scope = extract_resource_metadata_from_www_auth(asked), extract_scope_from_www_auth(asked)
    resource = await _resource(http, told, url)
    wanted = resource_url_from_server_url(url)
    if resource is not None and not check_resource_allowed(wanted, str(resource.resource)):
        raise OAuthFlowError(f"The server says that it is {resource.resource}, not {wanted}.")
    issuer = str(resource.authorization_servers[0]) if resource is not None else None
    for address in build_oauth_authorization_server_metadata_discovery_urls(issuer, url):
        goes_on, metadata = await handle_auth_metadata_response(await http.get(address))
        if metadata is not None:
            if issuer is not None:
                validate_metadata_issuer(metadata, issuer)
            _takes_challenges(metadata)
            scopes = get_client_metadata_scopes(scope, resource, metadata, list(GRANTS))
            return Place(metadata, wanted if resource is None else str(resource.resource), scopes)
        if not goes_on:
            break
    return None


def _takes_challenges(metadata: OAuthMetadata) -> None:
    """The specification of MCP forbids to go on where nothing says that a stolen code is of no use (RFC 7636)."""
    if CHALLENGE not in (metadata.code_challenge_methods_supported or ()):
        raise OAuthFlowError(
            f"Its authorization server does not say that it supports PKCE: `{CHALLENGE}` has to be one of"
            " `code_challenge_methods_supported` in its metadata."
        )


async def _resource(http: httpx2.AsyncClient, told: str | None, url: str) -> ProtectedResourceMetadata | None:
    for address in build_protected_resource_metadata_discovery_urls(told, url):
        found = await handle_protected_resource_response(await http.get(address))
        if found is not None:
            return found
    return None


async def register(http: httpx2.AsyncClient, place: Place, back: str) -> OAuthClientInformationFull | None:
    """Make ourselves known to the authorization server (RFC 7591); None when it knows only whom it was told of."""
    if place.metadata.registration_endpoint is None:
        return None
    ours = OAuthClientMetadata(
        client_name="Parley", redirect_uris=[AnyUrl(back)], grant_types=list(GRANTS), application_type="web",
        scope=place.scope,
    )  # fmt: skip
    request = create_client_registration_request(place.metadata, ours, "")
    client = await handle_registration_response(await http.send(request))
    check_registration_usable(client)
    return client


def method_of(metadata: OAuthMetadata, client_secret: str | None, registered: str | None = None) -> str:
    """How the authorization server lets us say who we are when we ask for a token (RFC 7591, RFC 8414)."""
    if not client_secret:
        return "none"
    taken = metadata.token_endpoint_auth_methods_supported or (BASIC,)
    return registered or (POST if POST in taken and BASIC not in taken else BASIC)


def _http(*, private: bool) -> dict[str, Any]:
    return {
        "transport": GuardedTransport(private=private), "timeout": httpx2.Timeout(CONNECT),
        "headers": {"Accept-Encoding": "identity"},
    }  # fmt: skip
