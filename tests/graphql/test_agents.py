"""Agents of one's own: what is accepted, who sees what, and versions that do not change."""

from typing import Any

from sqlalchemy import delete

from domain.ids import Kind, global_id, new_id
from persistence.agents import AgentRow
from persistence.database import Database
from tests.people import Person
from tests.upstream import Upstream

FIELDS = """id name description instructions slug version shared editable maxTurns
  maxTokens maxCostUsd maxSeconds model { id } thinking
  tools { id name } handoffs { id name } agentTools { id name } outputSchema
  guardrails { maxInputChars deniedInput deniedOutput }"""
LIST = f"{{ agents {{ {FIELDS} }} }}"
CREATE = f"mutation ($input: CreateAgentInput!) {{ createAgent(input: $input) {{ agent {{ {FIELDS} }} }} }}"
UPDATE = f"mutation ($input: UpdateAgentInput!) {{ updateAgent(input: $input) {{ agent {{ {FIELDS} }} }} }}"
RESTORE = f"mutation ($input: RestoreAgentInput!) {{ restoreAgent(input: $input) {{ agent {{ {FIELDS} }} }} }}"
DELETE = "mutation ($id: ID!) { deleteAgent(id: $id) { id } }"
VERSIONS = """query ($id: ID!, $first: Int, $after: String) { agent(id: $id) { versions(first: $first, after: $after) {
  edges { node { version createdAt agent { name instructions version } } }
  pageInfo { hasNextPage endCursor } totalCount } } }"""

WHOLE_AGENT = f"""subscription ($runId: ID!, $after: Int) {{ runEvents(runId: $runId, after: $after) {{
  __typename sequence ... on AgentChanged {{ agent {{ {FIELDS} createdAt mcpServers {{ id }} }} }} }} }}"""

IMPOSSIBLE: list[tuple[dict[str, Any], str, str]] = [
    ({"name": ""}, "name", "1 to 100"),
    ({"name": "two\nlines"}, "name", "printable"),
    ({"description": "x" * 1_001}, "description", "1,000"),
    ({"instructions": "x" * 50_001}, "instructions", "50,000"),
    ({"maxTurns": 0}, "maxTurns", "between 1 and 100"),
    ({"maxTurns": 101}, "maxTurns", "between 1 and 100"),
    ({"maxTokens": 99}, "maxTokens", "from 100"),
    ({"maxCostUsd": "-0.1"}, "maxCostUsd", "from 0"),
    ({"maxSeconds": 0}, "maxSeconds", "from 1"),
    ({"toolIds": [global_id(Kind.TOOL, new_id())]}, "toolIds", "no tool"),
    ({"toolIds": [global_id(Kind.TOOL, new_id())] * 65}, "toolIds", "at most 64"),
    ({"handoffIds": ["nonsense"]}, "handoffIds", "no agent"),
    ({"handoffIds": [global_id(Kind.AGENT, new_id())] * 17}, "handoffIds", "at most 16"),
    ({"modelId": global_id(Kind.MODEL, new_id())}, "modelId", "no model"),
    ({"outputSchema": {"type": "array"}}, "outputSchema", "object"),
    ({"outputSchema": {"type": "object", "required": "name"}}, "outputSchema", "not a JSON Schema"),
    ({"outputSchema": {"type": "object", "patternProperties": {}}}, "outputSchema", "patternProperties"),
    ({"outputSchema": {"type": "object", "$ref": "http://example.org/x"}}, "outputSchema", "$ref"),
    ({"guardrails": {"maxInputChars": 0}}, "guardrails.maxInputChars", "between 1"),
    ({"guardrails": {"deniedInput": [" "]}}, "guardrails.deniedInput", "1 to 100"),
]
"""What createAgent refuses, the field that is wrong, and words of the reason."""


async def create(person: Person, name: str, **more: Any) -> dict[str, Any]:
    data = await person.gql(CREATE, input={"name": name, **more})
    agent: dict[str, Any] = data["createAgent"]["agent"]
    return agent


