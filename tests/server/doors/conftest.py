"""A provider whose models can do something, and a program of Ada's that speaks with OpenAI's client."""

from collections.abc import AsyncIterator

import pytest
from openai import AsyncOpenAI

from persistence.database import Database
from tests.conftest import Running
from tests.people import Person
from tests.server.doors.programs import key_of, openai_client
from tests.upstream import Upstream

MOCK = {
    "id": "mock",
    "supported_parameters": ["tools"],
    "architecture": {"input_modalities": ["text", "image"]},
    "pricing": {"prompt": "0.000001", "completion": "0.00001"},
}


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    """`mock` sees, takes tools and costs $1 and $10 for a million tokens; `plain` does nothing of that."""
    async with Upstream() as started:
        started.entries = [MOCK, {"id": "plain"}]
        yield started


@pytest.fixture
async def key(ada: Person, db: Database) -> str:
    """A key of Ada's that may read and write."""
    return await key_of(db, ada)


@pytest.fixture
async def client(server: Running, key: str) -> AsyncIterator[AsyncOpenAI]:
    async with openai_client(server, key) as made:
        yield made
