"""Queued messages that change places, absorbed runs, limits and idempotent requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PLACE = "uq_messages_branch_id_depth"


def upgrade() -> None:
    op.add_column("runs", sa.Column("request", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("runs", sa.Column("background", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("runs", sa.Column("absorbed_by", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_runs_absorbed_by"), "runs", "runs", ["absorbed_by"], ["id"], ondelete="CASCADE"
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index("ix_runs_user_id_active", "runs", ["user_id", "id"], postgresql_where=unfinished)
    absorbed = sa.text("absorbed_by IS NOT NULL")
    op.create_index("ix_runs_absorbed_by", "runs", ["absorbed_by"], postgresql_where=absorbed)
    op.drop_constraint(PLACE, "messages", type_="unique")
    op.create_unique_constraint(PLACE, "messages", ["branch_id", "depth"], deferrable=True, initially="IMMEDIATE")


def downgrade() -> None:
    op.drop_constraint(PLACE, "messages", type_="unique")
    op.create_unique_constraint(PLACE, "messages", ["branch_id", "depth"])
    op.drop_index("ix_runs_absorbed_by", table_name="runs")
    op.drop_index("ix_runs_user_id_active", table_name="runs")
    op.drop_constraint(op.f("fk_runs_absorbed_by"), "runs", type_="foreignkey")
    op.drop_column("runs", "absorbed_by")
    op.drop_column("runs", "background")
    op.drop_column("runs", "request")
