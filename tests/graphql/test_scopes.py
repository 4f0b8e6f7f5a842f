"""Scopes of API keys: every root field wants exactly one, the one that its kind and its description say."""

import asyncio
import json
from typing import Any

import aiohttp

from resolvers.registration import create_api_key
from tests.conftest import Running
from tests.graphql.test_schema import PUBLIC, Root, call, roots
from tests.people import Person

SCOPES = ("read", "write", "account")


def declared(root: Root) -> str:
    """`account` where the description says so; else what the kind of operation says."""
    if "scope `account`" in (root.field.description or "").replace("\n", " "):
        return "account"
    return "write" if root.operation == "mutation" else "read"


async def lacking(http: aiohttp.ClientSession, url: str, root: Root, key: str) -> str | None:
    """The scope that a key is said to lack; None when it lacks none."""
    streams = root.operation == "subscription"
    headers = {"Authorization": f"Bearer {key}", "Accept": "text/event-stream" if streams else "application/json"}
    async with http.post(f"{url}/graphql", json=call(root), headers=headers) as response:
        answer: dict[str, Any] = await _first(response)
    said = " ".join(error["message"] for error in answer.get("errors", ()))
    return next((scope for scope in SCOPES if f"lacks the scope `{scope}`" in said), None)


async def _first(response: aiohttp.ClientResponse) -> dict[str, Any]:
    if response.content_type != "text/event-stream":
        whole: dict[str, Any] = await response.json(content_type=None)
        return whole
    try:
        async with asyncio.timeout(0.3):  # a stream that was let in need not say anything
            async for line in response.content:
                if line.startswith(b"data: {"):
                    frame: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                    return frame
    except TimeoutError:
        pass
    return {}


async def test_every_field_wants_the_scope_that_it_declares(server: Running, ada: Person) -> None:
    keys = {scope: await create_api_key(server.db, ada.email, scope, [scope]) for scope in SCOPES}
    wrong: list[tuple[str, str, str | None]] = []
    async with aiohttp.ClientSession() as http:
        for root in roots():
            for scope, key in keys.items() if root.name not in PUBLIC else ():
                wanted = declared(root)
                said = await lacking(http, server.url, root, key)
                if said != (None if scope == wanted else wanted):
                    wrong.append((root.name, scope, said))
    assert wrong == []
