"""models: how many calls at once."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("models", sa.Column("max_concurrency", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("models", "max_concurrency")
