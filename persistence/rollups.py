"""Sums over the ledgers, kept by minute, hour and day for everybody together, and by hour and day for each person.

A line of a ledger is either in the sums or not `counted`, and becomes counted in the statement that adds it. So sums
and lines that are not counted are, in any one statement, together exactly the ledger, however late a line comes.
"""

from functools import cache
from typing import Any, LiteralString

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    Table,
    Text,
    TextClause,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from persistence.base import Base
from persistence.database import Session
from persistence.histograms import MERGED, PERCENTILES
from persistence.ledgers import ALL, NOBODY, Ledger

EVER: LiteralString = "millennium"
"""The grain of what has been summed since ever, as far as this software goes."""


def columns() -> list[Column[Any]]:
    """What every sum has."""
    return [
        Column("kind", Text, nullable=False),
        Column("user_id", Uuid, ForeignKey("users.id", ondelete="CASCADE")),
        Column("grain", Text, nullable=False),
        Column("start", DateTime(timezone=True), nullable=False),
        Column("subject_id", Uuid, nullable=False),
        Column("name", Text, nullable=False),
        Column("calls", BigInteger, nullable=False),
        Column("errors", BigInteger, nullable=False),
        Column("input_tokens", BigInteger, nullable=False),
        Column("output_tokens", BigInteger, nullable=False),
        Column("cost_usd", Numeric(24, 10), nullable=False),
        Column("histogram", ARRAY(BigInteger), nullable=False),
    ]


