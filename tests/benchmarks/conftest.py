"""What every benchmark needs: a pipe to listen to, nodes that are ended whatever happens, servers of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.benchmarks.node import Node
from tests.benchmarks.told import Listener
from tests.servers.dovecot import Dovecot
from tests.servers.postgres import Postgres, Template

MakeNode = Callable[..., Node]


@pytest.fixture
def make_node(tmp_path: Path) -> Iterator[MakeNode]:
    """Return a function that gives a fresh desk, with a pipe of its own."""
    nodes: list[Node] = []

    def make(*prefix: str, folder: Path | None = None) -> Node:
        listener = Listener(tmp_path / f"pipe{len(nodes)}")
        nodes.append(Node(folder or tmp_path / f"desk{len(nodes)}", listener, prefix))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()
        node.listener.close()


@pytest.fixture
def dovecot(tmp_path: Path) -> Iterator[Dovecot]:
    server = Dovecot.start(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    """A server that keeps what it confirms, as an operator's does."""
    with Template.make() as template:
        server = Postgres.start(template, "speed", durable=True, shared_buffers="256MB", autovacuum="on")
        yield server
        server.stop()
