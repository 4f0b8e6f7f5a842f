"""Traces of this process: they go to the collector that the settings name, and to nobody else."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from domain import log_ids, tracing

PATIENCE = 3
"""Seconds that a collector gets for one delivery, and for the last one when the process ends."""
TRACED = {"graphql", "v1", "api", "mcp", "files"}
"""First parts of the paths whose requests are spans. The web client's files and the looks at our health are not."""


@dataclass(frozen=True, slots=True)
class Collector:
    """Where spans go, by OTLP over HTTP; `headers` as they are sent, `service` is what we are called there."""

    endpoint: str
    headers: Mapping[str, str]
    service: str


@contextlib.asynccontextmanager
async def traced(collector: Collector | None) -> AsyncIterator[None]:
    """Collect spans while this block is open; nothing is loaded and nothing costs without a collector."""
    if collector is None:
        yield
        return
    from server.open_telemetry import OpenTelemetry  # noqa: PLC0415 - takes time and memory, which few servers need

    spans = OpenTelemetry(collector.endpoint, collector.headers, collector.service, patience=PATIENCE)
    with tracing.collected(spans):
        try:
            yield
        finally:
            await asyncio.to_thread(spans.close)


class TracedRequests:
    """Each request is a span until its answer ends, inside that of the program that sends it if there is a
    `traceparent`. A socket is none: what it asks for are spans of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # `OPTIONS *` has no path (RFC 9112, section 3.2.4).
        place = scope["path"].removeprefix("/").partition("/")[0] if scope["type"] == "http" else ""
        if place not in TRACED:
            await self._app(scope, receive, send)
            return
        parent = Headers(scope=scope).get("traceparent")
        about = {"http.request.method": scope["method"], "url.path": scope["path"]}
        with tracing.span(f"{scope['method']} /{place}", about, kind="server", parent=parent) as span:
            note_trace()

            async def telling(message: Message) -> None:
                if message["type"] == "http.response.start":
                    status = message["status"]
                    failed = str(status) if status >= 500 else None
                    span.tell({"http.response.status_code": status}, failed=failed)
                await send(message)

            await self._app(scope, receive, telling)


def note_trace() -> None:
    """Let the lines of the log that follow name their trace."""
    if (here := tracing.here()) is not None:
        log_ids.note(trace=tracing.trace_of(here))
