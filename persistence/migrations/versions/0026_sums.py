"""sums: by model and by agent instead of by both, by hour for each person, and with the percentiles of each bucket."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NOBODY = "'00000000-0000-0000-0000-000000000000'::uuid"
KEYS = "kind, user_id, grain, start, subject_id, name"
SUMS = "calls, errors, input_tokens, output_tokens, cost_usd"
ADDED_UP = ", ".join(f"sum({name}) AS {name}" for name in SUMS.split(", "))
MEASURES = range(3)
SHARES = (0.5, 0.95, 0.99)
RANKED = ", ".join(
    f"coalesce(min(bin) FILTER (WHERE bin / 768 = {measure} AND up_to > floor({share} * (total - 1))), 0)"
    for measure in MEASURES
    for share in SHARES
)
PERCENTILES = f"""(
    SELECT ARRAY[{RANKED}]::smallint[] FROM (
        SELECT entry >> 32 AS bin, sum((entry & 4294967295)::float8) OVER (spread ORDER BY entry) AS up_to,
            sum((entry & 4294967295)::float8) OVER spread AS total
        FROM unnest(histogram) AS entry WINDOW spread AS (PARTITION BY (entry >> 32) / 768)
    ) AS ranked
)"""


def binned(entries: str) -> str:
    """The histograms of what has the same keys, from rows of keys and entries."""
    return f"""
        SELECT {KEYS}, array_agg((bin << 32) + count ORDER BY bin) AS histogram FROM (
            SELECT {KEYS}, entry >> 32 AS bin, sum(entry & 4294967295)::bigint AS count
            FROM {entries} GROUP BY {KEYS}, entry >> 32
        ) AS binned GROUP BY {KEYS}
    """


def bin_(measure: int, value: str) -> str:
    of_value = f"ceil(ln(least(greatest({value}, 1e-3), 1e9)) / 0.04000533461370)"
    return f"CASE WHEN {value} IS NOT NULL THEN (({measure * 768 + 200} + {of_value})::bigint << 32) + 1 END"


def kept(keyed: str) -> str:
    """Sums of the rows of a query that has keys, sums, and entries of histograms in arrays."""
    return f"""
        WITH keyed AS ({keyed}), sums AS (
            SELECT {KEYS}, {ADDED_UP} FROM keyed GROUP BY {KEYS}
        ), bins AS ({binned("keyed, unnest(entries) AS entry")})
        INSERT INTO rollups ({KEYS}, {SUMS}, histogram)
        SELECT kind, nullif(user_id, {NOBODY}), grain, start, subject_id, name, {SUMS}, coalesce(histogram, '{{}}')
        FROM sums LEFT JOIN bins USING ({KEYS})
    """


def of_rollups(kind: str, subject: str, name: str) -> str:
    return f"""
        SELECT '{kind}'::text AS kind, coalesce(user_id, {NOBODY}) AS user_id, grain, start, {subject} AS subject_id,
            {name} AS name, {SUMS}, histogram AS entries
        FROM crossed WHERE kind = 'call'
    """


SPEED = "CASE WHEN output_tokens > 1 THEN output_tokens / (nullif(greatest(duration_ms - ttft_ms, 0), 0) / 1000) END"
CALL_ENTRIES = f"""CASE WHEN outcome = 'succeeded' THEN array_remove(
    ARRAY[{bin_(0, "ttft_ms")}, {bin_(1, "duration_ms")}, {bin_(2, f"({SPEED})")}], NULL
) ELSE '{{}}' END"""


def of_lines(table: str, at: str, kind: str, subject: str, sums: str, entries: str) -> str:
    """What each person has in an hour, of lines that have been counted."""
    return f"""
        SELECT '{kind}'::text AS kind, user_id, 'hour'::text AS grain, date_trunc('hour', {at}, 'UTC') AS start,
            {subject}, {sums}, {entries} AS entries
        FROM {table} WHERE counted
    """


CALLED = "1 AS calls, (outcome = 'failed')::int AS errors, input_tokens, output_tokens, cost_usd"
COUNTED = "0 AS input_tokens, 0 AS output_tokens, 0::numeric AS cost_usd"
HOURS = (
    of_lines("model_calls", "started_at", "call",
             f"coalesce(model_id, {NOBODY}) AS subject_id, model_name AS name", CALLED, CALL_ENTRIES),
    of_lines("model_calls", "started_at", "agent",
             f"coalesce(agent_id, {NOBODY}) AS subject_id, ''::text AS name", CALLED, CALL_ENTRIES),
    of_lines("tool_calls", "started_at", "tool", "tool_key AS subject_id, name",
             f"1 AS calls, (status = 'FAILED')::int AS errors, {COUNTED}", f"ARRAY[{bin_(1, 'duration_ms')}]"),
    of_lines("selections", "created_at", "choice", f"{NOBODY} AS subject_id, ''::text AS name",
             f"1 AS calls, 0 AS errors, {COUNTED}", "'{}'::bigint[]"),
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL work_mem = '256MB'")
    op.execute("CREATE TEMPORARY TABLE crossed ON COMMIT DROP AS SELECT * FROM rollups WHERE kind = 'call'")
    op.drop_index("uq_rollups", "rollups")
    op.execute("DELETE FROM rollups WHERE kind = 'call'")
    op.drop_column("rollups", "agent_id")
    op.add_column("rollups", sa.Column("percentiles", postgresql.ARRAY(sa.SmallInteger()), nullable=True))
    op.execute(kept(of_rollups("call", "subject_id", "name")))
    op.execute(kept(of_rollups("agent", "agent_id", "''::text")))
    for lines in HOURS:
        op.execute(kept(lines))
    op.execute(
        f"UPDATE rollups SET percentiles = {PERCENTILES}"
        " WHERE kind = 'call' AND grain IN ('minute', 'hour') AND cardinality(histogram) > 32"
    )
    op.create_index(
        "uq_rollups", "rollups", ["user_id", "kind", "grain", "start", "subject_id", "name"], unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_index("uq_rollups", "rollups")
    op.execute("DELETE FROM rollups WHERE kind = 'agent' OR (user_id IS NOT NULL AND grain = 'hour')")
    op.drop_column("rollups", "percentiles")
    op.add_column("rollups", sa.Column("agent_id", sa.Uuid(), server_default=sa.text(NOBODY), nullable=False))
    op.alter_column("rollups", "agent_id", server_default=None)
    op.create_index(
        "uq_rollups", "rollups", ["user_id", "kind", "grain", "start", "subject_id", "name", "agent_id"], unique=True,
        postgresql_nulls_not_distinct=True,
    )
