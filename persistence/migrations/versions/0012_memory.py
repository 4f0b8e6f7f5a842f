"""memory: long-term memories, summaries of branches, and what a call to a model was made for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("memory_enabled", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("model_calls", sa.Column("purpose", sa.Text(), server_default="answer", nullable=False))
    op.add_column(
        "messages", sa.Column("memory_ids", postgresql.ARRAY(sa.Uuid()), server_default="{}", nullable=False)
    )
    op.create_table(
        "memories",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("vector_by", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_memories_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memories")),
        sa.UniqueConstraint("user_id", "text", name=op.f("uq_memories_user_id_text")),
    )
    op.create_table(
        "summaries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("model_used", sa.Text(), nullable=True),
        sa.Column("cost_usd", sa.Numeric(18, 10), server_default="0", nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("local", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["base_id"], ["summaries.id"], name=op.f("fk_summaries_base_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_summaries_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_summaries_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summaries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_summaries_message_id")),
    )
    op.create_index(op.f("ix_summaries_base_id"), "summaries", ["base_id"])
    op.create_index("ix_summaries_chat_id", "summaries", ["chat_id"])
    op.create_index(
        "ix_summaries_due_at", "summaries", ["due_at"], postgresql_where=sa.text("made_at IS NULL")
    )
    op.create_index(
        "uq_summaries_chat_id_wished", "summaries", ["chat_id"], unique=True,
        postgresql_where=sa.text("made_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("summaries")
    op.drop_table("memories")
    op.drop_column("messages", "memory_ids")
    op.drop_column("model_calls", "purpose")
    op.drop_column("users", "memory_enabled")
