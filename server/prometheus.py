"""Figures for Prometheus at `/metrics`: how long this process takes to answer, and what the whole server has done.

The ledger knows what all processes have done, workers without a port of their own included. So calls, tokens and runs
are the same wherever they are scraped: take them from one process, or the largest of them.
"""

import hmac
import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from persistence import live_metrics, metrics
from persistence.database import Database, Unavailable
from persistence.histograms import Measure, at_most
from persistence.ledgers import CALLS, TOOLS
from persistence.live_metrics import Activity
from persistence.metrics import Tally, grouped

log = logging.getLogger(__name__)

ANSWERED = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds, for HTTP."""
SPOKEN = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Seconds, for the first token of a model."""
PATHS = frozenset(
    {"/graphql", "/healthz", "/readyz", "/metrics", "/v1/chat/completions", "/v1/responses", "/v1/models"}
)
"""What is told apart; a stranger's paths would otherwise fill the memory."""
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Prometheus:
    """Whoever scrapes must know the token."""

    def __init__(self, db: Database, token: str) -> None:
        self._db, self._token = db, token.encode()
        self.answered = Histogram(
            "parley_http_request_seconds",
            "Time until an answer begins, of this process.",
            ["path", "method", "status"],
            buckets=ANSWERED,
            registry=CollectorRegistry(),
        )

    async def endpoint(self, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), self._token):
            told = "Send PARLEY_METRICS_TOKEN as `Authorization: Bearer …`.\n"
            return PlainTextResponse(told, 401, {"WWW-Authenticate": 'Bearer realm="metrics"'})
        try:
            shared, up = await self._shared(), 1
        except Unavailable as error:
            log.warning("the figures cannot be read (%s)", error)
            shared, up = [], 0
        known = [*shared, GaugeMetricFamily("parley_database_up", "Whether the database answers.", up)]
        exposed = generate_latest(_Exposed([*self.answered.collect(), *known, *self._connections()]))
        return Response(exposed, media_type=CONTENT_TYPE_LATEST)

    async def _shared(self) -> list[Metric]:
        """What is true of the whole server."""
        async with self._db.read() as session:
            calls = grouped(await metrics.ever(session, CALLS), lambda tally: tally.name)
            tools = grouped(await metrics.ever(session, TOOLS), lambda tally: tally.name)
            people = await live_metrics.now(session, datetime.now(UTC) - timedelta(minutes=1))
            waiting = await live_metrics.waiting_jobs(session)
        now = sum(people.values(), Activity())
        runs = GaugeMetricFamily("parley_runs", "Runs that have not ended.", labels=["state"])
        runs.add_metric(["active"], now.active_runs)
        runs.add_metric(["queued"], now.queued_runs)
        queue = GaugeMetricFamily("parley_queue_jobs", "Jobs that no worker has taken yet.", waiting)
        return [runs, queue, *_of_models(calls), *_of_tools(tools)]

    def _connections(self) -> Iterator[Metric]:
        used = GaugeMetricFamily("parley_database_connections_used", "Connections at work, here.", labels=["pool"])
        most = GaugeMetricFamily("parley_database_connections_limit", "Most connections, here.", labels=["pool"])
        for pool, (at_work, limit) in self._db.connections.items():
            used.add_metric([pool], at_work)
            most.add_metric([pool], limit)
        yield from (used, most)


class _Exposed(Collector):
    """What has been collected already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families


def _of_models(calls: dict[str, Tally]) -> Iterator[Metric]:
    made = CounterMetricFamily("parley_model_calls", "Calls to models.", labels=["model"])
    failed = CounterMetricFamily("parley_model_call_errors", "Calls to models that failed.", labels=["model"])
    tokens = CounterMetricFamily("parley_model_tokens", "Tokens of calls to models.", labels=["model", "direction"])
    cost = CounterMetricFamily("parley_model_cost_usd", "Cost of calls in US dollars.", labels=["model"])
    ttft = HistogramMetricFamily(
        "parley_model_ttft_seconds", "Time to the first token of calls that succeeded.", labels=["model"]
    )
    for model, tally in calls.items():
        made.add_metric([model], tally.calls)
        failed.add_metric([model], tally.errors)
        tokens.add_metric([model, "input"], tally.input_tokens)
        tokens.add_metric([model, "output"], tally.output_tokens)
        cost.add_metric([model], float(tally.cost_usd))
        counts, total = at_most(tally.histogram, Measure.TTFT_MS, [*(limit * 1000 for limit in SPOKEN), float("inf")])
        limits = [*map(str, SPOKEN), "+Inf"]
        ttft.add_metric([model], list(zip(limits, map(float, counts), strict=True)), total / 1000)
    yield from (made, failed, tokens, cost, ttft)


def _of_tools(calls: dict[str, Tally]) -> Iterator[Metric]:
    made = CounterMetricFamily("parley_tool_calls", "Calls to tools.", labels=["tool"])
    failed = CounterMetricFamily("parley_tool_call_errors", "Calls to tools that failed.", labels=["tool"])
    for tool, tally in calls.items():
        made.add_metric([tool], tally.calls)
        failed.add_metric([tool], tally.errors)
    yield from (made, failed)


class Timed:
    """Notes how long each answer over HTTP takes to begin: a stream that lasts for an hour has not been slow."""

    def __init__(self, app: ASGIApp, answered: Histogram) -> None:
        self._app, self._answered = app, answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        path = scope["path"] if scope["path"] in PATHS else "other"
        method = scope["method"] if scope["method"] in METHODS else "other"

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                took = time.perf_counter() - began
                self._answered.labels(path, method, str(message["status"])).observe(took)
            await send(message)

        await self._app(scope, receive, noting)
