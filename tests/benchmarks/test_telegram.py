"""The real Telegram channel: updates into the journal and to tickets, answers within the limits, delays and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import pytest

from tests.benchmarks import runs
from tests.benchmarks.conftest import MakeNode
from tests.benchmarks.meter import Peak, busy_secs, median, percentile, pss_bytes
from tests.benchmarks.node import CORE, ONE_CORE, ROOT, Node, telegram, telegram_channel
from tests.benchmarks.outcome import assert_chats_agree, rows_of
from tests.benchmarks.report import FULL, Section, Target
from tests.benchmarks.runs import Cost, Talk

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

JOURNALLED = 30_000 if FULL else 6_000
PEOPLE = 10_000 if FULL else 2_000
ROUNDS = 3 if FULL else 1
ANSWERS = 5_000 if FULL else 200
DIALOGUES = 20_000 if FULL else 2_000
SECS = 30 if FULL else 8
NEW = 40
"""One message in so many is somebody's first, and is acknowledged: of these no more than 25 a second go out."""
TARGET = Target(700, at_least=True)
"""Of the way to the ticket, now that trust and casework are whole; 1,000 without them."""
WARM_UP = 1 / 3
"""Share of the messages that come while a gateway that has just started catches up."""
MIB = 2**20


def test_updates_into_the_journal(make_node: MakeNode) -> None:
    section = Section("telegram journal", f"{JOURNALLED:,} updates from a server on the other core; median of {ROUNDS}")
    costs = []
    for _ in range(ROUNDS):
        node = make_node(*ONE_CORE)
        with telegram(node, JOURNALLED, most=1) as desk:
            node.configure(telegram_channel(desk.url))
            costs.append(journalled(node, JOURNALLED))
    rate, target = median([cost.rate for cost in costs]), Target(3_000, at_least=True)
    section.add("fetched, stored and confirmed, SQLite", rate, "/s", target, runs.note(costs))
    section.write()


