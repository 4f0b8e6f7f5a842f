"""Sums over the ledgers, kept by minute, hour and day for everybody together, and by hour and day for each person.

A line of a ledger is either in the sums or not `counted`, and becomes counted in the statement that adds it. So sums
and lines that are not counted are, in any one statement, together exactly the ledger, however late a line comes.
"""

from functools import cache
from typing import LiteralString

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

TABLE = Table(
    "rollups",
    Base.metadata,
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
    Column("percentiles", ARRAY(SmallInteger)),
    Index(
        "uq_rollups", "user_id", "kind", "grain", "start", "subject_id", "name",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
"""`user_id` is NULL in the sums over everybody; models, tools and agents that have been removed stay. `percentiles` are
those of the histogram, for whoever wants this bucket alone and no other with it; NULL where they are not worth it."""


def summed(keys: LiteralString) -> LiteralString:
    """Two common table expressions, in SQL: `sums` and `bins` of the lines in `keyed`, for each combination of `keys`,
    none of which may be NULL. Such a combination is a `pile`, by which the two are joined."""
    # Keys are long. Only once are lines sorted by them, and then by the number that this gives.
    return f"""piled AS MATERIALIZED (
        SELECT dense_rank() OVER (ORDER BY {keys}) AS pile, keyed.* FROM keyed
    ), sums AS (
        SELECT pile, {keys}, count(*) AS calls, sum(errors) AS errors, sum(input_tokens) AS input_tokens,
            sum(output_tokens) AS output_tokens, sum(cost_usd) AS cost_usd
        FROM piled GROUP BY pile, {keys}
    ), bins AS (
        SELECT pile, array_agg((bin << 32) + count ORDER BY bin) AS histogram
        FROM (
            SELECT pile, entry >> 32 AS bin, count(*) AS count FROM piled, unnest(entries) AS entry
            GROUP BY pile, entry >> 32
        ) AS binned
        GROUP BY pile
    )"""


_GRAINS: tuple[tuple[LiteralString, LiteralString], ...] = (
    (NOBODY, "minute"), (NOBODY, "hour"), (NOBODY, "day"), (NOBODY, EVER), ("fresh.user_id", "hour"),
    ("fresh.user_id", "day"),
)  # fmt: skip
_KEYS: LiteralString = "start, user_id, subject_id, grain, kind, name"
_HOLD = text("SELECT pg_try_advisory_xact_lock(hashtextextended('parley rollups', 0))")


def ranked(bucket: LiteralString, histogram: LiteralString) -> LiteralString:
    """Percentiles, in SQL, for a bucket's kind and grain: only of those that a series has by the thousand."""
    return f"CASE WHEN ({bucket}) IN (('call', 'minute'), ('call', 'hour')) THEN {PERCENTILES.format(histogram)} END"


@cache
def _roll(ledger: Ledger) -> TextClause:
    kinds = [each for each in ALL if each.table == ledger.table]
    subjects = ", ".join(f"{each.subject} AS {each.kind}_id, {each.name} AS {each.kind}_name" for each in kinds)
    piles = ", ".join(
        f"('{each.kind}', {user_id}, '{grain}', {each.kind}_id, {each.kind}_name)"
        for each in kinds
        for user_id, grain in _GRAINS
    )
    return text(f"""
        WITH fresh AS (
            UPDATE {ledger.table} SET counted = true
            WHERE {ledger.key} = ANY (ARRAY(
                SELECT {ledger.key} FROM {ledger.table} WHERE NOT counted ORDER BY {ledger.at} LIMIT :limit
            )) AND NOT counted
            RETURNING {ledger.lines}, {subjects}
        ), keyed AS (
            SELECT pile.kind, pile.user_id, pile.grain, date_trunc(pile.grain, at, 'UTC') AS start, pile.subject_id,
                pile.name, errors, input_tokens, output_tokens, cost_usd, entries
            FROM fresh, LATERAL (VALUES {piles}) AS pile(kind, user_id, grain, subject_id, name)
        ), {summed(_KEYS)}, added AS (
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
        )
        SELECT count(*) FROM fresh
    """)


async def roll(session: Session, ledger: Ledger, *, limit: int) -> int:
    """Add up to `limit` lines that are not counted to the sums, the oldest first; returns how many. They are added for
    all that their table is summed by. None while another process is at it: two that add to the same sums in different
    orders would wait for each other."""
    if not (await session.execute(_HOLD)).scalar_one():
        return 0
    return int((await session.execute(_roll(ledger), {"limit": limit})).scalar_one())
