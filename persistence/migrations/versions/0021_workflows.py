"""workflows: stored graphs of steps, the runs that go by them, and which of several answers people prefer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

NOW = {"server_default": sa.text("now()"), "nullable": False}


def upgrade() -> None:
    op.create_table(
        "workflows",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("slug", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("definition", postgresql.JSONB(), nullable=False),
        sa.Column("shared", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), **NOW),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_workflows_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workflows")),
        sa.UniqueConstraint("slug", name=op.f("uq_workflows_slug")),
    )
    op.create_index(op.f("ix_workflows_owner_id"), "workflows", ["owner_id"])
    op.create_table(
        "workflow_versions",
        sa.Column("workflow_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **NOW),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflows.id"], name=op.f("fk_workflow_versions_workflow_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", "version", name=op.f("pk_workflow_versions")),
    )
    op.add_column("runs", sa.Column("workflow_id", sa.Uuid(), nullable=True))
    op.add_column("runs", sa.Column("workflow_version", sa.Integer(), nullable=True))
    op.create_foreign_key(
        op.f("fk_runs_workflow_id"), "runs", "workflows", ["workflow_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index(
        "ix_runs_workflow_id", "runs", ["workflow_id"], postgresql_where=sa.text("workflow_id IS NOT NULL")
    )
    op.add_column("selection_signals", sa.Column("model_id", sa.Uuid(), nullable=True))


def downgrade() -> None:
    op.drop_column("selection_signals", "model_id")
    op.drop_index("ix_runs_workflow_id", "runs")
    op.drop_constraint(op.f("fk_runs_workflow_id"), "runs", type_="foreignkey")
    op.drop_column("runs", "workflow_version")
    op.drop_column("runs", "workflow_id")
    op.drop_table("workflow_versions")
    op.drop_table("workflows")