async def update(person: Person, agent: dict[str, Any], **more: Any) -> dict[str, Any]:
    data = await person.gql(UPDATE, input={"id": agent["id"], **more})
    changed: dict[str, Any] = data["updateAgent"]["agent"]
    return changed


async def fields_of_error(person: Person, document: str, **input: Any) -> dict[str, str]:
    error = await person.gql_error(document, input=input)
    assert error["extensions"]["code"] == "BAD_USER_INPUT", error
    fields: dict[str, str] = error["extensions"]["fields"]
    return fields


async def tool_id(person: Person, name: str = "current_time") -> str:
    tools = (await person.gql("{ tools { id name } }"))["tools"]
    return next(str(tool["id"]) for tool in tools if tool["name"] == name)


async def test_useful_agents_ship_and_nobody_may_change_them(ada: Person) -> None:
    shipped = {agent["slug"]: agent for agent in (await ada.gql(LIST))["agents"]}

    error = await ada.gql_error(UPDATE, input={"id": shipped["coder"]["id"], "name": "Mine"})

    assert set(shipped) == {"assistant", "researcher", "coder", "analyst", "writer", "triage"}
    assert [a["name"] for a in shipped["triage"]["handoffs"]] == ["Researcher", "Coder", "Analyst", "Writer"]
    held = {tool["name"] for tool in shipped["assistant"]["tools"]}
    assert {"current_time", "calculator", "read_output", "web_fetch"} <= held
    assert "web_search" not in held, "no engine is set"
    assert not shipped["coder"]["editable"]
    assert error["extensions"]["code"] == "NOT_FOUND"


async def test_an_agent_keeps_everything_it_is_made_of(ada: Person) -> None:
    clock = await tool_id(ada)
    other = await create(ada, "Other")
    [model] = (await ada.gql("{ models { id } }"))["models"]
    schema = {"type": "object", "properties": {"pattern": {"type": "string"}}}

    made = await create(
        ada, "Mine", description="Does it.", instructions="Do it.", modelId=model["id"], thinking="STRATEGIC",
        toolIds=[clock], handoffIds=[other["id"]], agentToolIds=[other["id"]], outputSchema=schema, maxTurns=7,
        maxTokens=5_000, maxCostUsd="0.5", maxSeconds=60,
        guardrails={"maxInputChars": 500, "deniedOutput": ["secret sauce"]},
    )  # fmt: skip
    [listed] = [agent for agent in (await ada.gql(LIST))["agents"] if agent["id"] == made["id"]]
    same = await update(ada, made, maxCostUsd="0.50")
    none = dict.fromkeys(("maxTokens", "maxCostUsd", "maxSeconds", "model", "thinking", "outputSchema"))
    emptied = {name.replace("model", "modelId"): None for name in none}
    plain = await update(ada, made, **emptied, guardrails=None, toolIds=[])

    assert listed == same == made
    assert (made["maxTokens"], float(made["maxCostUsd"]), made["maxSeconds"]) == (5_000, 0.5, 60)
    assert (made["version"], made["maxTurns"], made["editable"]) == (1, 7, True)
    assert (made["model"], made["thinking"], made["outputSchema"]) == ({"id": model["id"]}, "STRATEGIC", schema)
    assert [tool["id"] for tool in made["tools"]] == [clock]
    assert made["handoffs"] == made["agentTools"] == [{"id": other["id"], "name": "Other"}]
    assert made["guardrails"] == {"maxInputChars": 500, "deniedInput": [], "deniedOutput": ["secret sauce"]}
    assert plain == made | none | {
        "version": 2, "tools": [],
        "guardrails": {"maxInputChars": None, "deniedInput": [], "deniedOutput": []},
    }  # fmt: skip


async def test_what_cannot_be_an_agent_says_which_field_is_wrong(ada: Person) -> None:
    for given, field, words in IMPOSSIBLE:
        fields = await fields_of_error(ada, CREATE, **({"name": "Mine"} | given))

        assert list(fields) == [f"input.{field}"], given
        assert words in fields[f"input.{field}"]


