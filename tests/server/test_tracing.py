"""One trace from a request through the queue, a worker, models and tools to who watches; and none that nobody wants."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from starlette.types import Receive, Scope, Send

from persistence.database import Database, connect
from server.settings import ROOT, Settings
from server.tracing import TracedRequests
from tests.chaos.programs import Program
from tests.collectors import Collector, Got
from tests.conftest import running
from tests.graphql.teams import calls, clock_of, make, with_tools
from tests.graphql.test_memories import put_down
from tests.people import Person, sign_up
from tests.upstream import Upstream

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
QUESTION, ANSWER = "What is secret here?", "Nothing of it."


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    async with Collector() as started:
        yield started


@pytest.fixture
async def worker(settings: Settings, database_url: str, collector: Collector, tmp_path: Path) -> AsyncIterator[Program]:
    """A `parley worker` that tells the collector."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    environment = {
        **kept,
        "DATABASE_URL": database_url,
        "PARLEY_DATA": str(settings.parley_data),
        "PARLEY_LOCAL_MODELS": "false",
        "OPENAI_BASE_URL": settings.openai_base_url or "",
        "OPENAI_API_KEY": "sk-test-upstream",
        "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        "OTEL_SERVICE_NAME": "parley-worker",
    }
    program = Program("worker", "worker", environment, ready="The worker is ready")
    await program.start()
    yield program
    await program.close()


def traced(settings: Settings, collector: Collector) -> Settings:
    changed = {
        "otel_exporter_otlp_endpoint": collector.url,
        "otel_exporter_otlp_headers": SecretStr("x-team=parley, authorization=Basic%20abc"),
    }
    return settings.model_copy(update={"parley_worker": False, **changed})


def named(spans: list[Got], name: str) -> Got:
    [found] = [span for span in spans if span.name == name and span.trace == TRACE]
    return found


async def test_one_trace_goes_through_queue_worker_model_tool_and_watcher(
    settings: Settings, database_url: str, db: Database, collector: Collector, upstream: Upstream, worker: Program
) -> None:  # fmt: skip
    calls(upstream, ("current_time", {"time_zone": "UTC"}))
    upstream.reply(ANSWER)
    async with (
        running(traced(settings, collector), connect(database_url)) as server,
        sign_up(server, "ada@example.org", "Ada") as ada,
    ):
        await with_tools(ada)
        agent = await make(ada, "Clock", toolIds=[await clock_of(ada)])
        await worker.until_ready()
        ada.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
        sent, events = await ada.ask(QUESTION, agentId=agent)
    await worker.leave()

    assert events[-1]["run"]["error"] is None
    spans = collector.spans
    request, operation = named(spans, "POST /graphql"), named(spans, "GraphQL mutation")
    run, tool, watch = named(spans, "run"), named(spans, "execute_tool current_time"), named(spans, "watch")
    models = [span for span in spans if span.name == "chat mock"]
    assert request.parent == PARENT
    assert operation.parent == request.id
    assert [one.parent for one in (named(spans, "queue"), run, watch)] == [operation.id] * 3
    assert [one.parent for one in (tool, *models)] == [run.id] * 3
    assert {one.trace for one in models} == {TRACE}
    assert (run.service, watch.service) == ("parley-worker", "parley")
    assert run.attributes["parley.run"] == watch.attributes["parley.run"] == sent["run"]["id"]
    assert (run.attributes["parley.run.status"], run.failed) == ("COMPLETED", False)
    assert models[-1].attributes["gen_ai.usage.output_tokens"] == 3
    assert watch.attributes["parley.watch.events"] == len(events)
    assert not any(words.encode() in body for body in collector.bodies for words in (QUESTION, ANSWER, "ada@example"))


async def test_the_call_that_finds_memories_by_what_they_mean_is_a_part_of_its_run(
    settings: Settings, database_url: str, db: Database, collector: Collector, upstream: Upstream
) -> None:
    upstream.embed = lambda text: [1.0, 0.0]
    changed = {"parley_worker": True, "parley_embedding_model": "embedder"}
    wanted = traced(settings, collector).model_copy(update=changed)
    async with running(wanted, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        await put_down(db, [f"The project {number} began in a cold winter." for number in range(111)])
        await ada.ask("When did it begin?")

    [run] = [span for span in collector.spans if span.name == "run"]
    [call] = [span for span in collector.spans if span.name == "embeddings embedder"]
    assert (call.parent, call.failed) == (run.id, False)


async def test_a_run_that_fails_is_a_span_that_says_why(
    settings: Settings, database_url: str, db: Database, collector: Collector, upstream: Upstream
) -> None:
    upstream.fail(401, "that key is wrong")
    wanted = traced(settings, collector).model_copy(update={"parley_worker": True})
    async with running(wanted, connect(database_url)) as server, sign_up(server, "ada@example.org", "Ada") as ada:
        await ada.ask("hi")

    failed = {span.name: span.attributes.get("error.type") for span in collector.spans if span.failed}
    assert failed["run"] == failed["chat mock"] == "MODEL_AUTH_FAILED"
    assert collector.headers["x-team"] == "parley"
    assert collector.headers["authorization"] == "Basic abc"


async def test_a_collector_that_is_away_delays_nobody(settings: Settings, database_url: str, db: Database) -> None:
    nowhere = {"otel_exporter_otlp_endpoint": "http://127.0.0.1:9"}
    began = asyncio.get_running_loop().time()
    async with (
        running(settings.model_copy(update=nowhere), connect(database_url)) as server,
        sign_up(server, "ada@example.org", "Ada") as ada,
    ):
        _, events = await ada.ask("hi")
    assert events[-1]["run"]["status"] == "COMPLETED"
    assert asyncio.get_running_loop().time() - began < 10


@pytest.mark.parametrize("target", ["*", "chat.example.org:443", ""])
async def test_a_target_that_is_no_path_is_answered_too(target: str) -> None:
    reached: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope)

    asked = {"type": "http", "method": "OPTIONS", "path": target, "headers": []}
    await TracedRequests(app)(asked, cast("Receive", None), cast("Send", None))

    assert reached == [asked]


def test_nothing_is_loaded_without_a_collector() -> None:
    unwanted = "opentelemetry.exporter", "opentelemetry.sdk.trace"
    look = f"import sys, server.settings; print([name for name in sys.modules if name.startswith({unwanted})])"
    found = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, check=True, text=True)
    assert found.stdout.strip() == "[]"


async def test_without_a_collector_a_run_keeps_no_trace(ada: Person, db: Database) -> None:
    ada.http.headers["traceparent"] = f"00-{TRACE}-{PARENT}-01"
    sent = await ada.send("hi")
    async with db.read() as session:
        kept = (await session.execute(text("SELECT trace FROM runs"))).scalar_one()
    assert sent["run"]["id"]
    assert kept is None
