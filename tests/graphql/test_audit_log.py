"""The audit log: who did what, when and from where; told by the transaction that makes it true."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from sqlalchemy import insert, text

from domain.accounts import AuditKind
from domain.ids import id_at, new_id, tick_of
from orchestration.upkeep import Lifetimes, forget_old
from persistence.audit_events import STEP, AuditEventRow
from persistence.database import Database
from tests.browsers import Browser, NewBrowser
from tests.graphql.test_invitations import INVITE
from tests.graphql.test_users import UPDATE, id_of
from tests.people import PASSWORD

LOG = """query ($first: Int, $after: String, $filter: AuditFilter) {
    auditLog(first: $first, after: $after, filter: $filter) {
        edges { node { id kind actor subject createdAt ipAddress userAgent details { name value } } }
        pageInfo { hasNextPage endCursor } totalCount } }"""
NODE = "query ($id: ID!) { node(id: $id) { __typename } }"
KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { apiKey { id } secret } }"


async def logged(client: Browser, **variables: Any) -> list[dict[str, Any]]:
    found = (await client.ask(LOG, **variables)).data["auditLog"]["edges"]
    return [edge["node"] for edge in found]


async def test_security_events_are_logged_with_who_and_from_where(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    await root.ask(UPDATE, input={"id": await id_of(mia), "role": "ADMIN"})
    await (await browser()).sign_in(people[1], "wrong password")
    secret = (await root.ask(KEY, input={"name": "program"})).data["createApiKey"]["secret"]

    events = await logged(root, first=4)

    seen = [(event["kind"], event["actor"], event["subject"]) for event in events]
    assert seen == [
        ("API_KEY_CREATED", people[0], people[0]),
        ("SIGN_IN_FAILED", None, people[1]),
        ("ROLE_CHANGED", people[0], people[1]),
        ("SIGNED_IN", None, people[1]),
    ]
    assert events[2]["details"] == [{"name": "role", "value": "ADMIN"}]
    assert {(event["ipAddress"], event["userAgent"]) for event in events} == {("127.0.0.1", "a browser")}
    assert secret not in json.dumps(events)


async def test_members_see_what_is_about_them_and_nothing_else(browser: NewBrowser, people: list[str]) -> None:
    root, mia = await browser(people[0]), await browser(people[1])
    root_id, mia_id = await id_of(root), await id_of(mia)
    await root.ask(INVITE, input={})
    await root.ask(UPDATE, input={"id": mia_id, "disabled": False, "role": "ADMIN"})
    await root.ask(UPDATE, input={"id": mia_id, "role": "MEMBER"})

    own = await logged(mia)
    asked_for_root = await logged(mia, filter={"userId": root_id})
    foreign = (await logged(root, filter={"kinds": ["USER_INVITED"]}))[0]["id"]

    assert [event["kind"] for event in own] == ["ROLE_CHANGED", "ROLE_CHANGED", "SIGNED_IN"]
    assert {event["subject"] for event in [*own, *asked_for_root]} == {people[1]}
    assert (await mia.ask(NODE, id=foreign)).data["node"] is None
    assert (await root.ask(NODE, id=foreign)).data["node"] == {"__typename": "AuditEvent"}


async def test_the_log_is_filtered_and_paged_in_few_statements(
    browser: NewBrowser, people: list[str], statements: list[str]
) -> None:
    root = await browser(people[0])
    for _ in range(4):
        await root.ask(INVITE, input={})
    wanted = {"kinds": ["USER_INVITED"], "userId": await id_of(root), "since": "2020-01-01T00:00:00Z"}
    statements.clear()

    first = (await root.ask(LOG, first=3, filter=wanted)).data["auditLog"]
    counted = sum("audit_events" in said for said in statements)
    rest = (await root.ask(LOG, first=3, after=first["pageInfo"]["endCursor"], filter=wanted)).data["auditLog"]
    before = await logged(root, filter={"until": "2020-01-01T00:00:00Z"})

    assert (first["totalCount"], len(first["edges"]), len(rest["edges"])) == (4, 3, 1)
    assert counted == 2
    assert before == []
    for wrong in ("2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00"):
        assert (await root.ask(LOG, filter={"since": wrong})).code == "BAD_USER_INPUT"


async def test_a_stranger_writes_no_lines_into_the_log(browser: NewBrowser, people: list[str]) -> None:
    root = await browser(people[0])
    document = 'mutation { signIn(input: {email: "pass\\nword", password: "x"}) { viewer { id } } }'
    payload = json.dumps({"query": document}).encode()
    head = (
        b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"User-Agent: evil\x85SIGNED_IN\xa0root " + b"x" * 400 + b"\r\n"
        b"Content-Length: " + str(len(payload)).encode() + b"\r\n\r\n"
    )
    host, _, port = root.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head + payload)
    answer = await reader.read()
    writer.close()

    [event] = await logged(root, first=1)

    assert b"UNAUTHENTICATED" in answer
    assert (event["kind"], event["actor"], event["subject"]) == ("SIGN_IN_FAILED", None, None)
    assert len(event["userAgent"]) == 300
    assert event["userAgent"].startswith("evil\ufffdSIGNED_IN\xa0root xxx")
    assert "pass" not in json.dumps(event)  # what was typed as an address may be a password


async def test_an_event_that_cannot_be_logged_does_not_happen(
    browser: NewBrowser, people: list[str], db: Database
) -> None:
    mia = await browser(people[1])
    async with db.write() as session:
        await session.execute(
            text("ALTER TABLE audit_events ADD CONSTRAINT full_disk CHECK (kind <> 'API_KEY_CREATED')")
        )
    try:
        refused = await mia.ask(KEY, input={"name": "program"})
    finally:
        async with db.write() as session:
            await session.execute(text("ALTER TABLE audit_events DROP CONSTRAINT full_disk"))

    assert refused.code == "INTERNAL"
    assert (await mia.ask("{ viewer { apiKeys { id } } }")).data["viewer"]["apiKeys"] == []


async def test_old_events_go_and_young_ones_stay(browser: NewBrowser, people: list[str], db: Database) -> None:
    old = datetime.now(UTC) - timedelta(days=366)
    rows = [{"id": id_at(tick_of(old)), "created_at": old, "kind": AuditKind.SIGNED_IN} for _ in range(STEP + 1)]
    async with db.write() as session:
        await session.execute(insert(AuditEventRow), [*rows, {"id": new_id(), "kind": AuditKind.SIGNED_OUT}])

    await forget_old(db, Lifetimes(audit=timedelta(days=365)))

    async with db.read() as session:
        assert await session.scalar(text("SELECT string_agg(kind, ' ') FROM audit_events")) == "SIGNED_OUT"


async def test_a_program_needs_the_scope_for_it(browser: NewBrowser, people: list[str]) -> None:
    root = await browser(people[0])
    secret = (await root.ask(KEY, input={"name": "program", "scopes": ["read", "write"]})).data["createApiKey"][
        "secret"
    ]

    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {secret}"}) as http:
        assert (await Browser(http, root.url).ask(LOG)).code == "FORBIDDEN"
    assert PASSWORD not in json.dumps(await logged(root))
