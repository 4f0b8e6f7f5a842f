"""Agents that programs ask through OpenAI's APIs."""

import asyncio
from typing import Any

import aiohttp
import openai
import pytest
from openai import AsyncOpenAI
from sqlalchemy import func, select, update

from domain.models import CallOutcome
from persistence.chats import ChatRow
from persistence.database import Database
from tests.conftest import Running
from tests.graphql.teams import SET, calls, clock_of, make, told
from tests.graphql.test_gone_chats import all_gone
from tests.people import PASSWORD, Person
from tests.server.doors import programs
from tests.upstream import Upstream

ASK: list[Any] = [{"role": "user", "content": "What time is it?"}]
DELETE_ACCOUNT = "mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { ok } }"
CHATS = "{ chats { edges { node { title lastMessage { content } } } } }"


async def chats_of(db: Database) -> list[ChatRow]:
    """Chats that somebody has: what was deleted goes in steps."""
    async with db.read() as session:
        return list(await session.scalars(select(ChatRow).where(ChatRow.owner_id.is_not(None))))


async def test_an_agent_answers_with_its_tools_and_leaves_no_chat(
    client: AsyncOpenAI, ada: Person, upstream: Upstream, db: Database
) -> None:
    await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    calls(upstream, ("current_time", {}))
    upstream.reply("It is noon.")
    said: list[Any] = [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hello!"}]

    answer = await client.chat.completions.create(model="agent:clerk", messages=[*said, *ASK])

    assert answer.choices[0].message.content == "It is noon."
    assert answer.model == "agent:clerk"
    assert answer.usage is not None
    assert answer.usage.completion_tokens == 3 + 3
    first = upstream.requests[0]["messages"]
    assert [message["content"] for message in first] == ["You are Clerk.", "Hello", "Hello!", "What time is it?"]
    assert told(upstream.requests[1])
    assert await chats_of(db) == []
    await all_gone(db)
    assert [(call.outcome, call.run_id) for call in await programs.calls(db)] == [(CallOutcome.SUCCEEDED, None)] * 2


async def test_a_chat_stays_when_the_program_wishes_it(client: AsyncOpenAI, ada: Person, upstream: Upstream) -> None:
    upstream.reply("Good morning.")

    response = await client.responses.create(model="agent:assistant", input="Hi", store=True)

    assert response.output_text == "Good morning."
    [edge] = (await ada.gql(CHATS))["chats"]["edges"]
    assert edge["node"] == {"title": "Hi", "lastMessage": {"content": "Good morning."}}


async def test_an_agent_is_streamed_and_stopped_when_its_program_leaves(
    server: Running, key: str, upstream: Upstream, db: Database
) -> None:
    upstream.reply("One two three four", held_after=3)
    asked = {"model": "agent:assistant", "messages": ASK, "stream": True}
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http,
        http.post(f"{server.url}/v1/chat/completions", json=asked) as response,
    ):
        heard = await response.content.readuntil(b"One")
    await asyncio.wait_for(upstream.closed.wait(), 20)

    assert b'"model":"agent:assistant"' in heard
    assert (await programs.first_call(db)).outcome is CallOutcome.CANCELLED
    async with asyncio.timeout(20):
        while await chats_of(db):
            await asyncio.sleep(0.01)


async def test_a_chat_that_nobody_was_left_to_remove_goes_when_its_time_is_over(
    server: Running, ada: Person, bob: Person, key: str, upstream: Upstream, db: Database
) -> None:
    upstream.reply("Kept.")
    await ada.ask("Keep this")
    upstream.reply("One two three four", held_after=3)
    asked = {"model": "agent:assistant", "messages": ASK, "stream": True}
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {key}"}) as http,
        http.post(f"{server.url}/v1/chat/completions", json=asked) as response,
    ):
        await response.content.readuntil(b"One")
        async with db.write() as session:
            due = await session.scalars(
                update(ChatRow)
                .where(ChatRow.goes_at.is_not(None))
                .values(goes_at=func.now())
                .returning(ChatRow.archived)
            )
            assert list(due) == [True]
        await bob.gql(DELETE_ACCOUNT, input={"password": PASSWORD})  # which sends the worker to look
        async with asyncio.timeout(20):
            while len(left := await chats_of(db)) > 1:
                await asyncio.sleep(0.01)
        await asyncio.wait_for(response.read(), 20)  # nothing waits for what is gone

    assert [chat.title for chat in left] == ["Keep this"]


async def test_agents_are_listed_and_those_of_others_are_not_found(
    client: AsyncOpenAI, ada: Person, bob: Person
) -> None:
    await make(ada, "Clerk")
    await make(bob, "Spy")

    names = [model.id for model in (await client.models.list()).data]

    assert {"agent:assistant", "agent:Clerk"} <= set(names)
    assert "agent:Spy" not in names
    assert (await client.models.retrieve("agent:clerk")).id == "agent:clerk"
    with pytest.raises(openai.NotFoundError, match="no agent 'Spy'"):
        await client.chat.completions.create(model="agent:Spy", messages=ASK)


async def test_an_agent_that_waits_for_a_person_is_a_failure(
    client: AsyncOpenAI, ada: Person, upstream: Upstream, db: Database
) -> None:
    await ada.gql(SET, input={"pattern": "*", "approval": "ASK"})
    await make(ada, "Clerk", toolIds=[await clock_of(ada)])
    calls(upstream, ("current_time", {}))

    with pytest.raises(openai.InternalServerError, match="needs a person's decision"):
        await client.chat.completions.create(model="agent:Clerk", messages=ASK)

    assert await chats_of(db) == []


async def test_what_agents_do_not_take_is_refused(client: AsyncOpenAI, db: Database) -> None:
    tool = {"type": "function", "function": {"name": "weather"}}
    wrong: list[dict[str, Any]] = [
        {"tools": [tool]},
        {"messages": [*ASK, {"role": "assistant", "content": "Noon."}]},
    ]
    for given in wrong:
        asked: Any = {"model": "agent:assistant", "messages": ASK, **given}
        with pytest.raises(openai.BadRequestError) as refused:
            await client.post("/chat/completions", body=asked, cast_to=object)
        assert refused.value.param == next(iter(given))
    assert await chats_of(db) == []
