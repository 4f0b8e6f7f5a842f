"""mcp_prompts: prompts of MCP servers, and tools of ours that read their resources."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mcp_servers", sa.Column("prompts", postgresql.JSONB(), server_default="[]", nullable=False))
    op.add_column("mcp_tools", sa.Column("own", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    op.drop_column("mcp_tools", "own")
    op.drop_column("mcp_servers", "prompts")