async def test_agents_of_others_do_not_exist(ada: Person, bob: Person) -> None:
    private = await create(ada, "Private", instructions="a secret")
    own = await create(bob, "Own")
    node = "query ($id: ID!) { node(id: $id) { id } }"

    errors = [
        await bob.gql_error(UPDATE, input={"id": private["id"], "name": "Taken"}),
        await bob.gql_error(RESTORE, input={"id": private["id"], "version": 1}),
        await bob.gql_error(DELETE, id=private["id"]),
        await bob.gql_error(VERSIONS, id=private["id"]),
        await bob.gql_error(CREATE, input={"copyOf": private["id"]}),
    ]
    for field in ("handoffIds", "agentToolIds"):
        refused = await fields_of_error(bob, UPDATE, id=own["id"], **{field: [private["id"]]})
        assert "no agent" in refused[f"input.{field}"]

    assert {error["extensions"]["code"] for error in errors} == {"NOT_FOUND"}
    assert await bob.gql(node, id=private["id"]) == {"node": None}
    assert private["id"] not in [agent["id"] for agent in (await bob.gql(LIST))["agents"]]


async def test_an_administrator_shares_agents_with_everybody(ada: Person, bob: Person, upstream: Upstream) -> None:
    helper = await create(ada, "Helper")
    shared = await create(ada, "Shared", instructions="Be brief.", shared=True)
    forbidden = await bob.gql_error(CREATE, input={"name": "Mine", "shared": True})
    refused = await fields_of_error(ada, UPDATE, id=shared["id"], handoffIds=[helper["id"]])
    copied = (await bob.gql(CREATE, input={"copyOf": shared["id"], "name": "Copy"}))["createAgent"]["agent"]
    sent, _ = await bob.ask("hello", agentId=shared["id"])

    await update(ada, shared, shared=False, instructions="For me only.")
    await bob.ask("and now?", chatId=sent["chat"]["id"])
    look = "query ($id: ID!) { run(id: $id) { agent { name instructions handoffs { id } } } }"

    assert forbidden["extensions"]["code"] == "FORBIDDEN"
    assert "Helper, which is not shared" in refused["input.handoffIds"]
    assert (copied["instructions"], copied["shared"], copied["editable"]) == ("Be brief.", False, True)
    told = [request["messages"][0]["content"] for request in upstream.requests]
    assert told[0] == "Be brief."
    assert "helpful assistant" in told[1], "an agent that is shared no more gives way to the assistant"
    assert (await bob.gql(look, id=sent["run"]["id"]))["run"]["agent"] == {
        "name": "Shared", "instructions": "", "handoffs": [],
    }  # fmt: skip


async def test_agents_may_hand_over_in_circles_but_not_ask_each_other_in_circles(ada: Person) -> None:
    first, second, third = [await create(ada, name) for name in ("First", "Second", "Third")]
    await update(ada, first, handoffIds=[second["id"]], agentToolIds=[third["id"]])
    back = await update(ada, second, handoffIds=[first["id"]])

    itself = await fields_of_error(ada, UPDATE, id=first["id"], handoffIds=[first["id"]])
    asked = await fields_of_error(ada, UPDATE, id=third["id"], agentToolIds=[second["id"]])
    handed = await fields_of_error(ada, UPDATE, id=third["id"], handoffIds=[first["id"]])

    assert [agent["name"] for agent in back["handoffs"]] == ["First"]
    assert "itself" in itself["input.handoffIds"]
    assert "circle" in asked["input.agentToolIds"]
    assert "circle" in handed["input.handoffIds"]


async def test_every_change_is_a_version_that_can_be_looked_at_and_restored(ada: Person) -> None:
    agent = await create(ada, "Mine", instructions="one")
    for words in ("two", "three"):
        agent = await update(ada, agent, instructions=words)
    same = await update(ada, agent, instructions="three")
    stale = await ada.gql_error(UPDATE, input={"id": agent["id"], "name": "Late", "expectedVersion": 2})

    first = (await ada.gql(VERSIONS, id=agent["id"], first=2))["agent"]["versions"]
    rest = (await ada.gql(VERSIONS, id=agent["id"], after=first["pageInfo"]["endCursor"]))["agent"]["versions"]
    restored = (await ada.gql(RESTORE, input={"id": agent["id"], "version": 1}))["restoreAgent"]["agent"]
    none = await ada.gql_error(RESTORE, input={"id": agent["id"], "version": 9})

    seen = [edge["node"] for edge in (*first["edges"], *rest["edges"])]
    assert [(node["version"], node["agent"]["instructions"]) for node in seen] == [(3, "three"), (2, "two"), (1, "one")]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (3, True, False)
    assert same["version"] == 3, "nothing changed"
    assert stale["extensions"]["code"] == "CONFLICT"
    assert (restored["version"], restored["instructions"]) == (4, "one")
    assert none["extensions"]["code"] == "NOT_FOUND"


