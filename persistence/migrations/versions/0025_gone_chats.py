"""gone chats: what was deleted is nobody's at once, and is removed in steps."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("chats", "owner_id", existing_type=sa.Uuid(), nullable=True)
    op.create_index("ix_chats_gone", "chats", ["id"], postgresql_where=sa.text("owner_id IS NULL"))
    # Nothing found the runs of a chat but by reading all runs. They go with the messages that they belong to.
    op.drop_constraint("fk_runs_chat_id", "runs", type_="foreignkey")


def downgrade() -> None:
    op.execute("DELETE FROM chats WHERE owner_id IS NULL")
    op.create_foreign_key(op.f("fk_runs_chat_id"), "runs", "chats", ["chat_id"], ["id"], ondelete="CASCADE")
    op.drop_index("ix_chats_gone", table_name="chats")
    op.alter_column("chats", "owner_id", existing_type=sa.Uuid(), nullable=False)
