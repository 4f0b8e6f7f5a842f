"""A collector of traces: a real receiver of OTLP over HTTP that keeps the spans it gets."""

from typing import Any, NamedTuple, Self

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


class Got(NamedTuple):
    """A span; ids in hexadecimal, `parent` empty for the first of a trace."""

    name: str
    trace: str
    id: str
    parent: str
    service: str
    attributes: dict[str, Any]
    failed: bool


class Collector:
    """`bodies` are the requests as they came, `headers` those of the last one."""

    def __init__(self) -> None:
        self.spans: list[Got] = []
        self.bodies: list[bytes] = []
        self.headers: dict[str, str] = {}
        app = web.Application()
        app.router.add_post("/v1/traces", self._take)
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self.bodies.append(body)
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = _plain(resource.resource.attributes)["service.name"]
            for scope in resource.scope_spans:
                self.spans += [
                    Got(
                        span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), service,
                        _plain(span.attributes), span.status.code == span.status.STATUS_CODE_ERROR,
                    )
                    for span in scope.spans
                ]  # fmt: skip
        return web.Response(content_type="application/x-protobuf")


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}
