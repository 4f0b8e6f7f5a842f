"""selection: policies, beliefs, signals, ratings."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "selection_policies",
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("rules", postgresql.JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_selection_policies")),
    )
    op.create_index(
        "uq_selection_policies_active", "selection_policies", ["active"], unique=True,
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "selection_beliefs",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("surprise", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_selection_beliefs_model_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("model_id", "kind", name=op.f("pk_selection_beliefs")),
    )
    op.create_table(
        "selection_signals",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("reward", sa.Float(), nullable=False),
        sa.Column("surprise", sa.Float(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_selection_signals_run_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "signal", name=op.f("pk_selection_signals")),
    )
    op.create_table(
        "message_ratings",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("rating", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_ratings_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_ratings")),
    )


def downgrade() -> None:
    op.drop_table("message_ratings")
    op.drop_table("selection_signals")
    op.drop_table("selection_beliefs")
    op.drop_table("selection_policies")
