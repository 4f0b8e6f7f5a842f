"""MCP servers through the front door: added, shown, changed, tried and removed."""

import logging
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.graphql.test_provider_keys import dump
from tests.mcp_http import http_server
from tests.people import Person

SECRET = "4711-no-prefix-tells-that-this-is-a-key"
SERVER = """id name transport status lastError { code message } connectedAt tools { id name description inputSchema
  approval } retryAt shared trusted timeoutSeconds editable command args url hasSecrets"""
SERVERS = f"query {{ mcpServers {{ {SERVER} }} }}"
ADD = f"mutation ($input: AddMcpServerInput!) {{ addMcpServer(input: $input) {{ mcpServer {{ {SERVER} }} }} }}"
UPDATE = f"mutation ($input: UpdateMcpServerInput!) {{ updateMcpServer(input: $input) {{ mcpServer {{ {SERVER} }} }} }}"
REFRESH = f"mutation ($id: ID!) {{ refreshMcpServer(id: $id) {{ mcpServer {{ {SERVER} }} }} }}"
REMOVE = "mutation ($id: ID!) { removeMcpServer(id: $id) { id } }"
NODE = "query ($id: ID!) { node(id: $id) { id ... on McpServer { name } } }"
HTTP = "STREAMABLE_HTTP"


async def add(person: Person, url: str, **more: Any) -> dict[str, Any]:
    given = {"name": "web", "transport": HTTP, "url": url, **more}
    added: dict[str, Any] = (await person.gql(ADD, input=given))["addMcpServer"]["mcpServer"]
    return added


async def test_a_server_is_added_with_its_tools_changed_and_removed(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path, token=SECRET) as served:
        added = await add(ada, served.url, headers={"Authorization": f"Bearer {SECRET}"})

        assert (added["status"], added["lastError"], added["hasSecrets"]) == ("CONNECTED", None, True)
        echo = next(tool for tool in added["tools"] if tool["name"] == "echo")
        assert echo["approval"] == "ASK"
        assert echo["description"] == "Does echo."
        assert echo["inputSchema"]["properties"] == {"text": {"type": "string"}}
        assert served.headers[-1]["authorization"] == f"Bearer {SECRET}"
        assert (await ada.gql(SERVERS))["mcpServers"] == [added]

        changed = (await ada.gql(UPDATE, input={"id": added["id"], "name": "other", "trusted": True}))[
            "updateMcpServer"
        ]["mcpServer"]
        assert (changed["name"], changed["url"]) == ("other", served.url)
        assert {tool["name"] for tool in changed["tools"] if tool["approval"] == "NEVER"} == {
            "echo",
            "list_resources",
            "read_resource",
        }
        assert {tool["id"] for tool in changed["tools"]} == {tool["id"] for tool in added["tools"]}
        assert (await ada.gql(NODE, id=added["id"]))["node"]["name"] == "other"

        await ada.gql(REMOVE, id=added["id"])
        assert (await ada.gql(SERVERS))["mcpServers"] == []


