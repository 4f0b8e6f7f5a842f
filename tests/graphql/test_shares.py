"""Shares: who has the link reads what was there, and nobody else anything."""

from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from sqlalchemy import insert, update

from domain.ids import new_id, parse
from persistence.database import Database
from persistence.shares import MOST_SHARES, ShareRow
from tests.archives import about_chats, chat, imported
from tests.graphql.threads import busy
from tests.people import Person, Served
from tests.upstream import Upstream

SHARE = """mutation ($input: ShareChatInput!) {
  shareChat(input: $input) { token share { id title createdAt expiresAt chat { id } } } }"""
SHARED = """query ($token: String!, $first: Int, $after: String) { sharedChat(token: $token) {
  title createdAt expiresAt messages(first: $first, after: $after) {
    edges { node { role content createdAt modelUsed } } pageInfo { hasNextPage endCursor } totalCount } } }"""
SHARES = """query ($first: Int, $after: String) { shares(first: $first, after: $after) {
  edges { node { id title chat { title } } } pageInfo { hasNextPage endCursor } totalCount } }"""
REVOKE = "mutation ($id: ID!) { revokeShare(id: $id) { id } }"


async def share(person: Person, chat_id: str, **more: Any) -> dict[str, Any]:
    shared: dict[str, Any] = (await person.gql(SHARE, input={"chatId": chat_id, **more}))["shareChat"]
    return shared


class Stranger(Person):
    """Somebody who has never signed in."""

    async def reads(self, token: str) -> list[str] | str:
        """The texts behind a link, or the code of the error."""
        answer = await self.answer(SHARED, token=token)
        if answer.get("errors"):
            return str(answer["errors"][0]["extensions"]["code"])
        return [edge["node"]["content"] for edge in answer["data"]["sharedChat"]["messages"]["edges"]]


@pytest.fixture
async def stranger(server: Served) -> Any:
    async with aiohttp.ClientSession() as http:
        yield Stranger(http, server.url, "")


async def test_a_stranger_with_the_link_reads_what_was_there_and_nothing_later(ada: Person, stranger: Stranger) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    shared = await share(ada, chat_id)
    before = await stranger.gql(SHARED, token=shared["token"])
    await ada.ask("two", chatId=chat_id)
    await ada.ask("one, edited", chatId=chat_id, parentId=None)
    await ada.gql('mutation ($id: ID!) { updateChat(input: {id: $id, title: "later"}) { chat { id } } }', id=chat_id)

    after = await stranger.gql(SHARED, token=shared["token"])

    assert after == before
    assert after["sharedChat"]["title"] == sent["chat"]["title"]
    assert [edge["node"]["role"] for edge in after["sharedChat"]["messages"]["edges"]] == ["USER", "ASSISTANT"]
    assert after["sharedChat"]["messages"]["totalCount"] == 2


async def test_an_answer_that_is_being_written_is_not_shared(
    ada: Person, upstream: Upstream, stranger: Stranger
) -> None:
    chat_id, sent = await busy(ada, upstream, "queued")
    shared = await share(ada, chat_id)

    assert await stranger.reads(shared["token"]) == ["first"]
    upstream.release()
    for one in sent:
        await ada.events(one["run"]["id"])
    assert await stranger.reads(shared["token"]) == ["first"]


async def test_a_revoked_or_expired_link_leads_nowhere(ada: Person, db: Database, stranger: Stranger) -> None:
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]
    revoked = await share(ada, chat_id)
    expired = await share(ada, chat_id, expiresAt="2100-01-01T00:00:00Z")
    deleted = await share(ada, chat_id)
    assert await stranger.reads(expired["token"]) == await stranger.reads(deleted["token"]) != "NOT_FOUND"

    await ada.gql(REVOKE, id=revoked["share"]["id"])
    async with db.write() as session:
        kind, key = parse(expired["share"]["id"]) or (None, None)
        assert kind == "share"
        await session.execute(update(ShareRow).where(ShareRow.id == key).values(expires_at=datetime.now(UTC)))

    assert await stranger.reads(revoked["token"]) == "NOT_FOUND"
    assert await stranger.reads(expired["token"]) == "NOT_FOUND"
    assert len(await stranger.reads(deleted["token"])) == 2
    await ada.gql("mutation ($id: ID!) { deleteChat(id: $id) { id } }", id=chat_id)
    assert await stranger.reads(deleted["token"]) == "NOT_FOUND"


