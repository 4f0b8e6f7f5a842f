"""Workflows of one's own: what is accepted and where it is wrong, who sees what, versions, and starting a run."""

from pathlib import Path
from typing import Any

from domain.ids import Kind, global_id, new_id
from tests.graphql.test_agents import create as create_agent
from tests.graphql.test_mcp_runs import POLICY, server
from tests.mcp_http import http_server
from tests.orchestration.flows import agent, run_of
from tests.people import Person
from tests.upstream import Upstream

FIELDS = "id name description definition version slug shared editable"
LIST = f"""query ($first: Int, $after: String) {{ workflows(first: $first, after: $after) {{
  edges {{ node {{ {FIELDS} }} }} pageInfo {{ hasNextPage endCursor }} totalCount }} }}"""
CREATE = f"mutation ($input: CreateWorkflowInput!) {{ createWorkflow(input: $input) {{ workflow {{ {FIELDS} }} }} }}"
UPDATE = f"mutation ($input: UpdateWorkflowInput!) {{ updateWorkflow(input: $input) {{ workflow {{ {FIELDS} }} }} }}"
DELETE = "mutation ($id: ID!) { deleteWorkflow(id: $id) { id } }"
CHECK = "query ($definition: JSON!) { checkWorkflow(definition: $definition) { path message } }"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }"
VERSIONS = """query ($id: ID!) { workflow(id: $id) { versions(first: 2) {
  edges { node { version workflow { name } } } pageInfo { hasNextPage } totalCount } } }"""

PROGRESS = """subscription ($id: ID!) { runEvents(runId: $id) { __typename
  ... on ToolCallProgressed { progress total } } }"""

LOOP = {"kind": "loop", "name": "loop", "body": "a", "limit": 2}
PANEL = {"kind": "panel", "name": "panel", "members": [{}, {}]}
JUDGE = {"kind": "judge", "name": "judge", "of": "panel", "criteria": ["truth"]}
IF = {"kind": "condition", "name": "if", "when": {"ask": "Well?"}, "then": "a"}

WRONG: list[tuple[Any, str, str]] = [
    ([], "", "valid dictionary"),
    ({}, "steps", "is needed"),
    ({"steps": []}, "steps", "at least 1"),
    ({"steps": [agent(f"s{n}") for n in range(51)]}, "steps", "at most 50"),
    ({"steps": [{"kind": "dance", "name": "a"}]}, "steps[0]", "one of agent, approval"),
    ({"steps": [agent("A b")]}, "steps[0].name", "pattern"),
    ({"steps": [agent("a", next="nowhere")]}, "steps[0].next", "no step 'nowhere'"),
    ({"steps": [agent("a"), agent("a")]}, "steps[1].name", "another step 'a'"),
    ({"steps": [agent("a"), agent("b")]}, "steps[1].name", "nothing leads to"),
    ({"steps": [agent("a", next="b"), agent("b", next="a")]}, "steps[1].next", "only a loop may repeat"),
    ({"steps": [agent("a", next="a")]}, "steps[0].next", "only a loop may repeat"),
    ({"steps": [agent("a", "{{steps.b.output}}", "b"), agent("b")]}, "steps[0].prompt", "never runs before"),
    ({"steps": [agent("a", "{{steps.x.output}}")]}, "steps[0].prompt", "no step 'x'"),
    ({"steps": [agent("a", "{{ __import__('os') }}")]}, "steps[0].prompt", "is no reference"),
    ({"steps": [agent("a", "{{item}}")]}, "steps[0].prompt", "only there in a panel"),
    ({"steps": [agent("a", "{{input}}" * 51)]}, "steps[0].prompt", "more than 50 references"),
    ({"steps": [agent("a", "x" * 20_001)]}, "steps[0].prompt", "at most 20000"),
    ({"steps": [agent("a", retries=4)]}, "steps[0].retries", "less than or equal to 3"),
    ({"steps": [agent("a", colour="red")]}, "steps[0].colour", "not known"),
    ({"steps": [agent("a", items=2)]}, "steps[0]", "needs a `prompt`"),
    ({"steps": [agent("a", agent="nobody")]}, "steps[0].agent", "no agent 'nobody'"),
    ({"steps": [agent("a", agent=global_id(Kind.AGENT, new_id()))]}, "steps[0].agent", "no agent"),
    ({"steps": [agent("a", model="nothing")]}, "steps[0].model", "no model"),
    ({"steps": [{"kind": "tool", "name": "a", "tool": "hammer"}]}, "steps[0].tool", "no tool 'hammer'"),
    ({"steps": [{**LOOP, "limit": 11}, agent("a")]}, "steps[0].limit", "less than or equal to 10"),
    ({"steps": [LOOP, agent("a", next="loop")]}, "steps[1].next", "belongs to the steps outside the loop"),
    ({"steps": [LOOP | {"next": "a"}, agent("a")]}, "steps[0].body", "belongs to"),
    ({"steps": [JUDGE]}, "steps[0].of", "no step 'panel'"),
    ({"steps": [JUDGE | {"of": "a", "next": "a"}, agent("a")]}, "steps[0].of", "must name a panel"),
    ({"steps": [JUDGE | {"next": "panel"}, PANEL]}, "steps[0].of", "never runs before"),
    ({"steps": [PANEL | {"members": [{}]}]}, "steps[0]", "two `members` or more"),
    ({"steps": [PANEL | {"members": [{}], "each": "x"}]}, "steps[0].each", "no step 'x'"),
    ({"steps": [IF | {"when": {}}, agent("a")]}, "steps[0].when", "either `ask`"),
    ({"steps": [IF | {"when": {"value": "1", "comparison": "above"}}, agent("a")]}, "steps[0].when", "needs `to`"),
    ({"steps": [IF | {"next": "a"}, agent("a")]}, "steps[0]", "not with `next`"),
]
"""Definitions that are none, where that is, and words of the reason."""


