"""The model pool through the front door."""

from decimal import Decimal

from sqlalchemy import select

from domain.models import ProviderKind
from orchestration.inference.register import local_model
from persistence import model_registration
from persistence.database import Database
from persistence.model_registration import KnownModel
from persistence.models import ModelRow
from tests.orchestration.pools import let_rest
from tests.people import Person
from tests.upstream import Upstream

MODELS = """query Models { models {
  id name displayName enabled available capabilities contextWindow maxOutputTokens
  inputUsdPerMillion outputUsdPerMillion tier local
  provider { id name kind baseUrl hasApiKey }
  health { state since errorRate reason ttftMs { p50 p95 p99 } outputTokensPerSecond { p50 } }
} }"""


async def add_models(db: Database, *names: str) -> None:
    async with db.write() as session:
        local = await model_registration.put_provider(
            session, name="Local models", kind=ProviderKind.LOCAL, base_url=None, source="local"
        )
        known = [
            local_model(name=name, file=f"{name}.gguf", display_name=name.upper(), context_window=2048, parameters=0.1)
            for name in names
        ]
        await model_registration.put_models(session, local.id, known, complete=True)


async def test_the_models_of_the_settings_and_of_the_folder_are_listed(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    await add_models(db, "tiny")

    found = {model["name"]: model for model in (await ada.gql(MODELS))["models"]}

    assert set(found) == {"mock", "tiny"}
    assert (found["tiny"]["local"], found["tiny"]["tier"], found["tiny"]["displayName"]) == (
        True,
        "STORAGE",
        "TINY",
    )
    assert (found["mock"]["local"], found["mock"]["tier"]) == (False, "REMOTE")
    assert found["mock"]["provider"]["baseUrl"] == upstream.base_url
    assert found["mock"]["provider"]["hasApiKey"] is True
    assert found["tiny"]["provider"]["kind"] == "local"
    assert found["tiny"]["health"]["state"] == "UNKNOWN"
    assert found["tiny"]["health"]["ttftMs"] == {"p50": None, "p95": None, "p99": None}


async def test_health_and_times_come_from_real_calls(ada: Person, upstream: Upstream) -> None:
    upstream.reply("one two three four five six")

    await ada.ask("hello")

    [model] = (await ada.gql(MODELS))["models"]
    assert model["health"]["state"] == "HEALTHY"
    assert model["health"]["errorRate"] == 0
    assert model["health"]["ttftMs"]["p50"] > 0
    assert model["health"]["outputTokensPerSecond"]["p50"] > 0


async def test_a_model_that_fails_three_times_is_down_for_a_while(
    ada: Person, db: Database, upstream: Upstream
) -> None:
    for _ in range(3):
        upstream.html()
        await ada.ask("hello", model="mock")

    [model] = (await ada.gql(MODELS))["models"]

    assert model["health"]["state"] == "DOWN"
    assert model["health"]["errorRate"] == 1
    assert "The last 3 calls in a row failed" in model["health"]["reason"]

    await let_rest(db)
    [model] = (await ada.gql(MODELS))["models"]
    assert model["health"]["state"] == "DEGRADED"


async def test_the_list_costs_the_same_statements_however_long_it_is(
    ada: Person, db: Database, statements: list[str]
) -> None:
    async def cost() -> int:
        statements.clear()
        await ada.gql(MODELS)
        return len([statement for statement in statements if " models" in statement or "providers" in statement])

    await add_models(db, "a")
    few = await cost()
    await add_models(db, *(f"model-{number}" for number in range(60)))

    assert await cost() == few == 3


async def test_prices_are_exact_decimals(ada: Person, db: Database) -> None:
    async with db.write() as session:
        provider_id = (await session.execute(select(ModelRow.provider_id))).scalar_one()
        known = KnownModel("dear", "Dear", input_usd_per_million=Decimal("0.1"), output_usd_per_million=Decimal("2.50"))
        await model_registration.put_models(session, provider_id, [known], complete=False)

    found = {model["name"]: model for model in (await ada.gql(MODELS))["models"]}

    assert Decimal(found["dear"]["inputUsdPerMillion"]) == Decimal("0.1")
    assert isinstance(found["dear"]["outputUsdPerMillion"], str)


async def test_nobody_sees_the_models_without_signing_in(ada: Person) -> None:
    await ada.gql("mutation { signOut { ok } }")

    assert (await ada.gql_error(MODELS))["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_model_and_its_provider_are_nodes(ada: Person) -> None:
    [model] = (await ada.gql(MODELS))["models"]
    ids = [model["id"], model["provider"]["id"]]

    data = await ada.gql("query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", ids=ids)

    assert data["nodes"] == [{"__typename": "Model", "id": ids[0]}, {"__typename": "Provider", "id": ids[1]}]
