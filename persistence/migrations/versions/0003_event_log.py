"""event log: joined deltas, reserved numbers, what is compacted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("run_events", sa.Column("pieces", postgresql.ARRAY(sa.Integer()), nullable=True))
    op.add_column("runs", sa.Column("reserved_sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column("runs", sa.Column("compacted", sa.Boolean(), server_default="false", nullable=False))
    op.create_index("ix_runs_uncompacted", "runs", ["finished_at"], postgresql_where=sa.text("NOT compacted"))


def downgrade() -> None:
    op.drop_index("ix_runs_uncompacted", table_name="runs", postgresql_where=sa.text("NOT compacted"))
    op.drop_column("runs", "compacted")
    op.drop_column("runs", "reserved_sequence")
    op.drop_column("run_events", "pieces")