TABLE = Table(
    "rollups",
    Base.metadata,
    *columns(),
    Column("percentiles", ARRAY(SmallInteger)),
    Index(
        "uq_rollups", "user_id", "kind", "grain", "start", "subject_id", "name",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
"""`user_id` is NULL in the sums over everybody; models, tools and agents that have been removed stay. `percentiles` are
those of the histogram, for whoever wants this bucket alone and no other with it; NULL where they are not worth it."""


def summed(
    keys: LiteralString, *, calls: LiteralString = "count(*)", count: LiteralString = "count(*)"
) -> LiteralString:
    """Two common table expressions, in SQL: `sums` and `bins` of the lines in `keyed`, for each combination of `keys`,
    none of which may be NULL. Such a combination is a `pile`, by which the two are joined. `calls` and `count` say how
    many calls there are in a group of `keyed`, and how many values in a group of its entries."""
    # Keys are long. Only once are lines sorted by them, and then by the number that this gives.
    return f"""piled AS MATERIALIZED (
        SELECT dense_rank() OVER (ORDER BY {keys}) AS pile, keyed.* FROM keyed
    ), sums AS (
        SELECT pile, {keys}, {calls} AS calls, sum(errors) AS errors, sum(input_tokens) AS input_tokens,
            sum(output_tokens) AS output_tokens, sum(cost_usd) AS cost_usd
        FROM piled GROUP BY pile, {keys}
    ), bins AS (
        SELECT pile, array_agg((bin << 32) + count ORDER BY bin) AS histogram
        FROM (
            SELECT pile, entry >> 32 AS bin, {count} AS count FROM piled, unnest(entries) AS entry
            GROUP BY pile, entry >> 32
        ) AS binned
        GROUP BY pile
    )"""


Grains = tuple[tuple[LiteralString, LiteralString], ...]
_EVERYBODYS: Grains = ((NOBODY, "minute"), (NOBODY, "hour"), (NOBODY, "day"), (NOBODY, EVER))
HOURS: Grains = (("fresh.user_id", "hour"),)
_DAYS: Grains = (("fresh.user_id", "day"),)

KEYS: LiteralString = "start, user_id, subject_id, grain, kind, name"
_HOLD = text("SELECT pg_try_advisory_xact_lock(hashtextextended('parley rollups', 0))")


def ranked(bucket: LiteralString, histogram: LiteralString) -> LiteralString:
    """Percentiles, in SQL, for a bucket's kind and grain: only of those that a series has by the thousand."""
    return f"CASE WHEN ({bucket}) IN (('call', 'minute'), ('call', 'hour')) THEN {PERCENTILES.format(histogram)} END"


ADD: LiteralString = f"""
    INSERT INTO rollups AS r (
        kind, user_id, grain, start, subject_id, name, calls, errors, input_tokens, output_tokens, cost_usd,
        histogram, percentiles
    )
    SELECT kind, nullif(user_id, {NOBODY}), grain, start, subject_id, name, calls, errors, input_tokens,
        output_tokens, cost_usd, coalesce(histogram, '{{}}'), {ranked("kind, grain", "histogram")}
    FROM sums LEFT JOIN bins USING (pile)
    ON CONFLICT (user_id, kind, grain, start, subject_id, name) DO UPDATE SET
        calls = r.calls + excluded.calls,
        errors = r.errors + excluded.errors,
        input_tokens = r.input_tokens + excluded.input_tokens,
        output_tokens = r.output_tokens + excluded.output_tokens,
        cost_usd = r.cost_usd + excluded.cost_usd,
        (histogram, percentiles) = (
            SELECT merged, {ranked("r.kind, r.grain", "merged")}
            FROM (SELECT {MERGED.format("r.histogram", "excluded.histogram")} AS merged OFFSET 0) AS new
        )
"""
"""What is `summed` by KEYS comes to the sums that there are, in SQL."""


def lines(ledger: Ledger) -> LiteralString:
    """The columns of a line, in SQL, with its key and with all that it is about, for `piled`."""
    subjects = (f"{each.subject} AS {each.kind}_id, {each.name} AS {each.kind}_name" for each in _kinds(ledger))
    return ", ".join((f"{ledger.key} AS key", ledger.lines, *subjects))


def piled(ledger: Ledger, grains: Grains, source: LiteralString) -> LiteralString:
    """A query for each line of `source` once for each sum that it belongs to, of those of `grains`."""
    piles: LiteralString = ", ".join(
        f"('{each.kind}', {user_id}, '{grain}', {each.kind}_id, {each.kind}_name)"
        for each in _kinds(ledger)
        for user_id, grain in grains
    )
    return f"""
        SELECT pile.kind, pile.user_id, pile.grain, date_trunc(pile.grain, at, 'UTC') AS start, pile.subject_id,
            pile.name, errors, input_tokens, output_tokens, cost_usd, entries
        FROM {source}, LATERAL (VALUES {piles}) AS pile(kind, user_id, grain, subject_id, name)
    """


def _kinds(ledger: Ledger) -> list[Ledger]:
    return [each for each in ALL if each.table == ledger.table]


@cache
def _roll(ledger: Ledger) -> TextClause:
    source = f"fresh LEFT JOIN hours_to_sum AS later ON later.ledger = '{ledger.table}' AND key < later.before"
    return text(f"""
        WITH fresh AS (
            UPDATE {ledger.table} SET counted = true
            WHERE {ledger.key} = ANY (ARRAY(
                SELECT {ledger.key} FROM {ledger.table} WHERE NOT counted ORDER BY {ledger.at} LIMIT :limit
            )) AND NOT counted
            RETURNING {lines(ledger)}
        ), keyed AS (
            {piled(ledger, (*_EVERYBODYS, *HOURS, *_DAYS), source)}
            WHERE later.before IS NULL OR pile.user_id = {NOBODY} OR pile.grain <> 'hour'
        ), {summed(KEYS)}, added AS ({ADD})
        SELECT count(*) FROM fresh
    """)


async def hold(session: Session) -> bool:
    """Whether nobody else adds to sums until the block ends: two that add to the same ones in different orders would
    wait for each other."""
    return bool((await session.execute(_HOLD)).scalar_one())


async def roll(session: Session, ledger: Ledger, *, limit: int) -> int:
    """Add up to `limit` lines that are not counted to the sums, the oldest first; returns how many. They are added for
    all that their table is summed by. None while another process is at it."""
    if not await hold(session):
        return 0
    return int((await session.execute(_roll(ledger), {"limit": limit})).scalar_one())
