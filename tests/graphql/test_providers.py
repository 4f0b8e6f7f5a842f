"""Providers and their models through the front door: added, corrected, tried out, watched and removed."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database
from tests.people import Person
from tests.upstream import Upstream, start_upstream

SECRET = "4711-no-prefix-tells-that-this-is-a-key"
PROVIDER = "id name kind baseUrl hasApiKey managed problem discoveredAt"
MODEL = """id name displayName enabled available capabilities contextWindow edited
  inputUsdPerMillion cachedInputUsdPerMillion outputUsdPerMillion prices { inputUsdPerMillion outputUsdPerMillion }
  health { state reason breaker openUntil }"""
ADD = f"""mutation ($input: AddProviderInput!) {{ addProvider(input: $input) {{
  provider {{ {PROVIDER} models {{ name }} }} models {{ {MODEL} }} }} }}"""
UPDATE = f"""mutation ($input: UpdateProviderInput!) {{ updateProvider(input: $input) {{
  provider {{ {PROVIDER} }} models {{ {MODEL} }} }} }}"""
REFRESH = f"mutation ($id: ID!) {{ refreshProvider(id: $id) {{ provider {{ {PROVIDER} }} models {{ name }} }} }}"
REMOVE = "mutation ($id: ID!) { removeProvider(id: $id) { id } }"
EDIT = f"mutation ($input: UpdateModelInput!) {{ updateModel(input: $input) {{ model {{ {MODEL} }} }} }}"
TEST = "mutation ($id: ID!) { testModel(id: $id) { ok ttftMs outputTokensPerSecond error { code message } } }"
MODELS = f"query {{ models {{ {MODEL} provider {{ name }} }} }}"
WATCH = "subscription { modelHealth { id name tier enabled health { state since errorRate breaker } } }"


async def add(person: Person, upstream: Upstream, **more: Any) -> dict[str, Any]:
    given = {"name": "Mine", "kind": "openai", "baseUrl": upstream.base_url, "apiKey": SECRET, **more}
    added: dict[str, Any] = (await person.gql(ADD, input=given))["addProvider"]
    return added


async def test_a_provider_is_added_with_its_models_and_used_at_once(ada: Person) -> None:
    async with start_upstream(["large", "small", "text-embedding-3"]) as other:
        added = await add(ada, other)

        assert [model["name"] for model in added["models"]] == ["large", "small"]
        assert added["provider"]["hasApiKey"] is True
        assert (added["provider"]["problem"], added["provider"]["managed"]) == (None, False)
        _, events = await ada.ask("hi", model="large")
        assert events[-1]["run"]["status"] == "COMPLETED"
        assert other.headers[-1]["Authorization"] == f"Bearer {SECRET}"


async def test_what_a_provider_tells_of_its_models_is_kept(ada: Person, upstream: Upstream) -> None:
    upstream.entries = [
        {
            "id": "vendor/router-model", "context_length": 200_000, "top_provider": {"max_completion_tokens": 9_000},
            "pricing": {"prompt": "0.000003", "completion": "0.000015", "input_cache_read": "0.0000003"},
            "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["text"]},
            "supported_parameters": ["tools", "reasoning", "max_tokens"],
        },
        {"id": "painter", "architecture": {"output_modalities": ["image"]}},
        {"id": "meta/plain", "context_length": 8_192, "pricing": {"input": 0.18, "output": 0.59}, "type": "chat"},
        {"id": 7}, "nonsense", {"id": "odd", "context_length": -1, "pricing": {"prompt": "-1", "completion": "x"}},
    ]  # fmt: skip

    added = await add(ada, upstream, kind="openrouter")

    models = {model["name"]: model for model in added["models"]}
    plain, vendor = models["meta/plain"], models["vendor/router-model"]
    assert set(models) == {"meta/plain", "vendor/router-model", "odd"}
    assert vendor["capabilities"] == ["reasoning", "tools", "vision"]
    assert vendor["contextWindow"] == 200_000
    prices = ("inputUsdPerMillion", "cachedInputUsdPerMillion", "outputUsdPerMillion")
    assert [Decimal(vendor[name]) for name in prices] == [3, Decimal("0.3"), 15]
    assert (Decimal(plain["inputUsdPerMillion"]), plain["cachedInputUsdPerMillion"]) == (Decimal("0.18"), None)


async def test_a_provider_that_does_not_answer_is_kept_and_says_why(ada: Person, upstream: Upstream) -> None:
    url = upstream.base_url
    await upstream.stop()

    added = (await ada.gql(ADD, input={"name": "Away", "kind": "Ollama", "baseUrl": url}))["addProvider"]

    assert added["models"] == []
    assert "cannot be reached" in added["provider"]["problem"]
    assert added["provider"]["kind"] == "ollama"
    assert added["provider"]["hasApiKey"] is False


async def test_models_that_a_provider_does_not_list_are_named(ada: Person, upstream: Upstream) -> None:
    added = await add(ada, upstream, kind="azure", models=["my-deployment", "my-deployment", " "])

    assert [model["name"] for model in added["models"]] == ["my-deployment"]
    await ada.ask("hi", model="my-deployment")
    assert upstream.headers[-1]["api-key"] == SECRET


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("kind", {"kind": "carrier-pigeon"}),
        ("baseUrl", {"kind": "azure", "baseUrl": None}),
        ("baseUrl", {"baseUrl": "ftp://example.com"}),
        ("baseUrl", {"baseUrl": "https://user:word@example.com/v1"}),
        ("baseUrl", {"baseUrl": "http://169.254.169.254/latest/meta-data"}),
        ("baseUrl", {"baseUrl": "http://[::ffff:169.254.169.254]/v1"}),
        ("baseUrl", {"baseUrl": "http://[fe80::1]/v1"}),
        ("baseUrl", {"baseUrl": "https://example.com/v1?api-version=1"}),
        ("name", {"name": "x" * 101}),
        ("apiKey", {"apiKey": "two\nlines"}),
    ],
)
async def test_what_cannot_be_a_provider_is_refused_with_the_field(
    ada: Person, upstream: Upstream, field: str, given: dict[str, Any]
) -> None:
    error = await ada.gql_error(ADD, input={"name": "Mine", "baseUrl": upstream.base_url, "apiKey": SECRET, **given})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert f"input.{field}" in error["extensions"]["fields"]
    assert upstream.requests == []


async def test_a_name_for_a_forbidden_address_is_not_asked(ada: Person, upstream: Upstream) -> None:
    # The resolver takes any way of writing an address for a name; this one is 169.254.169.254.
    added = await add(ada, upstream, baseUrl="http://2852039166/v1")

    assert added["models"] == []
    assert "cannot be reached" in added["provider"]["problem"]


async def test_a_removed_provider_is_gone_with_its_models_but_not_from_the_ledger(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    async with start_upstream(["gone"]) as other:
        added = await add(ada, other)
        await ada.ask("hi", model="gone")

    await ada.gql(REMOVE, id=added["provider"]["id"])

    assert [m["name"] for m in (await ada.gql(MODELS))["models"]] == ["mock"]
    assert (await ada.gql_error(REMOVE, id=added["provider"]["id"]))["extensions"]["code"] == "NOT_FOUND"
    async with db.read() as session:
        assert (await session.execute(text("SELECT model_name, model_id FROM model_calls"))).all() == [("gone", None)]


async def test_what_the_server_keeps_by_itself_is_neither_changed_nor_removed(ada: Person) -> None:
    found = (await ada.gql("query { providers { id managed } }"))["providers"]
    assert [provider["managed"] for provider in found] == [True, True]  # the local models, and the settings' own

    refused = [await ada.gql_error(REMOVE, id=provider["id"]) for provider in found]
    refused += [await ada.gql_error(UPDATE, input={"id": provider["id"], "name": "Mine"}) for provider in found]

    assert {error["extensions"]["code"] for error in refused} == {"CONFLICT"}


async def test_two_providers_cannot_have_one_name(ada: Person, upstream: Upstream) -> None:
    await add(ada, upstream)

    error = await ada.gql_error(ADD, input={"name": "Mine", "baseUrl": upstream.base_url})

    assert error["extensions"]["code"] == "CONFLICT"


async def test_members_may_look_but_not_touch(ada: Person, bob: Person, upstream: Upstream) -> None:
    added = await add(ada, upstream)
    provider_id, model_id = added["provider"]["id"], added["models"][0]["id"]
    assert len((await bob.gql("query { providers { id } providerPresets { kind } }"))["providerPresets"]) == 12

    refused = [
        await bob.gql_error(ADD, input={"name": "Bob's", "baseUrl": upstream.base_url}),
        await bob.gql_error(UPDATE, input={"id": provider_id, "name": "Bob's"}),
        await bob.gql_error(REFRESH, id=provider_id),
        await bob.gql_error(REMOVE, id=provider_id),
        await bob.gql_error(EDIT, input={"id": model_id, "enabled": False}),
        await bob.gql_error(TEST, id=model_id),
    ]

    assert {error["extensions"]["code"] for error in refused} == {"FORBIDDEN"}


async def test_the_list_of_providers_costs_the_same_statements_however_long_it_is(
    ada: Person, upstream: Upstream, statements: list[str]
) -> None:
    query = f"query {{ providers {{ {PROVIDER} models {{ {MODEL} }} }} }}"

    async def cost() -> int:
        statements.clear()
        await ada.gql(query)
        return len([statement for statement in statements if "models" in statement or "providers" in statement])

    few = await cost()
    for number in range(5):
        await add(ada, upstream, name=f"P{number}")

    assert await cost() == few == 3
