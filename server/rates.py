"""Limits on how much clients ask for in a minute, kept by all processes together at hardly any cost.

Each process counts by itself and tells the others only now and then: when what it has not told exceeds a tenth of what
is left of a limit, and every few seconds while the client uses more than a trifle. So a client far below its limits
causes no statement, one near them at most one for each request, and one that is refused none.
"""

import logging
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.errors import RateLimited
from domain.rates import Allowance
from persistence import rate_buckets
from persistence.database import Database, Unavailable
from persistence.rate_buckets import Spent
from schema.context import Identity

log = logging.getLogger(__name__)

MINUTE = 60.0
TOLD_EVERY = 6.0
"""Seconds after which a process tells what a client has used, if that is more than a trifle."""
UNTOLD = 0.1
"""Share of what is left of a limit that a process gives away before it tells."""
TRIFLE = 0.01
"""Share of a limit that is not worth telling."""
MOST_BUCKETS = 50_000
SWEPT_EVERY = 600.0


@dataclass(frozen=True, slots=True)
class RateLimits:
    """Points in a minute for a person, for one of their keys, and for an address whose requests nobody is behind;
    0 is without a limit."""

    viewer: int = 0
    key: int = 0
    address: int = 0

    def of(self, identity: Identity | None, address: str) -> list[tuple[str, int]]:
        """The names of the buckets that a request is charged to, and their limits."""
        if identity is None:
            found = [(f"address:{address}", self.address)]
        else:
            found = [(f"user:{identity.user_id.hex}", self.viewer)]
            if identity.api_key_id is not None:
                found.append((f"key:{identity.api_key_id.hex}", self.key))
        return [(name, limit) for name, limit in found if limit]


@dataclass(slots=True)
class _Bucket:
    """What this process knows: `points` at most as many as there really are, `untold` among them."""

    name: str
    limit: int
    at: float
    told_at: float
    points: float = 0.0
    untold: float = 0.0

    @property
    def leak(self) -> float:
        return self.limit / MINUTE

    def flow_off(self, now: float) -> None:
        self.points = max(self.points - self.leak * (now - self.at), 0.0)
        self.at = now

    def take(self, cost: int) -> None:
        self.points += cost
        self.untold += cost

    def is_due(self, now: float) -> bool:
        """Whether the others should hear of it now. A trifle is forgotten."""
        if self.untold > UNTOLD * (self.limit - self.points):
            return True
        if now - self.told_at < TOLD_EVERY:
            return False
        self.told_at = now
        if self.untold > TRIFLE * self.limit:
            return True
        self.untold = 0.0
        return False


class Meter:
    """Counts what clients ask for. `clock` gives seconds."""

    def __init__(self, db: Database, limits: RateLimits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._db, self._limits, self._clock = db, limits, clock
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()
        self._swept_at = clock()

    async def charge(self, identity: Identity | None, address: str, cost: int) -> Allowance:
        """What the client has left after a request of so many points; RateLimited when it has to wait, and then nothing
        is charged."""
        now = self._clock()
        buckets = [self._bucket(name, limit, now) for name, limit in self._limits.of(identity, address)]
        waits = [(bucket.points + cost - bucket.limit) / bucket.leak for bucket in buckets]
        if waits and (wait := max(waits)) > 0:
            raise _refused(wait, buckets[waits.index(wait)].limit)
        for bucket in buckets:
            bucket.take(cost)
        if due := [bucket for bucket in buckets if bucket.is_due(now)]:
            await self._tell(due, now)
        return _allowance(cost, buckets)

    def _bucket(self, name: str, limit: int, now: float) -> _Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(name, limit, now, now)
            if len(self._buckets) > MOST_BUCKETS:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(name)
        bucket.flow_off(now)
        return bucket

    async def _tell(self, due: list[_Bucket], now: float) -> None:
        spent = [Spent(bucket.name, bucket.untold, bucket.leak) for bucket in due]
        for bucket in due:  # what comes in while the database answers is told the next time
            bucket.untold, bucket.told_at = 0.0, now
        try:
            async with self._db.write() as session:
                found = await rate_buckets.pour(session, spent)
                if now - self._swept_at > SWEPT_EVERY:
                    self._swept_at = now
                    await rate_buckets.forget(session)
        except Unavailable as error:
            log.warning("other processes cannot be told what clients have used (%s)", error)
            return
        for bucket in due:
            bucket.points = found[bucket.name] + bucket.untold


def _refused(seconds: float, limit: int) -> RateLimited:
    after = math.ceil(seconds * 1000)
    words = f"You have used up the {limit:,} points that you may ask for in a minute. Try again in {seconds:.1f} s."
    return RateLimited(words, retry_after_ms=after)


def _allowance(cost: int, buckets: list[_Bucket]) -> Allowance:
    """By the bucket that has the least room."""
    if not buckets:
        return Allowance(cost)
    fullest = min(buckets, key=lambda bucket: bucket.limit - bucket.points)
    reset_at = datetime.now(UTC) + timedelta(seconds=fullest.points / fullest.leak)
    return Allowance(cost, fullest.limit, max(int(fullest.limit - fullest.points), 0), reset_at)
