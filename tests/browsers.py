"""Browsers and programs as tests use them: clients of a real server, each with its own cookies or its key."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from http.cookies import SimpleCookie
from typing import Any, NamedTuple

import aiohttp
import pytest

from persistence.database import Database
from tests.people import PASSWORD, Served, add_account

SIGN_UP = """mutation ($input: SignUpInput!) {
    signUp(input: $input) { viewer { id email name role sessions { current } } } }"""
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id sessions { id current } } } }"
VIEWER = """{ viewer { id email name role createdAt
    sessions { id createdAt lastSeenAt expiresAt current userAgent ipAddress }
    apiKeys { id name prefix scopes createdAt expiresAt lastUsedAt } } }"""
SERVER = "{ server { version signUpOpen hasAccounts modelsFolder } }"


class Answer(NamedTuple):
    status: int
    body: dict[str, Any]
    cookies: SimpleCookie

    @property
    def data(self) -> dict[str, Any]:
        assert not self.body.get("errors"), self.body
        found: dict[str, Any] = self.body["data"]
        return found

    @property
    def error(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["errors"][0]
        return found

    @property
    def code(self) -> str:
        return str(self.error["extensions"]["code"])


class Browser:
    """A client with a cookie jar of its own; with `key` a program instead."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url

    async def ask(self, document: str, *, headers: dict[str, str] | None = None, **variables: Any) -> Answer:
        body = {"query": document, "variables": variables}
        async with self.http.post(f"{self.url}/graphql", json=body, headers=headers) as response:
            return Answer(response.status, await response.json(content_type=None), response.cookies)

    async def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        return await self.ask(SIGN_IN, input={"email": email, "password": password})


NewBrowser = Callable[..., Awaitable[Browser]]


@pytest.fixture
async def browser(server: Served) -> AsyncIterator[NewBrowser]:
    """Makes browsers, signed in as `email` if one is given; or programs, with `key`."""
    async with AsyncExitStack() as stack:

        async def make(email: str | None = None, *, key: str | None = None) -> Browser:
            headers = {"Authorization": f"Bearer {key}"} if key else {"User-Agent": "a browser"}
            jar = aiohttp.CookieJar(unsafe=True)  # the server has an address, not a name
            http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar, headers=headers))
            made = Browser(http, server.url)
            if email:
                assert (await made.sign_in(email)).data
            return made

        yield make


@pytest.fixture
async def people(db: Database) -> list[str]:
    """The addresses of an administrator and of a member."""
    await add_account(db, "root@example.org", "Root")
    await add_account(db, "mia@example.org", "Mia")
    return ["root@example.org", "mia@example.org"]


def sign_up_input(**changes: str) -> dict[str, str]:
    return {"email": "first@example.org", "name": "First", "password": PASSWORD} | changes


def about_accounts(statements: list[str]) -> int:
    """How many of these statements touch accounts: a server at rest now and then runs others."""
    return sum(any(table in said for table in ("users", "sessions", "api_keys")) for said in statements)
