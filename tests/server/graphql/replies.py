"""Requests to the toy schema over HTTP, and what comes back."""

import json
from typing import Any, NamedTuple

from tests.server.graphql.conftest import Toy

GRAPHQL, JSON, EVENTS = "application/graphql-response+json", "application/json", "text/event-stream"
POSTED = {"Content-Type": JSON, "Accept": GRAPHQL}
GOT = {"X-Requested-With": "a test", "Accept": GRAPHQL}


class Reply(NamedTuple):
    status: int
    kind: str
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.text)
        return found

    @property
    def error(self) -> tuple[str, str]:
        """Code and message of the only error; nothing was executed."""
        assert "data" not in self.body
        [error] = self.body["errors"]
        return error["extensions"]["code"], error["message"]

    @property
    def events(self) -> list[dict[str, Any]]:
        """What a stream said before it was complete."""
        *events, complete, rest = self.text.split("\n\n")
        assert (complete, rest) == ("event: complete\ndata:", "")
        assert all(event.startswith("event: next\ndata: {") for event in events)
        return [json.loads(event.partition("data: ")[2]) for event in events]


async def said(toy: Toy, method: str = "POST", *, headers: dict[str, str] | None = None, **how: Any) -> Reply:
    headers = {"Content-Type": "", **(headers or POSTED)}
    async with toy.http.request(method, toy.url, headers={k: v for k, v in headers.items() if v}, **how) as response:
        return Reply(response.status, response.content_type, dict(response.headers), await response.text())


async def posted(toy: Toy, query: Any, accept: str = GRAPHQL, **more: Any) -> Reply:
    body = json.dumps({"query": query, **more})
    return await said(toy, data=body, headers={"Content-Type": JSON, "Accept": accept})