async def test_a_run_keeps_the_versions_that_it_began_with(ada: Person, upstream: Upstream) -> None:
    agent = await create(ada, "Mine", instructions="old words")
    upstream.hold()
    first = await ada.send("one")
    await upstream.asked.wait()
    behind = await ada.send("two", chatId=first["chat"]["id"], agentId=agent["id"])
    await update(ada, agent, instructions="new words")
    after = await ada.send("three", chatId=first["chat"]["id"], agentId=agent["id"])
    upstream.release()
    await ada.events(behind["run"]["id"])
    await ada.events(after["run"]["id"])

    told = [request["messages"][0]["content"] for request in upstream.requests]
    assert told[1:] == ["old words", "new words"]


async def test_a_deleted_agent_is_gone_but_what_it_said_still_names_it(ada: Person) -> None:
    agent = await create(ada, "Mine")
    sent, _ = await ada.ask("hello", agentId=agent["id"])
    await ada.gql(DELETE, id=agent["id"])
    gone = await ada.gql_error("query ($id: ID!) { agent(id: $id) { id } }", id=agent["id"])
    refused = await ada.answer(
        "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }",
        input={"content": "hi", "agentId": agent["id"]},
    )
    again = await ada.events(sent["run"]["id"])
    _, further = await ada.ask("and now?", chatId=sent["chat"]["id"])

    assert gone["extensions"]["code"] == refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert agent["id"] not in [other["id"] for other in (await ada.gql(LIST))["agents"]]
    assert [e["agent"]["name"] for e in again if e["__typename"] == "AgentChanged"] == ["Mine"]
    assert [e["agent"]["name"] for e in further if e["__typename"] == "AgentChanged"] == ["Assistant"]


async def test_a_run_of_an_agent_that_left_with_its_owner_can_be_replayed(ada: Person, db: Database) -> None:
    agent = await create(ada, "Theirs")
    sent, _ = await ada.ask("hello", agentId=agent["id"])
    async with db.write() as session:
        await session.execute(delete(AgentRow).where(AgentRow.name == "Theirs"))

    events = await ada.until("RunFinished", sent["run"]["id"], WHOLE_AGENT)

    [changed] = [event for event in events if event["__typename"] == "AgentChanged"]
    assert changed["agent"]["id"] == agent["id"]
    assert changed["agent"]["name"] == "An agent that has been deleted"
    assert changed["agent"]["editable"] is False


async def test_many_agents_cost_as_many_statements_as_one(ada: Person, statements: list[str]) -> None:
    clock = await tool_id(ada)
    [model] = (await ada.gql("{ models { id } }"))["models"]
    document = """{ agents { id model { id provider { id } } tools { id approval } handoffs { id model { id } }
      agentTools { id } versions(first: 2) { edges { node { version agent { name } } } } } }"""
    last = await create(ada, "Agent 0", modelId=model["id"], toolIds=[clock])
    await ada.gql(document)
    statements.clear()
    await ada.gql(document)
    for_one = len(statements)
    for number in range(1, 12):
        last = await create(
            ada, f"Agent {number}", modelId=model["id"], toolIds=[clock], handoffIds=[last["id"]],
            agentToolIds=[last["id"]],
        )  # fmt: skip
    statements.clear()

    found = (await ada.gql(document))["agents"]

    assert len(found) == 6 + 12
    assert all(agent["versions"]["edges"] for agent in found if agent["model"])
    assert len(statements) == for_one
