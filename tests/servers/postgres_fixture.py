"""The `postgres` fixture: a test module asks for it with `pytest_plugins = ("tests.servers.postgres_fixture",)`.

Apart from tests/servers/postgres.py, because pytest refuses a plugin that somebody has imported before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.postgres import Postgres, Template


@pytest.fixture(scope="session")
def postgres_template() -> Iterator[Template]:
    """A cluster that is made once a run; a test that kills its server starts one of its own from it."""
    with Template.make() as template:
        yield template


@pytest.fixture(scope="session")
def postgres(postgres_template: Template) -> Iterator[Postgres]:
    """One server for the whole run, without fsync."""
    server = Postgres.start(postgres_template, "shared")
    yield server
    server.stop()
