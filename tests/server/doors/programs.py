"""Programs that come through the other doors, and what they leave in the ledger."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from openai import AsyncOpenAI
from sqlalchemy import select

from domain.accounts import Scope
from persistence.database import Database
from persistence.models import ModelCallRow
from resolvers.registration import create_api_key
from tests.conftest import Running
from tests.people import Person

BOTH = (Scope.READ, Scope.WRITE)


async def key_of(db: Database, person: Person, scopes: Sequence[Scope] = BOTH) -> str:
    return await create_api_key(db, person.email, "a program", list(scopes))


@contextlib.asynccontextmanager
async def openai_client(server: Running, key: str) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(base_url=f"{server.url}/v1", api_key=key, max_retries=0) as made:
        yield made


async def calls(db: Database) -> list[ModelCallRow]:
    """All lines of the ledger."""
    async with db.read() as session:
        return list(await session.scalars(select(ModelCallRow).order_by(ModelCallRow.started_at)))


async def first_call(db: Database) -> ModelCallRow:
    """The first line of the ledger, as soon as there is one."""
    async with asyncio.timeout(20):
        while not (found := await calls(db)):
            await asyncio.sleep(0.01)
    return found[0]
