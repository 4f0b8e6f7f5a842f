"""Chats that are longer than their model's window go on, and what matters of them stays."""

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import func, select, update

from domain.calls import CallPurpose
from domain.ids import Kind, key_of
from orchestration.inference.selection import Selector
from orchestration.memory.summarizing import Summarizing
from persistence import summaries
from persistence.database import Database
from persistence.models import ModelCallRow
from persistence.summaries import Made, SummaryRow
from server.models import open_pool
from server.settings import Settings
from tests.graphql.long_chats import (
    CONTEXT,
    REMOVE,
    WINDOW,
    context,
    is_summary,
    long_chat,
    questions,
    small_model,
    summarised,
    summary_on,
    system,
)
from tests.people import Person
from tests.upstream import Upstream

PIN = """mutation { addMemory(input: {text: "My boat is called Nautilus.", pinned: true}) { memory { id } } }"""


async def test_a_chat_of_500_turns_goes_on_in_a_small_window(ada: Person, db: Database, upstream: Upstream) -> None:
    await small_model(ada, upstream)
    await ada.gql(PIN)
    chat_id, _ = await long_chat(ada, db, 500)

    ended = []
    for number in range(5):
        _, events = await ada.ask(f"Question {number}?", chatId=chat_id)
        ended.append((events[-1]["run"]["status"], events[-1]["message"]["content"]))
        if number == 2:
            use = await summarised(ada, chat_id)

    assert ended == [("COMPLETED", "A short answer.")] * 5
    assert upstream.refused == 0
    assert all("My boat is called Nautilus." in system(request) for request in questions(upstream))
    assert 0 < use["usedTokens"] < use["windowTokens"] == WINDOW
    before, after = questions(upstream)[0]["messages"], questions(upstream)[-1]["messages"]
    assert [before[-1]["content"], after[-1]["content"]] == ["Question 0?", "Question 4?"]
    assert len(before) > 40  # as much as fits, while there was no summary
    assert "Summary number" in system(questions(upstream)[-1])
    assert "Question 2?" in [message["content"] for message in after]
    made = [request for request in upstream.requests if is_summary(request)]
    assert "Message 0:" in made[0]["messages"][1]["content"]
    assert "Summary number 1." in made[1]["messages"][1]["content"]
    async with db.read() as session:
        purpose = ModelCallRow.purpose == CallPurpose.SUMMARY
        spent = (await session.execute(select(func.count(), func.sum(ModelCallRow.cost_usd)).where(purpose))).one()
        shown = await session.scalar(select(func.sum(SummaryRow.cost_usd)))
    assert spent == (len(made), shown)
    assert shown is not None
    assert shown > 0


async def test_a_summary_hangs_on_its_message_and_can_be_removed_with_those_that_go_on_from_it(
    ada: Person, bob: Person, db: Database, upstream: Upstream
) -> None:
    await small_model(ada, upstream)
    chat_id, ids = await long_chat(ada, db, 60)
    await ada.ask("And now?", chatId=chat_id)
    last = (await summarised(ada, chat_id))["summarizedUpTo"]

    on_last = await summary_on(ada, last)
    assert on_last is not None
    assert (on_last["messageId"], on_last["modelUsed"]) == (last, "mock")
    assert Decimal(on_last["costUsd"]) > 0
    hung = [key for key in ids if await summary_on(ada, key)]
    assert len(hung) > 1
    first = await summary_on(ada, hung[0])
    assert first is not None
    assert first["baseId"] is None
    node = "query ($id: ID!) { node(id: $id) { ... on Summary { text } } }"
    assert (await ada.gql(node, id=first["id"]))["node"] == {"text": "Summary number 1."}

    assert (await bob.gql_error(REMOVE, id=first["id"]))["extensions"]["code"] == "NOT_FOUND"
    assert (await bob.gql(node, id=first["id"]))["node"] is None
    await ada.gql(REMOVE, id=first["id"])

    assert (await context(ada, chat_id))["summarizedUpTo"] is None
    assert [await summary_on(ada, key) for key in hung] == [None] * len(hung)
    await ada.ask("Still there?", chatId=chat_id)
    assert "Summary number" not in system(questions(upstream)[-1])
    assert upstream.refused == 0
    assert (await ada.gql_error(REMOVE, id=first["id"]))["extensions"]["code"] == "NOT_FOUND"


