"""Bringing the schema up to date, and refusing to serve on one that this version does not know."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect

from persistence.database import Database, sqlalchemy_url

LOCK = 7_265_539_000_113
"""Key of the advisory lock: of any number of processes that migrate at once, one does and the others find it done."""

SCRIPTS = Path(__file__).parent / "migrations"


class UnknownSchema(Exception):
    """The database is at a revision that this version cannot serve; the message says what to do."""


def migrate(url: str) -> str:
    """Upgrade to the newest revision in one transaction; returns it. Blocks: call it before serving."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            refuse_unknown(_current(connection))
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            return _current(connection) or ""
    finally:
        engine.dispose()


async def check(db: Database) -> None:
    """Raise UnknownSchema unless the database is at the newest revision."""
    async with db.engine.connect() as connection:
        current = await connection.run_sync(_current)
    refuse_unknown(current)
    head = _revisions().head
    if current != head:
        raise UnknownSchema(f"The database is at revision {current}, this version needs {head}. Run `parley migrate`.")


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def is_empty(url: str) -> bool:
    """Whether there is no table of anybody in the database. Blocks."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        return not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def refuse_unknown(current: str | None) -> None:
    """Raise UnknownSchema for a revision that this version does not have."""
    if current is not None and current not in _revisions().known:
        raise UnknownSchema(
            f"The database is at revision {current}, which this version does not know: a newer version has "
            "migrated it. Run that version, or restore a backup."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    return config


class Revisions(NamedTuple):
    head: str | None
    known: frozenset[str]


@cache
def _revisions() -> Revisions:
    """Those of this version. Read once: it means to run every file of `SCRIPTS`."""
    scripts = ScriptDirectory.from_config(_config())
    return Revisions(scripts.get_current_head(), frozenset(script.revision for script in scripts.walk_revisions()))


def ignore_foreign(name: str | None, type_: str, parent_names: object) -> bool:
    """Leave the run engine's own tables alone when models and schema are compared."""
    return not (type_ == "table" and name is not None and name.startswith("procrastinate_"))
