"""Lines of the log say what they are about, and nobody can make one up."""

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from domain.log_ids import note
from persistence.database import Database, connect
from server.logs import JsonLines, Lines
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import Person

VIEWER = "{ viewer { id } }"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What this process logs of its statements, as JSON."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger("persistence.slow_statements")
    logger.addHandler(handler)
    yield written
    logger.removeHandler(handler)


@pytest.fixture
async def server(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server to which every statement is slow."""
    async with running(settings, connect(database_url, slow_ms=0.000_001)) as started:
        yield started


def entries(lines: io.StringIO) -> list[dict[str, str]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


async def test_entries_name_request_viewer_run_and_attempt(ada: Person, lines: io.StringIO) -> None:
    viewer = (await ada.gql(VIEWER))["viewer"]["id"]
    body = {"query": VIEWER}
    async with ada.http.post(f"{ada.url}/graphql", json=body, headers={"X-Request-ID": "of-a-proxy.1"}) as response:
        assert response.headers["X-Request-ID"] == "of-a-proxy.1"
    async with ada.http.post(f"{ada.url}/graphql", json=body, headers={"X-Request-ID": "no id\tat all"}) as response:
        assert len(response.headers["X-Request-ID"]) == 32
    sent, _ = await ada.ask("a secret question")

    told = entries(lines)
    assert any(entry.get("request") == "of-a-proxy.1" and entry.get("viewer") == viewer for entry in told)
    of_run = [entry for entry in told if entry.get("run") == sent["run"]["id"]]
    assert {entry.get("attempt") for entry in of_run} - {None} == {"1"}  # a worker knows it when it has claimed the run
    assert not any("request" in entry for entry in of_run)
    assert {entry["level"] for entry in told} == {"WARNING"}
    assert "a secret question" not in lines.getvalue()


async def test_only_statements_that_take_long_are_told(
    settings: Settings, database_url: str, db: Database, lines: io.StringIO
) -> None:
    async with running(settings, connect(database_url, slow_ms=60_000)):
        pass
    assert lines.getvalue() == ""


def test_what_is_quoted_makes_no_line_of_its_own() -> None:
    note(run="run_1")
    record = logging.LogRecord("a", logging.ERROR, "", 0, "it said %s", ("no\n2026 INFO all is well",), None)

    assert Lines().format(record).endswith("ERROR a: it said no\\n2026 INFO all is well [run=run_1]")
    assert json.loads(JsonLines().format(record))["message"] == "it said no\n2026 INFO all is well"