def steps(*given: dict[str, Any]) -> dict[str, Any]:
    return {"steps": list(given)}


async def create(person: Person, name: str = "Mine", **more: Any) -> dict[str, Any]:
    given = {"name": name, "definition": steps(agent("a")), **more}
    made: dict[str, Any] = (await person.gql(CREATE, input=given))["createWorkflow"]["workflow"]
    return made


async def listed(person: Person, **page: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await person.gql(LIST, **page))["workflows"]
    return found


async def test_useful_workflows_ship_and_all_of_them_are_right(ada: Person) -> None:
    shipped = [edge["node"] for edge in (await listed(ada))["edges"]]

    assert [node["slug"] for node in shipped] == ["panel", "research", "triage"]
    assert not any(node["editable"] for node in shipped)
    for node in shipped:
        assert (await ada.gql(CHECK, definition=node["definition"]))["checkWorkflow"] == []


async def test_what_is_wrong_with_a_definition_is_told_where_it_is(ada: Person) -> None:
    for definition, path, words in WRONG:
        found = (await ada.gql(CHECK, definition=definition))["checkWorkflow"]
        assert [problem["path"] for problem in found] == [path], (definition, found)
        assert words in found[0]["message"], found

    error = await ada.gql_error(CREATE, input={"name": "Mine", "definition": WRONG[6][0]})
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert error["extensions"]["fields"] == {"input.definition.steps[0].next": "there is no step 'nowhere'"}


async def test_names_descriptions_and_sizes_have_limits(ada: Person) -> None:
    for given, field in (
        ({"name": ""}, "input.name"),
        ({"description": "x" * 1_001}, "input.description"),
        ({"definition": None}, "input.definition"),
        ({"definition": steps(*(agent(f"s{n}", "x" * 19_000, f"s{n + 1}") for n in range(12)))}, "input.definition"),
    ):
        wrong = await ada.gql_error(CREATE, input={"name": "Mine", "definition": steps(agent("a"))} | given)
        assert list(wrong["extensions"]["fields"]) == [field], wrong


async def test_what_cannot_be_stored_is_no_definition(ada: Person) -> None:
    deep: Any = []
    for _ in range(300):
        deep = [deep]
    errors = [
        await ada.gql_error(CHECK, definition=deep),
        await ada.gql_error(f"{{ checkWorkflow(definition: {2**70}) {{ path }} }}"),
    ]

    assert [error["extensions"]["code"] for error in errors] == ["BAD_USER_INPUT"] * 2


