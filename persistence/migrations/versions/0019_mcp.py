"""mcp: single tools of MCP servers, and limits, of agents; signing in at MCP servers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("agents", sa.Column("mcp_tools", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False))
    op.add_column("agents", sa.Column("max_tokens", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("max_cost_usd", sa.Numeric(18, 6), nullable=True))
    op.add_column("agents", sa.Column("max_seconds", sa.Integer(), nullable=True))
    op.add_column("mcp_servers", sa.Column("oauth_encrypted", sa.LargeBinary(), nullable=True))
    op.create_table(
        "mcp_sign_ins",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("server_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id"], ["mcp_servers.id"], name=op.f("fk_mcp_sign_ins_server_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mcp_sign_ins_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_mcp_sign_ins")),
    )
    op.create_index(op.f("ix_mcp_sign_ins_server_id"), "mcp_sign_ins", ["server_id"])
    op.create_index(op.f("ix_mcp_sign_ins_user_id"), "mcp_sign_ins", ["user_id"])


def downgrade() -> None:
    op.drop_table("mcp_sign_ins")
    op.drop_column("mcp_servers", "oauth_encrypted")
    for column in ("max_seconds", "max_cost_usd", "max_tokens", "mcp_tools"):
        op.drop_column("agents", column)
