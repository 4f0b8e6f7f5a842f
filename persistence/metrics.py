"""Figures over a range of time: read from the sums, and from the ledger what they do not have."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import LiteralString, NamedTuple, TypeVar
from uuid import UUID

from domain.metrics import Cover, Piece, TimeBucket, Window, cover
from persistence import earlier_sums
from persistence.database import Session, run
from persistence.histograms import PACKED
from persistence.ledgers import CALLS, Ledger
from persistence.rollups import EVER, summed

K = TypeVar("K", bound=Hashable)


class Tally(NamedTuple):
    """Sums over some lines of a ledger. `subject_id` is what they have in common, None for what has been removed;
    `start` is the bucket's. How values are spread is in `histogram`, packed as `histograms` reads it, or already worked
    out in `percentiles`."""

    start: datetime
    subject_id: UUID | None
    name: str
    calls: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    histogram: bytes = b""
    percentiles: bytes = b""


NOTHING = Tally(datetime(1970, 1, 1, tzinfo=UTC), None, "")


def together(tallies: Sequence[Tally]) -> Tally:
    """All as one, of those that have histograms; of what they differ in otherwise it has the first one's word."""
    if len(tallies) == 1:
        return tallies[0]
    first = tallies[0] if tallies else NOTHING
    return first._replace(
        calls=sum(tally.calls for tally in tallies),
        errors=sum(tally.errors for tally in tallies),
        input_tokens=sum(tally.input_tokens for tally in tallies),
        output_tokens=sum(tally.output_tokens for tally in tallies),
        cost_usd=sum((tally.cost_usd for tally in tallies), Decimal(0)),
        histogram=b"".join(tally.histogram for tally in tallies),
    )


def grouped(tallies: Iterable[Tally], key: Callable[[Tally], K]) -> dict[K, Tally]:
    """One tally for each key, in the order in which the keys come up."""
    groups: dict[K, Tally] = {}
    several: dict[K, list[Tally]] = {}
    for tally in tallies:
        group = key(tally)
        first = groups.setdefault(group, tally)
        if first is not tally:
            several.setdefault(group, [first]).append(tally)
    return groups | {group: together(found) for group, found in several.items()}


_KEYS: LiteralString = "start, subject_id, name"
_SUMS: LiteralString = "calls, errors, input_tokens, output_tokens, cost_usd"
_BUCKET: LiteralString = "coalesce(date_trunc(cast(%(bucket)s AS text), {0}, 'UTC'), 'epoch')"


# What an earlier version has counted but not by hour, which is nothing once `earlier_sums` has caught up.
_HOURS: LiteralString = """
            UNION ALL
            SELECT {lines} FROM hours_to_sum later, piece, LATERAL (
                SELECT * FROM {table}
                WHERE user_id = %(user_id)s AND {at} >= piece.low AND {at} < piece.high AND counted
                    AND {key} < later.before
                OFFSET 0
            ) AS line
            WHERE later.ledger = '{table}' AND piece.of = 'hour'
"""


_TAKEN: LiteralString = f"""taken AS (
            SELECT {_KEYS}, {_SUMS}, histogram, NULL::smallint[] AS percentiles FROM added
            UNION ALL
            SELECT {_KEYS}, {_SUMS}, histogram,
                CASE WHEN percentiles IS NULL OR ({_KEYS}) IN (SELECT {_KEYS} FROM added) THEN NULL ELSE percentiles END
            FROM kept
        )"""
"""What is kept and what is added to it: a bucket that something is added to has no percentiles of its own any more."""


