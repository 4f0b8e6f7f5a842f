"""Signing in with an OpenID Connect provider: a real one in a process of its own, and one that lies."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr
from sqlalchemy import update

from domain.accounts import Scope
from domain.errors import NotFound
from persistence import accounts, password_resets, second_factors
from persistence.accounts import UserRow
from persistence.database import Database, connect
from resolvers.registration import create_api_key
from server.settings import Settings
from tests.browsers import Browser, people
from tests.conftest import Running, running
from tests.people import Served
from tests.ports import free_port
from tests.server.identity_provider import CLIENT, IdentityProvider, identity_provider

__all__ = ["people"]

START = "/sign-in/provider"
WHO = "{ viewer { email name role hasPassword sessions { current } } }"


class Site:
    """Servers of ours that trust a provider, and browsers that use them."""

    def __init__(self, settings: Settings, database_url: str, stack: AsyncExitStack) -> None:
        self._settings, self._database_url, self._stack = settings, database_url, stack

    async def serving(self, issuer: str, **more: Any) -> Running:
        """Our address must be known before there is a server at it, so a relay stands in front."""
        change = {"oidc_issuer": issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr("s3cret"), **more}
        settings = self._settings.model_copy(update={**change, "parley_public_url": "http://parley.test"})
        return await self._stack.enter_async_context(running(settings, connect(self._database_url)))

    async def browser(self, served: Served) -> "Visitor":
        jar = aiohttp.CookieJar(unsafe=True)
        http = await self._stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
        return Visitor(http, served.url)


class Visitor(Browser):
    """A browser that finds `parley.test` where the server really is."""

    async def get(self, url: str) -> str:
        """Where an address sends the browser."""
        real = url.replace("http://parley.test", self.url) if url.startswith("http") else self.url + url
        async with self.http.get(real, allow_redirects=False) as response:
            assert response.status in (302, 303), await response.text()
            return response.headers["Location"]

    async def enter(self) -> str:
        """All the way there and back; where it ends."""
        return await self.get(await self.get(await self.get(START)))


@pytest.fixture
async def site(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        yield Site(settings, database_url, stack)


@pytest.fixture
async def provider() -> AsyncIterator[IdentityProvider]:
    async with identity_provider() as started:
        yield started


async def test_a_real_provider_signs_people_in(site: Site, people: list[str]) -> None:
    port = free_port()
    claims = {"sub": "mia-1", "email": people[1], "email_verified": True, "name": "Mia"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce",
        "--user-claims", json.dumps(claims), stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        while b"running on" not in (line := await process.stderr.readline()):
            assert line, "the provider did not start"
        client = await site.browser(await site.serving(f"http://127.0.0.1:{port}"))
        async with client.http.post(await client.get(START), data={"sub": "mia-1"}, allow_redirects=False) as agreed:
            back = agreed.headers["Location"]

        assert await client.get(back) == "/"
        assert (await client.ask(WHO)).data["viewer"]["email"] == people[1]
    finally:
        process.terminate()
        await process.wait()


async def test_a_verified_address_links_and_the_subject_counts_from_then_on(
    site: Site, provider: IdentityProvider, people: list[str]
) -> None:
    server = await site.serving(provider.url)
    first, renamed, successor = [await site.browser(server) for _ in range(3)]

    assert await first.enter() == "/"
    provider.claims = {"email": "mia.new@example.org"}
    assert await renamed.enter() == "/"
    provider.claims = {"sub": "subject-2"}
    taken = await successor.enter()

    for one in (first, renamed):
        viewer = (await one.ask(WHO)).data["viewer"]
        assert (viewer["email"], viewer["hasPassword"]) == (people[1], False)
    assert taken == "/sign-in?trouble=taken"  # the address belongs to another person there now
    assert (await successor.ask(WHO)).code == "UNAUTHENTICATED"
    assert {provider.asked["code_challenge_method"], provider.asked["response_type"]} == {"S256", "code"}


async def test_who_signed_up_with_an_address_is_out_when_its_owner_comes(
    site: Site, provider: IdentityProvider, people: list[str], db: Database
) -> None:
    server = await site.serving(provider.url)
    squatter, owner = await site.browser(server), await site.browser(server)
    await squatter.sign_in(people[1])
    key = {"Authorization": f"Bearer {await create_api_key(db, people[1], 'a program', list(Scope))}"}
    async with db.write() as session:
        user = await accounts.by_email(session, people[1])
        assert user is not None
        await second_factors.begin(session, user.id, b"sealed")
        await second_factors.confirm(session, user.id, step=1, code_hashes=[b"a code"])
        await password_resets.put(session, user.id, token_hash=b"a link", lifetime=timedelta(days=1))
    assert (await owner.ask(WHO, headers=key)).data

    assert await owner.enter() == "/"

    assert (await squatter.ask(WHO)).code == "UNAUTHENTICATED"
    assert (await squatter.ask(WHO, headers=key)).code == "UNAUTHENTICATED"
    assert (await squatter.sign_in(people[1])).code == "UNAUTHENTICATED"
    left = (await owner.ask("{ viewer { secondFactor sessions { current } apiKeys { id } } }")).data["viewer"]
    assert left == {"secondFactor": False, "sessions": [{"current": True}], "apiKeys": []}
    async with db.write() as session:
        with pytest.raises(NotFound):
            await password_resets.take(session, b"a link")
    log = await owner.ask("{ auditLog { edges { node { kind details { name value } } } } }")
    [linked] = [edge["node"] for edge in log.data["auditLog"]["edges"] if edge["node"]["kind"] == "IDENTITY_LINKED"]
    assert {"name": "removed", "value": "password, sessions, API keys, second factor"} in linked["details"]


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another client"},
        {"aud": "another client", "azp": CLIENT},
        {"iss": "https://evil.example"},
        {"exp": 1},
        {"sub": None},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_not_believed(
    site: Site, provider: IdentityProvider, people: list[str], claims: dict[str, Any]
) -> None:
    provider.claims = claims
    client = await site.browser(await site.serving(provider.url))

    assert await client.enter() == "/sign-in?trouble=unconfirmed"
    assert (await client.ask(WHO)).code == "UNAUTHENTICATED"


async def test_another_key_another_issuer_and_another_browser_are_not_believed(
    site: Site, provider: IdentityProvider, people: list[str]
) -> None:
    server = await site.serving(provider.url)
    client, other = await site.browser(server), await site.browser(server)
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    forged = await client.enter()
    provider.signs_with = provider.key
    back = await client.get(await client.get(START))

    assert forged == "/sign-in?trouble=unconfirmed"
    assert await other.get(back) == "/sign-in?trouble=stale"
    assert await client.get(re.sub(r"state=[^&]+", "state=guessed", back)) == "/sign-in?trouble=stale"
    assert await client.get(back) == "/sign-in?trouble=stale"  # the cookie was for one return only
    assert await client.get(f"{START}/back?error=access_denied") == "/sign-in?trouble=stale"

    provider.issuer = "https://evil.example"
    misled = await site.browser(await site.serving(provider.url))
    assert await misled.get(START) == "/sign-in?trouble=unreachable"


@pytest.mark.parametrize("claims", [{"email_verified": False}, {"email_verified": None}, {"email": None}])
async def test_an_address_that_is_not_verified_links_nothing(
    site: Site, provider: IdentityProvider, people: list[str], claims: dict[str, Any]
) -> None:
    provider.claims = claims
    client = await site.browser(await site.serving(provider.url, oidc_sign_up=True))

    assert await client.enter() == "/sign-in?trouble=unverified"


async def test_strangers_get_an_account_only_where_that_is_open(
    site: Site, provider: IdentityProvider, people: list[str]
) -> None:
    provider.claims = {"email": "New@Example.org", "name": "Ne\nw", "sub": "subject-9"}
    closed = await site.browser(await site.serving(provider.url))
    opened = await site.browser(await site.serving(provider.url, oidc_sign_up=True))

    assert await closed.enter() == "/sign-in?trouble=closed"
    assert await opened.enter() == "/"

    viewer = (await opened.ask(WHO)).data["viewer"]
    assert (viewer["email"], viewer["role"], viewer["hasPassword"]) == ("new@example.org", "MEMBER", False)
    assert viewer["name"] == "Ne\ufffdw"
    assert (await closed.sign_in("new@example.org", "")).code == "UNAUTHENTICATED"


async def test_a_disabled_account_stays_closed(
    site: Site, provider: IdentityProvider, people: list[str], db: Database
) -> None:
    client = await site.browser(await site.serving(provider.url))
    await client.enter()
    async with db.write() as session:
        await session.execute(update(UserRow).where(UserRow.email == people[1]).values(disabled_at=UserRow.created_at))

    assert await client.enter() == "/sign-in?trouble=disabled"


async def test_the_server_names_its_provider(site: Site, provider: IdentityProvider, server: Running) -> None:
    with_one = await site.browser(await site.serving(provider.url, oidc_name="Example"))
    without = await site.browser(server)
    document = "{ server { signInProvider { name path } } }"

    named = (await with_one.ask(document)).data["server"]["signInProvider"]
    assert named == {"name": "Example", "path": START}
    assert (await without.ask(document)).data["server"]["signInProvider"] is None
