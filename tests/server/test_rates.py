"""Rate limits: how buckets fill and empty, and how processes share them at hardly any cost."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from starlette.requests import HTTPConnection

from domain.accounts import UserRole
from domain.errors import RateLimited
from domain.ids import new_id
from persistence.database import Database, connect
from resolvers.visits import visit_of
from schema.context import Identity
from server.rates import Meter, RateLimits

LIMITS = RateLimits(viewer=6_000, key=1_200, address=1_200)
HERE = "192.0.2.1"


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def person(*, with_key: bool = False) -> Identity:
    key = new_id() if with_key else None
    return Identity(new_id(), "p@example.org", "P", UserRole.MEMBER, frozenset(), api_key_id=key)


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    heard: list[str] = []

    def hear(*_: object) -> None:  # the statement goes to the driver itself, so its transaction is counted
        heard.append("a block")

    event.listen(db.engine.sync_engine, "checkout", hear)
    yield heard
    event.remove(db.engine.sync_engine, "checkout", hear)


async def spend(meter: Meter, who: Identity | None, points: int, times: int = 1, where: str = HERE) -> int:
    """What is left of the limit."""
    left = None
    for _ in range(times):
        left = (await meter.charge(who, where, points)).remaining
    assert left is not None
    return left


async def test_points_are_gone_and_come_back_with_time(db: Database) -> None:
    clock, ada = Clock(), person()
    meter = Meter(db, LIMITS, clock=clock)

    # The database's clock is real: a hundred points flow off each second.
    assert await spend(meter, ada, 100, 60) < 500
    with pytest.raises(RateLimited) as refused:
        await spend(meter, ada, 100, 10)
    assert 0 < refused.value.extensions["retryAfterMs"] <= 1_000  # type: ignore[operator]
    clock.now += 1.001
    await spend(meter, ada, 100)

    clock.now += 120
    assert await spend(meter, ada, 1) == 5_999


async def test_a_key_has_less_than_its_person(db: Database) -> None:
    meter, program = Meter(db, LIMITS, clock=Clock()), person(with_key=True)
    browser = Identity(program.user_id, program.email, program.name, program.role, program.scopes)

    with pytest.raises(RateLimited):
        await spend(meter, program, 100, 20)
    assert 4_000 < await spend(meter, browser, 100) < 5_000


async def test_nobody_is_limited_by_address_and_people_are_not(db: Database) -> None:
    meter = Meter(db, LIMITS, clock=Clock())

    with pytest.raises(RateLimited):
        await spend(meter, None, 100, 20)
    assert await spend(meter, None, 1, where="192.0.2.2") == 1_199
    assert await spend(meter, person(), 1) == 5_999


async def test_without_limits_there_is_only_the_cost(db: Database) -> None:
    allowance = await Meter(db, RateLimits()).charge(person(with_key=True), HERE, 7)

    assert (allowance.cost, allowance.limit, allowance.remaining, allowance.reset_at) == (7, None, None, None)


async def test_processes_share_a_limit(db: Database) -> None:
    ada, meters = person(), [Meter(db, LIMITS, clock=Clock()) for _ in range(4)]
    taken, refused = 0, 0

    while refused < len(meters):
        refused = 0
        for meter in meters:
            try:
                await meter.charge(ada, HERE, 50)
                taken += 50
            except RateLimited:
                refused += 1

    # The database's clock is real, so a little flows off meanwhile; and each process may give a tenth away untold.
    assert 6_000 <= taken < 6_000 * 1.5


async def test_far_below_a_limit_nothing_is_stored_and_near_it_one_statement_a_request(db: Database) -> None:
    clock, ada = Clock(), person(with_key=True)
    meter = Meter(db, LIMITS, clock=clock)
    with counted(db) as heard:
        for _ in range(600):  # a point a second, which is a twentieth of the key's limit
            clock.now += 1
            await meter.charge(ada, HERE, 1)
        assert heard == []

        await spend(meter, ada, 10, 115)
        assert 10 < len(heard) <= 115
        heard.clear()
        for _ in range(100):
            with pytest.raises(RateLimited):
                await meter.charge(ada, HERE, 100)
        assert heard == []


async def test_a_process_goes_on_counting_while_the_database_is_away() -> None:
    meter = Meter(connect("postgresql://nobody@127.0.0.1:1/nothing"), LIMITS, clock=Clock())

    assert await spend(meter, None, 100, 12) == 0
    with pytest.raises(RateLimited):
        await meter.charge(None, HERE, 100)


def asked(host: str, *forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", line.encode()) for line in forwarded]
    return HTTPConnection({"type": "http", "client": (host, 1), "headers": headers})


@pytest.mark.parametrize(
    ("connection", "trusted", "expected"),
    [
        (asked("192.0.2.7"), False, "192.0.2.7"),
        (asked("192.0.2.7", "203.0.113.5"), False, "192.0.2.7"),
        (asked("192.0.2.7", "203.0.113.5"), True, "203.0.113.5"),
        (asked("192.0.2.7", "10.0.0.1, 203.0.113.5"), True, "203.0.113.5"),
        (asked("192.0.2.7", "10.0.0.1", "203.0.113.5"), True, "203.0.113.5"),
        (asked("192.0.2.7", "not an address"), True, "unknown"),
        (asked("192.0.2.7", "::ffff:203.0.113.5"), True, "203.0.113.5"),
        (asked("::ffff:192.0.2.7"), False, "192.0.2.7"),
        (asked("2001:db8:1:2:3:4:5:6"), False, "2001:db8:1:2::/64"),
        (asked("2001:db8:1:2:ffff::1"), False, "2001:db8:1:2::/64"),
    ],
)
def test_addresses_are_told_apart_as_their_owners_are(connection: HTTPConnection, trusted: bool, expected: str) -> None:
    assert visit_of(connection, trust_forwarded=trusted).network == expected
