"""Pool: price versions, circuit breakers, downloads, and what people correct about models."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("providers", sa.Column("discovered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("providers", sa.Column("problem", sa.Text(), nullable=True))
    op.add_column("models", sa.Column("cached_input_usd_per_million", sa.Numeric(18, 8), nullable=True))
    op.add_column("models", sa.Column("price_id", sa.Uuid(), nullable=True))
    op.add_column(
        "models", sa.Column("edited", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column("model_calls", sa.Column("price_id", sa.Uuid(), nullable=True))
    op.add_column(
        "model_calls", sa.Column("estimated", sa.Boolean(), server_default="false", nullable=False)
    )
    op.add_column("model_calls", sa.Column("blamed", sa.Boolean(), server_default="false", nullable=False))
    op.execute(
        "UPDATE model_calls SET blamed = true WHERE outcome = 'failed'"
        " AND error_code IN ('MODEL_UNAVAILABLE', 'MODEL_AUTH_FAILED', 'TIMED_OUT')"
    )
    op.create_table(
        "model_prices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("input_usd_per_million", sa.Numeric(18, 8), nullable=False),
        sa.Column("cached_input_usd_per_million", sa.Numeric(18, 8), nullable=True),
        sa.Column("output_usd_per_million", sa.Numeric(18, 8), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_model_prices_model_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_prices")),
    )
    op.create_index(op.f("ix_model_prices_model_id"), "model_prices", ["model_id"])
    op.create_table(
        "model_breakers",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("probe_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["model_id"], ["models.id"], name=op.f("fk_model_breakers_model_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_model_breakers")),
    )
    op.create_table(
        "model_downloads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_downloads")),
        sa.UniqueConstraint("name", name=op.f("uq_model_downloads_name")),
    )


def downgrade() -> None:
    op.drop_table("model_downloads")
    op.drop_table("model_breakers")
    op.drop_table("model_prices")
    for column in ("blamed", "estimated", "price_id"):
        op.drop_column("model_calls", column)
    for column in ("edited", "price_id", "cached_input_usd_per_million"):
        op.drop_column("models", column)
    for column in ("problem", "discovered_at"):
        op.drop_column("providers", column)
