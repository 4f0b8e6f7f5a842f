"""What goes wrong, when, and for how long: drawn from a seed, so that it can go wrong again."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.serving import DRAIN_SECONDS
from tests.chaos.fleet import Fleet
from tests.chaos.programs import State

STOPS_WITHIN = DRAIN_SECONDS + 9.0
"""Seconds that a process which is told to stop may take: it drains, runs get their grace, connections close, and Python goes, which takes a busy machine a while."""


class Fault(Protocol):
    async def strike(self, fleet: Fleet) -> str | None:
        """Do it and mend it; returns when all is well again. Says why when there was nothing to break."""


@dataclass(frozen=True)
class Kill:
    """SIGKILL: the process is gone in the middle of whatever it did."""

    target: str
    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        program = fleet.named(self.target)
        if program.state is not State.READY:
            return program.state
        await program.kill()
        await asyncio.sleep(self.down)
        await program.start()
        await program.until_ready()
        return None


@dataclass(frozen=True)
class Freeze:
    """SIGSTOP, and SIGCONT when others have long taken it for dead: a zombie that does not know that it is one."""

    target: str
    seconds: float

    async def strike(self, fleet: Fleet) -> str | None:
        program = fleet.named(self.target)
        if program.state is not State.READY:
            return program.state
        program.freeze()
        await asyncio.sleep(self.seconds)
        program.thaw()
        return None


@dataclass(frozen=True)
class Deploy:
    """SIGTERM, and a new process once the old one has gone by itself."""

    target: str

    async def strike(self, fleet: Fleet) -> str | None:
        program = fleet.named(self.target)
        if program.state is not State.READY:
            return program.state
        code, seconds = await program.leave()
        if code != 0 or seconds > STOPS_WITHIN:
            fleet.troubles.append(f"{self.target} ended with {code}, {seconds:.1f} s after SIGTERM")
        await program.start()
        await program.until_ready()
        return None


@dataclass(frozen=True)
class RestartPostgres:
    """The database goes and comes back: with a goodbye, or `hard`, as when it crashes."""

    hard: bool
    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        await fleet.postgres.restart(hard=self.hard, down=self.down)
        await fleet.until_well()
        return None


@dataclass(frozen=True)
class RestartRedis:
    """Redis goes and comes back empty."""

    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        if fleet.redis is None:
            return "not used"
        await fleet.redis.restart(down=self.down)
        return None


@dataclass(frozen=True)
class Planned:
    at: float
    fault: Fault


@dataclass
class Struck:
    """A fault as it went: seconds since the beginning. `skipped` is why there was nothing to break."""

    at: float
    until: float
    fault: Fault
    skipped: str | None


KINDS = ("kill worker", "kill api", "freeze worker", "freeze api", "deploy worker", "deploy api", "postgres", "redis")
WEIGHTS = {"kill worker": 5, "kill api": 2, "freeze worker": 3, "freeze api": 1, "deploy worker": 3, "deploy api": 1,
           "postgres": 2, "redis": 2}  # fmt: skip


def plan(seed: int, *, seconds: float, faults: int, apis: int, workers: int, redis: bool) -> list[Planned]:
    """So many faults in so many seconds; the first of them are one of each kind, in any order."""
    dice = random.Random(f"{seed}/faults")
    kinds = [kind for kind in KINDS if redis or kind != "redis"]
    drawn = dice.sample(kinds, len(kinds))[:faults]
    drawn += dice.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=faults - len(drawn))
    moments = sorted(dice.uniform(0.1, 1) * seconds for _ in range(faults))
    return [
        Planned(at, _fault(kind, dice, apis=apis, workers=workers)) for at, kind in zip(moments, drawn, strict=True)
    ]


def _fault(kind: str, dice: random.Random, *, apis: int, workers: int) -> Fault:
    api, worker = f"api-{dice.randint(1, apis)}", f"worker-{dice.randint(1, workers)}"
    match kind:
        case "kill worker":
            return Kill(worker, down=dice.choice([0, 0, 3, 8]))
        case "kill api":
            return Kill(api, down=dice.choice([0, 2]))
        case "freeze worker":
            return Freeze(worker, seconds=dice.uniform(7.5, 10))
        case "freeze api":
            return Freeze(api, seconds=dice.uniform(1, 8))
        case "deploy worker":
            return Deploy(worker)
        case "deploy api":
            return Deploy(api)
        case "postgres":
            return RestartPostgres(hard=dice.random() < 0.5, down=dice.choice([0, 0, 2, 4]))
        case _:
            return RestartRedis(down=dice.choice([0, 1, 3]))


async def strike_all(fleet: Fleet, planned: Sequence[Planned]) -> list[Struck]:
    """Let everything happen at its moment, whatever else is happening; returns when all is well again."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_strike(fleet, each)) for each in planned]
    struck = [task.result() for task in tasks]
    await fleet.until_well()
    return struck


async def _strike(fleet: Fleet, planned: Planned) -> Struck:
    await asyncio.sleep(max(0.0, planned.at - fleet.now()))
    at = fleet.now()
    skipped = await planned.fault.strike(fleet)
    return Struck(at, fleet.now(), planned.fault, skipped)
