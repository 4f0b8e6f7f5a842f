"""Spans as OpenTelemetry has them, sent by OTLP over HTTP. Loaded only where traces are wanted."""

import contextlib
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from domain.tracing import Attributes, Kind, Span
from server.version import __version__

HEADER = "traceparent"


class OpenTelemetry:
    """A tracer of `domain.tracing`. Its provider is ours alone: no library finds it, so none adds spans of its own.
    `patience` is how many seconds the collector gets for one delivery."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], service: str, *, patience: float) -> None:
        about = Resource.create({"service.name": service, "service.version": __version__})
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", headers=dict(headers), timeout=patience)
        self._provider = TracerProvider(resource=about, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("parley", __version__)
        self._carrying = TraceContextTextMapPropagator()

    def close(self) -> None:
        """Deliver what is left, which may take as long as `patience`."""
        self._provider.shutdown()

    def open(self, name: str, attributes: Attributes, kind: Kind, parent: str | None) -> AbstractContextManager[Span]:
        return self._open(name, attributes, kind, parent)

    @contextlib.contextmanager
    def _open(self, name: str, attributes: Attributes, kind: Kind, parent: str | None) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name, self._context(parent), _kind(kind), _given(attributes),
            record_exception=False, set_status_on_exception=False,  # its words may be somebody's
        ) as opened:  # fmt: skip
            span = _Open(opened)
            try:
                yield span
            except BaseException as error:
                span.tell({}, failed=type(error).__name__)
                raise

    def note(
        self, name: str, attributes: Attributes, kind: Kind, parent: str | None,
        since: datetime, seconds: float, failed: str | None,
    ) -> None:  # fmt: skip
        began = int(since.timestamp() * 1e9)
        opened = self._tracer.start_span(name, self._context(parent), _kind(kind), _given(attributes), start_time=began)
        _Open(opened).tell({}, failed=failed)
        opened.end(began + int(seconds * 1e9))

    def here(self) -> str | None:
        carried: dict[str, str] = {}
        self._carrying.inject(carried)
        return carried.get(HEADER)

    def _context(self, parent: str | None) -> Context | None:
        """What a span goes into: the span around us without a parent. What is no `traceparent` begins a trace."""
        return None if parent is None else self._carrying.extract({HEADER: parent}, Context())


class _Open:
    def __init__(self, opened: trace.Span) -> None:
        self._opened = opened

    def tell(self, attributes: Attributes, *, failed: str | None = None) -> None:
        self._opened.set_attributes(_given(attributes))
        if failed is not None:
            self._opened.set_attribute("error.type", failed)
            self._opened.set_status(trace.StatusCode.ERROR)


def _kind(kind: Kind) -> trace.SpanKind:
    return trace.SpanKind[kind.upper()]


def _given(attributes: Attributes) -> dict[str, Any]:
    return {name: value for name, value in attributes.items() if value is not None}
