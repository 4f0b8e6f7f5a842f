"""Providers and their models through the front door: added, corrected, tried out, watched and removed."""

import asyncio
import logging
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import Person
from tests.upstream import Upstream, start_upstream

SECRET = "sk-very-secret-4711"
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


async def test_the_key_is_changed_removed_and_never_follows_to_another_address(ada: Person, upstream: Upstream) -> None:
    added = await add(ada, upstream)
    provider_id = added["provider"]["id"]
    async with start_upstream() as other:
        moved = {"id": provider_id, "baseUrl": other.base_url}
        error = await ada.gql_error(UPDATE, input=moved)
        assert "input.apiKey" in error["extensions"]["fields"]
        assert other.headers == []
        await ada.gql(UPDATE, input={**moved, "apiKey": "sk-second"})
        assert other.headers[-1]["Authorization"] == "Bearer sk-second"

        changed = await ada.gql(UPDATE, input={"id": provider_id, "apiKey": "", "name": "Keyless"})

        provider = changed["updateProvider"]["provider"]
        assert (provider["name"], provider["hasApiKey"]) == ("Keyless", False)
        assert "Authorization" not in other.headers[-1]


async def test_a_refused_key_turns_all_models_off_until_it_is_changed(
    ada: Person, upstream: Upstream, database_url: str
) -> None:
    async with start_upstream(["one", "two"]) as other:
        added = await add(ada, other)
        other.fail(401, "no such key")
        _, events = await ada.ask("hi", model="one")
        assert events[-1]["run"]["error"]["code"] == "MODEL_AUTH_FAILED"

        health = {m["name"]: m["health"] for m in (await ada.gql(MODELS))["models"]}
        assert {health[name]["state"] for name in ("one", "two")} == {"DOWN"}
        assert {health[name]["breaker"] for name in ("one", "two")} == {"OPEN"}
        assert health["two"]["openUntil"] is None
        assert "does not accept the API key" in health["two"]["reason"]
        assert health["mock"]["state"] == "UNKNOWN"

        await ada.gql(UPDATE, input={"id": added["provider"]["id"], "apiKey": "sk-better"})
        health = {m["name"]: m["health"] for m in (await ada.gql(MODELS))["models"]}
        assert health["two"]["breaker"] == "CLOSED"


async def test_what_a_person_says_goes_before_what_the_provider_says(ada: Person, upstream: Upstream) -> None:
    upstream.entries = [{"id": "m", "context_length": 1_000, "pricing": {"input": 1, "output": 2}}]
    added = await add(ada, upstream)
    model_id = added["models"][0]["id"]
    said = {"contextWindow": 64_000, "inputUsdPerMillion": "0.5", "displayName": "Em", "capabilities": ["tools"]}

    edited = (await ada.gql(EDIT, input={"id": model_id, **said}))["updateModel"]["model"]

    assert (edited["contextWindow"], edited["displayName"], edited["capabilities"]) == (64_000, "Em", ["tools"])
    assert edited["edited"] == ["capabilities", "contextWindow", "inputUsdPerMillion"]
    assert [Decimal(price["inputUsdPerMillion"]) for price in edited["prices"]] == [Decimal("0.5"), 1]
    upstream.entries = [{"id": "m", "context_length": 2_000, "pricing": {"input": 3, "output": 4}}]
    await ada.gql(REFRESH, id=added["provider"]["id"])
    [model] = [m for m in (await ada.gql(MODELS))["models"] if m["name"] == "m"]
    assert (model["contextWindow"], Decimal(model["inputUsdPerMillion"])) == (64_000, Decimal("0.5"))
    assert Decimal(model["outputUsdPerMillion"]) == 4  # nobody has said anything about that
    assert len(model["prices"]) == 3

    await ada.gql(EDIT, input={"id": model_id, "contextWindow": None})
    await ada.gql(REFRESH, id=added["provider"]["id"])
    [model] = [m for m in (await ada.gql(MODELS))["models"] if m["name"] == "m"]
    assert model["contextWindow"] == 2_000


@pytest.mark.parametrize(
    "said",
    [
        {"contextWindow": 0},
        {"capabilities": ["flying"]},
        {"inputUsdPerMillion": "-1"},
        {"displayName": " "},
        {"enabled": None},
    ],
)
async def test_what_cannot_be_true_of_a_model_is_refused(ada: Person, said: dict[str, Any]) -> None:
    [model] = (await ada.gql(MODELS))["models"]

    error = await ada.gql_error(EDIT, input={"id": model["id"], **said})

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert list(error["extensions"]["fields"]) == [f"input.{next(iter(said))}"]