async def test_only_the_whole_token_opens_a_share(ada: Person, stranger: Stranger, db: Database) -> None:
    sent, _ = await ada.ask("one")
    shared = await share(ada, sent["chat"]["id"])
    token = shared["token"]

    guesses = ["", token[:-1], token + "x", token.lower(), shared["share"]["id"], "%", "x" * 10_000, "\ud83d"]

    assert [await stranger.reads(guess) for guess in guesses] == ["NOT_FOUND"] * len(guesses)
    assert len(token) == 43  # 256 random bits
    async with db.read() as session:
        row = await session.get(ShareRow, (parse(shared["share"]["id"]) or (None, None))[1])
    assert row is not None
    assert token.encode() not in row.token_hash


async def test_chats_and_shares_of_others_do_not_exist(ada: Person, bob: Person) -> None:
    sent, _ = await ada.ask("one")
    shared = await share(ada, sent["chat"]["id"])

    errors = [
        await bob.gql_error(SHARE, input={"chatId": sent["chat"]["id"]}),
        await bob.gql_error(REVOKE, id=shared["share"]["id"]),
        await bob.gql_error(REVOKE, id="share_x"),
    ]

    assert [error["extensions"]["code"] for error in errors] == ["NOT_FOUND"] * 3
    assert (await bob.gql(SHARES))["shares"]["totalCount"] == 0
    nodes = "query ($id: ID!) { node(id: $id) { __typename } }"
    assert (await bob.gql(nodes, id=shared["share"]["id"]))["node"] is None
    assert (await ada.gql(nodes, id=shared["share"]["id"]))["node"] == {"__typename": "Share"}


async def test_shares_are_listed_newest_first_with_as_many_statements_for_many(
    ada: Person, statements: list[str]
) -> None:
    await imported(ada, [chat(f"chat {n}", "text") for n in range(6)])
    page = await ada.gql("{ chats { edges { node { id title } } } }")
    counts = []
    for edge in page["chats"]["edges"]:
        await share(ada, edge["node"]["id"])
        statements.clear()
        listed = (await ada.gql(SHARES, first=5))["shares"]
        counts.append(about_chats(statements))

    rest = (await ada.gql(SHARES, after=listed["pageInfo"]["endCursor"]))["shares"]

    assert counts[0] == counts[-1]
    assert len({edge["node"]["id"] for edge in [*listed["edges"], *rest["edges"]]}) == 6
    assert (listed["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
    assert all(edge["node"]["title"] == edge["node"]["chat"]["title"] for edge in listed["edges"])


async def test_long_shares_come_in_pages(ada: Person, stranger: Stranger) -> None:
    await imported(ada, chat("long", *(f"message {n}" for n in range(7))))
    page = await ada.gql("{ chats { edges { node { id } } } }")
    shared = await share(ada, page["chats"]["edges"][0]["node"]["id"])

    first = (await stranger.gql(SHARED, token=shared["token"], first=4))["sharedChat"]["messages"]
    after = first["pageInfo"]["endCursor"]
    rest = (await stranger.gql(SHARED, token=shared["token"], after=after))["sharedChat"]["messages"]

    texts = [edge["node"]["content"] for edge in [*first["edges"], *rest["edges"]]]
    assert texts == [f"message {n}" for n in range(7)]


async def test_what_cannot_be_shared_is_refused(ada: Person, db: Database) -> None:
    empty = (await ada.gql('mutation { createChat(input: {title: "empty"}) { chat { id } } }'))["createChat"]["chat"]
    sent, _ = await ada.ask("one")
    chat_id = sent["chat"]["id"]

    nothing = await ada.gql_error(SHARE, input={"chatId": empty["id"]})
    past = await ada.gql_error(SHARE, input={"chatId": chat_id, "expiresAt": "2020-01-01T00:00:00Z"})
    shared = await share(ada, chat_id)
    async with db.write() as session:
        row = await session.get_one(ShareRow, (parse(shared["share"]["id"]) or (None, None))[1])
        same = {"owner_id": row.owner_id, "chat_id": row.chat_id, "head_id": row.head_id, "title": "more"}
        more = [same | {"id": new_id(), "token_hash": bytes([n % 256, n // 256])} for n in range(MOST_SHARES - 1)]
        await session.execute(insert(ShareRow), more)
    full = await ada.gql_error(SHARE, input={"chatId": chat_id})

    assert nothing["extensions"]["code"] == full["extensions"]["code"] == "CONFLICT"
    assert past["extensions"]["fields"].keys() == {"input.expiresAt"}
