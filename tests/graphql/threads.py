"""What tests about the runs of a chat share: the shown branch, and waiting for a moment of a run."""

from typing import Any

from tests.people import EVENTS, Person
from tests.upstream import Upstream

Sent = dict[str, Any]

CANCEL = "mutation ($id: ID!) { cancelRun(id: $id) { run { id status } } }"
REGENERATE = """mutation ($input: RegenerateInput!) {
  regenerate(input: $input) { run { id status } reply { id parentId } chat { id headId } } }"""
BRANCH = """query ($id: ID!) { chat(id: $id) { headId title activeRun { id }
  messages(first: 200) { edges { node { id role content status siblings { id } } } } } }"""


async def branch(person: Person, chat_id: str) -> list[dict[str, Any]]:
    page = (await person.gql(BRANCH, id=chat_id))["chat"]["messages"]
    return [edge["node"] for edge in page["edges"]]


async def until(person: Person, run_id: str, kind: str) -> list[dict[str, Any]]:
    """Events of a run up to the first of a kind."""
    seen: list[dict[str, Any]] = []
    async with person.socket() as socket:
        async for data in socket.watch(EVENTS, runId=run_id, after=0):
            seen.append(data["runEvents"])
            if seen[-1]["__typename"] == kind:
                break
    return seen


async def said(person: Person, chat_id: str) -> list[str]:
    """The texts of the shown branch."""
    return [message["content"] for message in await branch(person, chat_id)]


async def busy(person: Person, upstream: Upstream, *queued: str) -> tuple[str, list[Sent]]:
    """A chat whose first answer is held in the middle, with messages that wait behind it."""
    upstream.reply("first answer", held_after=2)
    first = await person.send("first")
    await until(person, first["run"]["id"], "TextDelta")
    chat_id = first["chat"]["id"]
    return chat_id, [first, *[await person.send(content, chatId=chat_id) for content in queued]]


async def settled(person: Person, sent: list[Sent]) -> list[str]:
    """How all the runs ended."""
    return [(await person.events(one["run"]["id"]))[-1]["run"]["status"] for one in sent]


def questions(upstream: Upstream) -> list[list[str]]:
    """What each request to the model had people say."""
    return [[m["content"] for m in request["messages"] if m["role"] == "user"] for request in upstream.requests]
