"""Each way of thinking for real, on the largest model in `data/models` or the embedded one; `-s` shows the answers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orchestration.inference.local.files import ModelFile, scan
from orchestration.inference.local.weights import CHECKOUT, ensure_weights
from orchestration.thinking.future import PROJECT, Forecast
from orchestration.thinking.structured import structured
from orchestration.thinking.thinker import TOO_SMALL
from persistence.database import Database, connect
from server.models import open_pool
from server.settings import Settings
from tests.conftest import running
from tests.orchestration.thoughts import plans, steps_of, watch
from tests.people import Person, sign_up, text_of

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]
QUESTION = "I have one free day in Paris and 50 euros. What should I do?"


@pytest.fixture
def model(tmp_path: Path) -> ModelFile:
    """The only model in the folder of these tests."""
    ensure_weights(CHECKOUT / "data" / "models")
    found, _ = scan(CHECKOUT / "data" / "models")
    largest = max(found, key=lambda one: one.parameters)
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / largest.file).symlink_to(CHECKOUT / "data" / "models" / largest.file)
    return largest


@pytest.fixture
def local(settings: Settings, tmp_path: Path, model: ModelFile) -> Settings:
    changed = {"parley_local_models": True, "parley_models": tmp_path / "models", "openai_base_url": None}
    return Settings(**settings.model_dump() | changed | {"openai_api_key": None})


@pytest.fixture
async def eve(local: Settings, database_url: str, db: Database) -> AsyncIterator[Person]:
    async with running(local, connect(database_url)) as started, sign_up(started, "eve@example.org", "Eve") as person:
        yield person


async def answered(person: Person, thinking: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    sent = await person.send(QUESTION, thinking=thinking)
    events = await watch(person, sent["run"]["id"])
    run = await steps_of(person, sent["run"]["id"])
    assert events[-1]["run"]["status"] == "COMPLETED", events[-1]
    assert text_of(events) == events[-1]["message"]["content"] != ""
    notes = [event["note"] for event in events if event["__typename"] == "PlanUpdated" and event["note"]]
    print(f"\n--- {thinking}\n{plans(events)[-1:]} {notes[-1:]}\n{text_of(events)}")
    return events, run


async def test_immediate(eve: Person) -> None:
    events, _ = await answered(eve, "IMMEDIATE")
    assert not plans(events)


async def test_strategic(eve: Person, model: ModelFile) -> None:
    events, run = await answered(eve, "STRATEGIC")
    assert plans(events)
    planned = any(step["kind"] == "PLAN" for step in run["steps"])
    assert planned == (model.parameters >= TOO_SMALL), "a model that is too small is not even asked for a plan"


async def test_future(eve: Person, model: ModelFile) -> None:
    events, run = await answered(eve, "FUTURE")
    assert plans(events)
    explored = any(step["kind"] == "EXPLORE" for step in run["steps"])
    assert explored == (model.parameters >= TOO_SMALL)


async def test_a_local_model_is_held_to_a_form_by_a_grammar(local: Settings, db: Database) -> None:
    prompt = PROJECT.format(title="Walk", idea="See the city on foot.")
    asked: Any = [{"role": "user", "content": f"{QUESTION}\n\n---\n{prompt}"}]
    pool = open_pool(local, db)
    await pool.start()
    try:
        [facts] = await pool.facts()
        async with pool.open(facts.model.id) as chain:
            forecast = await structured(chain, None, asked, Forecast)
            print(f"\n--- a forecast\n{forecast.model_dump_json(indent=1)}")
    finally:
        await pool.close()
    assert len(chain.calls) == 1, "the first answer had the form"
