"""A drill from beginning to end: a fleet, people, faults, and the verdict on all of it."""

import asyncio
import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import aiohttp

from persistence.database import Unavailable
from resolvers.registration import create_api_key, create_user
from tests.chaos.asking import Asked, Asking, questions
from tests.chaos.clients import Client, Dropped
from tests.chaos.faults import Freeze, Planned, Progress, Struck, plan, strike_all, upgrade
from tests.chaos.fleet import Fleet
from tests.chaos.records import Record, jobs_left, records, unfinished
from tests.chaos.verdict import Span, Violation, fleet_judged, judged
from tests.people import PASSWORD, SEND

SENT_WITHIN = 60.0
"""Seconds after the last fault in which every question has been answered for; the machine may be a slow one."""

ENDS_WITHIN = 15.0
"""Seconds after the last fault, and the last question, in which every run has ended."""

WATCHED_WITHIN = 15.0
"""Seconds after that in which every client has seen it."""

ANSWERS_WITHIN = 8.0
"""Seconds in which a worker that is left alone answers a question."""

PEOPLE = ("ada", "bob", "cleo")


@dataclass(frozen=True)
class Scale:
    """How much happens: `runs` and `faults` within so many seconds. `rolling` is an upgrade in the place of faults:
    every process leaves for a new one, one after the other."""

    runs: int = 200
    faults: int = 24
    seconds: float = 100.0
    apis: int = 2
    workers: int = 3
    redis: bool = False
    pooler: bool = False
    rolling: bool = False


@dataclass
class Outcome:
    """All that is known when a drill is over; `settled` is how long after the last fault the last run ended."""

    seed: int
    scale: Scale
    struck: list[Struck]
    asking: Asking
    stored: dict[UUID, Record]
    fleet: Fleet
    settled: float | None
    violations: list[Violation]

    @property
    def asked(self) -> list[Asked]:
        return self.asking.asked


async def drill(seed: int, scale: Scale, folder: Path) -> Outcome:
    """Do all of it. The same seed asks the same questions and plans the same faults."""
    if scale.rolling:
        planned = upgrade(apis=scale.apis, workers=scale.workers, seconds=scale.seconds)
    else:
        planned = plan(seed, seconds=scale.seconds, faults=scale.faults, redis=scale.redis)
    sizes = {"apis": scale.apis, "workers": scale.workers}
    async with Fleet(folder, **sizes, redis=scale.redis, pooler=scale.pooler) as fleet:
        connector = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connector) as http:
            clients = [await _client(fleet, http, name) for name in PEOPLE]
            return await _drill(seed, scale, fleet, clients, planned)


async def _client(fleet: Fleet, http: aiohttp.ClientSession, name: str) -> Client:
    email = f"{name}@example.org"
    await create_user(fleet.db, email, name.title(), PASSWORD)
    return Client(http, await create_api_key(fleet.db, email, "chaos"), fleet.urls)


async def _drill(
    seed: int, scale: Scale, fleet: Fleet, clients: Sequence[Client], planned: Sequence[Planned]
) -> Outcome:
    progress = Progress(planned)
    asking = Asking(seed, clients, fleet.now, progress, leaps=scale.redis)
    fleet.began = time.time()
    people = asyncio.create_task(asking.ask_all(questions(seed, scale.runs, scale.seconds)), name="people")
    struck = await strike_all(fleet, planned, progress)
    await asking.all_sent(SENT_WITHIN)
    settled = await _settled(fleet)
    await asyncio.wait({people}, timeout=WATCHED_WITHIN)
    found: list[Violation] = []
    if not people.done():
        people.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await people
    if settled is None:
        found.append(Violation(None, "all runs end soon", f"some were not over {ENDS_WITHIN} s after the last fault"))
    found += await _wedged(fleet, clients[0])
    stored = await records(fleet.db)
    frozen = [
        Span(fleet.began + each.at, fleet.began + each.until) for each in struck if isinstance(each.fault, Freeze)
    ]
    found += judged(asking.asked, stored, frozen=frozen, log_is_whole=fleet.redis is None)
    found += fleet_judged(fleet, await _jobs_left(fleet))
    return Outcome(seed, scale, struck, asking, stored, fleet, settled, found)


async def _settled(fleet: Fleet) -> float | None:
    """How long from now the last run ends; None when that takes too long."""
    began = fleet.now()
    while fleet.now() < began + ENDS_WITHIN:
        with contextlib.suppress(*Unavailable):  # connections that did not hear of the last restart
            if await unfinished(fleet.db) == 0:
                return fleet.now() - began
        await asyncio.sleep(0.1)
    return None


async def _wedged(fleet: Fleet, client: Client) -> list[Violation]:
    """Ask each process that carries runs on a question while the others are frozen."""
    found: list[Violation] = []
    for carrier in fleet.carriers:
        others = [other for other in fleet.carriers if other is not carrier and other.is_alive]
        for other in others:
            other.freeze()
        number, api = next((number, api) for number, api in enumerate(fleet.apis) if api not in others)
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                while not await _answers(client, number):
                    await asyncio.sleep(0.1)  # its first connections may still be those of before
        except (TimeoutError, ConnectionError) as error:
            found.append(Violation(None, "no process is wedged", f"{carrier.name} behind {api.name}: {error!r}"))
        finally:
            for other in others:
                other.thaw()
    return found


async def _answers(client: Client, api: int) -> bool:
    try:
        sent = await client.ask(api, SEND, input={"content": "Are you there?"})
        async for _ in client.over_socket(api, sent["sendMessage"]["run"]["id"], 0):
            pass
    except Dropped:
        return False
    return True


async def _jobs_left(fleet: Fleet) -> list[str]:
    """What is in the queue once it had the time to become empty."""
    jobs: list[str] = []
    for _ in range(20):
        if not (jobs := await jobs_left(fleet.db)):
            break
        await asyncio.sleep(0.1)
    return jobs
