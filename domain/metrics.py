"""Figures over a range of time: which buckets it is made of, and what is left over at its ends."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID


class TimeBucket(StrEnum):
    """How finely a series is cut. Buckets begin on full minutes, hours and days of UTC."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def length(self) -> timedelta:
        return timedelta(**{f"{self.value}s": 1})


class Window(NamedTuple):
    """Whose figures (None: everybody's), from when on, and until before when; both moments with a time zone."""

    user_id: UUID | None
    start: datetime
    end: datetime


class Piece(NamedTuple):
    """Whole buckets of one length that follow each other."""

    grain: str
    low: datetime
    high: datetime


class Cover(NamedTuple):
    """A range as whole buckets from `low` to `high`, and what is left over before and after them."""

    start: datetime
    low: datetime
    high: datetime
    end: datetime
    pieces: tuple[Piece, ...]


COARSEST_FIRST = (TimeBucket.DAY, TimeBucket.HOUR, TimeBucket.MINUTE)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def cover(start: datetime, end: datetime, *, finest: TimeBucket, coarsest: TimeBucket = TimeBucket.DAY) -> Cover:
    """The fewest buckets, from `finest` to `coarsest`, that fill as much of the range as can be filled."""
    first, last = COARSEST_FIRST.index(coarsest), COARSEST_FIRST.index(finest)
    pieces = tuple(_pieces(start, end, COARSEST_FIRST[first : last + 1]))
    low, high = (pieces[0].low, pieces[-1].high) if pieces else (end, end)
    return Cover(start, low, high, end, pieces)


def _pieces(start: datetime, end: datetime, grains: tuple[TimeBucket, ...]) -> Iterator[Piece]:
    if not grains or start >= end:
        return
    grain, *finer = grains
    low, high = -_floor(-(start - EPOCH), grain.length) + EPOCH, _floor(end - EPOCH, grain.length) + EPOCH
    if low >= high:
        yield from _pieces(start, end, tuple(finer))
        return
    yield from _pieces(start, low, tuple(finer))
    yield Piece(grain.value, low, high)
    yield from _pieces(high, end, tuple(finer))


def _floor(since: timedelta, length: timedelta) -> timedelta:
    return since // length * length


def buckets_between(start: datetime, end: datetime, bucket: TimeBucket) -> int:
    """How many buckets a series over this range can have, those at its ends included."""
    return -((EPOCH - end) // bucket.length) - (start - EPOCH) // bucket.length