@cache
def _read(ledger: Ledger, *, everybody: bool) -> LiteralString:
    """What a bucket of a series needs no histogram for: its sums are one row, and nothing has to be added to it."""
    at, line = ledger.at, "" if everybody else "user_id = %(user_id)s AND "
    whose = "user_id IS NULL" if everybody else "user_id = %(user_id)s"
    hours = "" if everybody else _HOURS.format(lines=ledger.lines, table=ledger.table, at=at, key=ledger.key)
    subject = "known.id" if ledger.among else "subject_id"
    known = f"LEFT JOIN {ledger.among} known ON known.id = subject_id" if ledger.among else ""
    earlier_kind, earlier_subject, earlier_name = earlier_sums.kept(ledger)
    return f"""
        WITH piece AS (
            SELECT * FROM
            unnest(cast(%(grains)s AS text[]), cast(%(lows)s AS timestamptz[]), cast(%(highs)s AS timestamptz[]))
                AS piece(of, low, high)
        ), fresh AS (
            SELECT {ledger.lines} FROM {ledger.table}
            WHERE {line}(({at} >= %(start)s AND {at} < %(low)s) OR ({at} >= %(high)s AND {at} < %(end)s)
                OR (NOT counted AND {at} >= %(low)s AND {at} < %(high)s)){hours}
        ), keyed AS (
            SELECT {_BUCKET.format("at")} AS start, subject_id, name, errors, input_tokens, output_tokens, cost_usd,
                entries
            FROM fresh
        ), {summed(_KEYS)}, added AS MATERIALIZED (
            SELECT {_KEYS}, {_SUMS}, coalesce(histogram, '{{}}') AS histogram FROM sums LEFT JOIN bins USING (pile)
            UNION ALL
            SELECT {_BUCKET.format("r.start")}, {earlier_subject}, {earlier_name}, {_SUMS}, histogram
            FROM {_kept("earlier_rollups", whose, earlier_kind)}
        ), kept AS (
            SELECT {_BUCKET.format("r.start")} AS start, subject_id, name, {_SUMS}, histogram,
                CASE WHEN grain = %(bucket)s THEN percentiles END AS percentiles
            FROM {_kept("rollups", whose, ledger.kind)}
        ), {_TAKEN}
        SELECT start, {subject}, taken.name, {_SUMS},
            CASE WHEN percentiles IS NULL OR {subject} IS NULL THEN {PACKED.format("histogram")} ELSE '' END,
            CASE WHEN percentiles IS NULL OR {subject} IS NULL THEN '' ELSE {PACKED.format("percentiles")} END
        FROM taken {known}
    """


def _kept(table: LiteralString, whose: LiteralString, kind: LiteralString) -> LiteralString:
    return f"""piece, LATERAL (
                SELECT * FROM {table}
                WHERE {whose} AND kind = '{kind}' AND grain = piece.of AND start >= piece.low AND start < piece.high
                OFFSET 0 -- one look into the index for each piece, whatever the planner thinks of the table
            ) AS r"""


async def _tallies(
    session: Session, ledger: Ledger, user_id: UUID | None, over: Cover, bucket: TimeBucket | None = None
) -> list[Tally]:
    values = {
        "user_id": user_id, "bucket": bucket and bucket.value, "start": over.start, "low": over.low, "high": over.high,
        "end": over.end, "grains": [piece.grain for piece in over.pieces], "lows": [piece.low for piece in over.pieces],
        "highs": [piece.high for piece in over.pieces],
    }  # fmt: skip
    # Histograms are megabytes, which as text would be twice as many, to be written and to be read.
    rows = await run(session, _read(ledger, everybody=user_id is None), values, binary=True)
    tallies = list(map(Tally._make, rows))
    parts = grouped((tally for tally in tallies if not tally.percentiles), itemgetter(0, 1, 2))  # start, subject, name
    whole = [tally for tally in tallies if tally.percentiles]
    return sorted([*whole, *parts.values()], key=itemgetter(0, 2))


async def figures(
    session: Session, window: Window, ledger: Ledger = CALLS, *, bucket: TimeBucket | None = None
) -> list[Tally]:
    """What a ledger adds up to in a window, for each subject, and for each bucket if one is given. Oldest first, and by
    name."""
    # Of one person there are so few lines in a minute that sums of them would be as many.
    finest = TimeBucket.MINUTE if window.user_id is None else TimeBucket.HOUR
    over = cover(window.start, window.end, finest=finest, coarsest=bucket or TimeBucket.DAY)
    return await _tallies(session, ledger, window.user_id, over, bucket)


_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


async def ever(session: Session, ledger: Ledger) -> list[Tally]:
    """All that a ledger has ever added up to, for each subject."""
    return await _tallies(session, ledger, None, Cover(_FIRST, _FIRST, _LAST, _LAST, (Piece(EVER, _FIRST, _LAST),)))
