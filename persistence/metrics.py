"""Figures over a range of time: read from the sums, and from the ledger what they do not have."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import LiteralString, TypeVar
from uuid import UUID

from domain.metrics import Cover, Piece, TimeBucket, Window, cover
from persistence.database import Session, run
from persistence.histograms import PACKED
from persistence.ledgers import CALLS, Ledger
from persistence.rollups import EVER, summed

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over some lines of a ledger. `subject_id` is the model or the tool, None for a model that has been removed;
    `start` is the bucket's; `histogram` is packed as `histograms` reads it."""

    start: datetime
    subject_id: UUID | None
    name: str
    agent_id: UUID | None
    calls: int = 0
    errors: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal = Decimal(0)
    histogram: bytes = b""


NOTHING = Tally(datetime(1970, 1, 1, tzinfo=UTC), None, "", None)


def together(tallies: Sequence[Tally]) -> Tally:
    """All as one; of what they differ in otherwise it has the first one's word."""
    if len(tallies) == 1:
        return tallies[0]
    return replace(
        tallies[0] if tallies else NOTHING,
        calls=sum(tally.calls for tally in tallies),
        errors=sum(tally.errors for tally in tallies),
        input_tokens=sum(tally.input_tokens for tally in tallies),
        output_tokens=sum(tally.output_tokens for tally in tallies),
        cost_usd=sum((tally.cost_usd for tally in tallies), Decimal(0)),
        histogram=b"".join(tally.histogram for tally in tallies),
    )


def grouped(tallies: Iterable[Tally], key: Callable[[Tally], K]) -> dict[K, Tally]:
    """One tally for each key, in the order in which the keys come up."""
    groups: dict[K, list[Tally]] = {}
    for tally in tallies:
        groups.setdefault(key(tally), []).append(tally)
    return {group: together(found) for group, found in groups.items()}


_KEYS: LiteralString = "start, subject_id, name, agent_id"
_BUCKET: LiteralString = "coalesce(date_trunc(cast(%(bucket)s AS text), {0}, 'UTC'), 'epoch')"


@cache
def _read(ledger: Ledger, *, everybody: bool, agents: bool) -> LiteralString:
    line = "" if everybody else "user_id = %(user_id)s AND "
    at, whose = ledger.at, "user_id IS NULL" if everybody else "user_id = %(user_id)s"
    return f"""
        WITH fresh AS (
            SELECT {ledger.lines} FROM {ledger.table}
            WHERE {line}(({at} >= %(start)s AND {at} < %(low)s) OR ({at} >= %(high)s AND {at} < %(end)s)
                OR (NOT counted AND {at} >= %(low)s AND {at} < %(high)s))
        ), keyed AS (
            SELECT {_BUCKET.format("at")} AS start, subject_id, name, agent_id, errors, input_tokens, output_tokens,
                cost_usd, entries
            FROM fresh
        ), {summed(_KEYS)}, taken AS (
            SELECT {_KEYS}, calls, errors, input_tokens, output_tokens, cost_usd, histogram
            FROM sums LEFT JOIN bins USING ({_KEYS})
            UNION ALL
            SELECT {_BUCKET.format("r.start")}, subject_id, name, agent_id, calls, errors, input_tokens, output_tokens,
                cost_usd, histogram
            FROM unnest(cast(%(grains)s AS text[]), cast(%(lows)s AS timestamptz[]), cast(%(highs)s AS timestamptz[]))
                AS piece(grain, low, high),
            LATERAL (
                SELECT * FROM rollups
                WHERE {whose} AND kind = '{ledger.kind}' AND grain = piece.grain AND start >= piece.low
                    AND start < piece.high
                OFFSET 0 -- one look into the index for each piece, whatever the planner thinks of the table
            ) AS r
        )
        SELECT start, {ledger.known}, taken.name, {"a.id" if agents else "NULL::uuid"}, sum(calls)::bigint,
            sum(errors)::bigint, sum(input_tokens)::bigint, sum(output_tokens)::bigint, sum(cost_usd),
            {PACKED.format("histogram")}
        FROM taken LEFT JOIN models m ON m.id = subject_id LEFT JOIN agents a ON a.id = agent_id
        GROUP BY 1, 2, 3, 4 ORDER BY 1, 3, 2, 4
    """


async def _tallies(
    session: Session, ledger: Ledger, user_id: UUID | None, over: Cover, bucket: TimeBucket | None = None
) -> list[Tally]:
    values = {
        "user_id": user_id, "bucket": bucket and bucket.value, "start": over.start, "low": over.low, "high": over.high,
        "end": over.end, "grains": [piece.grain for piece in over.pieces], "lows": [piece.low for piece in over.pieces],
        "highs": [piece.high for piece in over.pieces],
    }  # fmt: skip
    query = _read(ledger, everybody=user_id is None, agents=bucket is None)
    # Histograms are megabytes, which as text would be twice as many, to be written and to be read.
    return [Tally(*row) for row in await run(session, query, values, binary=True)]


async def figures(
    session: Session, window: Window, ledger: Ledger = CALLS, *, bucket: TimeBucket | None = None
) -> list[Tally]:
    """What a ledger adds up to in a window, for each subject, and for each agent or, if one is given, each bucket."""
    # Of one person there are so few lines in an hour that sums of them would be as many.
    finest = TimeBucket.MINUTE if window.user_id is None else TimeBucket.DAY
    over = cover(window.start, window.end, finest=finest, coarsest=bucket or TimeBucket.DAY)
    return await _tallies(session, ledger, window.user_id, over, bucket)


_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


async def ever(session: Session, ledger: Ledger) -> list[Tally]:
    """All that a ledger has ever added up to, for each subject and agent."""
    return await _tallies(session, ledger, None, Cover(_FIRST, _FIRST, _LAST, _LAST, (Piece(EVER, _FIRST, _LAST),)))
