"""The real X channel: mentions and direct messages into the journal and to tickets, and memory."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.benchmarks import runs
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.meter import Peak, pss_bytes
from tests.benchmarks.node import ONE_CORE, OTHER_CORE, ROOT, Node
from tests.benchmarks.outcome import assert_chats_agree, rows_of
from tests.benchmarks.report import Section, Target
from tests.benchmarks.x_desk import HANDLE, OWN

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]

MENTIONS, MESSAGES = 5_000, 1_600
MIB = 2**20
WORKED_OFF = (
    "select (select count(*) from raws where state = 'settled'), "
    "(select count(*) from effects where kind = 'ticket' and state <> 'settled')"
)
KEYS = ("consumer_key", "consumer_secret", "access_token", "access_secret")
CHANNEL = """
[channels.x]
connector = "x"
handle = "{handle}"
user_id = "{own}"
api_url = "{url}"
budget = 1000
conversations_secs = 0
public_receipts = false
join_secs = {join_secs}
{keys}

[channels.x.limits]
fetch-messages-account-900s = false
"""
"""The default settings but for the money; X's limit of 15 looks at direct messages would be all that is measured."""


@contextlib.contextmanager
def x(node: Node, join_secs: float) -> Iterator[str]:
    """Run X on the other core; yields the configuration of a channel on it."""
    process = subprocess.Popen(
        [*OTHER_CORE, sys.executable, "-m", "tests.benchmarks.x_desk", str(MENTIONS), str(MESSAGES)],
        cwd=ROOT,
        env=node.environment,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        node.folder.mkdir(parents=True, exist_ok=True)
        for name in KEYS:
            (node.folder / f"x.{name}").touch(mode=0o600)
            (node.folder / f"x.{name}").write_text(told[name], encoding="utf-8")
        keys = "\n".join(f'{name} = {{ file = "x.{name}" }}' for name in KEYS)
        yield CHANNEL.format(handle=HANDLE, own=OWN, url=told["url"], keys=keys, join_secs=join_secs)
    finally:
        process.terminate()
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
    assert process.returncode == 0


def test_backlog_of_x_into_the_journal_and_to_tickets(make_node: MakeNode) -> None:
    size = f"{MENTIONS:,} mentions and {MESSAGES:,} direct messages of 2,000 people wait; node on one core; one run"
    section = Section("x tickets", size)
    node = make_node(*ONE_CORE)
    with x(node, 0.0) as channel:
        node.configure(channel)
        cost = runs.work_chats_off(node, MENTIONS + MESSAGES, MENTIONS + MESSAGES)
    began = node.said("engine.started")
    assert began is not None
    rows = rows_of(node.database)
    for stream, found, last in rows("select stream, count(*), max(stored_at) from raws group by stream"):
        count = {"mentions": MENTIONS, "messages": MESSAGES}[stream]
        assert found == count
        section.add(f"{stream} into the journal, while tickets are written", count / (last / 1e6 - began), "/s")
    section.add("to tickets, null backend, SQLite", cost.rate, "/s", None, runs.note([cost]))
    section.write()


def test_memory_with_a_backlog_of_x(make_node: MakeNode) -> None:
    size = f"{MENTIONS:,} mentions and {MESSAGES:,} direct messages of 2,000 people; null backend, SQLite"
    section = Section("x memory", size)
    node = make_node()
    with x(node, 2.0) as channel:
        node.configure(channel)
        node.start()
        with Peak.watching(node.pid) as peak:
            while rows_of(node.database)(WORKED_OFF) != [(MENTIONS + MESSAGES, 0)]:
                node.alive()
                time.sleep(0.2)
        after = pss_bytes(node.pid) / MIB
        node.stop()
    assert_chats_agree(rows_of(node.database), MENTIONS + MESSAGES)
    section.add("highest while they are read", peak.bytes / MIB, " MiB", Target(300, at_least=False))
    section.add("afterwards", after, " MiB")
    section.write()
