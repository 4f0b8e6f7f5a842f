"""archive: words of messages, imported chats, shares.

Nobody who writes messages waits for long: the words of what is there are collected before the triggers are made, and
the index is built on a table that nobody else knows yet. What is written meanwhile is collected at the end, while the
triggers' lock is held.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

# Scripts that set no spaces between words: each of their characters counts as a word. 100,000 characters always fit
# into a tsvector, which takes no more than 1 MB.
WORDS_OF = r"""
    CREATE FUNCTION words_of(content text, owner_id uuid) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT array_to_tsvector(ARRAY['@' || owner_id]) || to_tsvector('simple', regexp_replace(
            left(content, 100000), '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff])', ' \1 ', 'g'))
    $$
"""

ADDED = """
    CREATE FUNCTION collect_words_added() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO message_words (message_id, owner_id, words)
        SELECT m.id, c.owner_id, words_of(m.content, c.owner_id) FROM added m JOIN chats c ON c.id = m.chat_id
        WHERE m.content <> '';
        RETURN NULL;
    END $$
"""

CHANGED = """
    CREATE FUNCTION collect_words_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO message_words (message_id, owner_id, words)
        SELECT NEW.id, c.owner_id, words_of(NEW.content, c.owner_id) FROM chats c WHERE c.id = NEW.chat_id
        ON CONFLICT (owner_id, message_id) DO UPDATE SET words = excluded.words;
        RETURN NULL;
    END $$
"""

TRIGGERS = (
    """
    CREATE TRIGGER collect_words_added AFTER INSERT ON messages REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION collect_words_added()
    """,
    """
    CREATE TRIGGER collect_words_changed AFTER UPDATE OF content ON messages
        FOR EACH ROW WHEN (OLD.content IS DISTINCT FROM NEW.content) EXECUTE FUNCTION collect_words_changed()
    """,
)

COLLECT = """
    INSERT INTO message_words (message_id, owner_id, words)
    SELECT m.id, c.owner_id, words_of(m.content, c.owner_id) FROM messages m JOIN chats c ON c.id = m.chat_id
    WHERE m.content <> ''
"""
COLLECT_THE_REST = COLLECT + " AND NOT EXISTS (SELECT FROM message_words w WHERE w.message_id = m.id)"


def upgrade() -> None:
    op.create_table(
        "message_words",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("words", postgresql.TSVECTOR(), nullable=False),
    )
    op.execute(WORDS_OF)
    op.execute(COLLECT)
    op.create_primary_key(op.f("pk_message_words"), "message_words", ["owner_id", "message_id"])
    op.create_index("ix_message_words_message_id", "message_words", ["message_id"], postgresql_using="hash")
    op.create_index(
        "ix_message_words_words", "message_words", ["words"], postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 512},
    )
    op.execute(ADDED)
    op.execute(CHANGED)
    for trigger in TRIGGERS:
        op.execute(trigger)
    op.execute(COLLECT_THE_REST)
    op.execute("DELETE FROM message_words w WHERE NOT EXISTS (SELECT FROM messages m WHERE m.id = w.message_id)")
    op.create_foreign_key(
        op.f("fk_message_words_message_id"), "message_words", "messages", ["message_id"], ["id"], ondelete="CASCADE"
    )
    op.create_table(
        "imported_chats",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("foreign_id", sa.Text(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_imported_chats_owner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chat_id"], ["chats.id"], name=op.f("fk_imported_chats_chat_id"), ondelete="CASCADE",
            deferrable=True, initially="DEFERRED",
        ),
        sa.PrimaryKeyConstraint("owner_id", "source", "foreign_id", name=op.f("pk_imported_chats")),
    )
    op.create_index(op.f("ix_imported_chats_chat_id"), "imported_chats", ["chat_id"])
    op.create_table(
        "shares",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("chat_id", sa.Uuid(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_shares_owner_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_shares_chat_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["head_id"], ["messages.id"], name=op.f("fk_shares_head_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_shares_token_hash")),
    )
    op.create_index("ix_shares_owner_id_id", "shares", ["owner_id", sa.text("id DESC")])
    op.create_index(op.f("ix_shares_chat_id"), "shares", ["chat_id"])
    op.create_index(op.f("ix_shares_head_id"), "shares", ["head_id"])


def downgrade() -> None:
    op.drop_table("shares")
    op.drop_table("imported_chats")
    op.execute("DROP TRIGGER collect_words_changed ON messages")
    op.execute("DROP TRIGGER collect_words_added ON messages")
    op.drop_table("message_words")
    op.execute("DROP FUNCTION collect_words_changed()")
    op.execute("DROP FUNCTION collect_words_added()")
    op.execute("DROP FUNCTION words_of(text, uuid)")
