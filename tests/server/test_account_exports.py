"""The download of everything that is stored about a person, and of nothing about others."""

import json
from typing import Any

import aiohttp

from persistence import belongings
from persistence.tables import metadata
from resolvers.registration import create_api_key
from tests.conftest import Running
from tests.people import PASSWORD, Person

IMPORT = "mutation ($input: ImportChatsInput!) { importChats(input: $input) { imported skipped { reason } } }"


async def exported(person: Person) -> dict[str, Any]:
    async with person.http.get(f"{person.url}/account.json") as response:
        assert response.status == 200
        assert response.headers["Content-Disposition"] == 'attachment; filename="parley-account.json"'
        whole: dict[str, Any] = json.loads(await response.text())
        return whole


async def test_an_account_is_exported_whole_and_without_secrets(server: Running, ada: Person, bob: Person) -> None:
    await bob.sign_in()
    await bob.ask("what is mine?")
    await ada.ask("what is not?")
    secret = await create_api_key(server.db, "bob@example.org", "program")

    whole = await exported(bob)

    said = json.dumps(whole)
    assert (whole["format"], whole["version"]) == ("parley-account", 1)
    assert whole["chats"][0]["messages"][0]["content"] == "what is mine?"
    assert [row["email"] for row in whole["tables"]["users"]] == ["bob@example.org"]
    assert [row["name"] for row in whole["tables"]["api_keys"]] == ["program"]
    assert [row["kind"] for row in whole["tables"]["audit_events"]] == ["SIGNED_IN", "ACCOUNT_EXPORTED"]
    assert len(whole["tables"]["model_calls"]) == len(whole["tables"]["runs"]) == 1
    assert "what is not?" not in said
    assert "ada@example.org" not in said
    assert not any(word in said for word in (secret, PASSWORD, "argon2", "token_hash", "secret"))
    assert (await ada.gql(IMPORT, input={"content": json.dumps(whole["chats"])}))["importChats"]["imported"] == 1


async def test_it_needs_a_session_or_both_scopes(server: Running, ada: Person) -> None:
    keys = [
        await create_api_key(server.db, "ada@example.org", "program", scopes)
        for scopes in (["read", "write"], ["account"], ["read", "account"])
    ]
    async with aiohttp.ClientSession() as http:
        statuses = []
        for key in ("", *keys):
            headers = {"Authorization": f"Bearer {key}"} if key else {}
            async with http.get(f"{server.url}/account.json", headers=headers) as response:
                statuses.append(response.status)
    assert statuses == [401, 403, 403, 200]


def test_no_table_of_people_is_forgotten() -> None:
    users = metadata.tables["users"]
    owned = {
        table.name
        for table in metadata.sorted_tables
        if any(key.column is users.c.id for column in table.columns for key in column.foreign_keys)
    }

    assert {table.name for table, _ in belongings.tables()} == owned - belongings.ELSEWHERE | {"users", "audit_events"}
