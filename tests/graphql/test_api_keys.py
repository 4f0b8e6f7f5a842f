"""API keys: what they may do, what is refused, and their end."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update

from persistence.accounts import ApiKeyRow
from persistence.database import Database
from resolvers.registration import create_api_key
from tests.browsers import SERVER, VIEWER, NewBrowser, about_accounts
from tests.people import PASSWORD

UNKNOWN_SESSION = "session_" + "0" * 32
UNKNOWN_KEY = "key_" + "0" * 32
SIGN_OUT = "mutation { signOut { ok } }"
REVOKE_SESSION = "mutation ($id: ID!) { revokeSession(id: $id) { id } }"
CREATE_KEY = """mutation ($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { apiKey { id name prefix scopes expiresAt } secret } }"""
REVOKE_KEY = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }"
UPDATE_VIEWER = "mutation ($input: UpdateViewerInput!) { updateViewer(input: $input) { viewer { name } } }"
CHANGE_PASSWORD = """mutation ($input: ChangePasswordInput!) {
    changePassword(input: $input) { viewer { sessions { current } } } }"""


async def test_lists_of_sessions_and_keys_cost_the_same_however_long(
    browser: NewBrowser, people: list[str], statements: list[str], db: Database
) -> None:
    client = await browser(people[0])
    counts = []
    for _ in range(2):
        statements.clear()
        await client.ask(VIEWER)
        counts.append(about_accounts(statements))
        for n in range(5):
            await browser(people[0])
            await create_api_key(db, people[0], f"key {n}")

    assert counts[0] == counts[1] == 4  # who asks, the person, sessions, keys


async def test_keys_of_others_are_not_found(browser: NewBrowser, people: list[str], db: Database) -> None:
    secret = await create_api_key(db, people[1], "of mia")
    root, mia = await browser(people[0]), await browser(key=secret)
    [key] = (await mia.ask(VIEWER)).data["viewer"]["apiKeys"]

    answers = [await root.ask(REVOKE_KEY, id=other) for other in (key["id"], UNKNOWN_KEY, "session_x")]

    assert [answer.code for answer in answers] == ["NOT_FOUND"] * 3
    assert (await mia.ask(VIEWER)).data


async def test_a_key_reads_and_writes_until_it_is_revoked(browser: NewBrowser, people: list[str]) -> None:
    owner = await browser(people[0])
    made = (await owner.ask(CREATE_KEY, input={"name": " script "})).data["createApiKey"]
    program = await browser(key=made["secret"])

    viewer = (await program.ask(VIEWER)).data["viewer"]
    revoked = await owner.ask(REVOKE_KEY, id=made["apiKey"]["id"])
    after = await program.ask(VIEWER)

    assert made["secret"].startswith("pk_")
    assert len(made["secret"]) == 46
    assert made["secret"].startswith(made["apiKey"]["prefix"])
    assert len(made["apiKey"]["prefix"]) == 10
    assert made["apiKey"]["name"] == "script"
    assert made["apiKey"]["scopes"] == ["read", "write"]
    assert viewer["apiKeys"][0]["lastUsedAt"] is not None
    assert not any(session["current"] for session in viewer["sessions"])
    assert revoked.data["revokeApiKey"]["id"] == made["apiKey"]["id"]
    assert after.code == "UNAUTHENTICATED"


async def test_a_key_that_expired_is_refused(browser: NewBrowser, people: list[str], db: Database) -> None:
    secret = await create_api_key(db, people[0], "old")
    async with db.write() as session:
        await session.execute(update(ApiKeyRow).values(expires_at=datetime.now(UTC)))

    assert (await (await browser(key=secret)).ask(SERVER)).code == "UNAUTHENTICATED"


@pytest.mark.parametrize("said", ["Bearer", "Bearer ", "Bearer x", "pk_x", "Token x", "Bearer " + "x" * 900])
async def test_a_bad_bearer_is_never_silently_anonymous(browser: NewBrowser, people: list[str], said: str) -> None:
    signed_in = await browser(people[0])

    answer = await signed_in.ask(SERVER, headers={"Authorization": said})

    assert answer.code == "UNAUTHENTICATED"


async def test_a_key_counts_before_the_cookie(browser: NewBrowser, people: list[str], db: Database) -> None:
    root, secret = await browser(people[0]), await create_api_key(db, people[1], "of mia")

    answer = await root.ask(VIEWER, headers={"Authorization": f"bearer {secret}"})

    assert answer.data["viewer"]["email"] == people[1]


async def test_a_key_does_only_what_its_scopes_say(browser: NewBrowser, people: list[str], db: Database) -> None:
    both = await browser(key=await create_api_key(db, people[0], "usual"))
    writer = await browser(key=await create_api_key(db, people[0], "writer", ["write"]))
    passwords = {"currentPassword": PASSWORD, "newPassword": "another password"}

    answers = [
        await both.ask(CREATE_KEY, input={"name": "child"}),
        await both.ask(REVOKE_KEY, id=UNKNOWN_KEY),
        await both.ask(REVOKE_SESSION, id=UNKNOWN_SESSION),
        await both.ask(UPDATE_VIEWER, input={"name": "Else"}),
        await both.ask(CHANGE_PASSWORD, input=passwords),
        await both.ask(SIGN_OUT),
        await writer.ask(VIEWER),
    ]

    assert [answer.code for answer in answers] == ["FORBIDDEN"] * 7


async def test_a_key_never_makes_a_mightier_key(browser: NewBrowser, people: list[str], db: Database) -> None:
    program = await browser(key=await create_api_key(db, people[0], "limited", ["account", "read"]))

    by_default = await program.ask(CREATE_KEY, input={"name": "child"})
    named = await program.ask(CREATE_KEY, input={"name": "child", "scopes": ["read", "write"]})
    less = await program.ask(CREATE_KEY, input={"name": "child", "scopes": ["read", "read"]})

    assert by_default.code == named.code == "FORBIDDEN"
    assert less.data["createApiKey"]["apiKey"]["scopes"] == ["read"]


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": ""}, "input.name"),
        ({"name": "x" * 101}, "input.name"),
        ({"scopes": ["read", "everything"]}, "input.scopes"),
        ({"scopes": []}, "input.scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "input.expiresAt"),
        ({"expiresAt": "9999-12-31T23:59:59-12:00"}, "input.expiresAt"),
        ({"expiresAt": "2090-01-01T00:00:00"}, "input.expiresAt"),
    ],
)
async def test_what_is_wrong_with_a_key_is_said(
    browser: NewBrowser, people: list[str], given: dict[str, Any], path: str
) -> None:
    client = await browser(people[0])

    answer = await client.ask(CREATE_KEY, input={"name": "a key"} | given)

    assert answer.code == "BAD_USER_INPUT"
    assert list(answer.error["extensions"]["fields"]) == [path]
    if "everything" in given.get("scopes", []):
        assert all(scope in answer.error["message"] for scope in ("`read`", "`write`", "`account`"))


async def test_a_person_has_at_most_fifty_keys(browser: NewBrowser, people: list[str], db: Database) -> None:
    client = await browser(people[0])
    for n in range(48):
        await create_api_key(db, people[0], f"key {n}")

    answers = await asyncio.gather(*(client.ask(CREATE_KEY, input={"name": f"{n}"}) for n in range(6)))

    assert sorted(a.code for a in answers if a.body.get("errors")) == ["CONFLICT"] * 4


async def test_a_key_needs_no_origin(browser: NewBrowser, people: list[str], db: Database) -> None:
    program = await browser(key=await create_api_key(db, people[0], "elsewhere"))

    assert (await program.ask(VIEWER, headers={"Origin": "https://elsewhere.example"})).data
