"""A real OpenAI-compatible server whose answers, delays and faults a test decides.

`python -m tests.upstream --port N` serves it alone, with three models: `scripted` writes a canned Markdown
answer at about 30 tokens a second, `fast` the same at once, `numbers` as many tokens `w0 w1 …` as the
question's number says.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Self

from aiohttp import web

from tests.upstream_answers import (
    STAND_ALONE_MODELS,
    Reply,
    chunk,
    frames,
    scripted,
    tokens_in,
    tokens_of,
    too_long,
    usage_chunk,
    whole,
)


class Upstream:
    """Answers come from a queue that a test fills; when it is empty, the server says 'Hello from upstream.'

    `entries`, if there are any, are what it lists instead of `models`. `requests`, `headers` and `peers` (ports)
    record who asked what, `sent_at` when each piece of an answer was written. The events tell that somebody has
    `asked`, that an answer is `holding`, that the last one was sent (`idle`), and that a client has left in the
    middle (`closed`).

    `by_question`, if there is one, sees each request first and may give the answer; `respond` answers when the queue is
    empty. A prompt that is longer than `window` tokens is refused, as OpenAI does. `embed` gives the vector of a text.
    """

    def __init__(self, models: Sequence[str] = ("mock",)) -> None:
        self.models = list(models)
        self.entries: list[Any] | None = None
        self.by_question: Callable[[dict[str, Any]], Reply | None] | None = None
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.sent_at: list[float] = []
        self.closed = asyncio.Event()
        self.asked = asyncio.Event()
        self.holding = asyncio.Event()
        self.idle = asyncio.Event()
        self.peers: list[int] = []
        self.respond: Callable[[dict[str, Any]], str] = lambda _: "Hello from upstream."
        self.window: int | None = None
        self.refused = 0
        self.embed: Callable[[str], list[float]] | None = None
        self.embedded: list[list[str]] = []
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
        self,
        status: int,
        message: str = "it failed",
        *,
        code: str | None = None,
        times: int = 1,
        **headers: str,
    ) -> None:
        """The next answers are errors of OpenAI's shape. The pool tries a call without an answer three
        times.
        """
        error = {"error": {"message": message, "type": "mock", "code": code}}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"content-type": "application/json", **named}
        self._replies += [Reply(status=status, body=json.dumps(error), headers=kind) for _ in range(times)]

    def html(self, status: int = 200, body: str = "<html><h1>Bad gateway</h1></html>", *, times: int = 1) -> None:
        """The next answers are web pages."""
        for _ in range(times):
            self.answer(status, body, "text/html")

    def answer(self, status: int, body: str, media_type: str) -> None:
        """The next answer is this body, unstreamed."""
        self._replies.append(Reply(status=status, body=body, headers={"content-type": media_type}))

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
        app.router.add_post("/v1/embeddings", self._embed)
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
        named = [{"id": name, "object": "model"} for name in self.models]
        return web.json_response({"object": "list", "data": named if self.entries is None else self.entries})

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.requests.append(body)
        self.headers.append(dict(request.headers))
        self.peers.append(request.transport.get_extra_info("peername")[1] if request.transport else 0)
        self.idle.clear()
        self.asked.set()
        if self.window is not None and (tokens := tokens_in(body)) > self.window:
            self.refused += 1
            return web.json_response(too_long(self.window, tokens), status=400)
        reply = self.by_question(body) if self.by_question is not None else None
        reply = reply or (self._replies.popleft() if self._replies else self._default(body))
        if reply.headers_held:
            await self._gate()
        if reply.body is not None:
            return web.Response(status=reply.status, body=reply.body.encode(), headers=reply.headers)
        if not body.get("stream"):
            return web.json_response(whole(reply.chunks))
        return await self._stream(request, reply)

    async def _embed(self, request: web.Request) -> web.Response:
        texts = (await request.json())["input"]
        self.embedded.append(texts)
        if self.embed is None:
            return web.json_response({"error": {"message": "no embeddings here", "type": "mock"}}, status=404)
        data = [{"object": "embedding", "index": n, "embedding": self.embed(text)} for n, text in enumerate(texts)]
        return web.json_response({"object": "list", "data": data, "usage": {"prompt_tokens": 5, "total_tokens": 5}})

    def _default(self, body: dict[str, Any]) -> Reply:
        stand_alone = scripted(body) if body.get("model") in STAND_ALONE_MODELS else None
        if stand_alone is not None:
            return stand_alone
        self.reply(self.respond(body))
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
        began = time.perf_counter()
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
            if reply.rate:
                await asyncio.sleep(began + (number + 1) / reply.rate - time.perf_counter())
            if reply.delay:
                await asyncio.sleep(reply.delay)
        await response.write_eof()
        self.idle.set()


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