async def test_loops_and_branches_that_meet_again_are_accepted(ada: Person) -> None:
    nested = steps(
        {"kind": "loop", "name": "outer", "body": "inner", "limit": 2, "next": "choose"},
        {"kind": "loop", "name": "inner", "body": "work", "limit": 3, "until": {"ask": "Enough?"}},
        agent("work", "After {{steps.work.output}}"),
        {"kind": "condition", "name": "choose", "then": "left", "otherwise": "right",
         "when": {"value": "{{steps.outer.output}}", "comparison": "empty"}},
        agent("left", next="end"), agent("right", next="end"), agent("end", "{{steps.left.output}}{{steps.right.why}}"),
    )  # fmt: skip

    assert (await ada.gql(CHECK, definition=nested))["checkWorkflow"] == []
    assert (await create(ada, definition=nested))["definition"] == nested


async def test_a_workflow_is_changed_in_versions(ada: Person) -> None:
    made = await create(ada)
    same = (await ada.gql(UPDATE, input={"id": made["id"], "name": "Mine"}))["updateWorkflow"]["workflow"]
    for name in ("Second", "Third"):
        changed = (await ada.gql(UPDATE, input={"id": made["id"], "name": name}))["updateWorkflow"]["workflow"]
    stale = await ada.gql_error(UPDATE, input={"id": made["id"], "name": "Late", "expectedVersion": 2})
    versions = (await ada.gql(VERSIONS, id=made["id"]))["workflow"]["versions"]

    assert (same["version"], changed["version"], changed["definition"]) == (1, 3, made["definition"])
    assert stale["extensions"]["code"] == "CONFLICT"
    assert [(e["node"]["version"], e["node"]["workflow"]["name"]) for e in versions["edges"]] == [
        (3, "Third"),
        (2, "Second"),
    ]
    assert (versions["totalCount"], versions["pageInfo"]["hasNextPage"]) == (3, True)


async def test_workflows_of_others_do_not_exist_until_they_are_shared(ada: Person, bob: Person) -> None:
    secret = await create_agent(ada, "Secret")
    own = await create(ada)
    errors = [
        await bob.gql_error(VERSIONS, id=own["id"]),
        await bob.gql_error(UPDATE, input={"id": own["id"], "name": "Taken"}),
        await bob.gql_error(DELETE, id=own["id"]),
        await bob.gql_error(CREATE, input={"copyOf": own["id"]}),
        await bob.gql_error(SEND, input={"content": "hi", "workflowId": own["id"]}),
    ]
    others = await bob.gql_error(CREATE, input={"name": "x", "definition": steps(agent("a", agent=secret["id"]))})
    forbidden = await bob.gql_error(CREATE, input={"name": "x", "definition": steps(agent("a")), "shared": True})
    private = await ada.gql_error(
        CREATE, input={"name": "x", "definition": steps(agent("a", agent=secret["id"])), "shared": True}
    )

    await ada.gql(UPDATE, input={"id": own["id"], "shared": True})
    copied = (await bob.gql(CREATE, input={"copyOf": own["id"], "name": "Copy"}))["createWorkflow"]["workflow"]
    _, events = await bob.ask("hi", workflowId=own["id"])

    assert {error["extensions"]["code"] for error in errors} == {"NOT_FOUND"}
    assert "no agent" in others["extensions"]["fields"]["input.definition.steps[0].agent"]
    assert forbidden["extensions"]["code"] == "FORBIDDEN"
    assert "not shared" in private["extensions"]["fields"]["input.definition.steps[0].agent"]
    assert (copied["definition"], copied["shared"], copied["editable"]) == (own["definition"], False, True)
    assert events[-1]["run"]["status"] == "COMPLETED"


