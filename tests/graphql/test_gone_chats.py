"""Chats that were deleted: gone for everybody at once, and from the database in bounded steps."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

from sqlalchemy import text

from domain.ids import Kind, key_of
from persistence import retention
from persistence.database import Database, connect
from persistence.retention import MESSAGES, ROWS, Step
from server.settings import Settings
from tests.archives import chat, imported
from tests.conftest import Running, running
from tests.graphql.test_ledgers import last_hour
from tests.graphql.test_search import found
from tests.graphql.test_shares import Stranger, share
from tests.people import PASSWORD, Person, sign_up
from tests.server.test_account_exports import exported
from tests.upstream import Upstream

DELETE = "mutation ($id: ID!) { deleteChat(id: $id) { id } }"
DELETE_ACCOUNT = "mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { ok } }"
CREATE = 'mutation { createChat(input: {title: "long"}) { chat { id } } }'
CHATS = "{ chats { edges { node { id } } totalCount } chatTags { tag } shares { totalCount } approvals { totalCount } }"
CALLS = "query ($range: TimeRangeInput!) { modelCalls(range: $range) { edges { node { run { id } } } } }"
NODE = "query ($id: ID!) { node(id: $id) { id } }"
CHANGES = """subscription { changes(after: "MA") { __typename } }"""
REST = ("messages", "message_words", "runs", "run_events", "run_steps", "chats")
CHANGED = "SELECT kind FROM changes"
# Each second message is an answer with a run; each hundredth has a sibling, from which a branch goes on.
FILL = """
    INSERT INTO messages (id, chat_id, parent_id, branch_id, depth, role, content, parts, status)
    SELECT md5('m' || n)::uuid, :chat, CASE WHEN n > 1 THEN md5('m' || n - 1)::uuid END, md5('m1')::uuid, n - 1,
        'ASSISTANT', 'word', '[]'::jsonb, 'COMPLETED' FROM generate_series(1, :messages) n
    UNION ALL
    SELECT md5('s' || n)::uuid, :chat, md5('m' || n)::uuid, md5('s' || n)::uuid, n,
        'USER', 'word', '[]', 'COMPLETED' FROM generate_series(1, :messages, 100) n
"""
RUNS = """
    INSERT INTO runs (id, chat_id, user_id, input_id, message_id, thinking, when_busy, status, attempt, compacted,
                      finished_at)
    SELECT md5('r' || n)::uuid, :chat, (SELECT id FROM users), md5('m' || n)::uuid, md5('m' || n + 1)::uuid,
        'IMMEDIATE', 'ENQUEUE', 'COMPLETED', 1, true, now() FROM generate_series(1, :messages - 1, 2) n
"""
EVENTS = """
    INSERT INTO run_events (run_id, sequence, kind, text, created_at)
    SELECT id, n, 'text', 'word', now() FROM runs,
        generate_series(1, CASE id WHEN md5('r1')::uuid THEN :many ELSE 3 END) n
