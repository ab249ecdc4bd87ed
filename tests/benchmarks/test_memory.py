"""How much memory all processes of a node take together (PSS): at rest, and while large mails arrive."""

from __future__ import annotations

import time

import pytest

from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.maildir import drop
from tests.benchmarks.mails import large
from tests.benchmarks.meter import Peak, median, pss_bytes
from tests.benchmarks.node import mail_channel
from tests.benchmarks.outcome import assert_each_once, assert_store_agrees, rows_of
from tests.benchmarks.report import FULL, Section, Target
from tests.servers.dovecot import Dovecot

pytestmark = [pytest.mark.bench, pytest.mark.dovecot, pytest.mark.timeout(3600)]

MAILS = 100 if FULL else 10
SIZE = 25_000_000
MIB = 2**20
REST_SECS = 5
USER = "large@examplex.test"


def test_memory_of_a_node(make_node: MakeNode, dovecot: Dovecot) -> None:
    section = Section("memory", f"{MAILS} mails of 25 MB through the real connector; null backend, SQLite")
    node = make_node()
    dovecot.fill([], USER)
    node.configure(mail_channel(USER, dovecot.imap_port), password=dovecot.password)
    node.start()
    rest = []
    for _ in range(REST_SECS):
        time.sleep(1)
        rest.append(pss_bytes(node.pid) / MIB)
    with Peak.watching(node.pid) as peak:
        for number in range(MAILS):
            drop(dovecot, large(number, SIZE), USER, number)
        node.listener.wait("took", MAILS, 900, node.alive)
    time.sleep(REST_SECS)
    after = pss_bytes(node.pid) / MIB
    node.stop()
    assert_each_once(node.listener, MAILS)
    rows = rows_of(node.database)
    assert_store_agrees(rows, MAILS)
    assert rows("select count(*) from raws where complete and size > 24000000") == [(MAILS,)]
    section.add("at rest, one mail channel", median(rest), " MiB", Target(150, at_least=False))
    section.add("highest while the mails arrive", peak.bytes / MIB, " MiB", Target(300, at_least=False))
    section.add("afterwards", after, " MiB")
    section.write()
