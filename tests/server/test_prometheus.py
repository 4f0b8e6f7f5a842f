"""What Prometheus gets to read, and who may."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr, ValidationError

from orchestration.metrics import roll_up_once
from persistence.database import Database, connect
from server.settings import Settings
from tests.conftest import Running, running
from tests.people import Person, sign_up
from tests.upstream import Upstream

TOKEN = "a token of the tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def watched(settings: Settings, database_url: str, db: Database) -> AsyncIterator[Running]:
    """A server with a token for Prometheus."""
    open_to_it = settings.model_copy(update={"parley_metrics_token": SecretStr(TOKEN)})
    async with running(open_to_it, connect(database_url)) as started:
        yield started


@pytest.fixture
async def carol(watched: Running) -> AsyncIterator[Person]:
    async with sign_up(watched, "carol@example.org", "Carol") as person:
        yield person


async def status(url: str, **headers: str) -> int:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics", headers=headers) as response:
        return response.status


async def scraped(url: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and the values of its labels, in the order of their names."""
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics", headers=BEARER) as response:
        assert response.status == 200
        families = text_string_to_metric_families(await response.text())
        return {
            (sample.name, tuple(sample.labels.values())): sample.value
            for family in families
            for sample in family.samples
        }


async def test_without_a_token_there_is_nothing_to_read(server: Running) -> None:
    assert await status(server.url) != 200
    assert await status(server.url, **BEARER) != 200


async def test_only_the_token_opens_it(watched: Running, carol: Person) -> None:
    assert await status(watched.url) == 401
    assert await status(watched.url, Authorization="Bearer") == 401
    assert await status(watched.url, Authorization=f"Basic {TOKEN}") == 401
    assert await status(watched.url, Authorization=f"Bearer {TOKEN}s") == 401
    assert await status(watched.url, **BEARER) == 200
    async with carol.http.get(f"{watched.url}/metrics") as response:
        assert response.status == 401, "an administrator's cookie is no token"


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ValidationError, match="at least 16 characters"):
        Settings(_env_file=None, parley_metrics_token=SecretStr("short"))


async def test_calls_tokens_times_runs_and_connections_are_told(
    watched: Running, carol: Person, db: Database, upstream: Upstream
) -> None:
    await carol.sign_in()
    upstream.reply("one two three")
    sent, _ = await carol.ask("hi")
    await roll_up_once(db)
    upstream.fail(400)
    await carol.ask("hi", chatId=sent["chat"]["id"])
    async with carol.http.get(f"{watched.url}/no/such/page") as response:
        await response.read()

    seen = await scraped(watched.url)

    assert seen["parley_model_calls_total", ("mock",)] == 2
    assert seen["parley_model_call_errors_total", ("mock",)] == 1
    assert seen["parley_model_tokens_total", ("input", "mock")] == 7
    assert seen["parley_model_tokens_total", ("output", "mock")] == 3
    assert seen["parley_model_ttft_seconds_bucket", ("60.0", "mock")] == 1
    assert seen["parley_model_ttft_seconds_count", ("mock",)] == 1
    assert 0 < seen["parley_model_ttft_seconds_sum", ("mock",)] < 60
    assert seen["parley_runs", ("active",)] == seen["parley_runs", ("queued",)] == 0
    assert seen["parley_queue_jobs", ()] == 0
    assert seen["parley_database_up", ()] == 1
    assert seen["parley_database_connections_used", ("write",)] <= 10
    assert seen["parley_database_connections_limit", ("write",)] == 10
    assert seen["parley_http_request_seconds_count", ("POST", "/graphql", "200")] >= 3
    assert not [labels for _, labels in seen if "/no/such/page" in labels]
