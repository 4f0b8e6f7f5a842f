"""runs: durable steps with what went in and came out, calls of steps, limits that were reached."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run_steps", sa.Column("key", sa.Text(), nullable=True))
    op.add_column("run_steps", sa.Column("input", postgresql.JSONB(), nullable=True))
    op.add_column("run_steps", sa.Column("output", postgresql.JSONB(), nullable=True))
    op.create_unique_constraint(op.f("uq_run_steps_run_id_key"), "run_steps", ["run_id", "key"])
    op.drop_index(op.f("ix_run_steps_run_id"), table_name="run_steps")  # the constraint's index serves it
    # What used to stand for the call of the model is the agent's work; the calls themselves are in the ledger.
    op.execute("UPDATE run_steps SET kind = 'AGENT' WHERE kind = 'MODEL_CALL'")
    op.add_column("model_calls", sa.Column("step_id", sa.Uuid(), nullable=True))
    op.add_column("runs", sa.Column("limit_reached", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("runs", "limit_reached")
    op.drop_column("model_calls", "step_id")
    op.execute("UPDATE run_steps SET kind = 'MODEL_CALL' WHERE kind = 'AGENT'")
    op.create_index(op.f("ix_run_steps_run_id"), "run_steps", ["run_id"])
    op.drop_constraint(op.f("uq_run_steps_run_id_key"), "run_steps")
    for column in ("output", "input", "key"):
        op.drop_column("run_steps", column)
