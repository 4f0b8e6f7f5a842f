"""A real OpenAI-compatible server whose answers, delays and faults a test decides.

`python -m tests.upstream --port N` serves it alone, with three models: `scripted` writes a canned Markdown answer at
about 30 tokens a second, `fast` the same at once, `numbers` as many tokens `w0 w1 …` as the question's number says.
"""

import argparse
import asyncio
import contextlib
import json
import re
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

ANSWER = """# A short answer

Parley streams **every token** as it comes. Here is some code:

```python
def greet(name: str) -> str:
    return f"Hello, {name}!"
```

| City   | Country | People     |
| ------ | ------- | ---------- |
| Paris  | France  | 2,100,000  |
| Vienna | Austria | 2,000,000  |

1. First, ask.
2. Then, read.

That is all.
"""

TOKEN = re.compile(r"\s*\S+|\s+")
STAND_ALONE_MODELS = ("scripted", "fast", "numbers")


def tokens_of(text: str) -> list[str]:
    return TOKEN.findall(text)


@dataclass
class Reply:
    """One answer to come. `raw` is sent instead of chunks; `held_after` chunks wait for `release()`."""

    chunks: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None
    raw: list[bytes] | None = None
    delay: float = 0.0
    held_after: int | None = None
    headers_held: bool = False
    cut_after: int | None = None
    done: bool = True
    newline: bytes = b"\n"


def chunk(model: str = "mock", *, finish: str | None = None, **delta: Any) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [choice],
    }


def usage_chunk(prompt: int, completion: int, *, cached: int = 0, reasoning: int = 0) -> dict[str, Any]:
    usage = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
        "completion_tokens_details": {"reasoning_tokens": reasoning},
    }
    return {**chunk(), "choices": [], "usage": usage}


