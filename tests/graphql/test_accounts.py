"""Signing up and in, and one's own account, through the real HTTP door and a real PostgreSQL."""

import asyncio
import statistics
import time

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, select, update

from domain.accounts import UserRole
from domain.errors import Conflict, Forbidden
from persistence.accounts import UserRow
from persistence.database import Database
from resolvers import registration
from resolvers.registration import Person, create_api_key, create_user
from tests.browsers import SERVER, SIGN_UP, VIEWER, NewBrowser, sign_up_input
from tests.people import PASSWORD

UPDATE_VIEWER = "mutation ($input: UpdateViewerInput!) { updateViewer(input: $input) { viewer { name } } }"
NODES = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Session { current } } }"
CHANGE_PASSWORD = """mutation ($input: ChangePasswordInput!) {
    changePassword(input: $input) { viewer { sessions { current } } } }"""


async def test_the_first_account_is_admin_and_then_sign_up_is_closed(browser: NewBrowser) -> None:
    first, second = await browser(), await browser()

    made = await first.ask(SIGN_UP, input=sign_up_input(email="  First@Example.ORG ", name=" First "))
    refused = await second.ask(SIGN_UP, input=sign_up_input(email="second@example.org"))

    viewer = made.data["signUp"]["viewer"]
    assert (viewer["email"], viewer["name"], viewer["role"]) == ("first@example.org", "First", "ADMIN")
    assert viewer["sessions"] == [{"current": True}]
    assert (await first.ask(VIEWER)).data["viewer"]["id"] == viewer["id"]
    assert refused.code == "FORBIDDEN"


async def test_only_one_of_many_can_be_the_first(browser: NewBrowser) -> None:
    clients = [await browser() for _ in range(8)]

    answers = await asyncio.gather(
        *(client.ask(SIGN_UP, input=sign_up_input(email=f"{n}@example.org")) for n, client in enumerate(clients))
    )

    roles = [a.data["signUp"]["viewer"]["role"] for a in answers if not a.body.get("errors")]
    assert roles == ["ADMIN"]
    assert [a.code for a in answers if a.body.get("errors")] == ["FORBIDDEN"] * 7


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"email": "nobody"}, "input.email"),
        ({"email": "a b@example.org"}, "input.email"),
        ({"email": "a@" + "x" * 300}, "input.email"),
        ({"name": "   "}, "input.name"),
        ({"name": "x" * 101}, "input.name"),
        ({"name": "a\x07b"}, "input.name"),
        ({"password": "1234567"}, "input.password"),
        ({"password": "x" * 257}, "input.password"),
    ],
)
async def test_what_is_wrong_with_a_sign_up_is_said(browser: NewBrowser, changes: dict[str, str], path: str) -> None:
    answer = await (await browser()).ask(SIGN_UP, input=sign_up_input(**changes))

    assert answer.code == "BAD_USER_INPUT"
    assert list(answer.error["extensions"]["fields"]) == [path]


async def test_nobody_is_viewer_without_signing_in(browser: NewBrowser, people: list[str]) -> None:
    answer = await (await browser()).ask(VIEWER)

    assert answer.code == "UNAUTHENTICATED"
    assert answer.body["data"] == {"viewer": None}


async def test_the_server_says_whether_it_has_accounts(browser: NewBrowser, db: Database) -> None:
    client = await browser()
    before = (await client.ask(SERVER)).data["server"]
    await client.ask(SIGN_UP, input=sign_up_input())
    after = (await (await browser()).ask(SERVER)).data["server"]

    assert (before["hasAccounts"], before["signUpOpen"]) == (False, True)
    assert (after["hasAccounts"], after["signUpOpen"]) == (True, False)
    assert after["modelsFolder"] is None
    assert after["version"]


