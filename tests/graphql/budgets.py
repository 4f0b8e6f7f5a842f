"""What tests of budgets have in common: setting them, and who spends."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.conftest import Running
from tests.people import Person

SET = """mutation ($input: SetBudgetInput!) { setBudget(input: $input) { budget {
  id userId apiKeyId period maxTokens maxUsd
  use { spentTokens spentUsd reservedTokens reservedUsd resetsAt } } } }"""
LIST = """query ($userId: ID, $first: Int, $after: String) {
  budgets(userId: $userId, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { node { id userId apiKeyId period use { spentTokens spentUsd reservedTokens } } } } }"""
KEY = "mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { secret apiKey { id } } }"


async def me(person: Person) -> str:
    return str((await person.gql("{ viewer { id } }"))["viewer"]["id"])


async def put(admin: Person, **input: Any) -> dict[str, Any] | None:
    budget: dict[str, Any] | None = (await admin.gql(SET, input={"period": "DAY", **input}))["setBudget"]["budget"]
    return budget


async def run_of(person: Person, content: str) -> dict[str, Any]:
    _, events = await person.ask(content)
    run: dict[str, Any] = events[-1]["run"]
    return run


@pytest.fixture
async def program(bob: Person, server: Running) -> AsyncIterator[tuple[str, Person]]:
    """Bob's API key, and a program that uses it."""
    made = (await bob.gql(KEY, input={"name": "a program"}))["createApiKey"]
    headers = {"Authorization": f"Bearer {made['secret']}"}
    async with aiohttp.ClientSession(headers=headers) as http:
        yield made["apiKey"]["id"], Person(http, server.url, bob.email)
