"""Tokens of MCP servers: when they are renewed, and what goes with a request."""

import time
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from authlib.integrations.httpx_client import AsyncOAuth2Client
from mcp.client.auth import OAuthFlowError
from mcp.shared.auth import OAuthMetadata

from orchestration.mcp.oauth import OAUTH_FAILURES, Access, Bearer, discover, method_of

OLD = Access("us", None, "none", "https://auth.example/token", "https://mcp.example/mcp", "old", "again")
NEW = replace(OLD, access_token="new", refresh_token="once more")


async def sent(access: Access, renewed: Access, taken: str) -> tuple[list[str], list[Access], int]:
    """The tokens that a server which takes one of them was sent, those that were to be renewed, and the last status."""
    tokens: list[str] = []
    wanted: list[Access] = []

    async def renew(over: Access) -> Access:
        wanted.append(over)
        return renewed

    def answer(request: httpx2.Request) -> httpx2.Response:
        tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        return httpx2.Response(200 if tokens[-1] == taken else 401)

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer), auth=Bearer(access, renew)) as http:
        response = await http.post(OLD.resource, json={"jsonrpc": "2.0"})
    return tokens, wanted, response.status_code


@pytest.mark.parametrize(
    ("seconds", "taken", "tokens"),
    [(3_600, "old", ["old"]), (None, "old", ["old"]), (30, "new", ["new"]), (3_600, "new", ["old", "new"])],
)
async def test_a_token_is_renewed_before_its_end_and_when_it_is_refused(
    seconds: int | None, taken: str, tokens: list[str]
) -> None:
    access = replace(OLD, expires_at=None if seconds is None else time.time() + seconds)

    assert await sent(access, NEW, taken) == (tokens, [access] if taken == "new" else [], 200)


async def test_a_request_is_not_repeated_when_there_is_no_other_token() -> None:
    assert await sent(OLD, OLD, "new") == (["old"], [OLD], 401)


def test_a_refresh_token_stays_until_another_one_comes_and_none_is_shown() -> None:
    kept = OLD.with_token({"access_token": "4711", "expires_in": 60})

    assert (kept.access_token, kept.refresh_token, kept.is_ending) == ("4711", "again", True)
    assert Access.from_text(kept.as_text()) == kept
    assert not any(secret in repr(kept) for secret in kept.secrets)


@pytest.mark.parametrize(
    "given",
    [
        {"refresh_token": "4711-secret"},
        {"access_token": ["4711-secret"]},
        {"access_token": "4711-secret\n"},
        {"access_token": "", "expires_in": 1},
    ],
)
def test_what_is_no_token_is_refused_in_words_that_do_not_show_it(given: dict[str, Any]) -> None:
    with pytest.raises(OAuthFlowError, match="no token") as failure:
        OLD.with_token(given)

    assert "4711" not in str(failure.value)


@pytest.mark.parametrize(
    "body", ["5", "[]", '"error"', "[" * 100_000, '{"access_token": "a", "expires_in": []}', '{"expires_in": 1e999}']
)
async def test_an_answer_that_makes_no_sense_is_a_failure_of_the_sign_in(body: str) -> None:
    answering = httpx2.MockTransport(lambda _: httpx2.Response(200, content=body))
    async with AsyncOAuth2Client("us", transport=answering) as client:
        with pytest.raises(OAUTH_FAILURES):
            OLD.with_token(await client.fetch_token(OLD.token_endpoint, code="4711", grant_type="authorization_code"))


@pytest.mark.parametrize(
    ("taken", "secret", "registered", "method"),
    [
        (None, "s", None, "client_secret_basic"),
        (["client_secret_post", "none"], "s", None, "client_secret_post"),
        (["client_secret_post", "client_secret_basic"], "s", None, "client_secret_basic"),
        (["client_secret_post", "client_secret_basic"], "s", "client_secret_post", "client_secret_post"),
        (["client_secret_post"], None, None, "none"),
    ],
)
def test_a_client_says_who_it_is_in_the_way_that_is_taken(
    taken: list[str] | None, secret: str | None, registered: str | None, method: str
) -> None:
    here = {"issuer": "https://a.example", "authorization_endpoint": "https://a.example/a"}
    metadata = OAuthMetadata.model_validate(
        {**here, "token_endpoint": OLD.token_endpoint, "token_endpoint_auth_methods_supported": taken}
    )

    assert method_of(metadata, secret, registered) == method


@pytest.mark.parametrize("methods", [{}, {"code_challenge_methods_supported": ["plain"]}])
async def test_nobody_signs_in_where_a_stolen_code_is_good(methods: dict[str, list[str]]) -> None:
    def answer(request: httpx2.Request) -> httpx2.Response:
        if not request.url.path.endswith("oauth-authorization-server"):
            return httpx2.Response(404)
        here = {"issuer": "https://mcp.example", "authorization_endpoint": "https://mcp.example/authorize"}
        return httpx2.Response(200, json={**here, **methods, "token_endpoint": "https://mcp.example/token"})

    async with httpx2.AsyncClient(transport=httpx2.MockTransport(answer)) as http:
        with pytest.raises(OAuthFlowError, match="PKCE"):
            await discover(http, OLD.resource)