class Upstream:
    """Answers come from a queue that a test fills; when it is empty, the server says 'Hello from upstream.'"""

    def __init__(self, models: Sequence[str] = ("mock",)) -> None:
        self.models = list(models)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sent_at: list[float] = []
        self.closed = asyncio.Event()
        self.asked = asyncio.Event()
        self.holding = asyncio.Event()
        self._replies: deque[Reply] = deque()
        self._released = asyncio.Event()
        self._released.set()
        self._runner: web.AppRunner | None = None
        self.port = 0

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def reply(
        self, text: str = "", *, delay: float = 0.0, reasoning: str = "", finish: str = "stop", **how: Any
    ) -> Reply:
        """The next answer: each word a chunk, `delay` seconds apart, then the finish reason and the usage."""
        words = tokens_of(text)
        thoughts = [chunk(reasoning_content=word) for word in tokens_of(reasoning)]
        ending = [chunk(finish=finish), usage_chunk(7, len(words), cached=2, reasoning=len(thoughts))]
        start = chunk(role="assistant", content="")
        return self.reply_with(
            [start, *thoughts, *(chunk(content=word) for word in words), *ending], delay=delay, **how
        )

    def reply_with(self, chunks: list[dict[str, Any]], **how: Any) -> Reply:
        """The next answer in chunks of the test's own; see `Reply` for what else can be asked for."""
        reply = Reply(chunks, **how)
        self._replies.append(reply)
        return reply

    def fail(
        self, status: int, message: str = "it failed", *, code: str | None = None, **headers: str
    ) -> None:
        """The next answer is an error of OpenAI's shape."""
        error = {"error": {"message": message, "type": "mock", "code": code}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"content-type": "application/json", **named}
        self._replies.append(Reply(status=status, body=json.dumps(error), headers=kind))

    def html(self, status: int = 200, body: str = "<html><h1>Bad gateway</h1></html>") -> None:
        self._replies.append(Reply(status=status, body=body, headers={"content-type": "text/html"}))

    def raw(self, *pieces: bytes, **how: Any) -> None:
        """The next answer is these bytes, each piece in a write of its own."""
        self._replies.append(Reply(raw=list(pieces), **how))

    def hold(self) -> None:
        """From now on answers stop before their next chunk, until `release`."""
        self._released.clear()

    def release(self) -> None:
        self._released.set()

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_get("/v1/models", self._list)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.release()
        if self._runner is not None:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _list(self, request: web.Request) -> web.Response:
        self.headers.append(dict(request.headers))
        return web.json_response(
            {"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]}
        )

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        self.asked.set()
        reply = self._replies.popleft() if self._replies else self._default(body)
        if reply.headers_held:
            await self._gate()
        if reply.body is not None:
            return web.Response(status=reply.status, body=reply.body.encode(), headers=reply.headers)
        if not body.get("stream"):
            return web.json_response(whole(reply.chunks))
        return await self._stream(request, reply)

    def _default(self, body: dict[str, Any]) -> Reply:
        stand_alone = scripted(body) if body.get("model") in STAND_ALONE_MODELS else None
        if stand_alone is not None:
            return stand_alone
        self.reply("Hello from upstream.")
        return self._replies.pop()

    async def _gate(self) -> None:
        if not self._released.is_set():
            self.holding.set()
        await self._released.wait()

    async def _stream(self, request: web.Request, reply: Reply) -> web.StreamResponse:
        kind = {"content-type": "text/event-stream", "x-request-id": "req_mock", **reply.headers}
        response = web.StreamResponse(status=reply.status, headers=kind)
        try:
            await response.prepare(request)
            await self._write(request, response, reply)
        except (asyncio.CancelledError, ConnectionError):
            self.closed.set()
            raise
        return response

    async def _write(self, request: web.Request, response: web.StreamResponse, reply: Reply) -> None:
        pieces = reply.raw if reply.raw is not None else list(frames(reply))
        for number, piece in enumerate(pieces):
            if reply.held_after is not None and number == reply.held_after:
                self.hold()
            await self._gate()
            if number == reply.cut_after:
                assert request.transport is not None
                request.transport.abort()
                return
            self.sent_at.append(time.perf_counter())
            await response.write(piece)
            if reply.delay:
                await asyncio.sleep(reply.delay)
        await response.write_eof()


def frames(reply: Reply) -> list[bytes]:
    end = reply.newline * 2
    sent = [b"data: " + json.dumps(data).encode() + end for data in reply.chunks]
    return [*sent, b"data: [DONE]" + end] if reply.done else sent


def whole(chunks: list[dict[str, Any]]) -> dict[str, Any]:
    """The chunks of an answer as one unstreamed completion."""
    deltas = [choice["delta"] for data in chunks for choice in data["choices"]]
    message: dict[str, Any] = {"role": "assistant"}
    for name in ("content", "reasoning_content", "refusal"):
        message[name] = "".join(delta.get(name) or "" for delta in deltas) or None
    calls = [call for delta in deltas for call in delta.get("tool_calls") or ()]
    if calls:
        arguments = "".join(call["function"].get("arguments") or "" for call in calls)
        first = calls[0]
        message["tool_calls"] = [
            {**first, "function": {"name": first["function"]["name"], "arguments": arguments}}
        ]
    finish = next(
        (c["finish_reason"] for data in chunks for c in data["choices"] if c["finish_reason"]), "stop"
    )
    usage = next((data["usage"] for data in chunks if data.get("usage")), None)
    choice = {"index": 0, "message": message, "finish_reason": finish}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "mock"}
    return {**head, "choices": [choice], "usage": usage}


def scripted(body: dict[str, Any]) -> Reply:
    """What the models of the stand-alone server answer."""
    question = _words_of(body["messages"][-1].get("content"))
    if body["model"] == "numbers":
        count = int(found.group()) if (found := re.search(r"\d+", question)) else 100
        words = [f"{' ' if number else ''}w{number}" for number in range(count)]
    else:
        words = tokens_of(ANSWER)
    ending = [chunk(finish="stop"), usage_chunk(len(tokens_of(question)), len(words))]
    chunks = [chunk(role="assistant", content=""), *(chunk(content=word) for word in words), *ending]
    return Reply(chunks, delay=0.033 if body["model"] == "scripted" else 0.0)


def _words_of(content: object) -> str:
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return str(content or "")


@contextlib.asynccontextmanager
async def start_upstream(models: Sequence[str] = ("mock",)) -> AsyncIterator[Upstream]:
    async with Upstream(models) as upstream:
        yield upstream


async def _stand_alone(host: str, port: int) -> None:
    upstream = Upstream(STAND_ALONE_MODELS)
    await upstream.start(host, port)
    print(f"upstream listens on {upstream.base_url}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_stand_alone(options.host, options.port))


if __name__ == "__main__":
    main()
