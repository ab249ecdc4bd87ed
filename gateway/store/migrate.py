"""Brings a database to this release's schema, or refuses it with a sentence."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table

from gateway.errors import ConfigError

MIGRATIONS = Path(__file__).with_name("migrations")
VERSION_TABLE = "gatehouse_revision"
REVISION = "0003"
"""The newest revision among the migrations."""


def bring_up(writing: Engine, reading: Engine) -> None:
    """Migrate in one write transaction; of two processes that open at once, the second finds it done."""
    with reading.begin() as connection:
        if _revision(connection) == REVISION:
            return
    with writing.begin() as connection:
        found = _revision(connection)
        if found is None and inspect(connection).get_table_names():
            raise ConfigError("the database holds tables that are not Gatehouse's; name another file")
        if found != REVISION:
            _upgrade(connection, found)


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    revision: str | None = connection.scalar(select(column("version_num")).select_from(table(VERSION_TABLE)))
    return revision


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
