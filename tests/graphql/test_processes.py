"""Two processes of the operating system on one database: what they know of models is the same."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from persistence.database import Database
from tests.chaos.programs import Program
from tests.graphql.pair import EDIT, Pair, ask, breakers, forget
from tests.graphql.threads import until
from tests.orchestration.pools import let_rest
from tests.people import Person
from tests.ports import free_port
from tests.upstream import Upstream

pytestmark = [pytest.mark.alone, pytest.mark.timeout(180)]


class Site(NamedTuple):
    """A `parley serve` that carries on one run at a time."""

    url: str
    db: Database
    program: Program


@pytest.fixture
async def sites(database_url: str, db: Database, upstream: Upstream, tmp_path: Path) -> AsyncIterator[list[Site]]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PARLEY_")}
    sites: list[Site] = []
    for name in ("one", "other"):
        port = free_port()
        environment = {
            **kept,
            "DATABASE_URL": database_url,
            "OPENAI_BASE_URL": upstream.base_url,
            "OPENAI_API_KEY": "sk-test-upstream",
            "PARLEY_PORT": str(port),
            "PARLEY_DATA": str(tmp_path / "data"),
            "PARLEY_SECRET_KEY": "5a" * 32,
            "PARLEY_LOCAL_MODELS": "false",
            "PARLEY_WORKER_CONCURRENCY": "1",
        }
        program = Program(name, "serve", environment, ready="Parley is ready")
        sites.append(Site(f"http://127.0.0.1:{port}", db, program))
        await program.start()
    for site in sites:
        await site.program.until_ready()
    yield sites
    for site in sites:
        await site.program.close()


@pytest.fixture
def server(sites: list[Site]) -> Site:
    """What `ada` and `pair` stand on."""
    return sites[0]


@pytest.fixture
def elsewhere(ada: Person, sites: list[Site]) -> Person:
    """Ada at the other process."""
    return Person(ada.http, sites[1].url, ada.email)


async def used(person: Person) -> str:
    model: str = (await ask(person))["message"]["modelUsed"]
    return model


async def test_a_breaker_opens_for_both_lets_one_call_through_and_closes_for_both(
    ada: Person, elsewhere: Person, sites: list[Site], pair: Pair, db: Database
) -> None:
    one, other = (site.program for site in sites)
    other.freeze()
    for _ in range(3):
        pair.first.html()
        assert await used(ada) == "gpt-4o-mini"
    assert (await breakers(ada))["gpt-4.1"] == "OPEN"
    one.freeze()
    other.thaw()
    assert [await used(elsewhere) for _ in range(3)] == ["gpt-4o-mini"] * 3
    assert (await breakers(elsewhere))["gpt-4.1"] == "OPEN"
    assert len(pair.first.requests) == 3
    one.thaw()

    await let_rest(db)
    await forget(db)
    pair.first.hold()
    asking = {asyncio.create_task(used(person)) for person in (ada, elsewhere) * 4}
    probing = asking
    answered: list[str] = []
    async with asyncio.timeout(60):
        while len(probing) > 1:  # the process whose call is held carries on nothing else: the rest is the other's
            done, probing = await asyncio.wait(probing, return_when=asyncio.FIRST_COMPLETED)
            answered += [task.result() for task in done]
    assert answered == ["gpt-4o-mini"] * 7
    assert len(pair.first.requests) == 4
    pair.first.release()
    assert await probing.pop() == "gpt-4.1"

    for person, asleep in ((ada, other), (elsewhere, one)):
        asleep.freeze()
        assert (await breakers(person))["gpt-4.1"] == "CLOSED"
        assert await used(person) == "gpt-4.1"
        asleep.thaw()


async def test_the_place_that_a_killed_process_had_at_a_model_goes_to_who_waits_in_another(
    ada: Person, elsewhere: Person, sites: list[Site], pair: Pair
) -> None:
    one, other = (site.program for site in sites)
    await ada.gql(EDIT, input={"id": pair.ids["gpt-4.1"], "maxConcurrency": 1})
    other.freeze()
    pair.first.hold()
    killed = (await ada.send("first", model="gpt-4.1"))["run"]["id"]
    await asyncio.wait_for(pair.first.holding.wait(), 10)
    other.thaw()
    waiting = (await elsewhere.send("second", model="gpt-4.1"))["run"]["id"]
    await until(elsewhere, waiting, "MessageStarted")
    assert len(pair.first.requests) == 1
    pair.first.asked.clear()

    await one.kill()
    await asyncio.wait_for(pair.first.asked.wait(), 10)
    pair.first.release()
    ends = [(await elsewhere.events(run))[-1]["run"]["status"] for run in (waiting, killed)]

    assert ends == ["COMPLETED", "COMPLETED"]
    questions = [request["messages"][-1]["content"] for request in pair.first.requests]
    assert questions == ["first", "second", "first"]
