"""The inbox of approvals: what waits for whom, in pages, and how it is heard of."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, update

from persistence.approvals import ApprovalRow
from persistence.database import Database
from tests.graphql.teams import DECIDE, SET, calls, clock_of, make, watch, with_tools
from tests.people import Person
from tests.upstream import Upstream

INBOX = """query ($first: Int, $after: String, $pending: Boolean) {
  approvals(first: $first, after: $after, pending: $pending) {
    edges { node { id toolName arguments decision run { id status chat { id title } } } }
    pageInfo { hasNextPage endCursor } totalCount } }"""
CHANGES = """subscription { changes { __typename
  ... on ApprovalChanged { approval { id decision run { id } } } } }"""


async def clerk_who_asks(person: Person) -> str:
    await with_tools(person)
    await person.gql(SET, input={"pattern": "*", "approval": "ASK"})
    return await make(person, "Clerk", toolIds=[await clock_of(person)])


async def request(person: Person, upstream: Upstream, agent: str) -> dict[str, Any]:
    """A run that waits, with what it waits for."""
    calls(upstream, ("current_time", {}))
    sent = await person.send("What time is it?", agentId=agent)
    events = await watch(person, sent["run"]["id"], until="ApprovalRequested")
    return {**events[-1]["approval"], "run": sent["run"]["id"]}


async def test_the_inbox_has_what_waits_newest_first_and_its_pages_are_stable(ada: Person, upstream: Upstream) -> None:
    agent = await clerk_who_asks(ada)
    made = [(await request(ada, upstream, agent))["id"] for _ in range(3)]
    first = (await ada.gql(INBOX, first=2, pending=True))["approvals"]
    later = await request(ada, upstream, agent)
    rest = (await ada.gql(INBOX, after=first["pageInfo"]["endCursor"], pending=True))["approvals"]
    upstream.reply("Fine.")
    await ada.gql(DECIDE, input={"approvalId": later["id"], "decision": "REJECT"})
    await watch(ada, later["run"])
    await ada.gql(
        "mutation ($id: ID!) { cancelRun(id: $id) { run { id } } }", id=first["edges"][0]["node"]["run"]["id"]
    )

    pending = (await ada.gql(INBOX, pending=True))["approvals"]
    done = (await ada.gql(INBOX, pending=False))["approvals"]
    every = (await ada.gql(INBOX))["approvals"]

    assert [edge["node"]["id"] for edge in (*first["edges"], *rest["edges"])] == made[::-1]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (3, True, False)
    assert [edge["node"]["id"] for edge in pending["edges"]] == made[1::-1]
    assert [edge["node"]["id"] for edge in done["edges"]] == [later["id"], made[2]], "a run that ended waits no more"
    assert every["totalCount"] == 4


async def test_approvals_of_others_are_not_in_the_inbox(ada: Person, bob: Person, upstream: Upstream) -> None:
    approval = await request(ada, upstream, await clerk_who_asks(ada))

    error = await bob.gql_error(DECIDE, input={"approvalId": approval["id"], "decision": "APPROVE"})
    page = (await bob.gql(INBOX))["approvals"]

    assert error["extensions"]["code"] == "NOT_FOUND"
    assert (page["edges"], page["totalCount"]) == ([], 0)


async def test_an_inbox_of_many_costs_as_many_statements_as_one_of_one(
    ada: Person, upstream: Upstream, statements: list[str]
) -> None:
    agent = await clerk_who_asks(ada)
    await request(ada, upstream, agent)
    statements.clear()
    await ada.gql(INBOX)
    for_one = len(statements)
    for _ in range(4):
        await request(ada, upstream, agent)
    statements.clear()

    page = (await ada.gql(INBOX))["approvals"]

    assert len(page["edges"]) == 5
    assert len(statements) == for_one


async def approvals_heard(person: Person, heard: asyncio.Queue[dict[str, Any]], listening: asyncio.Event) -> None:
    async with person.socket() as socket:
        changes: AsyncIterator[dict[str, Any]] = socket.watch(CHANGES)
        async for data in changes:
            listening.set()
            if data["changes"]["__typename"] == "ApprovalChanged":
                heard.put_nowait(data["changes"]["approval"])


async def test_a_request_a_decision_and_the_end_of_patience_are_heard_in_the_feed(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    agent = await clerk_who_asks(ada)
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    listening = asyncio.Event()
    watching = asyncio.create_task(approvals_heard(ada, heard, listening))
    while not listening.is_set():  # without a cursor the feed begins whenever the server has taken the subscription
        await ada.gql('mutation { createChat(input: {title: "x"}) { chat { id } } }')

    decided = await request(ada, upstream, agent)
    asked = await heard.get()
    upstream.reply("Fine.")
    await ada.gql(DECIDE, input={"approvalId": decided["id"], "decision": "APPROVE"})
    answered = await heard.get()
    await watch(ada, decided["run"])
    forgotten = await request(ada, upstream, agent)
    await heard.get()
    upstream.reply("Then not.")
    async with db.write() as session:
        await session.execute(
            update(ApprovalRow).where(ApprovalRow.decision.is_(None)).values(expires_at=func.now() - timedelta(days=1))
        )
    lapsed = await heard.get()
    events = await watch(ada, forgotten["run"])
    watching.cancel()

    assert asked == {"id": decided["id"], "decision": None, "run": {"id": decided["run"]}}
    assert (answered["id"], answered["decision"]) == (decided["id"], "APPROVE")
    assert (lapsed["id"], lapsed["decision"]) == (forgotten["id"], "REJECT")
    assert events[-1]["message"]["content"] == "Then not."
    assert upstream.requests[-1]["messages"][-1]["content"] == "Nobody decided in time."
