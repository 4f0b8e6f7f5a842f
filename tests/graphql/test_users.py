"""People as administrators see and change them, and accounts that are deleted."""

import asyncio

import pytest
from sqlalchemy import func, select

from persistence.accounts import UserRow
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.messages import MessageRow
from persistence.models import ModelCallRow
from resolvers.registration import create_api_key, create_user
from tests.browsers import Browser, NewBrowser
from tests.graphql.test_account_sockets import REVOKED, close_code, opened
from tests.people import PASSWORD, Person, Served

USERS = """query ($first: Int, $after: String, $text: String) { users(first: $first, after: $after, text: $text) {
    edges { node { id email role disabledAt secondFactor } } pageInfo { hasNextPage endCursor } totalCount } }"""
UPDATE = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { role disabledAt } } }"
DELETE_USER = "mutation ($id: ID!) { deleteUser(id: $id) { id } }"
DELETE_ACCOUNT = "mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { ok } }"
WHO = "{ viewer { id email role } }"


async def id_of(browser: Browser) -> str:
    return str((await browser.ask(WHO)).data["viewer"]["id"])


async def test_an_administrator_sees_everybody_in_few_statements(
    browser: NewBrowser, people: list[str], statements: list[str]
) -> None:
    root = await browser(people[0])
    statements.clear()

    first = (await root.ask(USERS, first=1)).data["users"]
    counted = sum("FROM users" in said or "second_factors" in said for said in statements)
    rest = (await root.ask(USERS, first=5, after=first["pageInfo"]["endCursor"])).data["users"]
    found = (await root.ask(USERS, text="MIA@")).data["users"]

    assert [edge["node"]["email"] for edge in [*first["edges"], *rest["edges"]]] == people
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (2, True, False)
    assert [edge["node"]["email"] for edge in found["edges"]] == [people[1]]
    assert counted == 3  # the page, its count, who has a second factor
    assert (await root.ask(USERS, text="%")).data["users"]["edges"] == []


async def test_a_disabled_account_is_closed_at_once_and_can_be_opened_again(
    browser: NewBrowser, people: list[str], db: Database, server: Served
) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    program = await browser(key=await create_api_key(db, people[1], "program"))
    mia_id = await id_of(mia)
    sockets = [await opened(mia, origin=server.url), await opened(program)]

    disabled = await root.ask(UPDATE, input={"id": mia_id, "disabled": True})

    assert disabled.data["updateUser"]["user"]["disabledAt"]
    assert [await close_code(socket) for socket in sockets] == [REVOKED, REVOKED]
    assert (await mia.ask(WHO)).code == "UNAUTHENTICATED"
    assert (await program.ask(WHO)).code == "UNAUTHENTICATED"
    refused, unknown = await mia.sign_in(people[1]), await mia.sign_in("nobody@example.org")
    assert refused.error == unknown.error
    await root.ask(UPDATE, input={"id": mia_id, "disabled": False})
    assert (await mia.sign_in(people[1])).data
    assert (await program.ask(WHO)).data["viewer"]["email"] == people[1]


async def test_who_is_no_administrator_any_more_loses_open_sockets(
    browser: NewBrowser, people: list[str], server: Served
) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    mia_id = await id_of(mia)
    await root.ask(UPDATE, input={"id": mia_id, "role": "ADMIN"})
    socket = await opened(mia, origin=server.url)

    changed = await root.ask(UPDATE, input={"id": mia_id, "role": "MEMBER"})

    assert changed.data["updateUser"]["user"]["role"] == "MEMBER"
    assert await close_code(socket) == REVOKED
    assert (await mia.ask(USERS)).code == "FORBIDDEN"


@pytest.mark.parametrize("change", [{"role": "MEMBER"}, {"disabled": True}])
async def test_the_last_administrator_stays(browser: NewBrowser, people: list[str], change: dict[str, object]) -> None:
    root = await browser(people[0])
    me = await id_of(root)

    assert (await root.ask(UPDATE, input={"id": me, **change})).code == "CONFLICT"
    assert (await root.ask(DELETE_USER, id=me)).code == "CONFLICT"
    assert (await root.ask(DELETE_ACCOUNT, input={"password": PASSWORD})).code == "CONFLICT"
    assert (await root.ask(WHO)).data["viewer"]["role"] == "ADMIN"


async def test_two_administrators_cannot_take_each_other_away(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    root_id, mia_id = await id_of(root), await id_of(mia)
    await root.ask(UPDATE, input={"id": mia_id, "role": "ADMIN"})

    answers = await asyncio.gather(
        root.ask(UPDATE, input={"id": mia_id, "role": "MEMBER"}),
        mia.ask(UPDATE, input={"id": root_id, "role": "MEMBER"}),
    )

    assert sorted(answer.code for answer in answers if answer.body.get("errors")) in (["CONFLICT"], ["FORBIDDEN"])


async def test_members_see_and_change_nobody(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    root_id = await id_of(root)

    assert (await mia.ask(USERS)).code == "FORBIDDEN"
    assert (await mia.ask(UPDATE, input={"id": root_id, "disabled": True})).code == "FORBIDDEN"
    assert (await mia.ask(DELETE_USER, id=root_id)).code == "FORBIDDEN"
    assert (await root.ask(UPDATE, input={"id": root_id.replace("user", "chat")})).code == "NOT_FOUND"


async def gone(db: Database, email_left: int) -> None:
    """Wait until no deleted account has anything left."""
    async with asyncio.timeout(10):
        while True:
            async with db.read() as session:
                left = await session.scalar(select(func.count()).select_from(UserRow))
            if left == email_left:
                return
            await asyncio.sleep(0.02)


async def test_a_deleted_account_is_gone_with_all_that_it_had(server: Served, ada: Person, bob: Person) -> None:
    await bob.ask("hello")
    sent, _ = await ada.ask("stays")

    wrong = await bob.gql_error(DELETE_ACCOUNT, input={"password": "wrong password"})
    await bob.gql(DELETE_ACCOUNT, input={"password": PASSWORD})

    assert list(wrong["extensions"]["fields"]) == ["input.password"]
    assert (await bob.gql_error(WHO))["extensions"]["code"] == "UNAUTHENTICATED"
    await create_user(server.db, "bob@example.org", "Another Bob", PASSWORD)  # the address is free at once
    await gone(server.db, 2)
    async with server.db.read() as session:
        assert await session.scalar(select(func.count()).select_from(ChatRow)) == 1
        assert await session.scalar(select(func.count()).select_from(MessageRow)) == 2
        assert await session.scalar(select(func.count()).select_from(ModelCallRow)) == 1
    assert sent["chat"]["id"]


async def test_an_administrator_deletes_an_account_while_it_is_being_answered(
    server: Served, ada: Person, bob: Person
) -> None:
    sent = await bob.send("hello")
    bob_id = (await bob.gql(WHO))["viewer"]["id"]

    await ada.gql(DELETE_USER, id=bob_id)

    assert (await bob.gql_error(WHO))["extensions"]["code"] == "UNAUTHENTICATED"
    await gone(server.db, 1)
    assert sent["run"]["id"]
    assert (await ada.gql_error(DELETE_USER, id=bob_id))["extensions"]["code"] == "NOT_FOUND"