async def test_a_server_that_does_not_answer_is_kept_says_why_and_comes_back(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served:
        url = served.url
    added = await add(ada, url)
    assert (added["status"], added["lastError"]["code"]) == ("FAILED", "UNREACHABLE")
    assert added["retryAt"] is not None
    assert added["tools"] == []

    async with http_server(tmp_path, port=int(url.split(":")[2].split("/")[0])):
        refreshed = (await ada.gql(REFRESH, id=added["id"]))["refreshMcpServer"]["mcpServer"]

        assert (refreshed["status"], refreshed["lastError"], refreshed["retryAt"]) == ("CONNECTED", None, None)
        assert len(refreshed["tools"]) > 5


async def test_a_server_that_wants_to_know_who_asks_says_what_to_do(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path, token=SECRET) as served:
        added = await add(ada, served.url)

        assert added["lastError"]["code"] == "AUTHENTICATION_REQUIRED"
        assert "`headers`" in added["lastError"]["message"]


async def test_programs_and_sharing_are_for_administrators(ada: Person, bob: Person, tmp_path: Path) -> None:
    program = {"name": "mine", "transport": "STDIO", "command": "true"}
    shared = {"name": "mine", "transport": HTTP, "url": "https://mcp.example.com/mcp", "shared": True}
    for given in (program, shared, {**shared, "shared": False, "trusted": True}):
        error = await bob.gql_error(ADD, input=given)
        assert error["extensions"]["code"] == "FORBIDDEN"
    async with http_server(tmp_path) as served:
        error = await bob.gql_error(ADD, input={"name": "home", "transport": HTTP, "url": served.url})
        assert "input.url" in error["extensions"]["fields"]
        named = await add(bob, served.url.replace("127.0.0.1", "localhost"), name="home")
        assert named["lastError"]["code"] == "FORBIDDEN_ADDRESS"
        assert served.headers == []
    error = await bob.gql_error(UPDATE, input={"id": named["id"], "transport": "STDIO", "command": "true"})
    assert error["extensions"]["code"] == "FORBIDDEN"


async def test_what_is_not_yours_is_not_found_and_what_is_shared_is_seen(
    ada: Person, bob: Person, tmp_path: Path
) -> None:
    async with http_server(tmp_path) as served:
        added = await add(ada, served.url)
        for document, variables in (
            (UPDATE, {"input": {"id": added["id"], "name": "x"}}), (REFRESH, {"id": added["id"]}),
            (REMOVE, {"id": added["id"]}),
        ):  # fmt: skip
            assert (await bob.gql_error(document, **variables))["extensions"]["code"] == "NOT_FOUND"
        assert (await bob.gql(NODE, id=added["id"]))["node"] is None
        assert (await bob.gql(SERVERS))["mcpServers"] == []

        await ada.gql(UPDATE, input={"id": added["id"], "shared": True})

        [seen] = (await bob.gql(SERVERS))["mcpServers"]
        assert [seen[name] for name in ("editable", "url", "command", "args")] == [False, None, None, None]
        assert len(seen["tools"]) == len(added["tools"])
        assert (await bob.gql_error(REMOVE, id=added["id"]))["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", {"name": "with space"}),
        ("name", {"name": "x" * 65}),
        ("url", {"url": None}),
        ("url", {"url": "ftp://example.com"}),
        ("url", {"url": "https://user:word@example.com/mcp"}),
        ("url", {"url": "http://169.254.169.254/mcp"}),
        ("command", {"command": "true"}),
        ("url", {"transport": "STDIO", "command": "true"}),
        ("command", {"transport": "STDIO", "url": None}),
        ("args", {"transport": "STDIO", "url": None, "command": "true", "args": ["a"] * 101}),
        ("env", {"transport": "STDIO", "url": None, "command": "true", "env": {"A=B": "c"}}),
        ("headers", {"headers": {"Host": "example.com"}}),
        ("headers", {"headers": {"X-Key": "two\nlines"}}),
        ("headers", {"headers": ["Authorization"]}),
        ("timeoutSeconds", {"timeoutSeconds": 0}),
    ],
)
async def test_what_cannot_be_a_server_is_refused_with_the_field(
    ada: Person, field: str, given: dict[str, Any]
) -> None:
    wanted = {"name": "mine", "transport": HTTP, "url": "https://mcp.example.com/mcp", **given}
    error = await ada.gql_error(ADD, input=wanted)

    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert f"input.{field}" in error["extensions"]["fields"]


async def test_names_differ_and_headers_do_not_follow_to_another_address(ada: Person, tmp_path: Path) -> None:
    async with http_server(tmp_path) as served, http_server(tmp_path) as other:
        added = await add(ada, served.url, headers={"X-Key": SECRET})
        error = await ada.gql_error(ADD, input={"name": "web", "transport": HTTP, "url": other.url})
        assert error["extensions"]["code"] == "CONFLICT"

        error = await ada.gql_error(UPDATE, input={"id": added["id"], "url": other.url})
        assert "input.headers" in error["extensions"]["fields"]
        assert other.headers == []
        await ada.gql(UPDATE, input={"id": added["id"], "url": other.url, "headers": {}})
        assert "x-key" not in other.headers[-1]