async def test_a_wrong_password_and_an_unknown_address_look_the_same(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    wrong = await client.sign_in(people[0], "wrong password")
    unknown = await client.sign_in("nobody@example.org", "wrong password")
    malformed = await client.sign_in("not an address", "x" * 5000)

    assert wrong.code == "UNAUTHENTICATED"
    assert wrong.error == unknown.error == malformed.error
    assert "parley_session" not in wrong.cookies


async def test_a_wrong_password_and_an_unknown_address_take_the_same_time(
    browser: NewBrowser, people: list[str]
) -> None:
    client = await browser()
    taken: dict[str, list[float]] = {people[0]: [], "nobody@example.org": []}

    for _ in range(15):
        for email, times in taken.items():
            start = time.perf_counter()
            await client.sign_in(email, "wrong password")
            times.append(time.perf_counter() - start)

    wrong, unknown = (statistics.median(times) for times in taken.values())
    assert 0.6 < wrong / unknown < 1.6


async def test_an_address_signs_in_in_any_case(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    answer = await client.sign_in(people[1].upper())

    [session] = answer.data["signIn"]["viewer"]["sessions"]
    assert session["current"] is True
    seen = (await client.ask(VIEWER)).data["viewer"]["sessions"]
    assert [(s["id"], s["userAgent"], s["ipAddress"]) for s in seen] == [(session["id"], "a browser", "127.0.0.1")]


async def test_a_hash_of_weaker_parameters_is_replaced_at_sign_in(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    async with db.write() as session:
        await session.execute(update(UserRow).values(password_hash=weak))

    await browser(people[0])

    async with db.read() as session:
        stored = await session.scalar(select(UserRow.password_hash).where(UserRow.email == people[0]))
    assert stored is not None
    assert "m=19456" in stored


async def test_a_changed_password_signs_the_others_out(browser: NewBrowser, people: list[str]) -> None:
    here, there, new = await browser(people[0]), await browser(people[0]), "another password"

    wrong = await here.ask(CHANGE_PASSWORD, input={"currentPassword": "wrong", "newPassword": new})
    short = await here.ask(CHANGE_PASSWORD, input={"currentPassword": PASSWORD, "newPassword": "short"})
    right = await here.ask(CHANGE_PASSWORD, input={"currentPassword": PASSWORD, "newPassword": new})

    assert list(wrong.error["extensions"]["fields"]) == ["input.currentPassword"]
    assert list(short.error["extensions"]["fields"]) == ["input.newPassword"]
    assert right.data["changePassword"]["viewer"]["sessions"] == [{"current": True}]
    assert (await there.ask(VIEWER)).code == "UNAUTHENTICATED"
    assert (await (await browser()).sign_in(people[0])).code == "UNAUTHENTICATED"
    assert (await (await browser()).sign_in(people[0], new)).data


async def test_a_viewer_can_be_renamed(browser: NewBrowser, people: list[str]) -> None:
    client = await browser(people[1])

    renamed = await client.ask(UPDATE_VIEWER, input={"name": " Mia Ω "})
    unchanged = await client.ask(UPDATE_VIEWER, input={})
    empty = await client.ask(UPDATE_VIEWER, input={"name": ""})

    assert renamed.data == unchanged.data == {"updateViewer": {"viewer": {"name": "Mia Ω"}}}
    assert list(empty.error["extensions"]["fields"]) == ["input.name"]


async def test_a_person_who_is_gone_is_nobody(browser: NewBrowser, people: list[str], db: Database) -> None:
    client = await browser(people[1])
    async with db.write() as session:
        await session.execute(delete(UserRow).where(UserRow.email == people[1]))

    assert (await client.ask(VIEWER)).code == "UNAUTHENTICATED"


async def test_a_flood_of_sign_ins_is_told_to_come_back(browser: NewBrowser, people: list[str]) -> None:
    client = await browser()

    answers = await asyncio.gather(*(client.sign_in(f"{n}@example.org", "wrong password") for n in range(150)))

    codes = {answer.code for answer in answers}
    assert codes >= {"UNAUTHENTICATED", "RATE_LIMITED"}
    assert codes <= {"UNAUTHENTICATED", "RATE_LIMITED", "UNAVAILABLE"}, "a slow machine may run out of connections"


async def test_an_account_has_one_owner(db: Database, people: list[str]) -> None:
    with pytest.raises(Conflict):
        await create_user(db, people[0].upper(), "Twin", PASSWORD, UserRole.MEMBER)


async def test_own_things_are_nodes_and_those_of_others_are_not(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    await create_api_key(db, people[1], "of mia")
    viewer = (await mia.ask(VIEWER)).data["viewer"]
    ids = [viewer["id"], viewer["sessions"][0]["id"], viewer["apiKeys"][0]["id"]]

    own = (await mia.ask(NODES, ids=ids)).data["nodes"]
    foreign = (await root.ask(NODES, ids=ids)).data["nodes"]

    assert [node["__typename"] for node in own] == ["Viewer", "Session", "ApiKey"]
    assert own[1]["current"] is True
    assert foreign == [None, None, None]


async def test_who_comes_while_the_first_is_being_made_is_not_first_too(db: Database) -> None:
    first_is_added = asyncio.Event()

    async def second() -> UserRow:
        await first_is_added.wait()
        async with db.write() as session:
            person = Person("second@example.org", "Second")
            return await registration.register(session, person, "a hash", role=None, is_open=False)

    late = asyncio.create_task(second())
    async with db.write() as session:
        person = Person("first@example.org", "First")
        first = await registration.register(session, person, "a hash", role=None, is_open=False)
        first_is_added.set()
        done, _ = await asyncio.wait({late}, timeout=0.3)

    assert not done  # it waits for the block above
    assert first.role is UserRole.ADMIN
    with pytest.raises(Forbidden):
        await late
