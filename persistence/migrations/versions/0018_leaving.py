"""leaving: chats that go by themselves, and indexes on what refers to an agent."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("chats", "runs"):
        where = sa.text("agent_id IS NOT NULL")
        op.create_index(f"ix_{table}_agent_id", table, ["agent_id"], postgresql_where=where)
    op.add_column("chats", sa.Column("goes_at", sa.DateTime(timezone=True)))
    op.create_index("ix_chats_goes_at", "chats", ["goes_at"], postgresql_where=sa.text("goes_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_column("chats", "goes_at")
    for table in ("runs", "chats"):
        op.drop_index(f"ix_{table}_agent_id", table)
