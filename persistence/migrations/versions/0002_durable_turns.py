"""Turns are durable: a journal of the one in progress, decisions on tool calls, tools of agents."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_journal",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_journal_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "key", name=op.f("pk_run_journal")),
    )
    op.create_table(
        "tool_grants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("tool_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_tool_grants_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_tool_grants_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_tool_grants_run_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_grants")),
    )
    for column in ("user_id", "chat_id", "run_id"):
        op.create_index(op.f(f"ix_tool_grants_{column}"), "tool_grants", [column])
    op.add_column("agents", sa.Column("tools", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    # Nothing could ask for an approval before this revision, so the table is empty.
    op.add_column("approvals", sa.Column("call_id", sa.Text(), nullable=False))
    op.add_column("approvals", sa.Column("edited", postgresql.JSONB(), nullable=True))
    op.add_column("approvals", sa.Column("message", sa.Text(), nullable=True))
    op.add_column("approvals", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_approvals_expires_at_pending"), "approvals", ["expires_at"], postgresql_where=sa.text("decision IS NULL")
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_approvals_expires_at_pending"), "approvals")
    for column in ("decided_at", "message", "edited", "call_id"):
        op.drop_column("approvals", column)
    op.drop_column("agents", "tools")
    op.drop_table("tool_grants")
    op.drop_table("run_journal")