async def test_a_summary_of_another_branch_is_never_used(ada: Person, db: Database, upstream: Upstream) -> None:
    await small_model(ada, upstream)
    chat_id, ids = await long_chat(ada, db, 60)
    await ada.ask("And now?", chatId=chat_id)
    up_to = ids.index((await summarised(ada, chat_id))["summarizedUpTo"])
    hung = [place for place, key in enumerate(ids) if await summary_on(ada, key)]

    assert hung[0] > 20
    await ada.ask("else " * 1_500, chatId=chat_id, siblingOf=ids[20])  # so long that not all fits
    beside = system(questions(upstream)[-1])
    on_other = await context(ada, chat_id)
    await ada.ask("Here?", chatId=chat_id, parentId=ids[hung[0] + 2])
    between = system(questions(upstream)[-1])
    await ada.ask("There?", chatId=chat_id, parentId=ids[up_to])
    behind = system(questions(upstream)[-1])

    assert "Summary number" not in beside
    assert len(questions(upstream)[1]["messages"]) > 10
    assert on_other["summarizedUpTo"] not in [ids[place] for place in hung]  # it may have one of its own by now
    assert "Summary number" not in between  # the messages themselves still fit
    assert f"Summary number {len(hung)}." in behind
    assert upstream.refused == 0


async def test_what_a_dead_worker_has_left_is_made_by_another_and_only_once(
    ada: Person, db: Database, upstream: Upstream, settings: Settings
) -> None:
    await small_model(ada, upstream)
    chat_id, ids = await long_chat(ada, db, 20)
    chat, up_to = key_of(Kind.CHAT, chat_id), key_of(Kind.MESSAGE, ids[9])
    async with db.write() as session:
        assert await summaries.wish(session, chat_id=chat, message_id=up_to, room=3_072, local=False)
        assert not await summaries.wish(session, chat_id=chat, message_id=up_to, room=3_072, local=False)
        another = key_of(Kind.MESSAGE, ids[11])
        assert not await summaries.wish(session, chat_id=chat, message_id=another, room=3_072, local=False)
        dead = await summaries.take(session, timedelta(minutes=5))
        assert dead is not None
        assert await summaries.take(session, timedelta(minutes=5)) is None
    async with db.write() as session:
        await session.execute(update(SummaryRow).values(due_at=func.now() - timedelta(seconds=1)))

    pool = open_pool(settings, db)
    await pool.start()
    selector = Selector(db, pool)
    another_worker = Summarizing(db, pool, selector)
    made = [await another_worker.make_one() for _ in range(2)]
    await selector.close()
    await pool.close()

    assert made == [True, False]
    assert (await context(ada, chat_id))["summarizedUpTo"] == ids[9]
    async with db.write() as session:
        assert not await summaries.held(session, dead.row, None, timedelta(minutes=5))
        await summaries.keep(session, dead.row, up_to, Made("kept twice", "mock", Decimal(0)), None)
        count = await session.scalar(select(func.count()).where(SummaryRow.message_id == up_to))
    assert count == 1


async def test_a_summary_that_cannot_be_made_blocks_nothing_and_is_paid_for(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await small_model(ada, upstream)
    chat_id, _ = await long_chat(ada, db, 60)
    upstream.reply("First.")
    upstream.fail(400, "broken", times=1)
    upstream.reply("Second.")

    _, first = await ada.ask("One?", chatId=chat_id)
    await called_for_a_summary(upstream)
    _, second = await ada.ask("Two?", chatId=chat_id)

    assert [events[-1]["message"]["content"] for events in (first, second)] == ["First.", "Second."]
    async with db.read() as session:
        [wish] = list(await session.scalars(select(SummaryRow)))
        failed = select(func.count()).where(ModelCallRow.purpose == CallPurpose.SUMMARY)
        assert await session.scalar(failed) == 1
    assert (wish.made_at, wish.tries) == (None, 1)


async def called_for_a_summary(upstream: Upstream) -> None:
    while not any(map(is_summary, upstream.requests)):
        upstream.asked.clear()
        await upstream.asked.wait()


async def test_the_context_of_many_chats_costs_one_statement(
    ada: Person, db: Database, upstream: Upstream, statements: list[str]
) -> None:
    """The gauge counts what is told beside the messages, too; for a model that is asked for, its window."""
    chats = [(await long_chat(ada, db, turns))[0] for turns in (1, 10, 150)]
    [model] = (await ada.gql("query { models { id contextWindow } }"))["models"]
    ask = """query ($model: ID) { chats { edges { node { id a: context { usedTokens windowTokens }
      b: context(modelId: $model) { windowTokens } } } } }"""

    statements.clear()
    found = await ada.gql(ask, model=model["id"])

    assert len([statement for statement in statements if "summaries" in statement]) == 1
    use = {edge["node"]["id"]: edge["node"] for edge in found["chats"]["edges"]}
    short, middle, long = (use[chat]["a"]["usedTokens"] for chat in chats)
    assert 0 < short < middle < long
    assert long - short > 198 * 30  # messages beyond the 200 newest do not count
    assert long - short < 210 * 50
    assert {use[chat]["b"]["windowTokens"] for chat in chats} == {model["contextWindow"]}
    empty = await ada.gql("mutation { createChat(input: {}) { chat { id } } }")
    assert (await ada.gql(CONTEXT, id=empty["createChat"]["chat"]["id"]))["chat"]["context"] is None
