"""Three local models under a budget that fits one, through the front door, with the real engine."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestration.inference.local.weights import CHECKOUT, ensure_weights
from persistence.database import connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import Person, sign_up

NAMES = ("Alpha-135M", "Beta-135M", "Gamma-135M")
MODELS = "query { models { name tier loadMs local health { state } } }"
WATCH = "subscription { modelHealth { name tier } }"


@pytest.fixture
async def cramped(settings: Settings, tmp_path: Path, database_url: str, db: object) -> AsyncIterator[Running]:
    """A server with one model under three names, and memory for one of them."""
    weights, folder = ensure_weights(CHECKOUT / "data" / "models"), tmp_path / "models"
    folder.mkdir()
    for name in NAMES:
        (folder / f"{name}.gguf").symlink_to(weights)
    local = {"parley_local_models": True, "parley_models": folder, "parley_local_memory_mb": 500}
    changed = Settings(**{**settings.model_dump(), **local, "openai_base_url": None, "openai_api_key": None})
    async with running(changed, connect(database_url)) as started:
        yield started


@pytest.fixture
async def eve(cramped: Running) -> AsyncIterator[Person]:
    async with sign_up(cramped, "eve@example.org", "Eve") as person:
        yield person


async def tiers(person: Person) -> dict[str, str]:
    return {model["name"]: model["tier"] for model in (await person.gql(MODELS))["models"] if model["local"]}


@pytest.mark.timeout(120)
async def test_all_three_answer_and_only_one_is_in_memory(eve: Person) -> None:
    for name in (*NAMES, NAMES[0]):
        _, events = await eve.ask("Say hello.", model=name)
        assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
        found = await tiers(eve)
        assert [other for other in NAMES if found[other] == "RAM"] == [name]
        assert {found[other] for other in NAMES if other != name} <= {"SWAP", "STORAGE"}

    models = {model["name"]: model for model in (await eve.gql(MODELS))["models"]}
    assert all(models[name]["loadMs"] > 0 for name in NAMES)


@pytest.mark.timeout(120)
async def test_who_comes_at_once_is_answered_one_after_the_other(eve: Person) -> None:
    answers = await asyncio.gather(*(eve.ask("Say hello.", model=name) for name in NAMES * 2))

    assert [events[-1]["run"]["status"] for _, events in answers] == ["COMPLETED"] * 6


@pytest.mark.timeout(120)
async def test_a_change_of_tier_is_seen_by_who_watches(eve: Person) -> None:
    loaded = asyncio.Event()

    async def watch() -> None:
        async with eve.socket() as socket:
            async for data in socket.watch(WATCH):
                if data["modelHealth"] == {"name": NAMES[1], "tier": "RAM"}:
                    loaded.set()

    watching = asyncio.create_task(watch())
    await eve.ask("Say hello.", model=NAMES[1])
    async with asyncio.timeout(10):
        await loaded.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)