def journalled(node: Node, count: int) -> Cost:
    """Take updates into the journal and do nothing more; the start of Python is not counted."""
    busy, whole, since = busy_secs(CORE), children_secs(), time.perf_counter()
    done = subprocess.run(
        [*node.prefix, sys.executable, "-m", "tests.benchmarks.journal_only", str(node.config), str(count)],
        cwd=ROOT,
        env=node.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    busy, whole, passed = busy_secs(CORE) - busy, children_secs() - whole, time.perf_counter() - since
    secs, cpu = map(float, done.stdout.splitlines()[-1].split())
    return Cost(count, secs, cpu, min(0.99, max(0.0, busy - whole) / passed))


def children_secs() -> float:
    """Return the processor time of all processes that this one has waited for."""
    times = os.times()
    return times.children_user + times.children_system


def test_backlog_of_chats_to_tickets(make_node: MakeNode) -> None:
    size = f"what {PEOPLE:,} people sent, 1 to 3 messages each; node on one core; median of {ROUNDS}"
    section = Section("telegram tickets", size)
    kinds = {
        "null backend, each message a ticket write": Talk(join_secs=0.0),
        "null backend, bursts joined": Talk(),
        "embedded backend, bursts joined": Talk(backend="embedded"),
        "null backend, bursts joined, commands among them": Talk(commands=True),
        "null backend, bursts joined, acknowledged": Talk(acknowledge=True),
    }
    for name, talk in kinds.items():
        costs = [runs.chatted(make_node(*ONE_CORE), PEOPLE, talk) for _ in range(ROUNDS)]
        target = None if talk.acknowledge else TARGET
        section.add(name, median([cost.rate for cost in costs]), "/s", target, runs.note(costs))
    section.write()


def test_answers_within_the_limits(make_node: MakeNode) -> None:
    """A server that enforces the limits never has to refuse a call, and the gateway is restarted half-way."""
    section = Section("telegram answers", f"{ANSWERS:,} acknowledgements, each to another chat; restarted half-way")
    node = make_node(*ONE_CORE)
    with telegram(node, ANSWERS, most=1, limits=True) as desk:
        node.configure(telegram_channel(desk.url), acknowledge=True)
        began = time.time()
        node.start()
        node.listener.wait("sent", ANSWERS // 2, ANSWERS, node.alive)
        node.stop()
        again = time.time()
        node.start()
        again = time.time() - again
        node.listener.wait("sent", ANSWERS, ANSWERS, node.alive)
        node.stop()
    node.listener.wait("refused", 1, 30)
    sent = node.listener.told["sent"]
    ((refused, _),) = node.listener.told["refused"]
    assert len({name for name, _ in sent}) == len(sent) == ANSWERS, "somebody was answered twice"
    assert_chats_agree(rows_of(node.database), ANSWERS)
    section.add("answers refused for being too many", int(refused), "", Target(1, at_least=False))
    section.add("answers out", ANSWERS / (max(at for _, at in sent) - began), "/s", None, f"the restart: {again:.1f} s")
    section.write()


def test_message_to_acknowledgement_and_ticket_at_half_load(make_node: MakeNode) -> None:
    size = f"steady arrival for {SECS} s at half of the rate with a backlog; one message in {NEW} opens a case"
    section = Section("telegram latency", size)
    for join_secs in (0.0, 2.0):
        trial = runs.chatted(make_node(*ONE_CORE), PEOPLE // 2, Talk(join_secs=0.0))
        rate = trial.rate / 2
        delayed(section, make_node(*ONE_CORE), join_secs, rate, int(rate * SECS))
    section.write()


def delayed(section: Section, node: Node, join_secs: float, rate: float, count: int) -> None:
    """Let messages come steadily, most of them of people who are known by then."""
    known = count
    with telegram(node, known, most=1, rate=rate, steady=count, new=NEW) as desk:
        node.configure(telegram_channel(desk.url, join_secs))
        node.start()
        node.listener.wait("took", known, 600, node.alive)
        node.stop()
        node.configure(telegram_channel(desk.url, join_secs), acknowledge=True)
        node.start()
        desk.begin()
        node.listener.wait("took", known + count, SECS + 120, node.alive)
        node.listener.wait("sent", len(range(0, count, NEW)), SECS + 120, node.alive)
        node.stop()
    due, took = dict(node.listener.told["due"]), dict(node.listener.told["took"])
    sent = {int(chat): at for chat, at in node.listener.told["sent"]}
    names = sorted(due, key=due.__getitem__)[int(count * WARM_UP) :]
    tickets = [(took[name] - due[name]) * 1000 for name in names]
    chat_of = {name: int(name.split(":")[2]) for name in names}
    answers = [(sent[chat] - due[name]) * 1000 for name, chat in chat_of.items() if chat in sent]
    joined = f"at {rate:,.0f}/s, joined for {join_secs:g} s"
    section.add(f"{joined}: message to its ticket: median", median(tickets) / 1000, " s")
    section.add(f"{joined}: 99th percentile", percentile(tickets, 0.99) / 1000, " s")
    section.add(f"{joined}: message to its acknowledgement: median", median(answers), " ms")
    section.add(f"{joined}: 99th percentile of acknowledgements", percentile(answers, 0.99), " ms")


def test_memory_with_many_dialogues(make_node: MakeNode) -> None:
    section = Section("telegram memory", f"{DIALOGUES:,} people write once each; null backend, SQLite")
    node = make_node()
    with telegram(node, DIALOGUES, most=1, waits=True) as desk:
        node.configure(telegram_channel(desk.url))
        node.start()
        time.sleep(5)
        before = pss_bytes(node.pid) / MIB
        desk.begin()
        with Peak.watching(node.pid) as peak:
            node.listener.wait("took", DIALOGUES, 900, node.alive)
        time.sleep(5)
        after = pss_bytes(node.pid) / MIB
        node.stop()
    rows = rows_of(node.database)
    assert_chats_agree(rows, DIALOGUES)
    assert rows("select count(*) from dialogues") == [(DIALOGUES,)]
    section.add("at rest, one Telegram channel", before, " MiB", Target(150, at_least=False))
    section.add("highest while they write", peak.bytes / MIB, " MiB", Target(300, at_least=False))
    section.add(f"afterwards, with {DIALOGUES:,} dialogues", after, " MiB")
    section.write()
