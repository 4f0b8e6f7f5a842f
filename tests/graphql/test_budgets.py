"""Budgets: what was spent is what the ledger says, and nobody spends more than there is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from domain.errors import BudgetExceeded
from domain.ids import Kind, key_of
from orchestration.inference.budgets import Budgets
from persistence.database import conninfo
from tests.conftest import Running
from tests.graphql.budgets import LIST, me, program, put, run_of
from tests.people import SEND, Person
from tests.upstream import Upstream

__all__ = ["program"]

PRICE = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }"
LEDGER = """SELECT coalesce(sum(c.input_tokens + c.output_tokens), 0), coalesce(sum(c.cost_usd), 0)
  FROM model_calls c JOIN users u ON u.id = c.user_id WHERE u.email = :email"""


async def ledger(server: Running, person: Person) -> tuple[int, Decimal]:
    async with server.db.read() as session:
        tokens, usd = (await session.execute(text(LEDGER), {"email": person.email})).one()
        return int(tokens), usd


@contextlib.asynccontextmanager
async def own_block(server: Running) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """A transaction beside those of the server."""
    async with await psycopg.AsyncConnection.connect(conninfo(server.db.engine.url)) as connection:
        yield connection


async def waiting_for(connection: psycopg.AsyncConnection[Any], table: str, count: int) -> None:
    """Until so many transactions wait for a table."""
    waits = "SELECT count(*) FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
    async with asyncio.timeout(20):
        while (await (await connection.execute(waits, [table])).fetchone() or [0])[0] < count:
            await asyncio.sleep(0.01)


@pytest.fixture
async def priced(ada: Person) -> None:
    """A million tokens of the only model cost a thousand dollars."""
    [model] = (await ada.gql("{ models { id } }"))["models"]
    await ada.gql(PRICE, input={"id": model["id"], "inputUsdPerMillion": "1000", "outputUsdPerMillion": "1000"})


async def test_what_was_spent_is_what_the_ledger_says(
    ada: Person, bob: Person, server: Running, priced: None, program: tuple[str, Person]
) -> None:
    key, script = program
    await run_of(bob, "before there is a budget")
    whole = await put(ada, userId=await me(bob), maxTokens=1_000_000)
    through_key = await put(ada, userId=await me(bob), apiKeyId=key, maxUsd="500")
    assert whole is not None
    assert through_key is not None
    before = await ledger(server, bob)
    assert (whole["use"]["spentTokens"], Decimal(whole["use"]["spentUsd"])) == before
    assert before[0] > 0
    assert through_key["use"]["spentTokens"] == 0

    sent = (await script.gql(SEND, input={"content": "through the key"}))["sendMessage"]
    await bob.events(sent["run"]["id"])
    await run_of(bob, "in the browser")

    after = await ledger(server, bob)
    uses = {edge["node"]["apiKeyId"]: edge["node"]["use"] for edge in (await bob.gql(LIST))["budgets"]["edges"]}
    assert (uses[None]["spentTokens"], Decimal(uses[None]["spentUsd"])) == after
    assert 0 < uses[key]["spentTokens"] < after[0] - before[0]
    assert [use["reservedTokens"] for use in uses.values()] == [0, 0]
    resets = datetime.fromisoformat(whole["use"]["resetsAt"])
    assert (resets.hour, resets.minute) == (0, 0)
    assert 0 < (resets - datetime.now(UTC)).total_seconds() <= 86_400


async def test_without_money_a_message_is_refused_and_nothing_is_stored(
    ada: Person, bob: Person, upstream: Upstream, program: tuple[str, Person]
) -> None:
    key, script = program
    await put(ada, userId=await me(bob), apiKeyId=key, maxTokens=0)

    error = await script.gql_error(SEND, input={"content": "hello"})
    run = await run_of(bob, "the person still may")
    await put(ada, userId=await me(bob), maxTokens=0)
    refused = await bob.gql_error(SEND, input={"content": "hello"})

    assert error["extensions"]["code"] == refused["extensions"]["code"] == "BUDGET_EXCEEDED"
    assert "resetsAt" in error["extensions"]
    assert "this API key" in error["message"]
    assert run["status"] == "COMPLETED"
    assert len((await bob.gql("{ chats { edges { node { id } } } }"))["chats"]["edges"]) == 1
    assert (await run_of(ada, "others may"))["status"] == "COMPLETED"


DOORS: list[tuple[str, dict[str, Any]]] = [
    (f"/v1/{path}", {"model": model, asked: [{"role": "user", "content": "hello"}]})
    for path, asked in (("chat/completions", "messages"), ("responses", "input"))
    for model in ("auto", "mock", "agent:assistant")
]


@pytest.mark.parametrize(("path", "body"), DOORS)
async def test_a_key_spends_its_budget_at_the_doors_of_openai_too(
    ada: Person, bob: Person, server: Running, upstream: Upstream, program: tuple[str, Person], path: str, body: Any
) -> None:
    key, script = program
    await put(ada, userId=await me(bob), apiKeyId=key, maxTokens=1_000_000)
    async with script.http.post(f"{server.url}{path}", json=body) as response:
        assert response.status == 200, await response.text()
    [edge] = (await bob.gql(LIST))["budgets"]["edges"]
    spent = edge["node"]["use"]["spentTokens"]
    assert spent == (await ledger(server, bob))[0] > 0

    await put(ada, userId=await me(bob), apiKeyId=key, maxTokens=0)
    asked = len(upstream.requests)
    async with script.http.post(f"{server.url}{path}", json=body) as response:
        error = (await response.json())["error"]
    assert (response.status, error["code"]) == (402, "insufficient_quota")
    assert "this API key" in error["message"]

    await put(ada, userId=await me(bob), apiKeyId=key, maxTokens=spent + 5)  # not enough for a call
    async with script.http.post(f"{server.url}{path}", json=body) as response:
        assert response.status == 402, await response.text()
    assert len(upstream.requests) == asked


async def test_a_call_that_could_cost_too_much_is_not_made(
    ada: Person, bob: Person, upstream: Upstream, priced: None
) -> None:
    await put(ada, userId=await me(bob), maxUsd="0.5")  # an answer may have 4,096 tokens, which is $4

    run = await run_of(bob, "hello")

    assert (run["status"], run["error"]["code"]) == ("FAILED", "BUDGET_EXCEEDED")
    assert "$0.5" in run["error"]["message"]
    assert upstream.requests == []


async def test_calls_at_once_cannot_both_take_what_is_left(
    ada: Person, bob: Person, upstream: Upstream, priced: None
) -> None:
    await put(ada, userId=await me(bob), maxTokens=9_000)  # for two calls at once
    upstream.hold()

    asked = [asyncio.create_task(run_of(bob, f"question {number}")) for number in range(6)]
    async with asyncio.timeout(30):
        while sum(one.done() for one in asked) < 4:
            await asyncio.wait([one for one in asked if not one.done()], return_when=asyncio.FIRST_COMPLETED)
    upstream.release()
    runs = await asyncio.gather(*asked)

    [edge] = (await bob.gql(LIST))["budgets"]["edges"]
    assert {run["error"]["code"] for run in runs if run["error"]} <= {"BUDGET_EXCEEDED"}
    assert sorted(run["status"] for run in runs) == ["COMPLETED"] * 2 + ["FAILED"] * 4
    assert len(upstream.requests) == sum(run["status"] == "COMPLETED" for run in runs)
    assert edge["node"]["use"]["spentTokens"] <= 9_000
    assert edge["node"]["use"]["reservedTokens"] == 0


async def test_nobody_spends_while_budgets_are_being_read(ada: Person, bob: Person, server: Running) -> None:
    await put(ada, userId=await me(bob), maxTokens=0)
    user, read = key_of(Kind.USER, await me(bob)), Budgets(server.db)

    async def check() -> None:
        async with server.db.read() as session:
            await read.check(session, user, None)

    async with own_block(server) as lock:
        await lock.execute("LOCK TABLE budgets IN ACCESS EXCLUSIVE MODE")
        checks = [asyncio.create_task(check()) for _ in range(2)]
        await waiting_for(lock, "budgets", 2)
    ended = await asyncio.gather(*checks, return_exceptions=True)

    assert [type(one) for one in ended] == [BudgetExceeded] * 2


async def test_a_budget_that_is_set_during_a_read_counts(ada: Person, bob: Person, server: Running) -> None:
    user, read = key_of(Kind.USER, await me(bob)), Budgets(server.db)

    async def check(*, as_of_now: asyncio.Event | None = None) -> None:
        async with server.db.write() as session:  # reads are in autocommit
            if as_of_now is not None:
                await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
                await session.execute(text("SELECT 1"))
                as_of_now.set()
                await locked.wait()
            await read.check(session, user, None)

    seen, locked = asyncio.Event(), asyncio.Event()
    early = asyncio.create_task(check(as_of_now=seen))
    await seen.wait()
    await put(ada, userId=await me(bob), maxTokens=0)
    async with own_block(server) as lock:
        await lock.execute("LOCK TABLE budgets IN ACCESS EXCLUSIVE MODE")
        locked.set()
        await waiting_for(lock, "budgets", 1)
        read.changed()
    await early  # began before there was a budget

    with pytest.raises(BudgetExceeded):
        await check()
