"""A pool to choose from, and asking for the choice."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from domain.models import ProviderKind
from orchestration.inference.register import local_model
from persistence import model_registration
from persistence.database import Database
from persistence.model_registration import KnownModel
from persistence.models import ModelRow
from tests.conftest import Running
from tests.people import Person

SELECTION = """modelId confidence reasoning source taskType policyVersion durationMs model { name }
  reasons { code weight text } propensity fallbacks { name }
  candidates { model { id name } score expectedQuality expectedCostUsd expectedTtftMs excludedBecause trust }"""
CHEAP = {"quality": 0, "cost": 1, "latency": 0}
SELECT = f"query ($input: SelectModelInput!) {{ selectModel(input: $input) {{ {SELECTION} }} }}"


def known(name: str, quality: float, dollars: str, window: int = 100_000, *capabilities: str) -> KnownModel:
    price = Decimal(dollars)
    return KnownModel(
        name,
        name,
        capabilities,
        window,
        1_000,
        input_usd_per_million=price,
        output_usd_per_million=price,
        quality=quality,
    )


@pytest.fixture
async def three(server: Running, ada: Person, db: Database) -> None:
    """A strong and dear, a middling and cheap, and a small local model."""
    async with db.write() as session:
        provider_id = (await session.execute(select(ModelRow.provider_id))).scalar_one()
        offered = [known("strong", 0.9, "50", 100_000, "tools"), known("middling", 0.6, "0.5")]
        await model_registration.put_models(session, provider_id, offered, complete=True)
        local = await model_registration.put_provider(
            session, name="Local models", kind=ProviderKind.LOCAL, base_url=None, source="local"
        )
        small = local_model(
            name="small", file="small.gguf", display_name="small", context_window=1_000, parameters=0.135
        )
        await model_registration.put_models(session, local.id, [small], complete=True)
    await pool_has(ada, 4)


async def pool_has(person: Person, count: int) -> None:
    """Other processes hear of a change by a notification: wait until the server has."""
    for _ in range(500):
        if len((await select_for(person, "hi"))["candidates"]) == count:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the server has not heard of the change")


async def select_for(person: Person, prompt: str, **more: Any) -> dict[str, Any]:
    selection: dict[str, Any] = (await person.gql(SELECT, input={"prompt": prompt, **more}))["selectModel"]
    return selection