"""


async def left(db: Database) -> dict[str, int]:
    """How many rows each table has of chats."""
    async with db.read() as session:
        return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in REST}


async def all_gone(db: Database) -> None:
    async with asyncio.timeout(30):
        while any((await left(db)).values()):
            await asyncio.sleep(0.01)


@asynccontextmanager
async def kept_from_removal(database_url: str) -> AsyncIterator[None]:
    """Nobody can remove a message meanwhile."""
    other = connect(database_url)
    async with other.engine.begin() as connection:
        await connection.execute(text("SELECT FROM messages FOR KEY SHARE"))
        yield
    await other.close()


async def long_chat(person: Person, db: Database, messages: int) -> str:
    chat_id = str((await person.gql(CREATE))["createChat"]["chat"]["id"])
    values = {"chat": key_of(Kind.CHAT, chat_id), "messages": messages, "many": 2 * ROWS}
    async with db.write() as session:
        for query in (FILL, RUNS, EVENTS):
            await session.execute(text(query), values)
    return chat_id


async def test_nothing_of_a_deleted_chat_is_seen_while_its_rows_are_still_there(
    server: Running, ada: Person, db: Database, database_url: str, upstream: Upstream
) -> None:
    upstream.reply("The capital is Reykjavik.")
    sent, _ = await ada.ask("Where do puffins live?", idempotencyKey="once")
    token = (await share(ada, sent["chat"]["id"]))["token"]
    stranger = Stranger(ada.http, server.url, "")
    ids = [sent["chat"]["id"], sent["message"]["id"], sent["reply"]["id"], sent["run"]["id"]]
    assert [(await ada.gql(NODE, id=one))["node"]["id"] for one in ids] == ids
    assert await found(ada, "puffins") != []

    async with kept_from_removal(database_url):
        await ada.gql(DELETE, id=ids[0])
        rows = await left(db)
        nodes = [await ada.answer(NODE, id=one) for one in ids]
        listed = await ada.gql(CHATS)
        hits = [await found(ada, query) for query in ("puffins", "reykjavik", "ykja")]
        shared = await stranger.reads(token)
        calls = (await ada.gql(CALLS, range=last_hour()))["modelCalls"]["edges"]
        exporting = await exported(ada)
        again = await ada.gql_error(
            "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }",
            input={"content": "Where do puffins live?", "idempotencyKey": "once"},
        )
        async with ada.socket() as socket:
            watched = await anext(socket.watch(CHANGES))
    await all_gone(db)
    async with db.read() as session:
        changed = list(await session.scalars(text(CHANGED)))

    assert changed == ["chat_deleted"], "the feed of changes does not grow with what is gone"
    assert (rows["messages"], rows["message_words"], rows["runs"], rows["chats"]) == (2, 2, 1, 1)
    assert [answer["data"]["node"] for answer in nodes] == [None] * 4
    assert listed["chats"] == {"edges": [], "totalCount": 0}
    assert listed["shares"]["totalCount"] == 0
    assert hits == [[], [], []]
    assert shared == "NOT_FOUND"
    assert [edge["node"]["run"] for edge in calls] == [None]
    assert (exporting["chats"], exporting["tables"].get("runs", [])) == ([], [])
    assert again["extensions"]["code"] == "NOT_FOUND"
    assert watched["changes"]["__typename"] == "ChatDeleted"


async def test_a_long_chat_is_removed_in_steps_of_a_bounded_size(
    settings: Settings, database_url: str, db: Database
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        await ada.gql(DELETE, id=await long_chat(ada, db, 6 * MESSAGES))
        before, steps, sizes = await left(db), list[Step](), [await left(db)]
        while not steps or steps[-1].more:
            async with db.write() as session:
                steps.append(await retention.forget_chats(session))
            sizes.append(await left(db))

    lost = [{name: was[name] - now[name] for name in was} for was, now in pairwise(sizes)]
    assert before["messages"] == 6 * MESSAGES + 6 * MESSAGES // 100
    assert max(one["messages"] for one in lost) == MESSAGES
    assert max(one["run_events"] for one in lost) <= ROWS + MESSAGES
    assert len(steps) > 7
    assert not any(sizes[-1].values())


async def test_what_one_process_has_deleted_another_one_removes(
    settings: Settings, database_url: str, db: Database
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})
    async with running(apart, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        await ada.gql(DELETE, id=await long_chat(ada, db, 10))
    assert (await left(db))["chats"] == 1

    async with running(settings, connect(database_url)):
        await all_gone(db)


async def test_an_account_goes_after_its_long_chats(settings: Settings, database_url: str, db: Database) -> None:
    async with running(settings, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        await long_chat(ada, db, 2 * MESSAGES)
        async with sign_up(server, "bob@example.org", "Bob"):
            pass
        async with db.write() as session:
            await session.execute(text("UPDATE users SET role = 'ADMIN'"))
        await ada.gql(DELETE_ACCOUNT, input={"password": PASSWORD})
        await all_gone(db)
        async with asyncio.timeout(30):
            while await people(db) > 1:
                await asyncio.sleep(0.01)


async def test_the_links_of_a_deleted_account_lead_nowhere_at_once(
    settings: Settings, database_url: str, db: Database
) -> None:
    apart = settings.model_copy(update={"parley_worker": False})  # so what Bob has is still there
    async with (
        running(apart, connect(database_url)) as server,
        sign_up(server, "ada@example.org", "Ada") as ada,
        sign_up(server, "bob@example.org", "Bob") as bob,
    ):
        await imported(bob, chat("Puffins", "Where do they live?", "In Iceland."))
        chat_id = (await bob.gql(CHATS))["chats"]["edges"][0]["node"]["id"]
        token, stranger = (await share(bob, chat_id))["token"], Stranger(ada.http, server.url, "")
        before = await stranger.reads(token)
        await bob.gql(DELETE_ACCOUNT, input={"password": PASSWORD})
        after, kept = await stranger.reads(token), await left(db)

    assert before == ["Where do they live?", "In Iceland."]
    assert after == "NOT_FOUND"
    assert kept["messages"] == 2


async def people(db: Database) -> int:
    async with db.read() as session:
        return await session.scalar(text("SELECT count(*) FROM users")) or 0
