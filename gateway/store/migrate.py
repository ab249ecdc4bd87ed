"""Brings a database to this release's schema, or refuses it with a sentence."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, column, inspect, select, table

from gateway.errors import ConfigError
from gateway.store.database import Database, Engines

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "gatehouse_revision"
REVISION = "0011"
"""The newest revision among the migrations."""


def bring_up(database: Database, engines: Engines) -> str | None:
    """Migrate in one write transaction, and return the revision found; of two that open at once, the second waits."""
    with engines.reading.begin() as connection:
        if (found := revision(connection)) == REVISION:
            return found
    with engines.writing.begin() as connection:
        database.hold_schema(connection)
        found = revision(connection)
        if found is None and inspect(connection).get_table_names():
            raise ConfigError("the database holds tables that are not Gatehouse's; name another one")
        if found != REVISION:
            _upgrade(connection, found)
    return found


def revision(connection: Connection) -> str | None:
    """Return the revision that a database is at, or None when it is not ours yet."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return found


def _upgrade(connection: Connection, found: str | None) -> None:
    # Imported here: most starts find nothing to migrate, and operators' commands are short.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise ConfigError(
            f"the database is at revision {found}, which is newer than this release's {REVISION}; "
            "install the newer release again, or restore a backup"
        )
    command.upgrade(config, "head")
