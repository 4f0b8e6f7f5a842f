"""What tests about long chats share: a model with a small window, a long history, and waiting for summaries."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, update

from domain.ids import Kind, global_id, key_of, new_id
from domain.messages import MessageRole, MessageStatus
from persistence.chats import ChatRow
from persistence.database import Database
from persistence.messages import MessageRow
from tests.people import Person
from tests.upstream import Upstream

WINDOW, ANSWER = 4_096, 1_024
"""Tokens of the model, and what of it is kept for the answer."""
EDIT = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { contextWindow } } }"
CONTEXT = """query ($id: ID!) { chat(id: $id) { headId context { usedTokens windowTokens summarizedUpTo } } }"""
NODE = """query ($id: ID!) { node(id: $id) { ... on Message {
  id content summary { id text messageId baseId modelUsed costUsd } } } }"""
REMOVE = "mutation ($id: ID!) { removeSummary(id: $id) { id } }"
NOTES = "You keep the notes"


def system(request: dict[str, Any]) -> str:
    first = request["messages"][0]
    return str(first["content"]) if first["role"] == "system" else ""


def is_summary(request: dict[str, Any]) -> bool:
    return system(request).startswith(NOTES)


def questions(upstream: Upstream) -> list[dict[str, Any]]:
    """The requests that were made to answer people."""
    return [request for request in upstream.requests if not is_summary(request)]


async def small_model(person: Person, upstream: Upstream) -> None:
    """The model has a small window and a price, refuses what does not fit, and numbers its summaries."""
    [model] = (await person.gql("query { models { id } }"))["models"]
    price = {"inputUsdPerMillion": "2", "outputUsdPerMillion": "4"}
    await person.gql(EDIT, input={"id": model["id"], "contextWindow": WINDOW, **price})
    upstream.window = WINDOW - ANSWER

    def respond(body: dict[str, Any]) -> str:
        made = sum(map(is_summary, upstream.requests))
        return f"Summary number {made}." if is_summary(body) else "A short answer."

    upstream.respond = respond


async def long_chat(person: Person, db: Database, turns: int) -> tuple[str, list[str]]:
    """A chat with so many questions and answers, stored at once; its id and those of its messages."""
    made = await person.gql("mutation { createChat(input: {}) { chat { id } } }")
    chat_id = made["createChat"]["chat"]["id"]
    ids = [new_id() for _ in range(2 * turns)]
    rows: list[dict[str, Any]] = [
        {
            "id": key, "chat_id": key_of(Kind.CHAT, chat_id), "parent_id": ids[depth - 1] if depth else None,
            "branch_id": ids[0], "depth": depth, "role": MessageRole.ASSISTANT if depth % 2 else MessageRole.USER,
            "content": f"Message {depth}: " + "some more words " * 6, "parts": [],
            "status": MessageStatus.COMPLETED, "model_used": "mock" if depth % 2 else None,
        }
        for depth, key in enumerate(ids)
    ]  # fmt: skip
    async with db.write() as session:
        await session.execute(insert(MessageRow), rows)
        here = update(ChatRow).where(ChatRow.id == rows[0]["chat_id"])
        await session.execute(here.values(head_id=ids[-1], message_count=len(ids)))
    return chat_id, [global_id(Kind.MESSAGE, key) for key in ids]


async def context(person: Person, chat_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await person.gql(CONTEXT, id=chat_id))["chat"]["context"]
    return found


async def summarised(person: Person, chat_id: str) -> dict[str, Any]:
    """Wait until the branch has been summarised and takes no more than it should; its context."""
    for _ in range(1_000):
        use = await context(person, chat_id)
        if use["summarizedUpTo"] is not None and use["usedTokens"] < (WINDOW - ANSWER) * 0.6:
            return use
        await asyncio.sleep(0.01)
    pytest.fail("no summary was made in time")


async def summary_on(person: Person, message_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await person.gql(NODE, id=message_id))["node"]["summary"]
    return found
