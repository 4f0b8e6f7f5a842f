"""Two providers of which the second stands in for the first, and what is seen of them."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text

from persistence.database import Database
from tests.people import Person, text_of
from tests.upstream import Upstream, start_upstream

ADD = """mutation ($input: AddProviderInput!) { addProvider(input: $input) {
  provider { id } models { id name } } }"""
EDIT = "mutation ($input: UpdateModelInput!) { updateModel(input: $input) { model { id } } }"
HEALTH = "query { models { id name health { state breaker } } }"
RUN = """query ($id: ID!) { run(id: $id) { status error { code message retryable }
  usage { requests inputTokens cachedInputTokens outputTokens reasoningTokens costUsd }
  message { content modelUsed } calls { outcome errorCode costUsd estimated model { name } } } }"""
QUALITY = {"quality": 1, "cost": 0, "latency": 0}


class Pair(NamedTuple):
    """Two providers with a model each; `first` is the one that is chosen, because it is said to be the better."""

    first: Upstream
    second: Upstream
    ids: dict[str, str]


@pytest.fixture
async def pair(ada: Person, upstream: Upstream) -> AsyncIterator[Pair]:
    [mock] = (await ada.gql(HEALTH))["models"]
    await ada.gql(EDIT, input={"id": mock["id"], "enabled": False})
    async with start_upstream(["gpt-4.1"]) as first, start_upstream(["gpt-4o-mini"]) as second:
        ids: dict[str, str] = {}
        for name, provider in (("First", first), ("Second", second)):
            given = {"name": name, "baseUrl": provider.base_url, "apiKey": f"sk-{name}"}
            [model] = (await ada.gql(ADD, input=given))["addProvider"]["models"]
            prices = {"inputUsdPerMillion": "2", "cachedInputUsdPerMillion": "0.5", "outputUsdPerMillion": "8"}
            await ada.gql(EDIT, input={"id": model["id"], **prices})
            ids[model["name"]] = model["id"]
        yield Pair(first, second, ids)


async def ask(person: Person, content: str = "hi", **more: Any) -> dict[str, Any]:
    """The run when it has ended, and the answer as a client has put it together."""
    sent, events = await person.ask(content, preference=QUALITY, **more)
    run: dict[str, Any] = (await person.gql(RUN, id=sent["run"]["id"]))["run"]
    return {**run, "text": text_of(events)}


async def ledger(db: Database) -> list[tuple[str, str, str | None]]:
    async with db.read() as session:
        rows = await session.execute(text("SELECT model_name, outcome, error_code FROM model_calls ORDER BY id"))
        return [(row[0], row[1], row[2]) for row in rows]


async def forget(db: Database) -> None:
    """The selection looks at the ledger as well; these tests are about the breaker alone."""
    async with db.write() as session:
        await session.execute(text("DELETE FROM model_calls"))


async def breakers(person: Person) -> dict[str, str]:
    return {model["name"]: model["health"]["breaker"] for model in (await person.gql(HEALTH))["models"]}
