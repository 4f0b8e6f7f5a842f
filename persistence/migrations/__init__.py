"""Migrations of the schema: Alembic's environment and the versions."""
