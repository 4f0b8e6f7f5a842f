"""What goes wrong, when, and for how long: drawn from a seed, so that it can go wrong again."""

import asyncio
import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from server.serving import DRAIN_SECONDS
from tests.chaos.fleet import Fleet, Kind

STOPS_WITHIN = DRAIN_SECONDS + 9.0
"""Seconds that a process which is told to stop may take: it drains, runs get their grace, connections close. On a
machine so busy that a start takes longer than this, a stop may as well."""

AT_ONCE = 2
"""Faults that are being mended at the same time: where nothing works, nothing can go wrong."""


class Fault(Protocol):
    async def strike(self, fleet: Fleet) -> str | None:
        """Do it and mend it; returns when all is well again. Gives whom it has hit; None when nobody was there."""


@dataclass(frozen=True)
class Kill:
    """SIGKILL: the process is gone in the middle of whatever it did."""

    kind: Kind
    number: int
    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        if (program := fleet.ready(self.kind, self.number)) is None:
            return None
        await program.kill()
        await asyncio.sleep(self.down)
        await program.start()
        await program.until_ready()
        return program.name


@dataclass(frozen=True)
class Freeze:
    """SIGSTOP, and SIGCONT when others have long taken it for dead: a zombie that does not know that it is one."""

    kind: Kind
    number: int
    seconds: float

    async def strike(self, fleet: Fleet) -> str | None:
        if (program := fleet.ready(self.kind, self.number)) is None:
            return None
        program.freeze()
        await asyncio.sleep(self.seconds)
        program.thaw()
        return program.name


@dataclass(frozen=True)
class Deploy:
    """SIGTERM, and a new process once the old one has gone by itself."""

    kind: Kind
    number: int

    async def strike(self, fleet: Fleet) -> str | None:
        if (program := fleet.ready(self.kind, self.number)) is None:
            return None
        code, seconds = await program.leave()
        if code != 0 or seconds > max(STOPS_WITHIN, program.starting):
            fleet.troubles.append(f"{program.name} ended with {code}, {seconds:.1f} s after SIGTERM")
        await program.start()
        await program.until_ready()
        return program.name


@dataclass(frozen=True)
class RestartPostgres:
    """The database goes and comes back: with a goodbye, or `hard`, as when it crashes."""

    hard: bool
    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        await fleet.postgres.restart(hard=self.hard, down=self.down)
        await fleet.until_well()
        return "postgres"


@dataclass(frozen=True)
class RestartRedis:
    """Redis goes and comes back empty."""

    down: float

    async def strike(self, fleet: Fleet) -> str | None:
        if fleet.redis is None:
            return None
        await fleet.redis.restart(down=self.down)
        return "redis"


@dataclass(frozen=True)
class Planned:
    at: float
    fault: Fault


@dataclass
class Struck:
    """A fault as it went: seconds since the beginning, and whom it hit, if anybody was there."""

    at: float
    until: float
    fault: Fault
    hit: str | None


WEIGHTS = {
    "kill worker": 5, "kill api": 2, "freeze worker": 3, "freeze api": 1, "deploy worker": 3, "deploy api": 1,
    "postgres": 2, "redis": 2,
}  # fmt: skip
"""Every kind of fault, and how often it happens beside the others."""


def plan(seed: int, *, seconds: float, faults: int, redis: bool) -> list[Planned]:
    """So many faults in so many seconds: one of each kind as far as that goes, and more of the frequent ones."""
    dice = random.Random(f"{seed}/faults")
    kinds = [kind for kind in WEIGHTS if redis or kind != "redis"]
    drawn = dice.sample(kinds, len(kinds))[:faults]
    drawn += dice.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=faults - len(drawn))
    dice.shuffle(drawn)
    moments = sorted(dice.uniform(0.1, 1) * seconds for _ in range(faults))
    return [Planned(at, _fault(kind, dice)) for at, kind in zip(moments, drawn, strict=True)]


def upgrade(*, apis: int, workers: int, seconds: float) -> list[Planned]:
    """Every process once: those of the API first, then the workers, evenly over the time."""
    order: list[Fault] = [*(Deploy("api", number) for number in range(apis))]
    order += [Deploy("worker", number) for number in range(workers)]
    return [Planned(seconds * (place + 1) / (len(order) + 1), fault) for place, fault in enumerate(order)]


def _fault(kind: str, dice: random.Random) -> Fault:
    number = dice.randrange(12)
    match kind:
        case "kill worker":
            return Kill("worker", number, down=dice.choice([0, 0, 3, 8]))
        case "kill api":
            return Kill("api", number, down=dice.choice([0, 2]))
        case "freeze worker":
            return Freeze("worker", number, seconds=round(dice.uniform(7.5, 10), 1))
        case "freeze api":
            return Freeze("api", number, seconds=round(dice.uniform(1, 8), 1))
        case "deploy worker":
            return Deploy("worker", number)
        case "deploy api":
            return Deploy("api", number)
        case "postgres":
            return RestartPostgres(hard=dice.random() < 0.5, down=dice.choice([0, 0, 2, 4]))
        case _:
            return RestartRedis(down=dice.choice([0, 1, 3]))


class Progress:
    """How many faults have begun: on a slow machine they lag behind the plan, and people wait for them."""

    def __init__(self, planned: Sequence[Planned]) -> None:
        self._moments = sorted(each.at for each in planned)
        self._begun, self._changed = 0, asyncio.Event()

    def step(self) -> None:
        self._begun += 1
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def until(self, moment: float) -> None:
        """Return when all faults that are planned before a moment have begun, but for the last one."""
        while self._begun < bisect(self._moments, moment) - 1:
            await self._changed.wait()


async def strike_all(fleet: Fleet, planned: Sequence[Planned], progress: Progress) -> list[Struck]:
    """Let everything happen at its moment, or when enough of the others is mended; returns when all is well again."""
    turn = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_strike(fleet, each, turn, progress)) for each in planned]
    struck = [task.result() for task in tasks]
    await fleet.until_well()
    return struck


async def _strike(fleet: Fleet, planned: Planned, turn: asyncio.Semaphore, progress: Progress) -> Struck:
    await asyncio.sleep(max(0.0, planned.at - fleet.now()))
    async with turn:
        at = fleet.now()
        progress.step()
        hit = await planned.fault.strike(fleet)
        return Struck(at, fleet.now(), planned.fault, hit)
