"""Alembic's environment: one transaction for the whole upgrade, behind an advisory lock."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, text

from persistence.database import sqlalchemy_url
from persistence.migrating import LOCK, ignore_foreign
from persistence.tables import metadata


def run(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=ignore_foreign,
        compare_type=True,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    engine = create_engine(sqlalchemy_url(os.environ["DATABASE_URL"]))
    with engine.begin() as made:
        run(made)
    engine.dispose()
