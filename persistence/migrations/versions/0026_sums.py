"""sums: by model and by agent instead of by both, by hour for each person, and with the percentiles of each bucket.

The sums that there are only get another name, however many there are; a worker moves them to the new table afterwards.

On the way back, what has been summed by model and by agent apart cannot be put together again: such calls count as made
by no agent, and what has been summed by agent or by hour of a person is gone. Nothing else is.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LEDGERS = ("model_calls", "tool_calls", "selections")
LAST = "ffffffff-ffff-ffff-ffff-ffffffffffff"
KEYS = "user_id, kind, grain, start, subject_id, name"
SUMS = ("calls", "errors", "input_tokens", "output_tokens", "cost_usd")
BACK = f"""
    INSERT INTO rollups AS r ({KEYS}, agent_id, {", ".join(SUMS)}, histogram)
    SELECT {KEYS}, '00000000-0000-0000-0000-000000000000', {", ".join(SUMS)}, histogram
    FROM later_rollups WHERE kind <> 'agent' AND (user_id IS NULL OR grain <> 'hour')
    ON CONFLICT ({KEYS}, agent_id) DO UPDATE SET {", ".join(f"{each} = r.{each} + excluded.{each}" for each in SUMS)},
        histogram = ARRAY(
            SELECT (entry >> 32 << 32) + sum(entry & 4294967295)::bigint
            FROM unnest(r.histogram || excluded.histogram) AS entry GROUP BY entry >> 32 ORDER BY 1
        )
"""


def rename(*, old: str, new: str) -> None:
    op.rename_table(old, new)
    op.execute(f"ALTER INDEX uq_{old} RENAME TO uq_{new}")
    op.execute(f"ALTER TABLE {new} RENAME CONSTRAINT fk_{old}_user_id TO fk_{new}_user_id")


def upgrade() -> None:
    rename(old="rollups", new="earlier_rollups")
    op.create_table(
        "rollups",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(24, 10), nullable=False),
        sa.Column("histogram", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("percentiles", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rollups_user_id"), ondelete="CASCADE"),
    )
    op.create_index(
        "uq_rollups", "rollups", ["user_id", "kind", "grain", "start", "subject_id", "name"], unique=True,
        postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_table(
        "hours_to_sum",
        sa.Column("ledger", sa.Text(), nullable=False),
        sa.Column("before", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("ledger", name=op.f("pk_hours_to_sum")),
    )
    for ledger in LEDGERS:
        op.execute(f"INSERT INTO hours_to_sum SELECT '{ledger}', '{LAST}' WHERE EXISTS (SELECT FROM {ledger})")


def downgrade() -> None:
    op.drop_table("hours_to_sum")
    rename(old="rollups", new="later_rollups")
    rename(old="earlier_rollups", new="rollups")
    op.execute(BACK)
    op.drop_table("later_rollups")
