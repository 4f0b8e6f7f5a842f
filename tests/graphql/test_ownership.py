"""What belongs to somebody else cannot be reached by its id: every argument of the schema that is an id is tried."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from domain.ids import Kind, global_id, new_id
from tests.conftest import Running
from tests.graphql.test_schema import Root, call, roots, sample
from tests.people import SEND, Person
from tests.upstream import Upstream

KINDS = {
    "chatId": Kind.CHAT, "messageId": Kind.MESSAGE, "messageIds": Kind.MESSAGE, "headId": Kind.MESSAGE,
    "parentId": Kind.MESSAGE, "siblingOf": Kind.MESSAGE, "runId": Kind.RUN, "approvalId": Kind.APPROVAL,
    "agentId": Kind.AGENT, "copyOf": Kind.AGENT, "handoffIds": Kind.AGENT, "agentToolIds": Kind.AGENT,
    "apiKeyId": Kind.API_KEY, "userId": Kind.USER, "mcpServerIds": Kind.MCP_SERVER, "serverId": Kind.MCP_SERVER,
    "fileIds": Kind.FILE, "workflowId": Kind.WORKFLOW,
}  # fmt: skip
"""What an argument of this name is the id of."""
COPIES = {"createWorkflow": Kind.WORKFLOW}
"""What `copyOf` is the id of where it is no agent."""
OF_FIELD = {
    "agent": Kind.AGENT, "chat": Kind.CHAT, "exportChat": Kind.CHAT, "run": Kind.RUN, "cancelRun": Kind.RUN,
    "deleteAgent": Kind.AGENT, "restoreAgent": Kind.AGENT, "updateAgent": Kind.AGENT, "deleteChat": Kind.CHAT,
    "deleteFile": Kind.FILE, "updateChat": Kind.CHAT, "forgetMemory": Kind.MEMORY, "updateMemory": Kind.MEMORY,
    "refreshMcpServer": Kind.MCP_SERVER, "removeMcpServer": Kind.MCP_SERVER, "updateMcpServer": Kind.MCP_SERVER,
    "signInToMcpServer": Kind.MCP_SERVER, "signOutOfMcpServer": Kind.MCP_SERVER,
    "removeSummary": Kind.SUMMARY, "revokeApiKey": Kind.API_KEY, "revokeSession": Kind.SESSION,
    "revokeShare": Kind.SHARE, "withdrawQueuedMessage": Kind.RUN, "workflow": Kind.WORKFLOW,
    "updateWorkflow": Kind.WORKFLOW, "deleteWorkflow": Kind.WORKFLOW,
}  # fmt: skip
"""What the argument `id` of these fields is the id of."""
NULL = {"node", "nodes"}
"""They answer null instead of an error, and `test_nodes_of_others_are_null` tries them."""
EVERYBODYS = {"modelId", "toolId", "toolIds", "testModel", "updateModel", "refreshProvider", "removeProvider",
              "updateProvider", "deleteDownload", "pauseDownload", "resumeDownload"}  # fmt: skip
"""Models, providers, downloads and tools belong to nobody."""
ADMINS = {"setBudget", "updateUser", "deleteUser", "revokeInvitation", "createPasswordReset"}
"""Only administrators may, whosever it is."""
FILTERS = {"budgets", "auditLog", "modelCalls", "toolCalls"}
"""The id only narrows down what the viewer may see anyway; test_setting_budgets.py, test_audit_log.py and
test_ledgers.py try it."""
NEEDED = {"parentId": "chatId", "siblingOf": "chatId", "input.messageId": "chatId"}
"""What must stand beside an argument for it to be looked at."""

EXPECTED = {"reorderQueuedMessages.input.messageIds": "CONFLICT"}
"""The whole line is stated, so an id that is not in it is an order of something else, whosever it is."""
MORE = {"createAgent": {"name": "of Bob", "instructions": "Help."}}
"""Fields of an input without which its ids are not looked at."""


class Place(NamedTuple):
    """An argument, or a field of an input, that is an id."""

    root: Root
    path: tuple[str, ...]
    kind: Kind

    def __str__(self) -> str:
        return ".".join((self.root.name, *self.path))


def ids_in(given: dict[str, GraphQLArgument] | dict[str, GraphQLInputField]) -> Iterator[tuple[tuple[str, ...], Any]]:
    for name, one in given.items():
        kind = get_named_type(one.type)
        if kind.name == "ID":
            yield (name,), one.type
        elif isinstance(kind, GraphQLInputObjectType):
            yield from (((name, *path), found) for path, found in ids_in(kind.fields))


def kind_at(root: Root, name: str) -> Kind | None:
    """What an argument of a field is the id of."""
    if name == "copyOf" and root.name in COPIES:
        return COPIES[root.name]
    return OF_FIELD.get(root.name) if name == "id" else KINDS.get(name)


def places() -> Iterator[Place]:
    for root in roots():
        for path, _ in ids_in(root.field.args):
            if root.name in NULL | ADMINS | FILTERS or {root.name, path[-1]} & EVERYBODYS:
                continue
            kind = kind_at(root, path[-1])
            assert kind is not None, f"say in this file what {root.name}({'.'.join(path)}) is the id of"
            yield Place(root, path, kind)


class Belongings(NamedTuple):
    ids: dict[Kind, str]

    def __getitem__(self, kind: Kind) -> str:  # type: ignore[override]
        return self.ids[kind] if kind in self.ids else global_id(kind, new_id())


MAKE = {
    Kind.API_KEY: 'mutation { createApiKey(input: {name: "k"}) { made: apiKey { id } } }',
    Kind.AGENT: 'mutation { createAgent(input: {name: "a", instructions: "Help."}) { made: agent { id } } }',
    Kind.WORKFLOW: 'mutation { createWorkflow(input: {name: "w", definition: {steps: [{kind: "agent", name: "a"}]}}) '
    "{ made: workflow { id } } }",
    Kind.MEMORY: 'mutation { addMemory(input: {text: "tea, not coffee"}) { made: memory { id } } }',
}


async def belongings(person: Person) -> Belongings:
    """One of each kind that a person can make, by its kind."""
    sent = (await person.gql(SEND, input={"content": "mine"}))["sendMessage"]
    await person.events(sent["run"]["id"])
    viewer = (await person.gql("{ viewer { id sessions { id } } }"))["viewer"]
    share = "mutation ($id: ID!) { shareChat(input: {chatId: $id}) { share { id } } }"
    found = {
        Kind.CHAT: sent["chat"]["id"], Kind.MESSAGE: sent["reply"]["id"], Kind.RUN: sent["run"]["id"],
        Kind.USER: viewer["id"], Kind.SESSION: viewer["sessions"][0]["id"],
        Kind.SHARE: (await person.gql(share, id=sent["chat"]["id"]))["shareChat"]["share"]["id"],
    }  # fmt: skip
    for kind, document in MAKE.items():
        [payload] = (await person.gql(document)).values()
        found[kind] = payload["made"]["id"]
    return Belongings(found)


def request(place: Place, own: Belongings, foreign: Belongings) -> dict[str, Any]:
    """The smallest request with a foreign id at this place, and own ones at the others that it needs."""
    root, first = place.root, place.path[0]
    needed = {name for name, one in root.field.args.items() if is_non_null_type(one.type)} | {first}
    variables = {name: sample(root.field.args[name].type) for name in needed}
    for path, type_ in ids_in(root.field.args):
        required = is_non_null_type(type_) and len(path) <= 2
        beside = path[-1] == NEEDED.get(place.path[-1], NEEDED.get(".".join(place.path)))
        if path == place.path or required or (beside and path[:-1] == place.path[:-1]):
            kind = kind_at(root, path[-1])
            value = (foreign if path == place.path else own)[kind or Kind.TOOL]
            inner = type_.of_type if is_non_null_type(type_) else type_
            holder = variables
            for name in path[:-1]:
                holder = holder.setdefault(name, {}) or holder[name]
            holder[path[-1]] = [value] if is_list_type(inner) else value
    for name, words in MORE.get(root.name, {}).items():
        variables["input"].setdefault(name, words)
    body = call(root)
    declared = ", ".join(f"${name}: {root.field.args[name].type}" for name in variables)
    passed = ", ".join(f"{name}: ${name}" for name in variables)
    selected = body["query"].partition("{")[2].partition(root.name)[2].partition("{")[2]
    fields = " { __typename }" if selected else ""
    return {"query": f"{root.operation} ({declared}) {{ {root.name}({passed}){fields} }}", "variables": variables}


async def answer_to(person: Person, body: dict[str, Any], *, stream: bool) -> dict[str, Any]:
    if not stream:
        return await person.answer(body["query"], **body["variables"])
    async with person.socket() as socket:
        await socket.ws.send_json({"id": "1", "type": "subscribe", "payload": body})
        frame = await socket.ws.receive_json()
        return {"errors": frame["payload"]} if frame["type"] == "error" else dict(frame["payload"])


async def everything(person: Person) -> Any:
    """What a person has, as far as others could have changed it."""
    return await person.gql("""{ viewer { name sessions { id } apiKeys { id name } }
      chats { edges { node { id title archived messages { edges { node { id content rating } } } } } }
      agents { id name instructions } shares { edges { node { id } } } memories { edges { node { id text } } } }""")


async def test_ids_of_others_are_not_found_wherever_they_are_sent(
    server: Running, ada: Person, bob: Person, upstream: Upstream
) -> None:
    foreign, own = await belongings(ada), await belongings(bob)
    before, wrong = await everything(ada), {}
    tried = list(places())

    for place in tried:
        answer = await answer_to(bob, request(place, own, foreign), stream=place.root.operation == "subscription")
        errors = answer.get("errors") or [{"extensions": {"code": "no error"}}]
        code, fields = errors[0]["extensions"]["code"], errors[0]["extensions"].get("fields", {})
        if code == "BAD_USER_INPUT" and ".".join(place.path) in {name.split("[")[0] for name in fields}:
            continue  # an own thing that refers to what its owner cannot see
        if code != EXPECTED.get(str(place), "NOT_FOUND"):
            wrong[str(place)] = errors[0]["extensions"]["code"], errors[0].get("message")

    assert not wrong, wrong
    assert len(tried) > 35
    assert await everything(ada) == before


async def test_nodes_of_others_are_null(ada: Person, bob: Person) -> None:
    foreign, own = await belongings(ada), await belongings(bob)
    ids = list(foreign.ids.values())
    node = "query ($id: ID!) { node(id: $id) { id } }"

    found = (await bob.gql("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=ids))["nodes"]
    mine = (await bob.gql("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=list(own.ids.values())))["nodes"]

    assert found == [None] * len(ids)
    assert [(await bob.gql(node, id=one))["node"] for one in ids] == found
    assert [one["id"] for one in mine] == list(own.ids.values())


@pytest.mark.parametrize("garbage", ["", "x", "chat_", "chat_" + "g" * 32, "1", "chat_" + "0" * 33, "../../etc", "💥"])
async def test_ids_that_are_none_are_not_found(ada: Person, garbage: str) -> None:
    error = await ada.gql_error("query ($id: ID!) { chat(id: $id) { id } }", id=garbage)

    assert error["extensions"]["code"] == "NOT_FOUND"
    assert (await ada.gql("query ($id: ID!) { node(id: $id) { id } }", id=garbage))["node"] is None
