"""Second factors: codes are asked for, each works once, and a lost app does not lock anybody out."""

import re
from typing import NamedTuple

import aiohttp
import pyotp
import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from persistence.database import Database, connect
from persistence.second_factors import RecoveryCodeRow, SecondFactorRow
from server.settings import Settings
from tests.browsers import Answer, Browser, NewBrowser
from tests.conftest import running
from tests.people import PASSWORD

START = "mutation ($input: StartSecondFactorInput!) { startSecondFactor(input: $input) { secret uri } }"
CONFIRM = """mutation ($input: ConfirmSecondFactorInput!) {
    confirmSecondFactor(input: $input) { recoveryCodes viewer { secondFactor recoveryCodesLeft } } }"""
REMOVE = "mutation ($input: RemoveSecondFactorInput!) { removeSecondFactor(input: $input) { viewer { secondFactor } } }"
SIGN_IN = "mutation ($input: SignInInput!) { signIn(input: $input) { viewer { recoveryCodesLeft } } }"
DELETE_ACCOUNT = "mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { ok } }"
USERS = "{ users { edges { node { id email secondFactor } } } }"
UPDATE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { secondFactor } } }"


class Factor(NamedTuple):
    app: pyotp.TOTP
    recovery_codes: list[str]
    first_code: str


async def set_up(browser: Browser) -> Factor:
    """A second factor that is on. The code that confirmed it is used up, and with it those of its 30 seconds."""
    started = (await browser.ask(START, input={"password": PASSWORD})).data["startSecondFactor"]
    app = pyotp.TOTP(started["secret"])
    code = app.now()
    confirmed = (await browser.ask(CONFIRM, input={"code": code})).data["confirmSecondFactor"]
    assert confirmed["viewer"] == {"secondFactor": True, "recoveryCodesLeft": 10}
    return Factor(app, confirmed["recoveryCodes"], code)


async def unused(db: Database) -> None:
    """As if the last code had been used long ago, so that no test has to wait for half a minute."""
    async with db.write() as session:
        await session.execute(update(SecondFactorRow).values(last_step=0))


async def sign_in(browser: Browser, email: str, code: str | None, password: str = PASSWORD) -> Answer:
    return await browser.ask(SIGN_IN, input={"email": email, "password": password, "code": code})


