"""The `dovecot` fixture: a test module asks for it with `pytest_plugins = ("tests.servers.dovecot_fixture",)`.

Apart from tests/servers/dovecot.py, because pytest refuses a plugin that somebody has imported before.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.servers.dovecot import Dovecot


@pytest.fixture(scope="session")
def dovecot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dovecot]:
    """One server for the whole run; each test takes a user name of its own."""
    server = Dovecot.start(tmp_path_factory.mktemp("dovecot"))
    yield server
    server.stop()