async def test_secrets_are_nowhere_in_clear(
    ada: Person, db: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    program = {
        "name": "leaky", "transport": "STDIO", "command": "sh", "args": ["-c", "echo the key is $KEY >&2"],
        "env": {"KEY": SECRET},
    }  # fmt: skip
    async with http_server(tmp_path, token="another") as served:
        answers = [
            await ada.answer(
                ADD, input={"name": "w", "transport": HTTP, "url": served.url, "headers": {"X-Key": SECRET}}
            ),
            await ada.answer(ADD, input=program),
            await ada.answer(SERVERS),
        ]
        assert served.headers[0]["x-key"] == SECRET

    assert "the key is …" in str(answers[1])
    assert SECRET not in str(answers)
    assert SECRET not in caplog.text
    assert SECRET not in await dump(db)
    async with db.read() as session:
        sealed = await session.scalars(text("SELECT encode(secrets_encrypted, 'escape') FROM mcp_servers"))
        assert all(value and SECRET not in value for value in sealed)


async def test_the_secret_key_is_changed_and_stored_secrets_go_on(
    server: Running, ada: Person, settings: Settings, database_url: str, tmp_path: Path
) -> None:
    async with http_server(tmp_path, token=SECRET) as served:
        added = await add(ada, served.url, headers={"Authorization": f"Bearer {SECRET}"})
        old = (settings.parley_data / "secret.key").read_text().strip()
        changed = {"parley_secret_key": "ab" * 32, "parley_earlier_secret_keys": old}
        for extra in ({}, {"parley_earlier_secret_keys": None}):
            later = Settings(**{**settings.model_dump(), **changed, **extra, "_env_file": None})
            async with running(later, connect(database_url)) as again:
                person = Person(ada.http, again.url, ada.email)
                refreshed = (await person.gql(REFRESH, id=added["id"]))["refreshMcpServer"]["mcpServer"]
                assert refreshed["status"] == "CONNECTED"


async def test_a_list_of_servers_takes_two_statements(ada: Person, tmp_path: Path, statements: list[str]) -> None:
    async with http_server(tmp_path) as served:
        for number in range(3):
            await add(ada, served.url, name=f"web{number}")
        statements.clear()

        listed = (await ada.gql(SERVERS))["mcpServers"]

        asked = [statement for statement in statements if "mcp_" in statement]
        assert len(listed) == 3
        assert len(asked) == 2, asked


async def test_prompts_of_a_server_are_listed_and_written_out(ada: Person, bob: Person, tmp_path: Path) -> None:
    prompts = "{ mcpServers { prompts { name title description arguments { name description required } } } }"
    written = """query ($id: ID!, $about: JSON) { mcpPrompt(serverId: $id, name: "poem", arguments: $about) {
      role text } }"""
    async with http_server(tmp_path) as served:
        added = await add(ada, served.url)
        [listed] = (await ada.gql(prompts))["mcpServers"]
        poem = (await ada.gql(written, id=added["id"], about={"about": "rain"}))["mcpPrompt"]
        wrong = [
            await ada.gql_error(written, id=added["id"], about=about)
            for about in (None, {"about": ""}, {"about": "x", "more": "y"}, {"about": 1}, ["x"])
        ]
        refused = await ada.gql_error(written, id=added["id"], about={"about": "nothing"})
        hidden = await bob.gql_error(written, id=added["id"], about={"about": "rain"})

    about = {"name": "about", "description": "What it is about.", "required": True}
    assert listed["prompts"] == [{"name": "poem", "title": "A poem", "description": "", "arguments": [about]}]
    assert poem == [{"role": "user", "text": "Write a poem about rain."}]
    assert {error["extensions"]["code"] for error in wrong} == {"BAD_USER_INPUT"}
    assert "arguments.about" in wrong[0]["extensions"]["fields"]
    assert (refused["extensions"]["code"], hidden["extensions"]["code"]) == ("CONFLICT", "NOT_FOUND")
    assert "nothing to say" in refused["message"]


async def test_what_a_server_lets_one_read_is_listed_and_read(ada: Person, bob: Person, tmp_path: Path) -> None:
    servers = "{ mcpServers { hasResources } }"
    listed = "query ($id: ID!) { mcpResources(serverId: $id) { uri name description mediaType } }"
    read = "query ($id: ID!, $uri: String!) { mcpResource(serverId: $id, uri: $uri) }"
    deny = "mutation ($input: SetToolApprovalInput!) { setToolApproval(input: $input) { tools { id } } }"
    async with http_server(tmp_path) as served:
        added = await add(ada, served.url)
        assert (await ada.gql(servers))["mcpServers"] == [{"hasResources": True}]
        found = (await ada.gql(listed, id=added["id"]))["mcpResources"]
        text = (await ada.gql(read, id=added["id"], uri="file:///notes.md"))["mcpResource"]
        picture, missing, odd = [
            await ada.gql_error(read, id=added["id"], uri=uri) for uri in ("file:///dot.png", "file:///x", "")
        ]
        hidden = [await bob.gql_error(listed, id=added["id"]), await bob.gql_error(read, id=added["id"], uri="x")]
        await ada.gql(deny, input={"pattern": "*/read_resource", "approval": "DENY"})
        denied = await ada.gql_error(read, id=added["id"], uri="file:///notes.md")

    assert found[0] == {"uri": "file:///notes.md", "name": "notes.md", "description": "", "mediaType": None}
    assert [one["name"] for one in found] == ["notes.md", "A dot"]
    assert text == "Tea at four."
    assert (picture["extensions"]["code"], missing["extensions"]["code"]) == ("CONFLICT", "CONFLICT")
    assert "no text" in picture["message"]
    assert "there is no file:///x" in missing["message"]
    assert "uri" in odd["extensions"]["fields"]
    assert {error["extensions"]["code"] for error in hidden} == {"NOT_FOUND"}
    assert denied["extensions"]["code"] == "FORBIDDEN"
