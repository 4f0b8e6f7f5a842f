"""Joined deltas read like the ones they were made of."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from domain.folding import fold, unbroken, unread
from domain.runs import DELTAS, EventKind, RunEvent

RUN, MESSAGE = uuid4(), uuid4()


def event(sequence: int, kind: EventKind, text: str | None = None, message_id: UUID = MESSAGE) -> RunEvent:
    return RunEvent(RUN, sequence, kind, datetime.now(UTC), message_id, text)


def some_log(chance: random.Random, count: int = 60) -> list[RunEvent]:
    """A log as runs write it: stretches of text, other events between them, gaps where an attempt began."""
    kinds = [EventKind.TEXT] * 12 + [EventKind.REASONING] * 6 + [EventKind.STATUS, EventKind.MESSAGE_DISCARDED]
    kind, sequence, log = EventKind.STATUS, 0, []
    for _ in range(count):
        if chance.random() < 0.3:
            kind = chance.choice(kinds)
        sequence += 1 if chance.random() < 0.97 else chance.randint(2, 4_000)
        text = "".join(chance.choice("aé漢🙂") for _ in range(chance.randint(0, 5))) if kind in DELTAS else None
        log.append(event(sequence, kind, text))
    return log


def read(log: Sequence[RunEvent], after: int) -> list[tuple[int, EventKind, str | None]]:
    """What a client at a cursor gets, however it is joined."""
    return [(e.sequence, e.kind, e.text) for e in fold(unread(log, after), limit=1_000_000)]


@pytest.mark.parametrize("seed", range(40))
def test_a_folded_log_reads_the_same_from_every_cursor(seed: int) -> None:
    chance = random.Random(seed)
    log = some_log(chance)
    folded = fold(log, limit=chance.choice([3, 20, 1_000]))
    again = fold(folded, limit=chance.choice([20, 1_000]))

    for after in (
        range(log[-1].sequence + 2) if log[-1].sequence < 500 else {e.sequence + d for e in log for d in (-1, 0, 1)}
    ):
        assert read(folded, after) == read(log, after)
        assert read(again, after) == read(log, after)


@pytest.mark.parametrize("seed", range(20))
def test_overlapping_joined_deltas_say_nothing_twice(seed: int) -> None:
    chance = random.Random(seed)
    log = [event(number, EventKind.TEXT, str(number)) for number in range(1, 30)]
    cut = chance.randint(1, 28)
    first, whole = fold(log[:cut]), fold(log)

    for after in range(30):
        assert read([*first, *whole], after) == read(log, after)


def test_deltas_on_both_sides_of_a_gap_are_not_joined() -> None:
    assert len(fold([event(1, EventKind.TEXT, "a"), event(3, EventKind.TEXT, "b")])) == 2


def test_nothing_behind_a_gap_counts_as_unbroken() -> None:
    log = [event(number, EventKind.TEXT, "x") for number in (4, 5, 7)]

    assert [e.sequence for e in unbroken(log, 3)] == [4, 5]
    assert unbroken(log, 2) == []
