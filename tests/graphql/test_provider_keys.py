"""Keys of providers: changed, refused, rotated, and nowhere in clear."""

import logging
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.test_providers import ADD, MODELS, SECRET, TEST, UPDATE, add
from tests.people import Person
from tests.upstream import Upstream, start_upstream


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


async def test_a_key_is_nowhere_in_clear(
    ada: Person, upstream: Upstream, db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[Any] = [await ada.answer(ADD, input={"name": "A", "baseUrl": upstream.base_url, "apiKey": SECRET})]
    provider = answers[0]["data"]["addProvider"]["provider"]
    upstream.fail(401, f"Incorrect API key provided: {SECRET}. Get one at example.org")
    answers += [await ada.answer(TEST, id=answers[0]["data"]["addProvider"]["models"][0]["id"])]
    upstream.fail(400, f"key {SECRET} is odd")
    sent, events = await ada.ask("hi", model="A/mock")
    for piece in (b'data: {"error": {"message": "the key %s"}}\n\n', b"data: {broken %s\n\n"):
        upstream.raw(piece % SECRET.encode())
        answers += [await ada.ask("hi", model="A/mock")]
    upstream.html(body=f"<p>{SECRET}</p>")
    answers += [await ada.ask("hi", model="A/mock")]
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
