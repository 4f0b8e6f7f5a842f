"""agents: versions, teams, guardrails, rules on tools."""

from uuid import UUID, uuid5

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

SHIPPED = UUID("5b1f6f0e-7f0c-5b43-9d4e-3a1c1f0a8d51")
KEYS = postgresql.ARRAY(sa.Uuid())
NOW = {"server_default": sa.text("now()"), "nullable": False}


def upgrade() -> None:
    _tools_by_key()
    for name in ("mcp_servers", "handoffs", "agent_tools"):
        op.add_column("agents", sa.Column(name, KEYS, server_default="{}", nullable=False))
    op.add_column("agents", sa.Column("output_schema", postgresql.JSONB(), nullable=True))
    op.add_column("agents", sa.Column("guardrails", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("agents", sa.Column("shared", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("agents", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("agents", sa.Column("updated_at", sa.DateTime(timezone=True), **NOW))
    op.add_column("agents", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "agent_versions",
        sa.Column("agent_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("config", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **NOW),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_versions_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", "version", name=op.f("pk_agent_versions")),
    )
    op.execute(
        """INSERT INTO agent_versions (agent_id, version, config)
        SELECT id, version, to_jsonb(agents) - ARRAY['id', 'owner_id', 'slug', 'shared', 'version', 'created_at',
            'updated_at', 'deleted_at'] FROM agents"""
    )
    op.add_column("runs", sa.Column("agent_versions", postgresql.JSONB(), server_default="{}", nullable=False))
    op.create_table(
        "tool_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("approval", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), **NOW),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_tool_policies_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_policies")),
        sa.UniqueConstraint("user_id", "pattern", name=op.f("uq_tool_policies_user_id_pattern")),
    )
    op.create_index(
        "uq_tool_policies_everybody", "tool_policies", ["pattern"], unique=True,
        postgresql_where=sa.text("user_id IS NULL"),
    )


def _tools_by_key() -> None:
    """Names of tools become keys: until now all tools came with the product."""
    op.add_column("agents", sa.Column("tool_keys", KEYS, server_default="{}", nullable=False))
    bind = op.get_bind()
    for agent_id, names in bind.execute(sa.text("SELECT id, tools FROM agents")).all():
        keys = [uuid5(SHIPPED, name) for name in names]
        bind.execute(sa.text("UPDATE agents SET tool_keys = :keys WHERE id = :id"), {"keys": keys, "id": agent_id})
    op.drop_column("agents", "tools")
    op.alter_column("agents", "tool_keys", new_column_name="tools")
    for table in ("approvals", "tool_grants"):
        op.add_column(table, sa.Column("tool_key", sa.Uuid(), nullable=True))
        for (name,) in bind.execute(sa.text(f"SELECT DISTINCT tool_name FROM {table}")).all():
            values = {"key": uuid5(SHIPPED, name), "name": name}
            bind.execute(sa.text(f"UPDATE {table} SET tool_key = :key WHERE tool_name = :name"), values)
        op.alter_column(table, "tool_key", nullable=False)
    op.drop_column("tool_grants", "tool_name")


def downgrade() -> None:
    """Keys cannot be turned into names again: agents lose their tools, and people are asked anew."""
    op.execute("DELETE FROM tool_grants")
    op.add_column("tool_grants", sa.Column("tool_name", sa.Text(), nullable=False))
    op.drop_column("tool_grants", "tool_key")
    op.drop_column("approvals", "tool_key")
    op.drop_table("tool_policies")
    op.drop_column("runs", "agent_versions")
    op.drop_table("agent_versions")
    op.drop_column("agents", "tools")
    op.add_column("agents", sa.Column("tools", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    for name in (
        "deleted_at", "updated_at", "version", "shared", "guardrails", "output_schema", "agent_tools", "handoffs",
        "mcp_servers",
    ):
        op.drop_column("agents", name)
