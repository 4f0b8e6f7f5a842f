"""How often somebody may try: for an account, for an address, in all processes, and without telling who has one."""

import asyncio

import aiohttp
import pytest
from sqlalchemy import text

from orchestration.upkeep import forget_old
from persistence.database import Database, connect
from resolvers.tries import of_address
from resolvers.visits import Visit
from server.settings import Settings
from tests.browsers import Answer, Browser, NewBrowser
from tests.conftest import running
from tests.people import PASSWORD

TRIES = 4
CHANGE_PASSWORD = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { viewer { id } } }"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { id } } }"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"parley_sign_in_tries": TRIES})


async def sign_in(client: Browser, email: str, password: str, address: str) -> Answer:
    headers = {"X-Forwarded-For": address}
    return await client.ask(SIGN_IN, headers=headers, input={"email": email, "password": password})


def codes(answers: list[Answer]) -> list[str]:
    return [answer.code if answer.body.get("errors") else "OK" for answer in answers]


async def test_an_account_is_not_guessed_at_from_many_addresses(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()
    refused: list[list[str]] = []

    for email in (people[1], "nobody@example.org"):
        tried = [await sign_in(client, email, "wrong password", f"203.0.113.{n}") for n in range(TRIES + 1)]
        refused.append(codes(tried))
        assert 50_000 < tried[-1].error["extensions"]["retryAfterMs"] <= 60_000
        assert "Try again in" in tried[-1].error["message"]

    assert refused == [["UNAUTHENTICATED"] * TRIES + ["RATE_LIMITED"]] * 2
    assert codes([await sign_in(client, people[1], PASSWORD, "203.0.113.9")]) == ["RATE_LIMITED"]


async def test_many_at_once_are_no_way_around(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    answers = await asyncio.gather(
        *(sign_in(client, people[1], "wrong password", f"203.0.113.{n}") for n in range(3 * TRIES))
    )

    assert sorted(codes(list(answers))) == ["RATE_LIMITED"] * 2 * TRIES + ["UNAUTHENTICATED"] * TRIES


async def test_nobody_is_locked_out_where_they_are_signed_in(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()
    await sign_in(client, people[1], PASSWORD, "198.51.100.1")
    for n in range(TRIES + 1):
        await sign_in(client, people[1], "wrong password", f"203.0.113.{n}")

    assert codes([await sign_in(client, people[1], PASSWORD, "198.51.100.1")]) == ["OK"]
    assert codes([await sign_in(client, people[1], PASSWORD, "203.0.113.99")]) == ["RATE_LIMITED"]


async def test_an_address_that_tries_many_accounts_is_stopped(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    answers = [
        await sign_in(client, f"{n}@example.org", "wrong password", f"2001:db8::{n:x}") for n in range(5 * TRIES + 1)
    ]

    assert codes(answers) == ["UNAUTHENTICATED"] * 5 * TRIES + ["RATE_LIMITED"]  # one /64 is one customer
    assert codes([await sign_in(client, people[1], PASSWORD, "2001:db8:0:1::1")]) == ["OK"]


async def test_what_succeeds_does_not_count(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()
    for _ in range(3):
        for _ in range(TRIES - 1):
            await client.sign_in(people[1], "wrong password")
        assert codes([await client.sign_in(people[1])]) == ["OK"]


async def test_an_open_browser_is_no_way_to_guess_its_password(browser: NewBrowser, people: list[str]) -> None:
    mia = await browser(people[1])
    wrong = {"currentPassword": "wrong password", "newPassword": "another password"}

    answers = [await mia.ask(CHANGE_PASSWORD, input=wrong) for _ in range(TRIES + 1)]

    assert codes(answers) == ["BAD_USER_INPUT"] * TRIES + ["RATE_LIMITED"]


async def test_processes_count_together(
    browser: NewBrowser, people: list[str], settings: Settings, database_url: str
) -> None:
    here = await browser()
    for _ in range(TRIES):
        await here.sign_in(people[1], "wrong password")

    async with running(settings, connect(database_url)) as other, aiohttp.ClientSession() as http:
        answer = await Browser(http, other.url).sign_in(people[1])

    assert codes([answer]) == ["RATE_LIMITED"]


async def test_counts_that_mean_nothing_any_more_are_removed(
    browser: NewBrowser, people: list[str], settings: Settings, db: Database
) -> None:
    await (await browser()).sign_in(people[1], "wrong password")
    async with db.write() as session:
        await session.execute(text("UPDATE sign_in_tries SET paid_until = now() - interval '1 second'"))

    await forget_old(db, settings.lifetimes)

    async with db.read() as session:
        assert await session.scalar(text("SELECT count(*) FROM sign_in_tries")) == 0


def test_an_address_is_a_customers_network() -> None:
    names = {of_address(Visit(ip, None), 1).name for ip in ("2001:db8::1", "2001:db8:0:0:ffff::2")}

    assert names == {"address:2001:db8::/64"}
    assert of_address(Visit("192.0.2.1", None), 1).name == "address:192.0.2.1"
    assert of_address(Visit(None, None), 1).name == "address:unknown"
