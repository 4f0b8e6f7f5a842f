"""metrics: ledgers of tools and choices, and sums over all ledgers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

LEDGERS = {"model_calls": "started_at", "tool_calls": "started_at", "selections": "created_at"}


def upgrade() -> None:
    op.add_column("model_calls", sa.Column("agent_id", sa.Uuid(), nullable=True))
    op.add_column("model_calls", sa.Column("counted", sa.Boolean(), server_default="false", nullable=False))
    op.execute("UPDATE model_calls SET agent_id = r.agent_id FROM runs r WHERE r.id = run_id AND r.agent_id IS NOT NULL")
    op.create_table(
        "tool_calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("tool_key", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("server", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_tool_calls_run_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tool_calls_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_calls")),
    )
    op.create_index(op.f("ix_tool_calls_run_id"), "tool_calls", ["run_id"])
    op.create_index("ix_tool_calls_user_id_started_at", "tool_calls", ["user_id", "started_at"])
    op.create_table(
        "selections",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("counted", sa.Boolean(), server_default="false", nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_selections_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_selections")),
    )
    op.execute(
        "INSERT INTO selections (run_id, user_id, confidence, created_at)"
        " SELECT id, user_id, (selection->>'confidence')::float8, coalesce(started_at, created_at) FROM runs"
        " WHERE selection->>'source' IN ('policy', 'sticky', 'explored')"
    )
    op.create_index("ix_selections_user_id_created_at", "selections", ["user_id", "created_at"])
    op.create_index("ix_message_ratings_created_at", "message_ratings", ["created_at"])
    for table, at in LEDGERS.items():
        op.create_index(f"ix_{table}_{at}", table, [at], postgresql_using="brin")
        op.create_index(f"ix_{table}_uncounted", table, [at], postgresql_where=sa.text("NOT counted"))
    op.create_table(
        "rollups",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("grain", sa.Text(), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Numeric(24, 10), nullable=False),
        sa.Column("histogram", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_rollups_user_id"), ondelete="CASCADE"),
    )
    op.create_index(
        "uq_rollups", "rollups", ["user_id", "kind", "grain", "start", "subject_id", "name", "agent_id"], unique=True,
        postgresql_nulls_not_distinct=True,
    )


def downgrade() -> None:
    op.drop_table("rollups")
    op.drop_index("ix_message_ratings_created_at", "message_ratings")
    op.drop_table("selections")
    op.drop_table("tool_calls")
    op.drop_index("ix_model_calls_uncounted", "model_calls")
    op.drop_index("ix_model_calls_started_at", "model_calls")
    op.drop_column("model_calls", "counted")
    op.drop_column("model_calls", "agent_id")