async def test_a_run_keeps_the_version_that_it_began_with_and_regenerates_by_the_newest(
    ada: Person, upstream: Upstream
) -> None:
    flow = await create(ada, definition=steps(agent("a", "Old words")))
    upstream.hold()
    first = await ada.send("one")
    behind = await ada.send("two", chatId=first["chat"]["id"], workflowId=flow["id"])
    await ada.gql(UPDATE, input={"id": flow["id"], "definition": steps(agent("a", "New words"))})
    upstream.release()
    await ada.events(behind["run"]["id"])
    again = "mutation ($input: RegenerateInput!) { regenerate(input: $input) { run { id } } }"
    other = (await ada.gql(again, input={"messageId": behind["reply"]["id"]}))["regenerate"]["run"]["id"]
    await ada.events(other)
    await ada.gql(DELETE, id=flow["id"])
    late = await run_of(ada, behind["run"]["id"])

    assert [
        words in upstream.requests[n]["messages"][-1]["content"] for n, words in ((1, "Old words"), (2, "New words"))
    ] == [True, True]
    assert late["workflow"] == {"name": "Mine", "version": 1, "definition": steps(agent("a", "Old words"))}
    assert flow["id"] not in [edge["node"]["id"] for edge in (await listed(ada))["edges"]]


async def test_a_workflow_goes_neither_with_an_agent_nor_without_its_own(ada: Person) -> None:
    helper = await create_agent(ada, "Helper")
    flow = await create(ada, definition=steps(agent("a", agent=helper["id"])))
    both = await ada.gql_error(SEND, input={"content": "hi", "workflowId": flow["id"], "agentId": helper["id"]})
    thinks = await ada.gql_error(SEND, input={"content": "hi", "workflowId": flow["id"], "thinking": "FUTURE"})
    await ada.gql("mutation ($id: ID!) { deleteAgent(id: $id) { id } }", id=helper["id"])
    gone = await ada.gql_error(SEND, input={"content": "hi", "workflowId": flow["id"]})

    assert list(both["extensions"]["fields"]) == list(thinks["extensions"]["fields"]) == ["input.workflowId"]
    assert "not there any more" in gone["extensions"]["fields"]["input.workflowId"]


async def test_tools_of_servers_are_found_at_once_and_say_how_far_they_are(
    ada: Person, tmp_path: Path, statements: list[str]
) -> None:
    async with http_server(tmp_path) as served:
        ids = {tool["name"]: tool["id"] for tool in (await server(ada, served.url))["tools"]}
        await ada.gql(POLICY, input={"pattern": "web/*", "approval": "ALWAYS_ALLOW"})
        looked = []
        for many in (2, 8):
            definition = steps(PANEL | {"members": [{"tool": key} for key in list(ids.values())[:many]]})
            statements.clear()
            assert (await ada.gql(CHECK, definition=definition))["checkWorkflow"] == []
            looked.append(len([statement for statement in statements if "JOIN mcp_tools" in statement]))
        flow = await create(ada, definition=steps({"kind": "tool", "name": "a", "tool": ids["progress"]}))
        sent = await ada.send("Go", workflowId=flow["id"])
        async with ada.socket() as socket:
            events = [data["runEvents"] async for data in socket.watch(PROGRESS, id=sent["run"]["id"])]

    told = [event for event in events if event["__typename"] == "ToolCallProgressed"]
    assert [(event["progress"], event["total"]) for event in told] == [(0, 3), (1, 3), (2, 3)]
    assert looked == [1, 1], "however many there are"


def about_workflows(statements: list[str]) -> list[str]:
    """Without those of work in the background."""
    return [statement for statement in statements if "workflow" in statement]


async def test_the_list_is_paged_and_many_cost_as_many_statements_as_one(ada: Person, statements: list[str]) -> None:
    document = """{ workflows { edges { node { id definition versions(first: 2) {
      edges { node { version workflow { name } } } } } } totalCount } }"""
    await create(ada, "b")
    await ada.gql(document)
    statements.clear()
    await ada.gql(document)
    for_one = len(about_workflows(statements))
    for name in ("C", "a", "Ä"):
        await create(ada, name)
    statements.clear()
    whole = (await ada.gql(document))["workflows"]
    for_many = len(about_workflows(statements))

    names, after = [], None
    while True:
        found = await listed(ada, first=2, after=after)
        names += [edge["node"]["name"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break

    assert (len(whole["edges"]), whole["totalCount"]) == (7, 7)
    assert for_many == for_one == 3
    assert names[:3] == ["Panel", "Research", "Triage"]
    assert sorted(names[3:]) == sorted(["b", "C", "a", "Ä"])
    assert names[3:6] == ["a", "b", "C"]