async def test_a_model_is_tried_out_and_the_call_is_in_the_ledger(
    ada: Person, upstream: Upstream, db: Database
) -> None:
    [model] = (await ada.gql(MODELS))["models"]
    upstream.reply("one two three four five", delay=0.002)

    tested = (await ada.gql(TEST, id=model["id"]))["testModel"]

    assert tested["ok"] is True
    assert tested["ttftMs"] > 0
    assert tested["outputTokensPerSecond"] > 0
    assert upstream.requests[-1]["max_tokens"] == 64
    upstream.fail(500, "broken")
    broken = (await ada.gql(TEST, id=model["id"]))["testModel"]
    assert (broken["ok"], broken["error"]["code"]) == (False, "MODEL_UNAVAILABLE")
    assert len(upstream.requests) == 2  # a test is not tried again
    async with db.read() as session:
        rows = await session.execute(text("SELECT outcome, run_id IS NULL, model_name FROM model_calls ORDER BY id"))
        assert [tuple(row) for row in rows] == [("succeeded", True, "mock"), ("failed", True, "mock")]


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


async def test_health_is_watched_as_it_changes(ada: Person, upstream: Upstream) -> None:
    seen: list[tuple[str, str]] = []
    down, well = asyncio.Event(), asyncio.Event()

    async def watch() -> None:
        async with ada.socket() as socket:
            async for data in socket.watch(WATCH):
                model = data["modelHealth"]
                seen.append((model["health"]["state"], model["health"]["breaker"]))
                if model["health"]["state"] == "DOWN":
                    down.set()
                if down.is_set() and model["health"]["breaker"] == "CLOSED":
                    well.set()

    watching = asyncio.create_task(watch())
    upstream.fail(401, "no such key")
    await ada.ask("hi", model="mock")
    async with asyncio.timeout(10):
        await down.wait()
        await ada.ask("hi", model="mock")
        await well.wait()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)

    assert seen[0] == ("UNKNOWN", "CLOSED") or seen[0] == ("DOWN", "OPEN")
    assert seen[-1][1] == "CLOSED"


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


async def test_a_key_is_nowhere_in_clear(
    ada: Person, upstream: Upstream, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = [await ada.answer(ADD, input={"name": "A", "baseUrl": upstream.base_url, "apiKey": SECRET})]
    provider = answers[0]["data"]["addProvider"]["provider"]
    upstream.fail(401, f"Incorrect API key provided: {SECRET}. Get one at example.org")
    answers += [await ada.answer(TEST, id=answers[0]["data"]["addProvider"]["models"][0]["id"])]
    upstream.fail(400, f"key {SECRET} is odd")
    sent, events = await ada.ask("hi", model="A/mock")
    answers += [await ada.answer(ADD, input={"name": "A", "baseUrl": upstream.base_url, "apiKey": SECRET})]
    answers += [await ada.answer(UPDATE, input={"id": provider["id"], "baseUrl": "http://[", "apiKey": SECRET})]
    answers += [await ada.answer(MODELS), await ada.answer("query { providers { id name problem } }")]

    assert SECRET not in str([answers, sent, events])
    assert SECRET not in caplog.text
    assert SECRET not in await dump(db)


async def dump(db: Database) -> str:
    """Everything that the database holds, as text."""
    said: list[str] = []
    async with db.read() as session:
        names = await session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        for name in names.all():
            rows = await session.execute(text(f'SELECT t::text FROM "{name}" t'))
            said += [str(row[0]) for row in rows]
            if name == "providers":
                sealed = await session.scalars(text("SELECT encode(api_key_encrypted, 'escape') FROM providers"))
                said += [str(value) for value in sealed]
    return "\n".join(said)


async def test_the_secret_key_is_changed_and_stored_keys_go_on(
    server: Running, ada: Person, upstream: Upstream, settings: Settings, database_url: str
) -> None:
    added = await add(ada, upstream)
    old = (settings.parley_data / "secret.key").read_text().strip()
    changed = {"parley_secret_key": "ab" * 32, "parley_earlier_secret_keys": old}
    tested: list[bool] = []
    for extra in ({}, {"parley_earlier_secret_keys": None}):
        later = Settings(**{**settings.model_dump(), **changed, **extra, "_env_file": None})
        async with running(later, connect(database_url)) as again:
            person = Person(ada.http, again.url, ada.email)
            tested.append((await person.gql(TEST, id=added["models"][0]["id"]))["testModel"]["ok"])

    assert tested == [True, True]
    assert upstream.headers[-1]["Authorization"] == f"Bearer {SECRET}"
