"""Browser sessions: their cookie, their life, their end, and the pages that may use them."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from persistence.accounts import SessionRow, UserRow
from persistence.database import Database
from tests.browsers import SERVER, SIGN_IN, SIGN_UP, VIEWER, NewBrowser, about_accounts, sign_up_input
from tests.people import PASSWORD, Served

UNKNOWN_SESSION = "session_" + "0" * 32
SIGN_OUT = "mutation { signOut { ok } }"
REVOKE_SESSION = "mutation ($id: ID!) { revokeSession(id: $id) { id } }"


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: NewBrowser) -> None:
    cookie = (await (await browser()).ask(SIGN_UP, input=sign_up_input())).cookies["parley_session"]

    assert cookie["httponly"] is True
    assert cookie["samesite"].lower() == "lax"
    assert cookie["path"] == "/"
    assert len(cookie.value) == 43  # 256 bits
    assert not cookie["domain"]


async def test_a_token_is_stored_only_as_a_hash(browser: NewBrowser, db: Database) -> None:
    cookie = (await (await browser()).ask(SIGN_UP, input=sign_up_input())).cookies["parley_session"]

    async with db.read() as session:
        stored = (await session.scalars(select(SessionRow))).one()
        person = (await session.scalars(select(UserRow))).one()

    assert cookie.value.encode() not in stored.token_hash
    assert len(stored.token_hash) == 32
    assert person.password_hash is not None
    assert person.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_signing_in_again_replaces_the_browsers_session(browser: NewBrowser, people: list[str]) -> None:
    client = await browser(people[0])

    again = await client.sign_in(people[0])

    assert len(again.data["signIn"]["viewer"]["sessions"]) == 1


async def test_a_person_keeps_a_hundred_sessions(browser: NewBrowser, people: list[str], db: Database) -> None:
    async with db.write() as session:
        user_id = await session.scalar(select(UserRow.id).where(UserRow.email == people[1]))
        soon = datetime.now(UTC) + timedelta(days=1)
        session.add_all(SessionRow(user_id=user_id, token_hash=bytes([n]) * 32, expires_at=soon) for n in range(105))

    answer = await (await browser()).sign_in(people[1])

    sessions = answer.data["signIn"]["viewer"]["sessions"]
    assert len(sessions) == 100
    assert sum(session["current"] for session in sessions) == 1


async def test_sign_out_ends_the_session_and_is_fine_twice(
    browser: NewBrowser, people: list[str], db: Database, server: Served
) -> None:
    client = await browser(people[0])
    [cookie] = list(client.http.cookie_jar)
    stolen = {"Cookie": f"parley_session={cookie.value}"}

    answers = [await client.ask(SIGN_OUT), await client.ask(SIGN_OUT)]

    assert [answer.data for answer in answers] == [{"signOut": {"ok": True}}] * 2
    assert not list(client.http.cookie_jar)
    assert (await (await browser()).ask(VIEWER, headers=stolen)).code == "UNAUTHENTICATED"
    async with db.read() as session:
        assert (await session.scalars(select(SessionRow))).all() == []


async def test_an_expired_session_is_nobody(browser: NewBrowser, people: list[str], db: Database) -> None:
    client = await browser(people[0])
    async with db.write() as session:
        await session.execute(update(SessionRow).values(expires_at=datetime.now(UTC)))

    assert (await client.ask(VIEWER)).code == "UNAUTHENTICATED"
    assert (await client.ask(SERVER)).data["server"]["hasAccounts"] is True


async def test_using_a_session_keeps_it_alive(browser: NewBrowser, people: list[str], db: Database) -> None:
    client = await browser(people[0])
    old, soon = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(minutes=5)
    async with db.write() as session:
        await session.execute(update(SessionRow).values(last_seen_at=old, expires_at=soon))

    [session] = (await client.ask(VIEWER)).data["viewer"]["sessions"]

    assert datetime.fromisoformat(session["lastSeenAt"]) > old + timedelta(minutes=59)
    assert datetime.fromisoformat(session["expiresAt"]) > soon


async def test_a_signed_in_request_costs_one_statement_more(
    browser: NewBrowser, people: list[str], statements: list[str]
) -> None:
    client, stranger = await browser(people[0]), await browser()
    statements.clear()

    await stranger.ask(SERVER)
    of_stranger = about_accounts(statements)
    await client.ask(SERVER)

    assert about_accounts(statements) - of_stranger == of_stranger + 1


async def test_a_revoked_session_is_signed_out(browser: NewBrowser, people: list[str]) -> None:
    here, there = await browser(people[0]), await browser(people[0])
    sessions = (await here.ask(VIEWER)).data["viewer"]["sessions"]
    [other] = [session["id"] for session in sessions if not session["current"]]

    revoked = await here.ask(REVOKE_SESSION, id=other)

    assert revoked.data == {"revokeSession": {"id": other}}
    assert (await there.ask(VIEWER)).code == "UNAUTHENTICATED"
    assert (await here.ask(REVOKE_SESSION, id=other)).code == "NOT_FOUND"


async def test_sessions_of_others_are_not_found(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    [session] = (await mia.ask(VIEWER)).data["viewer"]["sessions"]

    answers = [await root.ask(REVOKE_SESSION, id=other) for other in (session["id"], UNKNOWN_SESSION, "", "key_x")]

    assert [answer.code for answer in answers] == ["NOT_FOUND"] * 4
    assert (await mia.ask(VIEWER)).data


async def test_pages_of_other_sites_are_refused(browser: NewBrowser, people: list[str], server: Served) -> None:
    client = await browser(people[0])
    refused = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": server.url, "Sec-Fetch-Site": "cross-site"},
        {"Origin": server.url.rpartition(":")[0] + ":1"},
    ]

    answers = [await client.ask(VIEWER, headers=headers) for headers in refused]
    own = await client.ask(VIEWER, headers={"Origin": server.url, "Sec-Fetch-Site": "same-origin"})
    sign_in = {"email": people[0], "password": PASSWORD}
    foreign = await (await browser()).ask(SIGN_IN, headers=refused[0], input=sign_in)

    assert [answer.code for answer in answers] == ["FORBIDDEN"] * len(refused)
    assert own.data["viewer"]["email"] == people[0]
    assert foreign.code == "FORBIDDEN"
