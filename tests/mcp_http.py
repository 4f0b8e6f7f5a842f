"""The misbehaving MCP server behind a URL of this process."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NamedTuple

import uvicorn
from mcp.server.lowlevel import Server
from starlette.types import ASGIApp, Receive, Scope, Send

from server.serving import listen
from tests.mcp_server import Misbehaving


class Served(NamedTuple):
    url: str
    headers: list[dict[str, str]]
    """Headers of all requests so far."""


@contextlib.asynccontextmanager
async def http_server(
    folder: Path, *, token: str | None = None, port: int = 0, instead: Server[Any] | None = None
) -> AsyncIterator[Served]:
    """The same, or another one `instead`, over Streamable HTTP; with a `token` for those only who send it."""
    app = (instead or Misbehaving(folder).server).streamable_http_app()
    headers: list[dict[str, str]] = []
    bound = listen("127.0.0.1", port)
    config = uvicorn.Config(_guarded(app, token, headers), log_config=None, timeout_graceful_shutdown=0)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[bound]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.005)
    try:
        yield Served(f"http://127.0.0.1:{bound.getsockname()[1]}/mcp", headers)
    finally:
        server.should_exit = True
        await serving


def _guarded(app: ASGIApp, token: str | None, headers: list[dict[str, str]]) -> ASGIApp:
    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            sent = {name.decode(): value.decode() for name, value in scope["headers"]}
            headers.append(sent)
            if token is not None and sent.get("authorization") != f"Bearer {token}":
                await send({"type": "http.response.start", "status": 401, "headers": []})
                await send({"type": "http.response.body", "body": b"who are you?"})
                return
        await app(scope, receive, send)

    return guarded
