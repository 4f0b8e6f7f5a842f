"""A range of time is cut into the fewest buckets, and nothing of it is left out or taken twice."""

import random
from datetime import UTC, datetime, timedelta

from domain.metrics import TimeBucket, buckets_between, cover

START = datetime(2030, 1, 1, tzinfo=UTC)


def test_pieces_follow_each_other_on_full_buckets() -> None:
    dice = random.Random(1)
    for _ in range(500):
        start = START + timedelta(seconds=dice.uniform(0, 10**6))
        end = start + timedelta(seconds=10 ** dice.uniform(-3, 7))
        finest = dice.choice(list(TimeBucket))

        over = cover(start, end, finest=finest)

        edges = [over.low, *(piece.high for piece in over.pieces)]
        assert [piece.low for piece in over.pieces] == edges[:-1]
        assert edges[-1] == over.high
        assert start <= over.low <= over.high <= end
        lengths = [TimeBucket(piece.grain).length for piece in over.pieces]
        assert all((p.low - START) % length == timedelta(0) for p, length in zip(over.pieces, lengths, strict=True))
        left = [over.low - start, end - over.high] if over.pieces else []
        assert all(length < finest.length for length in left)
        assert len(over.pieces) <= 5


def test_only_full_buckets_are_pieces() -> None:
    start = START + timedelta(seconds=30)
    over = cover(start, start + timedelta(seconds=100), finest=TimeBucket.MINUTE)

    assert [(piece.grain, piece.low) for piece in over.pieces] == [("minute", START + timedelta(minutes=1))]
    assert cover(start, start + timedelta(seconds=59), finest=TimeBucket.MINUTE).pieces == ()


def test_a_day_is_one_piece_unless_hours_are_wanted() -> None:
    end = START + timedelta(days=1)

    assert [piece.grain for piece in cover(START, end, finest=TimeBucket.MINUTE).pieces] == ["day"]
    fine = cover(START, end, finest=TimeBucket.MINUTE, coarsest=TimeBucket.HOUR).pieces
    assert [(piece.grain, piece.high - piece.low) for piece in fine] == [("hour", timedelta(days=1))]


def test_buckets_at_both_ends_count() -> None:
    half = START + timedelta(seconds=30)

    assert buckets_between(START, START + timedelta(minutes=2), TimeBucket.MINUTE) == 2
    assert buckets_between(half, half + timedelta(minutes=2), TimeBucket.MINUTE) == 3
    assert buckets_between(half, half + timedelta(seconds=1), TimeBucket.DAY) == 1