async def test_a_code_is_asked_for_only_with_the_right_password(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    factor = await set_up(await browser(people[1]))
    await unused(db)
    client = await browser()

    without, empty = await client.sign_in(people[1]), await sign_in(client, people[1], "")
    wrong_password = await sign_in(client, people[1], factor.app.now(), password="wrong password")
    unknown = await client.sign_in("nobody@example.org")
    right = await sign_in(client, people[1], f" {factor.app.now()[:3]} {factor.app.now()[3:]} ")

    assert (without.code, empty.code) == ("CODE_REQUIRED", "CODE_REQUIRED")
    assert wrong_password.error == unknown.error
    assert right.data["signIn"]["viewer"]["recoveryCodesLeft"] == 10


async def test_no_code_works_twice(browser: NewBrowser, people: list[str], db: Database) -> None:
    factor = await set_up(await browser(people[1]))
    client = await browser()
    confirming = await sign_in(client, people[1], factor.first_code)
    await unused(db)
    code = factor.app.now()

    first, replayed = await sign_in(client, people[1], code), await sign_in(client, people[1], code)

    assert confirming.code == "UNAUTHENTICATED"
    assert first.data
    assert replayed.code == "UNAUTHENTICATED"


@pytest.mark.parametrize("code", ["000000", "12345", "\uff11\uff12\uff13\uff14\uff15\uff16", "x" * 5000, "-"])
async def test_a_wrong_code_does_not_enter(browser: NewBrowser, people: list[str], code: str) -> None:
    await set_up(await browser(people[1]))

    assert (await sign_in(await browser(), people[1], code)).code == "UNAUTHENTICATED"


async def test_a_recovery_code_stands_in_once(browser: NewBrowser, people: list[str], db: Database) -> None:
    factor = await set_up(await browser(people[1]))
    spare = factor.recovery_codes[3]

    used = await sign_in(await browser(), people[1], spare.upper().replace("-", " "))
    again = await sign_in(await browser(), people[1], spare)

    assert used.data["signIn"]["viewer"]["recoveryCodesLeft"] == 9
    assert again.code == "UNAUTHENTICATED"
    assert all(re.fullmatch(r"([a-z2-7]{4}-){3}[a-z2-7]{4}", code) for code in factor.recovery_codes)
    async with db.read() as session:
        stored = [bytes(row) for row in await session.scalars(select(RecoveryCodeRow.code_hash))]
        sealed = await session.scalar(select(SecondFactorRow.secret_sealed))
    assert not any(code.encode() in b"".join(stored) for code in factor.recovery_codes)
    assert factor.app.secret.encode() not in bytes(sealed or b"")


async def test_guessing_codes_ends_soon(browser: NewBrowser, people: list[str]) -> None:
    await set_up(await browser(people[1]))
    client = await browser()

    answers = [await sign_in(client, people[1], f"00000{n}") for n in range(6)]

    assert [answer.code for answer in answers] == ["UNAUTHENTICATED"] * 5 + ["RATE_LIMITED"]
    assert 590_000 < answers[-1].error["extensions"]["retryAfterMs"] <= 600_000


async def test_nothing_is_asked_for_before_the_app_is_confirmed(browser: NewBrowser, people: list[str]) -> None:
    mia = await browser(people[1])
    wrong = await mia.ask(START, input={"password": "wrong password"})
    await mia.ask(START, input={"password": PASSWORD})

    unconfirmed = await mia.ask(CONFIRM, input={"code": "abc"})

    assert list(wrong.error["extensions"]["fields"]) == ["input.password"]
    assert list(unconfirmed.error["extensions"]["fields"]) == ["input.code"]
    assert (await (await browser()).sign_in(people[1])).data


async def test_a_second_factor_is_asked_for_before_it_goes(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    mia = await browser(people[1])
    factor = await set_up(mia)

    second = await mia.ask(START, input={"password": PASSWORD})
    deleting = await mia.ask(DELETE_ACCOUNT, input={"password": PASSWORD})
    wrong = await mia.ask(REMOVE, input={"code": "000000"})
    right = await mia.ask(REMOVE, input={"code": factor.recovery_codes[0]})

    assert second.code == "CONFLICT"
    assert list(deleting.error["extensions"]["fields"]) == ["input.code"]
    assert list(wrong.error["extensions"]["fields"]) == ["input.code"]
    assert right.data["removeSecondFactor"]["viewer"]["secondFactor"] is False
    assert (await (await browser()).sign_in(people[1])).data


async def test_an_administrator_removes_a_lost_one_but_sets_none_up(browser: NewBrowser, people: list[str]) -> None:
    root = await browser(people[0])
    await set_up(await browser(people[1]))
    listed = [edge["node"] for edge in (await root.ask(USERS)).data["users"]["edges"]]
    assert [node["secondFactor"] for node in listed] == [False, True]

    on = await root.ask(UPDATE, input={"id": listed[0]["id"], "secondFactor": True})
    off = await root.ask(UPDATE, input={"id": listed[1]["id"], "secondFactor": False})

    assert list(on.error["extensions"]["fields"]) == ["input.secondFactor"]
    assert off.data["updateUser"]["user"] == {"secondFactor": False}
    assert (await (await browser()).sign_in(people[1])).data


async def test_a_secret_survives_a_change_of_the_servers_key(
    browser: NewBrowser, people: list[str], settings: Settings, database_url: str, db: Database
) -> None:
    factor = await set_up(await browser(people[1]))
    await unused(db)
    old = (settings.parley_data / "secret.key").read_text().strip()
    changed = settings.model_copy(
        update={"parley_secret_key": SecretStr("ab" * 32), "parley_earlier_secret_keys": SecretStr(old)}
    )
    async with running(changed, connect(database_url)):
        pass  # it seals everything anew when it starts

    later = changed.model_copy(update={"parley_earlier_secret_keys": None})
    async with running(later, connect(database_url)) as served, aiohttp.ClientSession() as http:
        answer = await sign_in(Browser(http, served.url), people[1], factor.app.now())

    assert answer.data
